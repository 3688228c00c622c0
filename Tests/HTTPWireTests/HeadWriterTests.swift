import HTTPWire
import Testing

@Suite struct `Outbound heads` {
    private func rewritten(_ text: String, _ rewrite: RequestRewrite = RequestRewrite()) throws -> String {
        let bytes = [UInt8](text.utf8)
        let head = try #require(try Wire.scanRequest(bytes))
        let path = try CanonicalPath(Array(bytes[head.pathRange.start..<head.pathRange.end]))
        var out: [UInt8] = []
        bytes.withUnsafeBytes {
            HeadWriter.request(
                head, $0, path: path, rewrite: rewrite, peer: [UInt8]("192.0.2.1".utf8), isEncrypted: false, into: &out)
        }
        return String(decoding: out, as: UTF8.self)
    }

    private let ours = "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.example\r\n"

    @Test func `hop-by-hop fields stay behind and the rest passes byte for byte`() throws {
        let out = try rewritten(
            "POST /x/../y?q HTTP/1.1\r\nAccept:  */*\r\nHost: a.example\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: 5\r\nX-Hop: 1\r\n"
                + "TE: trailers\r\nTrailer: X\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nProxy-Authorization: p\r\nProxy-Connection: close\r\n"
                + "Content-Length: 7\r\nExpect: 100-continue\r\nX-A: 1\r\nX-B: 2\r\n\r\n")
        #expect(
            out == "POST /y?q HTTP/1.1\r\nHost: a.example\r\nAccept:  */*\r\nX-A: 1\r\nX-B: 2\r\nContent-Length: 7\r\n"
                + ours + "\r\n")
    }

    @Test func `a client cannot speak as a proxy, nor change the method or the target`() throws {
        let out = try rewritten(
            "GET / HTTP/1.1\r\nHost: a.example\r\nForwarded: for=1\r\nX-Forwarded-For: 1\r\nx-forwarded-user: admin\r\nX-Real-IP: 1\r\n"
                + "X-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\nX-HTTP-Method-Override: DELETE\r\nX-HTTP-Method: PUT\r\n"
                + "X-Method-Override: PUT\r\nTrue-Client-IP: 1\r\nX-Client-IP: 1\r\n\r\n")
        #expect(out == "GET / HTTP/1.1\r\nHost: a.example\r\n" + ours + "\r\n")
    }

    @Test func `Connection cannot remove what the gateway adds`() throws {
        let out = try rewritten(
            "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: X-User, X-Forwarded-For, Host, Content-Length\r\nX-User: admin\r\n\r\n",
            RequestRewrite(
                droppedNames: [[UInt8]("x-user".utf8)], added: [([UInt8]("X-User".utf8), [UInt8]("ada".utf8))]))
        #expect(out == "GET / HTTP/1.1\r\nHost: a.example\r\n" + ours + "X-User: ada\r\n\r\n")
    }

    @Test func `an identity field is dropped in every spelling`() throws {
        var limits = WireLimits()
        limits.refusesUnderscores = false
        let bytes = [UInt8](
            "GET / HTTP/1.1\r\nHost: a.example\r\nX_USER: admin\r\nx-User: admin\r\nAuthorization: Bearer t\r\n\r\n"
                .utf8)
        let head = try #require(try Wire.scanRequest(bytes, limits: limits))
        var out: [UInt8] = []
        let path = try CanonicalPath([UInt8]("/".utf8))
        bytes.withUnsafeBytes {
            HeadWriter.request(
                head, $0, path: path,
                rewrite: RequestRewrite(dropped: [.authorization], droppedNames: [[UInt8]("x-user".utf8)]),
                peer: [UInt8]("192.0.2.1".utf8), isEncrypted: false, into: &out)
        }
        #expect(String(decoding: out, as: UTF8.self) == "GET / HTTP/1.1\r\nHost: a.example\r\n" + ours + "\r\n")
    }

    @Test func `a line that could split the head is never written`() throws {
        let bad: [(name: [UInt8], value: [UInt8])] = [
            ([UInt8]("X-A".utf8), [UInt8]("1\r\nX-Evil: 2".utf8)), ([UInt8]("X B".utf8), [1]), ([], [49]),
            ([UInt8]("X-C".utf8), [0]),
            ([UInt8]("Transfer-Encoding".utf8), [UInt8]("chunked".utf8)), ([UInt8]("X-D".utf8), [UInt8]("fine".utf8)),
        ]
        let out = try rewritten("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", RequestRewrite(added: bad))
        #expect(out == "GET / HTTP/1.1\r\nHost: a.example\r\n" + ours + "X-D: fine\r\n\r\n")
        let host = try rewritten(
            "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", RequestRewrite(host: .upstream([UInt8]("b\r\nX: y".utf8))))
        #expect(host.hasPrefix("GET / HTTP/1.1\r\nHost: a.example\r\n"))
    }

    @Test func `an answer's head is exact`() {
        var out: [UInt8] = []
        HeadWriter.answer(
            status: 401, fields: [([UInt8]("A".utf8), [UInt8]("b".utf8)), ([UInt8]("C".utf8), [13])], length: 1203,
            keepAlive: false,
            version: .http11, into: &out)
        #expect(
            String(decoding: out, as: UTF8.self)
                == "HTTP/1.1 401 Unauthorized\r\nA: b\r\nContent-Length: 1203\r\nConnection: close\r\n\r\n")
    }

    @Test(arguments: [
        (0, "0"), (1, "1"), (15, "f"), (16, "10"), (255, "ff"), (65536, "10000"), (Int.max, "7fffffffffffffff"),
    ])
    func `chunk sizes are hexadecimal`(_ length: Int, _ text: String) {
        var out: [UInt8] = []
        ChunkWriter.start(length, into: &out)
        #expect(String(decoding: out, as: UTF8.self) == text + "\r\n")
    }

    @Test func `a response head loses its hop-by-hop fields`() throws {
        let text =
            "HTTP/1.0 200 Fine\r\nServer: x\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nContent-Length: 3\r\nSet-Cookie: a\r\n\r\n"
        let head = try #require(try Wire.scanResponse(text))
        var out: [UInt8] = []
        [UInt8](text.utf8).withUnsafeBytes {
            HeadWriter.response(head, $0, framing: head.framing, keepAlive: true, version: .http11, into: &out)
        }
        #expect(
            String(decoding: out, as: UTF8.self)
                == "HTTP/1.1 200 Fine\r\nServer: x\r\nSet-Cookie: a\r\nContent-Length: 3\r\n\r\n")
    }
}
