import Synchronization

/// Says "ready" once, when the last door is open.
final class Doors: Sendable {
    private let closed: Mutex<Int>
    private let whenOpen: @Sendable () -> Void

    init(count: Int, whenOpen: @escaping @Sendable () -> Void) {
        closed = Mutex(count)
        self.whenOpen = whenOpen
    }

    /// One more door is open.
    @Sendable func opened() {
        let left = closed.withLock { closed in
            closed -= 1
            return closed
        }
        if left == 0 { whenOpen() }
    }
}
