import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization
import TestSupport

/// A TLS client that says how its connection ended.
final class TLSClient: Sendable {
    /// What has happened so far.
    struct Progress: Sendable {
        var received: [UInt8] = []
        /// What the server showed, its own certificate first.
        var chain: [NIOSSLCertificate] = []
        /// Set with the end of the handshake; the protocol that was agreed on.
        var agreed: String??
        var hasEnded = false
        /// The end came without a close_notify, or with a reset.
        var hasBrokenOff = false
    }

    let channel: any Channel
    private let progress: SharedProgress

    /// Connects; `send` and `wait` do what comes after.
    /// - Parameters:
    ///   - host: the name for SNI; nil: none is sent.
    ///   - autoRead: false: nothing is read until `startReading`.
    init(
        port: Int, host: String? = "a.test", offering protocols: [String] = ["http/1.1"], highest: TLSVersion? = nil,
        autoRead: Bool = true
    ) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([])
        configuration.applicationProtocols = protocols
        configuration.maximumTLSVersion = highest
        let context = try NIOSSLContext(configuration: configuration)
        let handler = TLSClientHandler()
        let progress = handler.progress
        self.progress = progress
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(context: context, serverHostname: host) { chain, verified in
                        progress.withLock { $0.chain = chain }
                        verified.succeed(.certificateVerified)
                    }
                    try channel.pipeline.syncOperations.addHandlers(tls, handler)
                }
            }
            .channelOption(.socketOption(.so_rcvbuf), value: autoRead ? 1 << 18 : 4096)
            .connect(host: "127.0.0.1", port: port).get()
        _ = await wait { $0.agreed != nil || $0.hasEnded }
        if !autoRead { try await channel.setOption(.autoRead, value: false).get() }
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }

    func startReading() async throws { try await channel.setOption(.autoRead, value: true).get() }

    /// Sends a request and waits for an answer with this body.
    func get(_ path: String, body: String) async throws -> Bool {
        try await send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        return await wait { $0.received.holds("\r\n\r\n" + body) }
    }

    /// Waits until `isReached`; false after a time that no working server needs.
    func wait(_ isReached: (Progress) -> Bool) async -> Bool {
        for _ in 0..<4500 {
            if progress.withLock({ isReached($0) }) { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// From now on hears nothing of what the server says, not even its end, and so answers nothing.
    func becomeDeaf() async throws {
        try await channel.setOption(.allowRemoteHalfClosure, value: true).get()
        try await channel.pipeline.addHandler(DeafHandler(), position: .first).get()
    }

    var now: Progress { progress.withLock { $0 } }

    func close() { channel.close(promise: nil) }
}

private final class TLSClientHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    let progress = SharedProgress()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        progress.withLock { $0.received += bytes.readableBytesView }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let agreed)? = event as? TLSUserEvent {
            progress.withLock { $0.agreed = .some(agreed) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        progress.withLock { $0.hasBrokenOff = true }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        progress.withLock { $0.hasEnded = true }
    }
}

private final class SharedProgress: Sendable {
    private let state = Mutex(TLSClient.Progress())

    func withLock<R>(_ body: (inout TLSClient.Progress) -> R) -> R where R: Sendable {
        state.withLock { body(&$0) }
    }
}

private final class DeafHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {}
}
