import Edge
import HTTPWire
import JOSE
import NIOCore
import OAuth
import Telemetry
import Tokens
import Upstreams

/// A request's way through the gateway, on the one event loop that its client's connection lives on: match,
/// authenticate, authorize, then forward; a refusal at any phase ends it there.
final class GatewayHandler: ExchangeHandler {
    private var snapshot: GatewaySnapshot
    /// What this event loop has verified before; nobody else looks into it.
    private let cache = VerdictCache<Void>()
    private let proofs: RequestProofs
    private let explanations: ExplanationRing
    private let now: @Sendable () -> Int64
    private let forwarder: Forwarder
    private var pools: [UpstreamEndpoint: UpstreamPool] = [:]
    private let eventLoop: any EventLoop

    init(
        eventLoop: any EventLoop, snapshot: GatewaySnapshot, proofs: RequestProofs, explanations: ExplanationRing,
        now: @escaping @Sendable () -> Int64
    ) {
        self.eventLoop = eventLoop
        self.snapshot = snapshot
        self.proofs = proofs
        self.explanations = explanations
        self.now = now
        forwarder = Forwarder(observer: UpstreamFailureAnswers(explanations: explanations, now: now))
        super.init()
    }

    /// Replaces what the phases look things up in, at once for every request after this one.
    func install(_ snapshot: GatewaySnapshot) {
        self.snapshot = snapshot
        for (endpoint, pool) in pools where !snapshot.routes.upstreams.contains(endpoint) {
            pool.close()
            pools[endpoint] = nil
        }
    }

    override func handle(_ exchange: Exchange) {
        let match = exchange.withBytes(of: exchange.head.methodRange) { method in
            snapshot.routes.match(exchange.path, method: method)
        }
        switch match {
        case .none: refuse(exchange, .notFound(), route: nil)
        case .otherMethods(let methods): refuse(exchange, .otherMethods(methods), route: nil)
        case .route(let route):
            if let policy = route.bearer, let refusal = authenticate(exchange, policy) {
                return refuse(exchange, refusal, route: route)
            }
            exchange.attachment = route
            forwarder.forward(exchange, to: pool(for: route.upstream), rewrite: route.rewrite)
        }
    }

    override func refusal(for defect: WireDefect, from peer: [UInt8]) -> LocalAnswer {
        let refusal = Refusal(phase: .match, status: defect.status, code: defect.code, detail: defect.what)
        return record(refusal, method: "", path: "", route: nil, closes: true)
    }

    /// Nil when the token passes.
    private func authenticate(_ exchange: Exchange, _ policy: BearerTokenPolicy) -> Refusal? {
        guard let field = exchange.head.first(.authorization) else { return .tokenMissing(policy) }
        guard exchange.head.count(of: .authorization) == 1 else { return .tokenAmbiguous() }
        let now = now()
        let isKnown = exchange.withBytes(of: field) { value in
            cache.verdict(
                for: value, policy: policy.number, keys: 0, now: now, revocations: snapshot.revocations) != nil
        }
        guard !isKnown else { return nil }
        switch BearerCredentials.read(authorization: exchange.bytes(of: field)) {
        case .otherScheme: return .tokenMissing(policy)
        case .token(let token): return verify(token, of: exchange, in: field, .none, policy, now)
        case .boundToken(let token): return verify(boundToken: token, of: exchange, in: field, policy, now)
        }
    }

    /// A token that is bound to a key, and the proof of that key, which is for this request alone. Only the proof of a
    /// good token is remembered: strangers take no place in that memory.
    private func verify(
        boundToken token: [UInt8], of exchange: Exchange, in field: ByteRange, _ policy: BearerTokenPolicy,
        _ now: Int64
    ) -> Refusal? {
        do throws(ProofRefusal) {
            let proof = try proofs.proof(of: exchange, at: snapshot.routes.origin, with: token, now: now)
            let isKnown = exchange.withBytes(of: field) { value in
                cache.verdict(
                    for: value, policy: policy.number, keys: 0, now: now, confirmation: proof.confirmation,
                    revocations: snapshot.revocations) != nil
            }
            if !isKnown, let refusal = verify(token, of: exchange, in: field, proof.confirmation, policy, now) {
                return refusal
            }
            return proofs.use(proof, now: now)
        } catch {
            return .proofRefused(error)
        }
    }

