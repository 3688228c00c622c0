import Edge
import HTTPWire
import JOSE
import NIOCore
import Telemetry
import Traffic

/// What one event loop of the gateway has: what the phases look things up in, and what they remember. Nobody else looks
/// into it, so there is no lock.
final class GatewayLoop {
    let eventLoop: any EventLoop
    /// Replaced whole, at once for every request after it.
    var snapshot: GatewaySnapshot
    /// What this event loop has verified before.
    let verdicts = VerdictCache<Identity>()
    /// What all loops of the gateway share.
    let shared: GatewayShared

    init(eventLoop: any EventLoop, snapshot: GatewaySnapshot, shared: GatewayShared) {
        self.eventLoop = eventLoop
        self.snapshot = snapshot
        self.shared = shared
    }

    /// Seconds since 1970.
    func now() -> Int64 { shared.now() }

    /// The time that limits count by.
    func trafficTime(_ now: Int64) -> TrafficTime {
        TrafficTime(
            monotonicMilliseconds: Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000), unixSeconds: now)
    }

    /// Remembers a refusal for those who ask why.
    func record(_ refusal: Refusal, of exchange: Exchange, route: Route?) -> RecordedRefusal {
        record(
            refusal, method: String(decoding: exchange.bytes(of: exchange.head.methodRange), as: UTF8.self),
            path: String(decoding: exchange.path.bytes, as: UTF8.self), route: route)
    }

    /// The same where there is no exchange.
    func record(_ refusal: Refusal, method: String, path: String, route: Route?) -> RecordedRefusal {
        let trace = TraceID()
        shared.explanations.append(
            refusal.explanation(trace: trace, time: now(), method: method, path: path, route: route?.title))
        return RecordedRefusal(refusal: refusal, trace: trace)
    }
}

/// What the event loops of a gateway share; every part is made for that.
final class GatewayShared: Sendable {
    /// The proofs that were used.
    let proofs = RequestProofs()
    /// How often who has called.
    let traffic: TrafficLedger
    /// What callers are hashed with.
    let trafficSeed: TrafficSeed
    let explanations: ExplanationRing
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    init(explanations: ExplanationRing, now: @escaping @Sendable () -> Int64) {
        self.explanations = explanations
        self.now = now
        trafficSeed = TrafficSeed.random()
        traffic = TrafficLedger()
    }
}

/// A refusal that can be explained by its trace.
struct RecordedRefusal {
    let refusal: Refusal
    let trace: TraceID

    func answer(closes: Bool = false) -> LocalAnswer { refusal.answer(trace: trace, closes: closes) }
}
