import Synchronization

/// What a listener has counted since it was bound, over all loops.
public struct ListenerCounts: Hashable, Sendable {
    /// Connections that were accepted.
    public let accepted: Int
    /// Idle connections that were closed to make room for others.
    public let evicted: Int
    /// Times that accepting failed for want of descriptors or memory.
    public let acceptFailures: Int
    /// TLS handshakes that failed or were given up.
    public let failedHandshakes: Int
}

/// How many client connections a listener has and had, over all loops.
final class ConnectionCount: Sendable {
    let limit: Int
    private let open = Atomic<Int>(0)
    private let accepted = Atomic<Int>(0)
    private let evicted = Atomic<Int>(0)
    private let acceptFailures = Atomic<Int>(0)
    private let failedHandshakes = Atomic<Int>(0)
    private let freed = Mutex<(@Sendable () -> Void)?>(nil)

    init(limit: Int) { self.limit = max(1, limit) }

    var current: Int { open.load(ordering: .relaxed) }
    /// How many connections there are more than allowed. Nobody can see who waits at the door without letting one in:
    /// the one that passes the limit is what makes an idle one go, or accepting pause.
    var excess: Int { max(0, current &- limit) }

    var counts: ListenerCounts {
        ListenerCounts(
            accepted: accepted.load(ordering: .relaxed), evicted: evicted.load(ordering: .relaxed),
            acceptFailures: acceptFailures.load(ordering: .relaxed),
            failedHandshakes: failedHandshakes.load(ordering: .relaxed))
    }

    func opened() {
        open.wrappingAdd(1, ordering: .relaxed)
        accepted.wrappingAdd(1, ordering: .relaxed)
    }

    func closed() {
        open.wrappingSubtract(1, ordering: .relaxed)
        let waiting = freed.withLock { $0 }
        waiting?()
    }

    func acceptFailed() { acceptFailures.wrappingAdd(1, ordering: .relaxed) }
    func handshakeFailed() { failedHandshakes.wrappingAdd(1, ordering: .relaxed) }
    func madeRoom() { evicted.wrappingAdd(1, ordering: .relaxed) }

    /// Calls `action` after every connection that closes from now on, on its loop; nil: nothing any more.
    func whenFreed(_ action: (@Sendable () -> Void)?) {
        freed.withLock { $0 = action }
    }
}
