public import NIOCore
import NIOPosix

/// A listening socket whose connections are spread over the loops of a group, and the way to stop it gently.
public final class Listener: Sendable {
    /// The listening socket.
    let channel: any Channel
    private let loops: ListenerLoops
    private let count: ConnectionCount

    private init(channel: any Channel, loops: ListenerLoops, count: ConnectionCount) {
        self.channel = channel
        self.loops = loops
        self.count = count
    }

    /// Binds and starts to accept.
    /// - Parameters:
    ///   - port: 0 picks a free one; `port` of the listener says which.
    ///   - certificates: what to serve over TLS; without them the listener speaks HTTP as it is.
    ///   - handler: makes one handler per event loop, on that loop.
    /// - Throws: what the system says when the address cannot be bound.
    public static func bind(
        host: String, port: Int, group: any EventLoopGroup, configuration: EdgeConfiguration = EdgeConfiguration(),
        certificates: ListenerCertificates? = nil, handler: @escaping @Sendable (any EventLoop) -> ExchangeHandler
    ) async throws -> Listener {
        let loops = try await ListenerLoops(group) { eventLoop in
            EdgeLoop(
                eventLoop: eventLoop, handler: handler(eventLoop), configuration: configuration,
                isEncrypted: certificates != nil)
        }
        let count = ConnectionCount(limit: configuration.maxConnections)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: configuration.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let gate = AcceptGateHandler(count, onExhausted: configuration.onExhausted) { wanted in
                        loops.evict(wanted) { count.madeRoom() }
                    }
                    try channel.pipeline.syncOperations.addHandler(gate)
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A client that is gone without a word ends what waits for it.
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = loops.state(of: channel.eventLoop) else { throw ChannelError.ioOnClosedChannel }
                    if let certificates {
                        try channel.pipeline.syncOperations.addHandlers(
                            certificates.makeHandler(), HandshakeHandler(count))
                    }
                    try channel.pipeline.syncOperations.addHandler(ClientConnectionHandler(loop: loop))
                }
            }
        do {
            let channel = try await bootstrap.bind(host: host, port: port).get()
            return Listener(channel: channel, loops: loops, count: count)
        } catch {
            await loops.stop()
            throw error
        }
    }

    /// The address that was bound.
    public var localAddress: SocketAddress? { channel.localAddress }
    /// The port that was bound, or 0 when the listener is closed.
    public var port: Int { channel.localAddress?.port ?? 0 }
    /// Client connections that are open now.
    public var connectionCount: Int { count.current }
    /// What was counted since the listener was bound.
    public var counts: ListenerCounts { count.counts }

    /// Stops accepting; connections go on. When it returns, the address is free.
    public func stopAccepting() async {
        try? await channel.close().get()
    }

    /// Stops accepting, lets what is under way end (answers say `Connection: close`), and ends the rest at the
    /// deadline.
    public func shutDown(within grace: TimeAmount) async {
        await stopAccepting()
        loops.drain()
        let deadline = NIODeadline.now() + grace
        while count.current > 0, NIODeadline.now() < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
        await loops.stop()
    }
}
