import Codecs
import FoundationEssentials
public import Hummingbird
public import JOSE
import Logging
import OAuth
public import Tokens

/// Lets only those requests through that bring a good token in `Authorization: Bearer …` (RFC 6750 §2.1), and puts the
/// verified token into the context. A token that is bound to a key (`cnf`) is no bearer token: it passes as
/// `Authorization: DPoP …` with a proof of its key (RFC 9449 §7.1), where the middleware knows its own `address`.
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
    private let proofs: RequestProofs?
    private let clock: @Sendable () -> Int64

    /// Trusts these keys.
    /// - Parameters:
    ///   - keys: the trusted keys.
    ///   - policy: what is asked of a token; it should name an issuer and an audience.
    ///   - realm: the `realm` of challenges; nil leaves it out.
    ///   - address: scheme and authority under which clients call this server, such as `https://api.example`, for
    ///     proofs of bound tokens; nil lets no bound token through.
    ///   - clock: seconds since 1970.
    public init(
        keys: KeySet, policy: ClaimPolicy, realm: String? = nil, address: String? = nil,
        clock: @escaping @Sendable () -> Int64 = wallClock
    ) {
        source = .fixed(TokenVerifier(keys: keys, policy: policy))
        self.realm = realm
        proofs = address.map { RequestProofs(origin: ByteString($0)) }
        self.clock = clock
    }

    /// Trusts the keys that an issuer publishes.
    /// - Parameters:
    ///   - keys: fetched when a token needs them, kept and renewed.
    ///   - policy: what is asked of a token; it should name an issuer and an audience.
    ///   - realm: the `realm` of challenges; nil leaves it out.
    ///   - address: scheme and authority under which clients call this server, such as `https://api.example`, for
    ///     proofs of bound tokens; nil lets no bound token through.
    ///   - clock: seconds since 1970.
    public init(
        keys: RemoteKeySet, policy: ClaimPolicy, realm: String? = nil, address: String? = nil,
        clock: @escaping @Sendable () -> Int64 = wallClock
    ) {
        self.init(
            verifier: RemoteTokenVerifier(keys: keys, policy: policy), realm: realm, address: address, clock: clock)
    }

    /// Trusts the keys that an issuer publishes, by a verifier that others use too.
    /// - Parameters:
    ///   - verifier: the issuer's keys and what is asked of a token; it should name an issuer and an audience.
    ///   - realm: the `realm` of challenges; nil leaves it out.
    ///   - address: scheme and authority under which clients call this server, such as `https://api.example`, for
    ///     proofs of bound tokens; nil lets no bound token through.
    ///   - clock: seconds since 1970.
    public init(
        verifier: RemoteTokenVerifier, realm: String? = nil, address: String? = nil,
        clock: @escaping @Sendable () -> Int64 = wallClock
    ) {
        source = .remote(verifier)
        self.realm = realm
        proofs = address.map { RequestProofs(origin: ByteString($0)) }
        self.clock = clock
    }

    /// Verifies the request's token, then goes on.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        do {
            context.token = try await verified(request)
        } catch let error as TokenRejection {
            log(error, "token refused", context)
            throw refusal(for: error)
        } catch let error as ProofRefusal {
            if let rejection = error.rejection { log(rejection, "proof refused", context) }
            throw error.isExhausted ? TokenRefusal.proofsExhausted : proofRefusal(.invalidProof)
        } catch let error as RemoteKeySetFailure {
            context.logger.debug("no keys to check a token with", metadata: ["failure": .string("\(error)")])
            throw TokenRefusal.keysUnavailable
        }
        return try await next(request, context)
    }

    private func log(_ error: TokenRejection, _ what: Logger.Message, _ context: Context) {
        context.logger.debug(
            what, metadata: ["code": .string(error.code.rawValue), "check": .string(error.check.rawValue)])
    }

    /// The token of a request: alone, or bound to the key of the proof beside it.
    private func verified(_ request: Request) async throws -> VerifiedToken {
        let fields = request.headers[values: .authorization]
        guard fields.count <= 1 else { throw TokenRefusal(challenge(.invalidRequest)) }
        switch fields.first.map({ BearerCredentials.read(authorization: Array($0.utf8)) }) {
        case .token(let token): return try await verified(token, .none, clock())
        case .boundToken(let token):
            guard let proofs else { throw TokenRefusal(challenge(nil)) }
            let now = clock()
            let proof = try proofs.proof(of: request, with: token, now: now)
            let verified = try await verified(token, proof.confirmation, now)
            try proofs.use(proof, now: now)
            return verified
        case nil, .otherScheme: throw TokenRefusal(challenge(nil))
        }
    }

    private func verified(
        _ token: [UInt8], _ confirmation: Confirmation, _ now: Int64
    ) async throws -> VerifiedToken {
        switch source {
        case .fixed(let verifier): try verifier.verify(token, now: now, confirmation: confirmation)
        case .remote(let verifier): try await verifier.verify(token, now: now, confirmation: confirmation)
        }
    }

    /// The sender learns no more than that a bound token wants its proof.
    private func refusal(for error: TokenRejection) -> TokenRefusal {
        guard error.code == .tokenBound else { return TokenRefusal(challenge(.invalidToken)) }
        guard proofs == nil else { return proofRefusal(.invalidToken) }
        return TokenRefusal(
            BearerChallenge(
                realm: realm, failure: .invalidToken,
                description: "The token is bound to a key; no proofs are accepted here."))
    }

    private func proofRefusal(_ failure: DPoPChallenge.Failure) -> TokenRefusal {
        TokenRefusal(
            DPoPChallenge(realm: realm, failure: failure, algorithms: RequestProofs.verifier.algorithmNames))
    }

    private func challenge(_ failure: BearerChallenge.Failure?) -> BearerChallenge {
        BearerChallenge(realm: realm, failure: failure)
    }
}

/// Seconds since 1970, as the machine's clock says.
@Sendable public func wallClock() -> Int64 {
    Int64(Date.now.timeIntervalSince1970)
}
