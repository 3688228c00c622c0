import NIOCore

/// A listener's part of each event loop of its group, in the group's order.
final class ListenerLoops: Sendable {
    private typealias Place = (eventLoop: any EventLoop, state: NIOLoopBound<EdgeLoop>)

    private let places: [Place]
    private let byLoop: [ObjectIdentifier: NIOLoopBound<EdgeLoop>]

    /// Starts one `EdgeLoop` on every loop of the group.
    init(_ group: any EventLoopGroup, make: @escaping @Sendable (any EventLoop) -> EdgeLoop) async throws {
        var places: [Place] = []
        for eventLoop in group.makeIterator() {
            let state = try await eventLoop.submit {
                let loop = make(eventLoop)
                loop.start()
                return NIOLoopBound(loop, eventLoop: eventLoop)
            }.get()
            places.append((eventLoop, state))
        }
        self.places = places
        byLoop = Dictionary(
            places.map { (ObjectIdentifier($0.eventLoop), $0.state) }, uniquingKeysWith: { first, _ in first })
    }

    /// The part of a loop; to be asked on that loop.
    func state(of eventLoop: any EventLoop) -> EdgeLoop? { byLoop[ObjectIdentifier(eventLoop)]?.value }

    /// Closes up to `wanted` idle connections, one of a loop at a time, in turn. `done` is called for each.
    func evict(_ wanted: Int, done: @escaping @Sendable () -> Void) {
        evict(wanted, from: Int.random(in: 0..<max(1, places.count)), inVain: 0, done)
    }

    private func evict(_ wanted: Int, from index: Int, inVain: Int, _ done: @escaping @Sendable () -> Void) {
        guard wanted > 0, inVain < places.count else { return }
        let place = places[index % places.count]
        place.eventLoop.execute {
            let isMade = place.state.value.evictLongestIdle()
            if isMade { done() }
            self.evict(isMade ? wanted - 1 : wanted, from: index &+ 1, inVain: isMade ? 0 : inVain + 1, done)
        }
    }

    /// Idle connections close now, busy ones after their exchange.
    func drain() {
        for place in places {
            place.eventLoop.execute { place.state.value.drain() }
        }
    }

    /// Ends every connection and every timer; returns when that is done.
    func stop() async {
        for place in places {
            try? await place.eventLoop.submit { place.state.value.stop() }.get()
        }
    }
}
