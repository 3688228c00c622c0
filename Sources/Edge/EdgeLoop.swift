import NIOCore

/// What the connections of one event loop share: their handler, their limits, one clock and one timer.
final class EdgeLoop {
    let eventLoop: any EventLoop
    let handler: ExchangeHandler
    let configuration: EdgeConfiguration
    /// Whether the connections are encrypted.
    let isEncrypted: Bool
    /// The time of the last tick. Coarse on purpose: a deadline costs no clock reading per request.
    private(set) var now: NIODeadline
    /// Reused for everything that is written.
    private var scratch: [UInt8] = []
    private(set) var isDraining = false
    /// Whether the timer has ended, and every connection with it.
    private(set) var isStopped = false
    private var connections: [ClientConnectionHandler] = []
    private var timer: RepeatedTask?
    /// The connections that were idle for long when they were last looked for, the longest at the end; nil when the
    /// clock has moved on since.
    private var idle: [(connection: ClientConnectionHandler, since: NIODeadline)]?

    init(
        eventLoop: any EventLoop, handler: ExchangeHandler, configuration: EdgeConfiguration, isEncrypted: Bool = false
    ) {
        self.eventLoop = eventLoop
        self.handler = handler
        self.configuration = configuration
        self.isEncrypted = isEncrypted
        now = .now()
        scratch.reserveCapacity(4096)
    }

    /// What is written, as a buffer with room for more behind it.
    func buffer<Result>(
        room: Int = 0, writing write: (inout [UInt8]) -> Result
    ) -> (buffer: ByteBuffer, result: Result) {
        // In a local, because every access to a property that lasts over a call is checked while it runs.
        var bytes = scratch
        scratch = []
        bytes.removeAll(keepingCapacity: true)
        let result = write(&bytes)
        var buffer = ByteBufferAllocator().buffer(capacity: bytes.count + room)
        buffer.writeBytes(bytes)
        scratch = bytes
        return (buffer, result)
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
        idle = nil
        // A copy, because a connection that runs out of time leaves the list.
        for connection in connections { connection.tick(now) }
    }

    /// Closes the connection that has been idle for the longest time, if one has been for long enough to have got its
    /// last answer.
    /// - Returns: whether one was closed.
    func evictLongestIdle() -> Bool {
        var candidates = idle ?? idleConnections()
        defer { idle = candidates }
        while let (connection, since) = candidates.popLast() {
            if connection.idleSince == since, connection.evict() { return true }
        }
        return false
    }

    /// Sorted once in a tick, so that a crowd at the door does not cost a look at every connection for each of it.
    private func idleConnections() -> [(connection: ClientConnectionHandler, since: NIODeadline)] {
        var found: [(connection: ClientConnectionHandler, since: NIODeadline)] = []
        for connection in connections {
            if let since = connection.idleSince, now - since > configuration.lingerTimeout {
                found.append((connection, since))
            }
        }
        return found.sorted { $0.since > $1.since }
    }

    /// Idle connections close now, busy ones after their exchange.
    func drain() {
        isDraining = true
        for connection in connections { connection.drain() }
    }

    /// Ends every connection, whatever it is doing, and the timer.
    func stop() {
        isStopped = true
        timer?.cancel()
        timer = nil
        for connection in connections { connection.abort() }
    }
}
