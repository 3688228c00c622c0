import NIOCore

/// What the connections of one event loop share: their handler, their limits, one clock and one timer.
final class EdgeLoop {
    let eventLoop: any EventLoop
    let handler: ExchangeHandler
    let configuration: EdgeConfiguration
    /// The time of the last tick. Coarse on purpose: a deadline costs no clock reading per request.
    private(set) var now: NIODeadline
    /// Reused for every head that is written.
    var scratch: [UInt8] = []
    private(set) var isDraining = false
    private var connections: [ClientConnectionHandler] = []
    private var timer: RepeatedTask?

    init(eventLoop: any EventLoop, handler: ExchangeHandler, configuration: EdgeConfiguration) {
        self.eventLoop = eventLoop
        self.handler = handler
        self.configuration = configuration
        now = .now()
        scratch.reserveCapacity(4096)
    }

    func start() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleRepeatedTask(initialDelay: configuration.tick, delay: configuration.tick) { _ in
            bound.value.tick()
        }
    }

    func add(_ connection: ClientConnectionHandler) {
        connection.slot = connections.count
        connections.append(connection)
    }

    func remove(_ connection: ClientConnectionHandler) {
        let slot = connection.slot
        guard slot >= 0, slot < connections.count, connections[slot] === connection, let last = connections.popLast()
        else { return }
        if last !== connection {
            connections[slot] = last
            last.slot = slot
        }
        connection.slot = -1
    }

    private func tick() {
        now = .now()
        // A copy, because a connection that runs out of time leaves the list.
        for connection in connections { connection.tick(now) }
    }

    /// Idle connections close now, busy ones after their exchange.
    func drain() {
        isDraining = true
        for connection in connections { connection.drain() }
    }

    /// Ends every connection, whatever it is doing, and the timer.
    func stop() {
        timer?.cancel()
        timer = nil
        for connection in connections { connection.abort() }
    }
}
