import Edge
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
    /// What this event loop has counted.
    let metrics: MetricsShard
    /// Where this event loop's lines of the access log go.
    let log: AccessLogBuffer
    /// What waits for asynchronous destinations.
    let deliveries: AsyncDeliveries
    /// Where their tasks run.
    let executor: LoopTaskExecutor
    /// Random numbers for traces.
    var random = BulkRandom()
    /// The time of day at some moment of the last second.
    private var known: (wall: Int64, deadline: NIODeadline)?

    init(eventLoop: any EventLoop, snapshot: GatewaySnapshot, shared: GatewayShared) {
        self.eventLoop = eventLoop
        self.snapshot = snapshot
        self.shared = shared
        metrics = shared.metrics.shard()
        log = shared.log.buffer()
        deliveries = AsyncDeliveries(eventLoop)
        executor = LoopTaskExecutor(eventLoop)
    }

    /// Now, by both clocks: in milliseconds since 1970, and on the one that does not jump. The time of day is asked for once
    /// a second and counted on from there: a request costs one clock, not two.
    func moment() -> (wall: Int64, deadline: NIODeadline) {
        let now = NIODeadline.now()
        if let known {
            let since = (now - known.deadline).nanoseconds
            if since >= 0, since < 1_000_000_000 { return (known.wall + since / 1_000_000, now) }
        }
        let moment = (wall: shared.clock(), deadline: now)
        known = moment
        return moment
    }

    /// The time that limits count by.
    func trafficTime(_ now: Int64) -> TrafficTime {
        TrafficTime(
            monotonicMilliseconds: Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000), unixSeconds: now)
    }

    /// The same for one that was refused, or whose upstream failed: that is explained to those who ask why.
    func take(_ record: borrowing ExchangeRecord, _ refusal: Refusal) {
        take(record)
        if let explanation = refusal.explanation(record) { shared.explanations.append(explanation) }
    }

    /// Takes a finished request to everything that is made from it.
    func take(_ record: borrowing ExchangeRecord) {
        metrics.record(record)
        if snapshot.writesAccessLog, log.append(record) { shared.wantsFlush() }
    }
}

/// What the event loops of a gateway share; every part is made for that.
final class GatewayShared: Sendable {
    /// The proofs that were used.
    let proofs = RequestProofs()
    /// How often who has called.
    let traffic: TrafficLedger
    /// The tasks of asynchronous destinations.
    let tasks = AsyncTasks()
    let explanations: ExplanationRing
    let metrics: Metrics
    let log: AccessLog
    /// Has the access log flushed soon, off the loops.
    let wantsFlush: @Sendable () -> Void
    /// Milliseconds since 1970.
    let clock: @Sendable () -> Int64
    /// Below which address each problem's code has a page.
    let problems: String

    init(
        explanations: ExplanationRing, metrics: Metrics, log: AccessLog, wantsFlush: @escaping @Sendable () -> Void,
        clock: @escaping @Sendable () -> Int64, seed: TrafficSeed, problems: String
    ) {
        traffic = TrafficLedger(seed: seed)
        self.explanations = explanations
        self.metrics = metrics
        self.log = log
        self.wantsFlush = wantsFlush
        self.clock = clock
        self.problems = problems
    }
}
