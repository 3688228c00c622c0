import HTTPWire
import NIOCore
import NIOPosix
import NIOSSL
import TestSupport
import Testing
import Upstreams

/// Answers each request, behind the certificate of `TestCertificates`.
private final class AnsweringHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let requests: Recorder<String>
    private let isCut: Bool
    private var seen = ""

    init(_ requests: Recorder<String>, isCut: Bool) {
        self.requests = requests
        self.isCut = isCut
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        seen += String(buffer: unwrapInboundIn(data))
        guard seen.hasSuffix("\r\n\r\n") else { return }
        requests.add(seen)
        seen = ""
        let answer = isCut ? "HTTP/1.1 200 OK\r\n\r\nhalf" : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        // From behind the encryption: it is not told, as when somebody on the way cuts the connection.
        if isCut {
            try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self).close(promise: nil)
        }
    }
}

private final class OutcomeCall: UpstreamCall {
    private let recorder: Recorder<String>
    private var status = 0

    init(_ recorder: Recorder<String>, method: RequestMethod) {
        self.recorder = recorder
        super.init(head: ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), method: method)
    }

    override func response(_ head: ResponseHead, _ bytes: ByteBuffer) { status = head.status }
    override func responseEnded() { recorder.add("\(status)") }
    override func failed(_ failure: UpstreamFailure) { recorder.add("\(failure)") }
}

@Suite struct `An encrypted upstream` {
    /// How `count` calls ended that followed each other, and the requests that the server read.
    private func calls(
        _ count: Int, encryption: UpstreamEncryption, isCut: Bool = false, limits: UpstreamLimits = UpstreamLimits(),
        port: Int? = nil
    ) async throws -> (ends: [String], requests: Int, opened: Int) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let requests = Recorder<String>()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes([UInt8](TestCertificates.certificate.utf8)).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: [UInt8](TestCertificates.key.utf8), format: .pem)))
        configuration.applicationProtocols = ["h2", "http/1.1"]
        let context = try NIOSSLContext(configuration: configuration)
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.addHandler(AnsweringHandler(requests, isCut: isCut))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let endpoint = UpstreamEndpoint(
            name: "test", host: "127.0.0.1", port: port ?? server.localAddress?.port ?? 0, encryption: encryption)
        let pool = try await loop.submit {
            NIOLoopBound(UpstreamPool(endpoint: endpoint, eventLoop: loop, limits: limits), eventLoop: loop)
        }.get()
        let ends = Recorder<String>()
        for number in 1...count {
            try await loop.submit { pool.value.begin(OutcomeCall(ends, method: .post)) }.get()
            #expect(await ends.wait(for: number))
        }
        let (opened, open) = try await loop.submit { (pool.value.connectionsOpened, pool.value.openCount) }.get()
        #expect(open <= opened)
        try await loop.submit { pool.value.close() }.get()
        try await server.close().get()
        try await group.shutdownGracefully()
        return (ends.all, requests.all.count, opened)
    }

    private static func trusting(_ name: String? = nil) throws -> UpstreamEncryption {
        try UpstreamEncryption(authorities: [UInt8](TestCertificates.authority.utf8), serverName: name)
    }

    @Test(arguments: [nil, "upstream.example"])
    func `is believed when its certificate is trusted and names it, and its connection is used again`(_ name: String?)
        async throws
    {
        let seen = try await calls(3, encryption: Self.trusting(name))
        #expect(seen.ends == ["200", "200", "200"])
        #expect(seen.requests == 3)
        #expect(seen.opened == 1)
    }

    @Test func `gets no byte of a request when its certificate names another`() async throws {
        let seen = try await calls(2, encryption: Self.trusting("other.example"))
        #expect(seen.ends.allSatisfy { $0.hasPrefix("upstream-unreachable") })
        #expect(seen.ends.count == 2)
        #expect(seen.requests == 0)
    }

    @Test func `gets no byte of a request when nobody trusted signed its certificate`() async throws {
        let seen = try await calls(1, encryption: UpstreamEncryption())
        #expect(
            seen.ends.allSatisfy { $0.hasPrefix("upstream-unreachable") && $0.contains("CERTIFICATE_VERIFY_FAILED") })
        #expect(seen.requests == 0)
    }

    @Test func `has not ended its response when only the connection ended`() async throws {
        let seen = try await calls(1, encryption: Self.trusting(), isCut: true)
        #expect(seen.ends.first?.hasPrefix("upstream-unreachable") == true)
        #expect(seen.requests == 1)
    }

    @Test func `that never agrees is given up in time`() async throws {
        let hello = Recorder<[UInt8]>()
        let silent = try ScriptedServer { socket, _ in
            hello.add(try socket.receive())
            _ = socket.receiveAll()
        }
        var limits = UpstreamLimits()
        limits.tick = .milliseconds(20)
        limits.connectTimeout = .milliseconds(200)
        let seen = try await calls(1, encryption: Self.trusting("upstream.example"), limits: limits, port: silent.port)
        #expect(
            seen.ends.first?.hasPrefix("upstream-timeout") == true
                || seen.ends.first?.hasPrefix("upstream-busy") == true)
        // It was asked for by name, and for HTTP/1.1 alone.
        let text = String(decoding: hello.all.first ?? [], as: UTF8.self)
        #expect(text.contains("upstream.example"))
        #expect(text.contains("http/1.1"))
        #expect(!text.contains("\u{2}h2"))
    }

    @Test func `with roots that are no certificates is refused when it is configured`() {
        #expect(throws: (any Error).self) { try UpstreamEncryption(authorities: [UInt8]("nothing".utf8)) }
        #expect(throws: (any Error).self) { try UpstreamEncryption(authorities: []) }
    }
}
