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
        case remote(RemoteTokenVerifier)
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
        self.init(verifier: RemoteTokenVerifier(keys: keys, policy: policy), realm: realm, clock: clock)
    }

    /// Trusts the keys that an issuer publishes, by a verifier that others use too.
    /// - Parameters:
    ///   - verifier: the issuer's keys and what is asked of a token; it should name an issuer and an audience.
    ///   - realm: the `realm` of challenges; nil leaves it out.
    ///   - clock: seconds since 1970.
    public init(
        verifier: RemoteTokenVerifier, realm: String? = nil, clock: @escaping @Sendable () -> Int64 = wallClock
    ) {
        source = .remote(verifier)
        self.realm = realm
        self.clock = clock
    }

    /// Verifies the request's token, then goes on.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let token = try credentials(of: request)
        var context = context
        do {
            context.token = try await verified(token)
        } catch let error as TokenRejection {
            context.logger.debug(
                "token refused",
                metadata: ["code": .string(error.code.rawValue), "check": .string(error.check.rawValue)])
            throw TokenRefusal(challenge(.invalidToken))
        } catch let error as RemoteKeySetFailure {
            context.logger.debug("no keys to check a token with", metadata: ["failure": .string("\(error)")])
            throw TokenRefusal.keysUnavailable
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

    private func verified(_ token: [UInt8]) async throws -> VerifiedToken {
        switch source {
        case .fixed(let verifier): try verifier.verify(token, now: clock())
        case .remote(let verifier): try await verifier.verify(token, now: clock())
        }
    }

    private func challenge(_ failure: BearerChallenge.Failure?) -> BearerChallenge {
        BearerChallenge(realm: realm, failure: failure)
    }
}

/// Seconds since 1970, as the machine's clock says.
@Sendable public func wallClock() -> Int64 {
    Int64(Date.now.timeIntervalSince1970)
}
