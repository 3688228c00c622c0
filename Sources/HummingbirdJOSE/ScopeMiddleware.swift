import Codecs
public import Hummingbird
import JOSE
import OAuth
import Tokens

/// Lets only those requests through whose token's `scope` (RFC 8693 §4.2) has all of these names. It belongs behind a
/// `BearerTokenMiddleware`: without a verified token the answer is 401, with one that grants too little 403.
public struct ScopeMiddleware<Context: TokenRequestContext>: RouterMiddleware {
    private let scopes: [ByteString]
    private let realm: String?

    /// Asks for one scope or several.
    /// - Parameters:
    ///   - first: a name that must be there.
    ///   - others: further names, all of which must be there.
    ///   - realm: the `realm` of challenges; nil leaves it out.
    public init(_ first: String, _ others: String..., realm: String? = nil) {
        scopes = ([first] + others).map { ByteString($0) }
        self.realm = realm
    }

    /// Checks what the token grants, then goes on.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let token = context.token else { throw TokenRefusal(BearerChallenge(realm: realm)) }
        guard scopes.allSatisfy({ token.claims.grants($0) }) else {
            throw TokenRefusal(
                BearerChallenge(
                    realm: realm, failure: .insufficientScope, scope: scopes.map(\.text).joined(separator: " ")))
        }
        return try await next(request, context)
    }
}
