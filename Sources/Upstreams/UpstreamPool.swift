import HTTPWire
public import NIOCore
import NIOPosix

/// The connections of one event loop to one endpoint. The most recently used one is used next, so that the others can
/// grow idle.
///
/// Confined to its loop, as are the calls given to it: no lock, no hop, no promise per request.
public final class UpstreamPool {
    /// Where its connections go.
    public let endpoint: UpstreamEndpoint
    /// How many there may be, and how patient they are.
    public let limits: UpstreamLimits
    /// Limits of response heads.
    let headLimits: WireLimits
    private let eventLoop: any EventLoop
    private(set) var now = NIODeadline.now()

    private var idle: [UpstreamConnectionHandler] = []
    private var open: [ObjectIdentifier: UpstreamConnectionHandler] = [:]
    private var connecting = 0
    private var waiting = WaitingCalls()
    private var timer: RepeatedTask?
    private var isClosed = false
    /// Connections opened since the pool was made.
    public private(set) var connectionsOpened = 0

    /// Makes a pool; call it on `eventLoop`. It lives, with its timer, until `close` was called and its last call has
    /// ended.
    public init(endpoint: UpstreamEndpoint, eventLoop: any EventLoop, limits: UpstreamLimits = UpstreamLimits()) {
        self.endpoint = endpoint
        self.limits = limits
        self.eventLoop = eventLoop
        var headLimits = WireLimits()
        // Not ours to forbid in a response: nobody takes it for a header that we add.
        headLimits.refusesUnderscores = false
        self.headLimits = headLimits
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleRepeatedTask(initialDelay: limits.tick, delay: limits.tick) { _ in bound.value.tick()
        }
    }

    /// Connections that carry no call now.
    public var idleCount: Int { idle.count }
    /// Connections open or being opened.
    public var openCount: Int { open.count + connecting }
    /// Calls that wait for a connection.
    public var waitingCount: Int { waiting.count }

    /// Gives the call a connection: an idle one, a new one, or a place in the queue.
    public func begin(_ call: UpstreamCall) { begin(call, fresh: false) }

    /// Closes idle connections, refuses what waits, and lets calls that are under way end. Nothing can be begun any
    /// more.
    public func close() {
        isClosed = true
        for connection in idle { connection.drop() }
        idle = []
        failWaiting(UpstreamFailure(.busy, detail: "the pool of \(endpoint.name) is closed"))
    }

    func begin(_ call: UpstreamCall, fresh: Bool) {
        call.pool = self
        guard !isClosed else {
            call.finish()
            call.failed(UpstreamFailure(.busy, detail: "the pool of \(endpoint.name) is closed"))
            return
        }
        if !fresh, let connection = takeIdle() {
            connection.begin(call, isReused: true)
            return
        }
        guard waiting.count < limits.maxWaiting else {
            call.finish()
            call.failed(
                UpstreamFailure(.busy, detail: "\(endpoint.name): \(waiting.count) calls wait for a connection"))
            return
        }
        call.waitingSince = now
        waiting.append(call)
        connectIfNeeded()
    }

    /// Takes a waiting call out of the queue.
    func withdraw(_ call: UpstreamCall) { waiting.remove(call) }

    /// A connection ended its call cleanly.
    func giveBack(_ connection: UpstreamConnectionHandler) {
        if let call = waiting.popFirst() {
            connection.begin(call, isReused: true)
        } else if isClosed || idle.count >= limits.maxIdle {
            connection.drop()
        } else {
            idle.append(connection)
        }
    }

    /// A connection is closed.
    func forget(_ connection: UpstreamConnectionHandler) {
        open[ObjectIdentifier(connection)] = nil
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
        connectIfNeeded()
    }

    private func takeIdle() -> UpstreamConnectionHandler? {
        while let connection = idle.popLast() {
            if connection.isUsable { return connection }
            connection.drop()
        }
        return nil
    }

    // MARK: Connecting

    private func connectIfNeeded() {
        while !isClosed, connecting < waiting.count, openCount < limits.maxOpen { connect() }
    }

    private func connect() {
        connecting += 1
        connectionsOpened += 1
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(limits.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(
                .socketOption(.so_rcvbuf), value: ChannelOptions.Types.SocketOption.Value(limits.receiveBuffer)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(UpstreamConnectionHandler(pool: bound.value))
                }
            }
            .connect(host: endpoint.host, port: endpoint.port)
            .whenComplete { result in
                let pool = bound.value
                pool.connecting -= 1
                switch result {
                case .success(let channel): pool.connected(channel)
                case .failure(let error): pool.connectFailed(error)
                }
            }
    }

    private func connected(_ channel: any Channel) {
        guard let connection = try? channel.pipeline.syncOperations.handler(type: UpstreamConnectionHandler.self) else {
            channel.close(promise: nil)
            return
        }
        guard connection.isUsable else {
            connectFailed(ChannelError.eof)
            return
        }
        open[ObjectIdentifier(connection)] = connection
        guard !isClosed else {
            connection.drop()
            return
        }
        if let call = waiting.popFirst() {
            connection.begin(call, isReused: false)
        } else {
            idle.append(connection)
        }
    }

    /// One connection that could not be opened answers one call, so that no call waits for its turn to fail.
    private func connectFailed(_ error: any Error) {
        let isTimeout: Bool
        if case .connectTimeout = error as? ChannelError { isTimeout = true } else { isTimeout = false }
        if let call = waiting.popFirst() {
            call.finish()
            call.failed(
                UpstreamFailure(
                    isTimeout ? .timeout : .unreachable,
                    detail: "\(endpoint.name) at \(endpoint.host):\(endpoint.port): \(error)"))
        }
        connectIfNeeded()
    }

    // MARK: Time

    private func tick() {
        now = .now()
        if isClosed, openCount == 0 {
            timer?.cancel()
            return
        }
        for connection in open.values { connection.tick(now) }
        while let oldest = idle.first, now - oldest.lastProgress > limits.idleTimeout {
            idle.removeFirst()
            oldest.drop()
        }
        while let call = waiting.first, now - call.waitingSince > limits.connectTimeout {
            _ = waiting.popFirst()
            call.finish()
            call.failed(UpstreamFailure(.busy, detail: "\(endpoint.name): no connection became free in time"))
        }
    }

    private func failWaiting(_ failure: UpstreamFailure) {
        while let call = waiting.popFirst() {
            call.finish()
            call.failed(failure)
        }
    }
}

/// Calls in the order they came; taking the first costs the same however many wait.
struct WaitingCalls {
    private var calls: [UpstreamCall] = []
    private var start = 0

    var count: Int { calls.count - start }
    var first: UpstreamCall? { start < calls.count ? calls[start] : nil }

    mutating func append(_ call: UpstreamCall) { calls.append(call) }

    mutating func popFirst() -> UpstreamCall? {
        guard start < calls.count else { return nil }
        let call = calls[start]
        start += 1
        if start == calls.count || start > 64 && start > calls.count / 2 {
            calls.removeFirst(start)
            start = 0
        }
        return call
    }

    mutating func remove(_ call: UpstreamCall) {
        guard let index = calls[start...].firstIndex(where: { $0 === call }) else { return }
        calls.remove(at: index)
    }
}
