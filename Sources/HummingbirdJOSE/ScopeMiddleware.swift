import Codecs
public import Hummingbird
import JOSE
import OAuth
import Tokens

/// Lets only those requests through whose token's `scope` (RFC 8693 §4.2) has all of these names. It belongs behind a
/// `BearerTokenMiddleware`: without a verified token the answer is 401, with one that grants too little 403.
public struct ScopeMiddleware<Context: TokenRequestContext>: RouterMiddleware {
    private let scopes: [String]
    private let realm: String?

    /// Asks for these scopes.
    /// - Parameters:
    ///   - scopes: names, all of which must be there.
    ///   - realm: the `realm` of challenges; nil leaves it out.
    public init(_ scopes: String..., realm: String? = nil) {
        self.scopes = scopes
        self.realm = realm
    }

    /// Checks what the token grants, then goes on.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let token = context.token else { throw TokenRefusal(BearerChallenge(realm: realm)) }
        let granted = Set((token.claims.json["scope"]?.string?.text ?? "").split(separator: " ").map(String.init))
        guard granted.isSuperset(of: scopes) else {
            throw TokenRefusal(
                BearerChallenge(realm: realm, failure: .insufficientScope, scope: scopes.joined(separator: " ")))
        }
        return try await next(request, context)
    }
}
