import NIOCore

/// The times one client connection is held to: a value that knows no timer; the loop's tick asks it.
struct ConnectionDeadlines {
    private let configuration: EdgeConfiguration
    /// When what the connection is doing now began.
    private(set) var since: NIODeadline
    private var hasServed = false
    private var bodyBytes = 0
    private var stalledSince: NIODeadline?
    private var stalledBytes = 0

    init(_ configuration: EdgeConfiguration, now: NIODeadline) {
        self.configuration = configuration
        since = now
    }

    mutating func headStarted(_ now: NIODeadline) { since = now }

    mutating func becameIdle(_ now: NIODeadline) {
        since = now
        hasServed = true
    }

    mutating func bodyStarted(_ now: NIODeadline) {
        since = now
        bodyBytes = 0
    }

    mutating func bodyReceived(_ count: Int) { bodyBytes += count }

    /// We do not take the body at the moment: its sender is not to blame.
    mutating func bodyPaused(_ now: NIODeadline) { bodyStarted(now) }

    mutating func lingering(_ now: NIODeadline) { since = now }

    func isHeadLate(_ now: NIODeadline) -> Bool { now - since > configuration.headTimeout }

    /// Before its first request a connection has only as long as a head may take.
    func isIdleTooLong(_ now: NIODeadline) -> Bool {
        now - since > (hasServed ? configuration.idleTimeout : configuration.headTimeout)
    }

    func isBodyTooSlow(_ now: NIODeadline) -> Bool {
        let elapsed = now - since
        guard elapsed > configuration.bodyGrace else { return false }
        return Double(bodyBytes) < Double(elapsed.nanoseconds) / 1e9 * Double(configuration.bodyMinimumRate)
    }

    func isLingerOver(_ now: NIODeadline) -> Bool { now - since > configuration.lingerTimeout }

    /// Whether the client has taken nothing of what waits for it for too long.
    mutating func isWriteStalled(waiting: Int, _ now: NIODeadline) -> Bool {
        guard let start = stalledSince, waiting == stalledBytes else {
            stalledSince = now
            stalledBytes = waiting
            return false
        }
        return now - start > configuration.writeStall
    }

    mutating func writesFlow() { stalledSince = nil }
}
