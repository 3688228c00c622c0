import Codecs
import Edge
import HTTPWire
import JOSE
import NIOCore
import OAuth
import Synchronization
import Tokens

/// Asks for a token (RFC 6750, RFC 9449) of one of a rule's issuers that satisfies the rule.
///
/// Verdicts are remembered under its number: a token that passed one route's rule has not passed another's, and a new
/// route table makes new requirements.
final class TokenRequirement: Sendable {
    /// What is told of a caller whose token passed.
    struct Callers: Sendable {
        var directory = ConsumerDirectory()
        var fields = IdentityFields.none
    }

    let issuers: [IssuerVerifier]
    /// What is asked of a token, whoever issued it.
    let policy: ClaimPolicy
    /// The cookie that may bring the token; nil is none.
    let cookie: [UInt8]?
    /// Where browsers are sent that bring no good token; nil answers them as anybody.
    let login: String?
    /// No other requirement of this process has it.
    let number: UInt64
    private let callers: Callers

    private static let made = Atomic<UInt64>(0)

    init(issuers: [IssuerVerifier], policy: ClaimPolicy, cookie: String?, login: String?, callers: Callers) {
        self.issuers = issuers
        self.policy = policy
        self.cookie = cookie.map { Array($0.utf8) }
        self.login = login
        self.callers = callers
        number = Self.made.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// The scopes that are asked for, as a challenge names them.
    var scope: String? {
        policy.scopes.isEmpty ? nil : policy.scopes.map(\.text).joined(separator: " ")
    }

    func judge(_ exchange: GatewayExchange) -> AccessOutcome {
        switch outcome(exchange) {
        case .refused(let refusal):
            guard let login, refusal.status == 401, exchange.wantsPage else { return .refused(refusal) }
            return .refused(refusal.leading(to: exchange.address(behind: login)))
        case let outcome: return outcome
        }
    }

    private func outcome(_ exchange: GatewayExchange) -> AccessOutcome {
        let head = exchange.exchange.head
        guard let field = head.first(.authorization) else {
            guard let cookie else { return .refused(.tokenMissing(self)) }
            let values = exchange.cookies(named: cookie)
            guard values.count < 2 else {
                return .refused(.tokenAmbiguous("The request brings the token's cookie twice."))
            }
            return values.first.map { judge($0, inCookieOf: exchange) } ?? .refused(.tokenMissing(self))
        }
        exchange.hasCredential = true
        guard head.count(of: .authorization) == 1 else { return .refused(.tokenAmbiguous()) }
        // Which of two tokens the upstream would believe, nobody here knows.
        if let cookie, !exchange.cookies(named: cookie).isEmpty {
            return .refused(
                .tokenAmbiguous("The request brings a token in the Authorization field and one in a cookie."))
        }
        if let identity = known(field, in: exchange) { return .passed(identity) }
        switch BearerCredentials.read(authorization: exchange.exchange.bytes(of: field)) {
        case .otherScheme: return .refused(.tokenMissing(self))
        case .token(let token): return verify(token, of: exchange, in: field)
        case .boundToken(let token): return verify(boundToken: token, of: exchange, in: field)
        }
    }

    /// A browser sends a cookie whichever page made it send the request; so what may change something, and what opens a
    /// connection that stays, must come from a page of this origin (OWASP ASVS 3.5.1).
    private func judge(_ value: ByteRange, inCookieOf exchange: GatewayExchange) -> AccessOutcome {
        exchange.hasCredential = true
        guard exchange.onlyReads || exchange.isSameOrigin else { return .refused(.foreignPage()) }
        if let identity = known(value, in: exchange) { return .passed(identity) }
        return verify(exchange.exchange.bytes(of: value), of: exchange, in: value)
    }

    // MARK: What is remembered

    private func known(
        _ place: ByteRange, in exchange: GatewayExchange, confirmation: Confirmation = .none
    ) -> Identity? {
        let loop = exchange.loop
        return exchange.exchange.withBytes(of: place) { value in
            loop.verdicts.verdict(
                for: value, policy: number, keys: generation, now: exchange.now, confirmation: confirmation,
                revocations: loop.snapshot.revocations)
        }
    }

    /// Another number when any issuer's keys are others.
    private var generation: UInt64 {
        var sum: UInt64 = 0
        for issuer in issuers where issuer.published != nil { sum &+= issuer.generation }
        return sum
    }

    // MARK: Verifying

    /// A token that is bound to a key, and the proof of that key, which is for this request alone. Only the proof of a
    /// good token is remembered: strangers take no place in that memory.
    private func verify(
        boundToken token: [UInt8], of exchange: GatewayExchange, in field: ByteRange
    ) -> AccessOutcome {
        let proofs = exchange.loop.shared.proofs
        do throws(ProofRefusal) {
            let proof = try proofs.proof(
                of: exchange.exchange, at: exchange.loop.snapshot.routes.origin, with: token, now: exchange.now)
            var identity = known(field, in: exchange, confirmation: proof.confirmation)
            if identity == nil {
                let outcome = verify(token, of: exchange, in: field, proof.confirmation)
                guard case .passed(let passed) = outcome else { return outcome }
                identity = passed
            }
            if let refusal = proofs.use(proof, now: exchange.now) { return .refused(refusal) }
            return .passed(identity ?? .anonymous)
        } catch {
            return .refused(.proofRefused(error))
        }
    }

    private func verify(
        _ token: [UInt8], of exchange: GatewayExchange, in place: ByteRange, _ confirmation: Confirmation = .none
    ) -> AccessOutcome {
        let issuer = trusted(for: token)
        let generation = generation
        guard let verifier = issuer.verifier else {
            guard let published = issuer.published else { return .refused(.keysUnavailable()) }
            return wait(for: published, of: issuer, token, exchange) ?? .refused(.keysUnavailable())
        }
        // What others revoke is not heard of here: the step is told as not asked, and not as passed.
        let revocations = issuer.isOwn ? exchange.loop.snapshot.revocations : nil
        do throws(TokenRejection) {
            let verified = try verifier.verify(
                token, now: exchange.now, confirmation: confirmation, revocations: revocations)
            let identity = identity(of: verified.claims)
            exchange.exchange.withBytes(of: place) { value in
                exchange.loop.verdicts.remember(
                    identity, for: value, policy: number, keys: generation, claims: verified.claims,
                    keyID: verified.keyID, asked: verifier.policy)
            }
            return .passed(identity)
        } catch {
            if error.code == .keyUnknown, let published = issuer.published,
                let waiting = wait(for: published, of: issuer, token, exchange)
            {
                return waiting
            }
            let steps = verifier.steps(
                to: error, of: token, now: exchange.now, confirmation: confirmation, revocations: revocations)
            return .refused(
                .rejected(error, scope: scope, steps: steps, cameBound: confirmation != .none))
        }
    }

    /// Nil when this exchange has waited before: what did not help once is not tried again. Nil, too, for a token that says
    /// that it is somebody else's: another requirement may know that issuer, and its keys are what to wait for.
    private func wait(
        for keys: RemoteKeySet, of issuer: IssuerVerifier, _ token: [UInt8], _ exchange: GatewayExchange
    ) -> AccessOutcome? {
        guard !exchange.hasWaited, let encoded = try? EncodedToken(token), let decoded = try? DecodedToken(encoded),
            (try? decoded.claims())?.issuer == issuer.issuer
        else { return nil }
        let keyID = decoded.header.keyID
        let future = exchange.loop.eventLoop.makeFutureWithTask { _ = try? await keys.keys(for: keyID) }
        return .wait(Waiting(future))
    }

    /// Whose token it says it is; only a hint, since what counts is whether that issuer's keys verify it.
    func trusted(for token: [UInt8]) -> IssuerVerifier {
        guard issuers.count > 1, let encoded = try? EncodedToken(token), let decoded = try? DecodedToken(encoded),
            let name = try? decoded.claims().issuer
        else { return issuers[0] }
        return issuers.first { $0.issuer == name } ?? issuers[0]
    }

    private func identity(of claims: Claims) -> Identity {
        let client = Self.text(claims.value(named: "client_id")) ?? Self.text(claims.value(named: "azp"))
        let consumer = callers.directory.consumer(
            issuer: claims.issuer, subject: claims.subject, client: client)
        return Identity(
            consumer: consumer, issuer: claims.issuer, subject: claims.subject, client: client,
            // As it was judged: clocks may differ by so much.
            expiry: claims.expiry.map { min($0.seconds, .max - policy.leeway) + policy.leeway },
            fields: callers.fields.lines(of: consumer) { claims.value(named: $0) },
            claims: callers.fields.claims { claims.value(named: $0) })
    }

    private static func text(_ value: JSON?) -> ByteString? {
        if case .string(let text) = value { text } else { nil }
    }
}
