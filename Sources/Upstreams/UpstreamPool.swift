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
    /// For calls that have none of their own.
    let patience: UpstreamPatience
    /// Reused for every chunk that is written.
    var scratch: [UInt8] = []
    /// What is known of the endpoint, over all loops.
    let health: EndpointHealth?
    private let eventLoop: any EventLoop
    private(set) var now = NIODeadline.now()

    private var idle: [UpstreamConnectionHandler] = []
    private var open: [ObjectIdentifier: UpstreamConnectionHandler] = [:]
    private var connecting = 0
    /// Those among `connecting` whose encryption is being agreed; they are among `open` too.
    private var agreeing = 0
    private var waiting = WaitingCalls()
    private var timer: RepeatedTask?
    private var isClosed = false
    /// Connections that are tunnels, among the open ones.
    var tunnels = 0
    /// Connections opened since the pool was made.
    public private(set) var connectionsOpened = 0

    /// Makes a pool; call it on `eventLoop`. It lives, with its timer, until `close` was called and its last call has
    /// ended.
    public convenience init(
        endpoint: UpstreamEndpoint, eventLoop: any EventLoop, limits: UpstreamLimits = UpstreamLimits()
    ) {
        self.init(endpoint: endpoint, eventLoop: eventLoop, limits: limits, health: nil)
    }

    init(endpoint: UpstreamEndpoint, eventLoop: any EventLoop, limits: UpstreamLimits, health: EndpointHealth?) {
        self.endpoint = endpoint
        self.limits = limits
        self.health = health
        var patience = UpstreamPatience()
        patience.responseHead = limits.responseHeadTimeout
        patience.bodyStall = limits.bodyStall
        self.patience = patience
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
    public var openCount: Int { open.count + connecting - agreeing }
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
        call.attempts += 1
        call.endpointName = endpoint.name
        guard !isClosed else {
            fail(call, UpstreamFailure(.busy, detail: "the pool of \(endpoint.name) is closed"))
            return
        }
        guard call.offer == nil || tunnels < limits.maxTunnels else {
            fail(call, UpstreamFailure(.busy, detail: "\(endpoint.name) has \(tunnels) tunnels"))
            return
        }
        if !fresh, let connection = takeIdle() {
            connection.begin(call, isReused: true)
            return
        }
        guard waiting.count < limits.maxWaiting else {
            fail(call, UpstreamFailure(.busy, detail: "\(endpoint.name): \(waiting.count) calls wait for a connection"))
            return
        }
        call.waitingSince = now
        waiting.append(call)
        connectIfNeeded()
    }

    /// Ends the call with this failure, unless the balancer sends it to another endpoint.
    func fail(_ call: UpstreamCall, _ failure: UpstreamFailure, hasResponseByte: Bool = false) {
        if !hasResponseByte, let balancer = call.balancer, balancer.sendsAgain(call, after: failure) { return }
        call.finish()
        call.failed(failure)
    }

    /// Takes a waiting call out of the queue.
    func withdraw(_ call: UpstreamCall) { waiting.remove(call) }

    /// A connection ended its call cleanly.
    func giveBack(_ connection: UpstreamConnectionHandler) { keep(connection, isReused: true) }

    /// A connection is closed.
    func forget(_ connection: UpstreamConnectionHandler) {
        if open.removeValue(forKey: ObjectIdentifier(connection)) != nil { health?.closed() }
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
        while !isClosed, connecting < waiting.count, openCount - tunnels < limits.maxOpen { connect() }
    }

    private func connect() {
        connecting += 1
        connectionsOpened += 1
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(limits.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A peer that is gone without a word ends what waits for it.
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(
                .socketOption(.so_rcvbuf), value: ChannelOptions.Types.SocketOption.Value(limits.receiveBuffer)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pool = bound.value
                    if let encryption = pool.endpoint.encryption {
                        try channel.pipeline.syncOperations.addHandler(encryption.handler(host: pool.endpoint.host))
                    }
                    try channel.pipeline.syncOperations.addHandler(UpstreamConnectionHandler(pool: pool))
                }
            }
            .connect(host: endpoint.host, port: endpoint.port)
            .whenComplete { result in
                let pool = bound.value
                switch result {
                case .success(let channel): pool.connected(channel)
                case .failure(let error): pool.connectFailed(error)
                }
            }
    }

    private func connected(_ channel: any Channel) {
        guard let connection = try? channel.pipeline.syncOperations.handler(type: UpstreamConnectionHandler.self),
            connection.isOpen
        else {
            channel.close(promise: nil)
            connectFailed(ChannelError.eof)
            return
        }
        open[ObjectIdentifier(connection)] = connection
        health?.opened()
        if connection.isUsable {
            opened(connection)
        } else {
            // It says itself when its encryption is agreed. Until then it is still being opened.
            connection.isAgreeing = true
            agreeing += 1
        }
    }

    /// A connection, its encryption included, is ready for calls.
    func opened(_ connection: UpstreamConnectionHandler) {
        connecting -= 1
        if connection.isAgreeing {
            connection.isAgreeing = false
            agreeing -= 1
        }
        health?.connected()
        keep(connection, isReused: false)
    }

    /// A connection without a call carries one that waits, or is kept for the next, or is one too many.
    private func keep(_ connection: UpstreamConnectionHandler, isReused: Bool) {
        if !isClosed, let call = waiting.popFirst() {
            connection.begin(call, isReused: isReused)
        } else if isClosed || idle.count >= limits.maxIdle {
            connection.drop()
        } else {
            idle.append(connection)
        }
    }

    /// The encryption of a connection could not be agreed.
    func agreementFailed(_ error: any Error) {
        agreeing -= 1
        connectFailed(error)
    }

    /// One connection that could not be opened answers one call, so that no call waits for its turn to fail.
    func connectFailed(_ error: any Error) {
        connecting -= 1
        let reason = "\(endpoint.name) at \(endpoint.host):\(endpoint.port): \(error)"
        let kind = UpstreamFailure.Kind(ofConnecting: error)
        // What this process has run out of says nothing about the endpoint.
        if kind != .exhausted { health?.connectFailed(reason, now: .now()) }
        if let call = waiting.popFirst() { fail(call, UpstreamFailure(kind, detail: reason)) }
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
            fail(call, UpstreamFailure(.busy, detail: "\(endpoint.name): no connection became free in time"))
        }
    }

    private func failWaiting(_ failure: UpstreamFailure) {
        while let call = waiting.popFirst() { fail(call, failure) }
    }
}
