import Edge
import HTTPWire
import NIOCore
import TestSupport
import Testing

/// Streams an answer whose head and pieces the path names: `/<head>/<piece>/<piece>…`, where `head` is `length5`,
/// `chunked` or `close`.
private final class StreamingHandler: ExchangeHandler {
    override func handle(_ exchange: Exchange) {
        let parts = String(decoding: exchange.path.bytes, as: UTF8.self).split(separator: "/").map(String.init)
        let fields = ["length5": "Content-Length: 5\r\n", "chunked": "Transfer-Encoding: chunked\r\n"]
        EdgeTesting.writeHead("HTTP/1.1 200 OK\r\n\(fields[parts[0]] ?? "")\r\n", to: exchange)
        for piece in parts.dropFirst() { exchange.writeBody(ByteBuffer(string: piece == "-" ? "" : piece)) }
        exchange.finish()
    }
}

@Suite struct `A streamed answer` {
    @Test(arguments: [
        ("GET /length5/ab/cde HTTP/1.1", "Content-Length: 5\r\n\r\nabcde"),
        ("GET /chunked/ab/cde HTTP/1.1", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"),
        ("GET /close/ab HTTP/1.1", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
        ("GET /chunked/-/ab/- HTTP/1.1", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
        ("GET /chunked/ab HTTP/1.0", "Connection: close\r\n\r\nab"),
        ("GET /length5/abcde HTTP/1.0", "Content-Length: 5\r\nConnection: close\r\n\r\nabcde"),
        ("HEAD /length5 HTTP/1.1", "Content-Length: 5\r\n\r\n"),
        ("HEAD /length5/abcde HTTP/1.1", "Content-Length: 5\r\n\r\n"),
    ])
    func `is framed as the client understands it`(_ request: String, _ expected: String) async throws {
        try await EdgeTesting.withListener(EdgeTesting.hasty(), handler: { StreamingHandler() }) { listener in
            let client = try RawSocket(port: listener.port)
            try client.send(
                "\(request)\r\nHost: a\r\n\r\nGET /length5/close HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let all = client.receiveAll()
            let next = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nclose"
            #expect(all == "HTTP/1.1 200 OK\r\n" + expected + (request.hasSuffix("1.0") ? "" : next))
        }
    }

    @Test(arguments: ["/length5/ab", "/length5/abc/def", "/length5"])
    func `whose body has another length than its head said is no complete answer`(_ path: String) async throws {
        try await EdgeTesting.withListener(EdgeTesting.hasty(), handler: { StreamingHandler() }) { listener in
            let client = try RawSocket(port: listener.port)
            try client.send(
                "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\nGET /length5/close HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            // What followed would be taken for the rest of the body.
            let all = client.receiveAll()
            #expect(!all.contains("def") && !all.contains("close"))
        }
    }
}
