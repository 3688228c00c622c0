import NIOCore
import Synchronization

/// The deliveries to asynchronous destinations that are under way on one loop, and the clock that they are held to: one
/// timer for all of them, and none while there is none.
final class AsyncDeliveries {
    /// Deadlines are late by at most this much.
    static let tick = TimeAmount.milliseconds(100)

    private let eventLoop: any EventLoop
    private var running: [ObjectIdentifier: AsyncDelivery] = [:]
    private var isTicking = false

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func add(_ delivery: AsyncDelivery) {
        running[ObjectIdentifier(delivery)] = delivery
        if !isTicking { scheduleTick() }
    }

    func remove(_ delivery: AsyncDelivery) { running[ObjectIdentifier(delivery)] = nil }

    private func scheduleTick() {
        isTicking = true
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.tick) { bound.value.look() }
    }

    private func look() {
        isTicking = false
        let now = NIODeadline.now()
        // A copy, because whatever is late leaves the list.
        for delivery in Array(running.values) { delivery.tick(now) }
        if !running.isEmpty { scheduleTick() }
    }
}

/// How many tasks of asynchronous destinations there are: the loops that they run on must not end before them.
final class AsyncTasks: Sendable {
    private let count = Atomic(0)

    func begin() { count.add(1, ordering: .relaxed) }
    func end() { count.subtract(1, ordering: .relaxed) }

    /// Returns when there is none, or when the time is over.
    func wait(within time: TimeAmount) async {
        let deadline = NIODeadline.now() + time
        while count.load(ordering: .relaxed) > 0, NIODeadline.now() < deadline {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
