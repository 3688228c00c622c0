import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Edge

@Suite struct `A listener that stops` {
    /// The kernel's queue and the way to another loop take a moment, in which the listener may begin to stop.
    @Test(arguments: [false, true])
    func `does not keep a connection that was accepted just before`(_ isStopped: Bool) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let loop = try await eventLoop.submit {
            let loop = EdgeLoop(
                eventLoop: eventLoop, handler: EchoHandler(), configuration: EdgeTesting.hasty())
            loop.start()
            loop.drain()
            if isStopped { loop.stop() }
            return NIOLoopBound(loop, eventLoop: eventLoop)
        }.get()
        let server = try await ServerBootstrap(group: group).childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ClientConnectionHandler(loop: loop.value))
            }
        }.bind(host: "127.0.0.1", port: 0).get()
        let client = try RawSocket(port: server.localAddress?.port ?? 0, timeout: 5)
        #expect(client.isEndedByPeer())
        try await server.close()
        try await eventLoop.submit { loop.value.stop() }.get()
        try await group.shutdownGracefully()
    }
}