    private func verify(
        _ token: [UInt8], of exchange: Exchange, in field: ByteRange, _ confirmation: Confirmation,
        _ policy: BearerTokenPolicy, _ now: Int64
    ) -> Refusal? {
        do throws(TokenRejection) {
            let verified = try policy.verifier.verify(
                token, now: now, confirmation: confirmation, revocations: snapshot.revocations)
            exchange.withBytes(of: field) { value in
                cache.remember(
                    (), for: value, policy: policy.number, keys: 0, claims: verified.claims,
                    keyID: verified.keyID, asked: policy.verifier.policy)
            }
            return nil
        } catch {
            let steps = policy.verifier.steps(
                to: error, of: token, now: now, confirmation: confirmation, revocations: snapshot.revocations)
            return .rejected(error, policy: policy, steps: steps, cameBound: confirmation != .none)
        }
    }

    private func pool(for endpoint: UpstreamEndpoint) -> UpstreamPool {
        if let pool = pools[endpoint] { return pool }
        let pool = UpstreamPool(endpoint: endpoint, eventLoop: eventLoop)
        pools[endpoint] = pool
        return pool
    }

    private func refuse(_ exchange: Exchange, _ refusal: Refusal, route: Route?) {
        let method = String(decoding: exchange.bytes(of: exchange.head.methodRange), as: UTF8.self)
        let path = String(decoding: exchange.path.bytes, as: UTF8.self)
        exchange.respond(record(refusal, method: method, path: path, route: route?.name, closes: false))
    }

    private func record(
        _ refusal: Refusal, method: String, path: String, route: String?, closes: Bool
    ) -> LocalAnswer {
        let trace = TraceID()
        explanations.append(refusal.explanation(trace: trace, time: now(), method: method, path: path, route: route))
        return refusal.answer(trace: trace, closes: closes)
    }
}

/// Turns what an upstream did wrong into an answer that says whose fault it was and nothing about the upstream.
final class UpstreamFailureAnswers: ForwardingObserver {
    private let explanations: ExplanationRing
    private let now: @Sendable () -> Int64

    init(explanations: ExplanationRing, now: @escaping @Sendable () -> Int64) {
        self.explanations = explanations
        self.now = now
        super.init()
    }

    override func refusal(for failure: UpstreamFailure, of exchange: Exchange) -> LocalAnswer {
        let trace = TraceID()
        let outside =
            switch failure.status {
            case 503: "The service behind this route is busy; try again shortly."
            case 504: "The service behind this route did not answer in time."
            default: "The service behind this route cannot be reached or answered wrongly."
            }
        var refusal = Refusal(phase: .deliver, status: failure.status, code: failure.code, detail: outside)
        if failure.status == 503 { refusal.fields.append(("Retry-After", Array("1".utf8))) }
        explanations.append(
            refusal.explanation(
                trace: trace, time: now(),
                method: String(decoding: exchange.bytes(of: exchange.head.methodRange), as: UTF8.self),
                path: String(decoding: exchange.path.bytes, as: UTF8.self),
                route: (exchange.attachment as? Route)?.name, inside: failure.detail))
        return refusal.answer(trace: trace)
    }
}

extension Refusal {
    /// What the operator is told; `inside` may say more than the answer did.
    func explanation(
        trace: TraceID, time: Int64, method: String, path: String, route: String?, inside: String? = nil
    ) -> Explanation {
        Explanation(
            trace: trace, time: time, method: method, path: path, route: route, phase: phase.rawValue, status: status,
            code: code, detail: inside ?? steps.last?.detail ?? detail,
            steps: steps.map { step in
                Explanation.Step(
                    check: step.check.rawValue, outcome: step.outcome.rawValue, code: step.code?.rawValue,
                    detail: step.detail)
            })
    }
}
