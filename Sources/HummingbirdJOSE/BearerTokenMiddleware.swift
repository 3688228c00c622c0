import Codecs
import FoundationEssentials
public import Hummingbird
public import JOSE
import Logging
import OAuth
public import Tokens

/// Lets only those requests through that bring a good token in `Authorization: Bearer …` (RFC 6750 §2.1), and puts the
/// verified token into the context.
///
/// Everything else is answered here: 401 with a challenge, 400 for two `Authorization` fields, 503 while an issuer's keys
/// cannot be had. The sender learns no more than RFC 6750 says; the stable code of the reason goes to the request's
/// logger at `debug`. The token itself goes nowhere.
public struct BearerTokenMiddleware<Context: TokenRequestContext>: RouterMiddleware {
    /// Where the trusted keys come from.
    private enum Source {
        case fixed(TokenVerifier)
        case remote(RemoteKeySet, ClaimPolicy)
    }

    private let source: Source
    private let realm: String?
    private let clock: @Sendable () -> Int64

    /// Trusts these keys.
    /// - Parameters:
    ///   - keys: the trusted keys.
    ///   - policy: what is asked of a token; it should name an issuer and an audience.
    ///   - realm: the `realm` of challenges; nil leaves it out.
    ///   - clock: seconds since 1970.
    public init(
        keys: KeySet, policy: ClaimPolicy, realm: String? = nil, clock: @escaping @Sendable () -> Int64 = wallClock
    ) {
        source = .fixed(TokenVerifier(keys: keys, policy: policy))
        self.realm = realm
        self.clock = clock
    }

    /// Trusts the keys that an issuer publishes.
    /// - Parameters:
    ///   - keys: fetched when a token needs them, kept and renewed.
    ///   - policy: what is asked of a token; it should name an issuer and an audience.
    ///   - realm: the `realm` of challenges; nil leaves it out.
    ///   - clock: seconds since 1970.
    public init(
        keys: RemoteKeySet, policy: ClaimPolicy, realm: String? = nil,
        clock: @escaping @Sendable () -> Int64 = wallClock
    ) {
        source = .remote(keys, policy)
        self.realm = realm
        self.clock = clock
    }

    /// Verifies the request's token, then goes on.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let token = try credentials(of: request)
        let verifier = try await verifier(for: token)
        var context = context
        do throws(TokenRejection) {
            context.token = try verifier.verify(token, now: clock())
        } catch {
            context.logger.debug(
                "token refused",
                metadata: ["code": .string(error.code.rawValue), "check": .string(error.check.rawValue)])
            throw TokenRefusal(challenge(.invalidToken))
        }
        return try await next(request, context)
    }

    private func credentials(of request: Request) throws(TokenRefusal) -> [UInt8] {
        let fields = request.headers[values: .authorization]
        guard fields.count <= 1 else { throw TokenRefusal(challenge(.invalidRequest)) }
        guard let field = fields.first,
            case .token(let token) = BearerCredentials.read(authorization: Array(field.utf8))
        else { throw TokenRefusal(challenge(nil)) }
        return token
    }

    private func verifier(for token: [UInt8]) async throws(TokenRefusal) -> TokenVerifier {
        switch source {
        case .fixed(let verifier): return verifier
        case .remote(let keys, let policy):
            do throws(RemoteKeySetFailure) {
                return TokenVerifier(keys: try await keys.keys(for: keyID(of: token)), policy: policy)
            } catch {
                throw TokenRefusal.keysUnavailable
            }
        }
    }

    /// The key that a token names. What is wrong with a token that cannot be read, the verifier says.
    private func keyID(of token: [UInt8]) -> ByteString? {
        guard let encoded = try? EncodedToken(token) else { return nil }
        return (try? DecodedToken(encoded))?.header.keyID
    }

    private func challenge(_ failure: BearerChallenge.Failure?) -> BearerChallenge {
        BearerChallenge(realm: realm, failure: failure)
    }
}

/// Seconds since 1970, as the machine's clock says.
@Sendable public func wallClock() -> Int64 {
    Int64(Date.now.timeIntervalSince1970)
}
