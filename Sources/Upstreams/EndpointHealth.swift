public import NIOCore
import Synchronization

/// When an endpoint that cannot be reached is left out, and for how long.
public struct UpstreamEjection: Hashable, Sendable {
    /// Failed connections in a row until an endpoint is out.
    public var failures = 3
    /// How long it is out for the first time; each time after that twice as long, until it is reached again.
    public var time = TimeAmount.seconds(5)
    /// The longest it is out at once.
    public var longest = TimeAmount.seconds(120)

    /// The numbers of the product.
    public init() {}
}

/// What is known of an endpoint, for operations.
public struct UpstreamState: Sendable {
    /// Which endpoint.
    public let endpoint: UpstreamEndpoint
    /// Its share of the requests.
    public let weight: Int
    /// Whether it gets requests while others do. When none is healthy, all get them.
    public let isHealthy: Bool
    /// Since when that is so.
    public let since: NIODeadline
    /// Until when it is out; nil while it is healthy, and where only the active check brings it back.
    public let outUntil: NIODeadline?
    /// Why it was out the last time; empty when it never was.
    public let lastReason: String
    /// What failed last, of its connections and checks, and when; nil when nothing ever did.
    public let lastFailure: (reason: String, at: NIODeadline)?
    /// Connections to it that are open, over all loops.
    public let connections: Int
}

/// One endpoint's health, shared by all loops: what the active check and the connections of every loop found.
final class EndpointHealth: Sendable {
    private struct Record {
        var failedConnects = 0
        var ejections = 0
        var failedChecks = 0
        var goodChecks = 0
        var isOutByCheck = false
        var since: NIODeadline
        var lastReason = ""
        var lastFailure: (reason: String, at: NIODeadline)?
    }

    private let ejection: UpstreamEjection
    private let record: Mutex<Record>
    /// 0 while in; until when it is out, in nanoseconds of the system's uptime; the largest number when only the check
    /// can bring it back. The one thing that is read for every request.
    private let outUntil = Atomic<UInt64>(0)
    /// Whether there is something that a connection would put right.
    private let hasFailed = Atomic<Bool>(false)
    /// Requests under way over all loops, where the balancing asks for them.
    let inFlight = Atomic<Int>(0)
    /// Connections that are open over all loops.
    private let connections = Atomic<Int>(0)

    init(_ ejection: UpstreamEjection, now: NIODeadline) {
        self.ejection = ejection
        record = Mutex(Record(since: now))
    }

    func isIn(_ now: NIODeadline) -> Bool {
        let until = outUntil.load(ordering: .relaxed)
        return until == 0 || until <= now.uptimeNanoseconds
    }

    /// There is one connection more.
    func opened() { connections.add(1, ordering: .relaxed) }

    /// There is one connection less.
    func closed() { connections.subtract(1, ordering: .relaxed) }

    /// A connection was opened, its encryption included.
    func connected() {
        guard hasFailed.load(ordering: .relaxed) else { return }
        record.withLock { record in
            record.failedConnects = 0
            record.ejections = 0
            hasFailed.store(false, ordering: .relaxed)
            let now = NIODeadline.now()
            guard !record.isOutByCheck, !isIn(now) else { return }
            record.since = now
            outUntil.store(0, ordering: .relaxed)
        }
    }

    /// A connection could not be opened.
    func connectFailed(_ reason: String, now: NIODeadline) {
        record.withLock { record in
            record.failedConnects += 1
            record.lastFailure = (reason, now)
            hasFailed.store(true, ordering: .relaxed)
            // What fails while it is out was sent because all are out; that says nothing that is not known.
            guard record.failedConnects >= ejection.failures, !record.isOutByCheck, isIn(now) else { return }
            let (time, isTooLong) = ejection.time.nanoseconds.multipliedReportingOverflow(
                by: 1 << Int64(min(record.ejections, 20)))
            let out = isTooLong ? ejection.longest.nanoseconds : min(time, ejection.longest.nanoseconds)
            record.ejections += 1
            record.since = now
            record.lastReason = reason
            outUntil.store((now + .nanoseconds(max(out, 1))).uptimeNanoseconds, ordering: .relaxed)
        }
    }

    /// The active check came to a result: nil when the answer was good, else why it was not.
    func checked(_ complaint: String?, _ check: UpstreamCheck, now: NIODeadline) {
        record.withLock { record in
            guard let complaint else {
                record.failedChecks = 0
                record.goodChecks = min(record.goodChecks + 1, check.successes)
                guard record.goodChecks >= check.successes, !isIn(now) else { return }
                record.isOutByCheck = false
                record.failedConnects = 0
                record.ejections = 0
                record.since = now
                outUntil.store(0, ordering: .relaxed)
                return
            }
            record.goodChecks = 0
            record.lastFailure = (complaint, now)
            record.failedChecks = min(record.failedChecks + 1, check.failures)
            guard record.failedChecks >= check.failures, !record.isOutByCheck else { return }
            if isIn(now) { record.since = now }
            record.isOutByCheck = true
            record.lastReason = complaint
            outUntil.store(.max, ordering: .relaxed)
        }
    }

    func state(of endpoint: UpstreamEndpoint, weight: Int, now: NIODeadline) -> UpstreamState {
        record.withLock { record in
            let until = outUntil.load(ordering: .relaxed)
            let isHealthy = isIn(now)
            // Time brought it back, and time wrote nothing down.
            let isBackByTime = isHealthy && until != 0
            return UpstreamState(
                endpoint: endpoint, weight: weight, isHealthy: isHealthy,
                since: isBackByTime ? .uptimeNanoseconds(until) : record.since,
                outUntil: isHealthy || until == .max ? nil : .uptimeNanoseconds(until),
                lastReason: record.lastReason, lastFailure: record.lastFailure,
                connections: connections.load(ordering: .relaxed))
        }
    }
}
