import Edge
import Foundation
import HTTPWire
import NIOCore
import TestSupport
import Testing

@Suite struct `The body limit of one exchange` {
    private func withLimits(
        listener limit: Int64 = .max, _ body: (Listener) async throws -> Void
    ) async throws {
        var configuration = EdgeTesting.hasty()
        configuration.limits.body = limit
        try await EdgeTesting.withListener(configuration, handler: { LimitingHandler() }, body)
    }

    private func chunked(_ path: String, _ chunks: [Int]) -> String {
        let body = chunks.map { String($0, radix: 16) + "\r\n" + String(repeating: "x", count: $0) + "\r\n" }.joined()
        return "POST \(path) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)0\r\n\r\n"
    }

    @Test func `lets a chunked body of exactly that length through, and the next request`() async throws {
        try await withLimits { listener in
            let client = try RawSocket(port: listener.port)
            for _ in 0..<2 {
                try client.send(chunked("/10", [4, 6]))
                #expect(try client.receiveResponse().body == "10 of nil")
            }
            // The limit was that of one exchange.
            try client.send(chunked("/any", [40]))
            #expect(try client.receiveResponse().body == "40 of nil")
        }
    }

    @Test func `ends a chunked body that passes it as the listener's limit does`() async throws {
        try await withLimits { listener in
            let client = try RawSocket(port: listener.port)
            try client.send(chunked("/10", [4, 7]) + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            let all = client.receiveAll()
            #expect(all.hasPrefix("HTTP/1.1 413 "))
            #expect(all.contains("\"code\":\"body-too-large\""))
            #expect(all.contains("Connection: close\r\n"))
            #expect(all.components(separatedBy: "HTTP/1.1 ").count == 2)
        }
    }

    @Test func `does not rise above the listener's`() async throws {
        try await withLimits(listener: 8) { listener in
            let client = try RawSocket(port: listener.port)
            try client.send(chunked("/10", [9]))
            #expect(client.receiveAll().hasPrefix("HTTP/1.1 413 "))
            let twice = try RawSocket(port: listener.port)
            try twice.send(chunked("/lower-then-raise", [8]))
            #expect(try twice.receiveResponse().body == "8 of nil")
        }
    }

    @Test func `leaves an announced length to the handler, and does not deliver it when that forgets`() async throws {
        try await withLimits { listener in
            let client = try RawSocket(port: listener.port)
            try client.send("POST /10 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789")
            #expect(try client.receiveResponse().body == "10 of 10")
            try client.send("GET /10 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveResponse().body == "0 of 0")
            try client.send("POST /10 HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n0123456789a")
            #expect(client.receiveAll().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test(arguments: [
        "Content-Length: 20\r\n\r\n01234567890123456789",
        "Transfer-Encoding: chunked\r\n\r\n14\r\n01234567890123456789\r\n0\r\n\r\n",
    ])
    func `does not end the connection after an early answer that said it stays`(_ rest: String) async throws {
        try await withLimits { listener in
            let client = try RawSocket(port: listener.port)
            try client.send("POST /refused HTTP/1.1\r\nHost: a\r\n" + rest)
            #expect(try client.receiveResponse().head.hasPrefix("HTTP/1.1 403 "))
            try client.send("GET /any HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveResponse().body == "0 of 0")
        }
    }
}

/// The path says the limit; answers with how much of a body came, and how much was announced.
private final class LimitingHandler: ExchangeHandler {
    override func handle(_ exchange: Exchange) {
        let path = String(decoding: exchange.path.bytes, as: UTF8.self)
        switch path {
        case "/any": break
        case "/refused":
            exchange.limitBody(to: 10)
            exchange.respond(LocalAnswer(status: 403))
            return
        case "/lower-then-raise":
            exchange.limitBody(to: 2)
            exchange.limitBody(to: 100)
        default: exchange.limitBody(to: Int64(path.dropFirst()) ?? 0)
        }
        exchange.accept(CountingObserver(exchange))
    }
}

private final class CountingObserver: ExchangeObserver {
    private let exchange: Exchange
    private var count = 0

    init(_ exchange: Exchange) { self.exchange = exchange }

    override func requestBody(_ piece: ByteBuffer) { count += piece.readableBytes }
    override func requestBodyEnded() {
        let declared = exchange.declaredBodyLength.map { "\($0)" } ?? "nil"
        exchange.respond(LocalAnswer(status: 200, body: [UInt8]("\(count) of \(declared)".utf8)))
    }
}
