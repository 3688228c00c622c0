import HTTPWire
import Testing

@Suite struct `Response heads` {
    @Test(arguments: [
        ("200 OK", "Content-Length: 5", RequestMethod.get, BodyFraming.length(5)),
        ("200 OK", "Transfer-Encoding: chunked", .get, .chunked),
        ("200 OK", "X: y", .get, .untilClose),
        ("200 OK", "Content-Length: 5", .head, BodyFraming.none),
        ("200 OK", "Transfer-Encoding: chunked", .head, BodyFraming.none),
        ("204 No Content", "X: y", .get, BodyFraming.none),
        ("204 No Content", "Content-Length: 0", .get, BodyFraming.none),
        ("304 Not Modified", "Content-Length: 5", .get, BodyFraming.none),
        ("103 Early Hints", "X: y", .get, BodyFraming.none),
        ("404 ", "Content-Length: 0", .get, .length(0)),
        ("404", "Content-Length: 0", .get, .length(0)),
    ])
    func `the body's end is found as section 6.3 says`(
        _ status: String, _ line: String, _ method: RequestMethod, _ framing: BodyFraming
    ) throws {
        let head = try #require(try Wire.scanResponse("HTTP/1.1 \(status)\r\n\(line)\r\n\r\n", to: method))
        #expect(head.framing == framing)
        #expect(head.keepAlive == (framing != .untilClose))
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n",
        "HTTP/1.1 200 O\rK\r\n\r\n",
        "HTTP/1.1 200 O\0K\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "SSH-2.0",
    ])
    func `what two readers could read differently is refused`(_ text: String) {
        #expect(throws: WireDefect.self) { try Wire.scanResponse(text) }
    }
}
