public import NIOCore
import NIOPosix
import Synchronization

/// A listening socket whose connections are spread over the loops of a group, and the way to stop it gently.
public final class Listener: Sendable {
    private let channel: any Channel
    private let loops: [(eventLoop: any EventLoop, state: NIOLoopBound<EdgeLoop>)]
    private let gate: ConnectionCount

    private init(
        channel: any Channel, loops: [(eventLoop: any EventLoop, state: NIOLoopBound<EdgeLoop>)], gate: ConnectionCount
    ) {
        self.channel = channel
        self.loops = loops
        self.gate = gate
    }

    /// Binds and starts to accept.
    /// - Parameters:
    ///   - port: 0 picks a free one; `port` of the listener says which.
    ///   - handler: makes one handler per event loop, on that loop.
    /// - Throws: what the system says when the address cannot be bound.
    public static func bind(
        host: String, port: Int, group: any EventLoopGroup, configuration: EdgeConfiguration = EdgeConfiguration(),
        handler: @escaping @Sendable (any EventLoop) -> ExchangeHandler
    ) async throws -> Listener {
        var loops: [(eventLoop: any EventLoop, state: NIOLoopBound<EdgeLoop>)] = []
        for eventLoop in group.makeIterator() {
            let state = try await eventLoop.submit {
                let loop = EdgeLoop(eventLoop: eventLoop, handler: handler(eventLoop), configuration: configuration)
                loop.start()
                return NIOLoopBound(loop, eventLoop: eventLoop)
            }.get()
            loops.append((eventLoop, state))
        }
        let byLoop = Dictionary(
            loops.map { (ObjectIdentifier($0.eventLoop), $0.state) }, uniquingKeysWith: { first, _ in first })
        let count = ConnectionCount(limit: configuration.maxConnections)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: configuration.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGateHandler(count))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    count.opened()
                    channel.closeFuture.whenComplete { _ in count.closed() }
                    guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)]?.value else {
                        throw ChannelError.ioOnClosedChannel
                    }
                    try channel.pipeline.syncOperations.addHandler(ClientConnectionHandler(loop: loop))
                }
            }
            .bind(host: host, port: port).get()
        return Listener(channel: channel, loops: loops, gate: count)
    }

    /// The address that was bound.
    public var localAddress: SocketAddress? { channel.localAddress }
    /// The port that was bound, or 0 when the listener is closed.
    public var port: Int { channel.localAddress?.port ?? 0 }
    /// Client connections that are open now.
    public var connectionCount: Int { gate.current }

    /// Stops accepting, lets what is under way end (answers say `Connection: close`), and ends the rest at the
    /// deadline.
    public func shutDown(within grace: TimeAmount) async {
        try? await channel.close().get()
        for loop in loops {
            loop.eventLoop.execute { loop.state.value.drain() }
        }
        let deadline = NIODeadline.now() + grace
        while gate.current > 0, NIODeadline.now() < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
        for loop in loops {
            try? await loop.eventLoop.submit { loop.state.value.stop() }.get()
        }
    }
}

/// How many client connections a listener has, over all loops.
final class ConnectionCount: Sendable {
    let limit: Int
    private let count = Atomic<Int>(0)
    private let resume = Mutex<(@Sendable () -> Void)?>(nil)

    init(limit: Int) { self.limit = limit }

    var current: Int { count.load(ordering: .relaxed) }

    func opened() { count.add(1, ordering: .relaxed) }

    func closed() {
        count.subtract(1, ordering: .relaxed)
        release()
    }

    private func release() {
        let waiting = resume.withLock { waiting in
            let taken = waiting
            waiting = nil
            return taken
        }
        waiting?()
    }

    /// Calls `action` after the next connection has closed.
    func whenFreed(_ action: @escaping @Sendable () -> Void) {
        resume.withLock { $0 = action }
        // One may have closed just before.
        if current < limit { release() }
    }
}

/// Holds back the listening socket's reads while there are as many connections as allowed; the kernel's queue holds the
/// others.
private final class AcceptGateHandler: ChannelOutboundHandler {
    typealias OutboundIn = Never

    private let count: ConnectionCount

    init(_ count: ConnectionCount) { self.count = count }

    func read(context: ChannelHandlerContext) {
        guard count.current >= count.limit else {
            context.read()
            return
        }
        let channel = context.channel
        count.whenFreed { channel.read() }
    }
}
