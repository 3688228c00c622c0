import Edge
import HTTPWire
import NIOCore
import NIOPosix
import TestSupport

/// A listener on a free port with a handler of the test's choice, stopped at the end.
enum EdgeTesting {
    static func withListener(
        _ configuration: EdgeConfiguration = EdgeConfiguration(), certificates: ListenerCertificates? = nil,
        loops: Int = 1, handler: @escaping @Sendable () -> ExchangeHandler, _ body: (Listener) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let listener = try await Listener.bind(
            host: "127.0.0.1", port: 0, group: group, configuration: configuration, certificates: certificates
        ) { _ in handler() }
        do { try await body(listener) } catch {
            await listener.shutDown(within: .zero)
            throw error
        }
        await listener.shutDown(within: .zero)
        try await group.shutdownGracefully()
    }

    /// Starts a streamed answer with this head.
    static func writeHead(_ text: String, to exchange: Exchange) {
        let bytes = ByteBuffer(string: text)
        var scanner = ResponseHeadScanner(to: exchange.head.method)
        guard let head = try? bytes.withUnsafeReadableBytes({ try scanner.scan($0) }) else { return }
        exchange.writeHead(head, bytes)
    }

    /// Waits until something is so; false after a time that no working server needs.
    static func eventually(_ isSo: () -> Bool) async -> Bool {
        for _ in 0..<4500 {
            if isSo() { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// A configuration with short times, for tests that wait for one of them.
    static func hasty() -> EdgeConfiguration {
        var configuration = EdgeConfiguration()
        configuration.tick = .milliseconds(20)
        configuration.lingerTimeout = .milliseconds(200)
        return configuration
    }
}

/// Answers with the request's path and body; paths select variations.
final class EchoHandler: ExchangeHandler {
    override func handle(_ exchange: Exchange) {
        let path = String(decoding: exchange.path.bytes, as: UTF8.self)
        switch path {
        case "/early":
            exchange.respond(LocalAnswer(status: 403, body: [UInt8]("no".utf8)))
        case "/later":
            let bound = NIOLoopBound(exchange, eventLoop: exchange.eventLoop)
            exchange.eventLoop.scheduleTask(in: .milliseconds(50)) {
                bound.value.respond(LocalAnswer(status: 200, body: [UInt8]("later".utf8)))
            }
        case "/when-draining":
            answerWhenDraining(NIOLoopBound(exchange, eventLoop: exchange.eventLoop))
        case "/never": break
        case "/flood":
            EdgeTesting.writeHead("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", to: exchange)
            exchange.writeBody(ByteBuffer(repeating: 120, count: 50_000_000))
            exchange.flush()
        default:
            exchange.accept(EchoObserver(exchange, prefix: path))
        }
    }

    /// The answer cannot come before the listener drains, however slowly the test runs.
    private func answerWhenDraining(_ exchange: NIOLoopBound<Exchange>) {
        let handler = NIOLoopBound(self, eventLoop: exchange.value.eventLoop)
        exchange.value.eventLoop.scheduleTask(in: .milliseconds(10)) {
            if exchange.value.keepsAlive {
                handler.value.answerWhenDraining(exchange)
            } else {
                exchange.value.respond(LocalAnswer(status: 200, body: [UInt8]("drained".utf8)))
            }
        }
    }
}

final class EchoObserver: ExchangeObserver {
    private let exchange: Exchange
    private var body: [UInt8]

    init(_ exchange: Exchange, prefix: String) {
        self.exchange = exchange
        body = [UInt8](prefix.utf8) + [UInt8(ascii: "|")]
    }

    override func requestBody(_ piece: ByteBuffer) { body += piece.readableBytesView }
    override func requestBodyEnded() {
        exchange.respond(LocalAnswer(status: 200, fields: [("X-Evil", [UInt8]("a\r\nX-Split: 1".utf8))], body: body))
    }
}
