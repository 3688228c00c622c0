import HTTPWire
import Testing

/// One bad or good request: the lines between the request line and the empty line, and what it earns.
struct RequestCase: Sendable, CustomTestStringConvertible {
    let row: String
    let request: String
    let verdict: String

    init(_ row: String, _ request: String, _ verdict: String) {
        self.row = row
        self.request = request
        self.verdict = verdict
    }

    /// A request with these extra lines behind a good request line and Host.
    static func lines(_ row: String, _ lines: String, _ verdict: String) -> RequestCase {
        RequestCase(row, "POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n", verdict)
    }

    var testDescription: String { "\(row): \(request.debugDescription.prefix(120)) earns \(verdict)" }
}

@Suite struct `Request heads` {
    static let framing: [RequestCase] = [
        .lines("P01", "Content-Length: 5\r\nTransfer-Encoding: chunked", "400 framing-ambiguous"),
        .lines("P01", "Transfer-Encoding: chunked\r\nContent-Length: 5", "400 framing-ambiguous"),
        .lines("P01", "Transfer-Encoding: chunked\r\nContent-Length: 0", "400 framing-ambiguous"),
        .lines("P02", "Content-Length: 5\r\nContent-Length: 5", "400 content-length-repeated"),
        .lines("P02", "Content-Length: 5\r\ncontent-length: 6", "400 content-length-repeated"),
        .lines("P02", "Content-Length: 5, 5", "400 content-length-malformed"),
        .lines("P03", "Content-Length: +5", "400 content-length-malformed"),
        .lines("P03", "Content-Length: -0", "400 content-length-malformed"),
        .lines("P03", "Content-Length: 0x5", "400 content-length-malformed"),
        .lines("P03", "Content-Length: 5 ", "400 content-length-malformed"),
        .lines("P03", "Content-Length:\t5", "400 content-length-malformed"),
        .lines("P03", "Content-Length:  5", "400 content-length-malformed"),
        .lines("P03", "Content-Length: 010", "400 content-length-malformed"),
        .lines("P03", "Content-Length: 1_0", "400 content-length-malformed"),
        .lines("P03", "Content-Length: 18446744073709551616", "400 content-length-malformed"),
        .lines("P03", "Content-Length: 9223372036854775808", "400 content-length-malformed"),
        .lines("P03", "Content-Length: 9223372036854775807", "accepted"),
        .lines("P03", "Content-Length:", "400 content-length-malformed"),
        .lines("P03", "Content-Length: \u{0665}", "400 content-length-malformed"),
        .lines("P03", "Content-Length:0", "accepted"),
        .lines("P04", "Transfer-Encoding: xchunked", "501 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: gzip", "501 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: identity", "501 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: gzip, chunked", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: chunked, x", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: , chunked", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: chunked,", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding:\tchunked", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: chunked\t", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: chunked ", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: \u{0B}chunked", "400 field-value-malformed"),
        .lines("P04", "Transfer-Encoding: \u{A0}chunked", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: \"chunked\"", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: chunked;q=1", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer-Encoding: CHUNKED", "accepted"),
        .lines("P04", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "400 transfer-encoding-repeated"),
        .lines("P04", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "400 transfer-encoding-repeated"),
        .lines("P04", "Transfer-Encoding:", "400 transfer-encoding-unsupported"),
        .lines("P04", "Transfer_Encoding: chunked", "400 field-name-underscore"),
        .lines("P04", "Transfer-Encoding : chunked", "400 field-name-malformed"),
        .lines("P06", "Expect: 100-Continue\r\nContent-Length: 3", "accepted"),
        .lines("P06", "Expect: 200-ok", "417 expectation-unsupported"),
        .lines("P40", "Connection: close, bad name", "400 connection-malformed"),
    ]

    static let lineGrammar: [RequestCase] = [
        RequestCase("P09", "GET / HTTP/1.1\nHost: a\r\n\r\n", "400 bare-line-feed"),
        RequestCase("P09", "GET / HTTP/1.1\r\nHost: a\n\r\n", "400 bare-line-feed"),
        RequestCase("P09", "GET / HTTP/1.1\r\nHost: a\r\n\n", "400 bare-line-feed"),
        RequestCase("P09", "GET / HTTP/1.1\rHost: a\r\n\r\n", "400 request-line-malformed"),
        .lines("P09", "X: a\rb", "400 field-value-malformed"),
        .lines("P09", "X: a\r", "400 field-value-malformed"),
        .lines("P10", "X: a\0b", "400 field-value-malformed"),
        .lines("P10", "X: a\u{7F}b", "400 field-value-malformed"),
        .lines("P10", "X: a\r\n b", "400 folded-field"),
        .lines("P10", "X: a\r\n\tb", "400 folded-field"),
        .lines("P10", "X: caf\u{E9} \t ok", "accepted"),
        .lines("P11", "X : a", "400 field-name-malformed"),
        .lines("P11", ": a", "400 field-name-malformed"),
        .lines("P11", "X", "400 field-name-malformed"),
        .lines("P11", "X(y): a", "400 field-name-malformed"),
        .lines("P11", "X\u{E9}: a", "400 field-name-malformed"),
        .lines("P11", "X\0: a", "400 field-name-malformed"),
        RequestCase("P11", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400 folded-field"),
        .lines("P39", "X_User: admin", "400 field-name-underscore"),
    ]

    static let requestLine: [RequestCase] =
        [
            RequestCase("P13", "GET / HTTP/1.1\r\n\r\n", "400 host-missing"),
            RequestCase("P13", "GET / HTTP/1.0\r\n\r\n", "400 host-missing"),
            .lines("P13", "Host: a", "400 host-repeated"),
            .lines("P13", "Host: b", "400 host-repeated"),
        ]
        + [
            "", "a b", "a,b", "u@a", "a/b", "a:", "a:0", "a:65536", "a:1:2", "a:+1", ".a", "a..b", "[::1", "[1]",
            "[::g]", "a%41", "a\t", "\u{E9}", "a?b", "a#b",
        ]
        .map { RequestCase("P13", "GET / HTTP/1.1\r\nHost: \($0.trailingTabMadeInner)\r\n\r\n", "400 host-malformed") }
        + ["a", "a.", "a.b:1", "127.0.0.1:65535", "[::1]", "[::1]:80", "a_b.example", "xn--9.example"]
        .map { RequestCase("P13", "GET / HTTP/1.1\r\nHost: \($0)\r\n\r\n", "accepted") }
        + [
            RequestCase("P13", "GET http://a/x HTTP/1.1\r\nHost: A\r\n\r\n", "accepted"),
            RequestCase("P13", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", "accepted"),
            RequestCase("P13", "GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n", "400 host-contradicts-target"),
            RequestCase("P13", "GET http://a:80/x HTTP/1.1\r\nHost: a\r\n\r\n", "400 host-contradicts-target"),
            RequestCase("P13", "GET http://u@a/x HTTP/1.1\r\nHost: a\r\n\r\n", "400 host-contradicts-target"),
            RequestCase("P13", "GET ftp://a/x HTTP/1.1\r\nHost: a\r\n\r\n", "400 target-malformed"),
            RequestCase("P13", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", "400 target-malformed"),
            RequestCase("P13", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "400 target-malformed"),
            RequestCase("P14", "GET /\r\n", "400 request-line-malformed"),
            RequestCase(
                "P14", "GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                "400 transfer-encoding-in-http10"),
            RequestCase("P14", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", "accepted"),
            RequestCase("P14", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "505 version-unsupported"),
            RequestCase("P14", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", "505 version-unsupported"),
            RequestCase("P14", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 version-unsupported"),
            RequestCase("P14", "GET / http/1.1\r\nHost: a\r\n\r\n", "400 request-line-malformed"),
            RequestCase("P14", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "400 request-line-malformed"),
            RequestCase("P14", "GET / HTTP/01.1\r\nHost: a\r\n\r\n", "400 request-line-malformed"),
            RequestCase("P14", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400 request-line-malformed"),
            RequestCase("P14", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "400 request-line-malformed"),
            RequestCase("P14", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "400 request-line-malformed"),
            RequestCase("P14", "GET /\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n", "400 request-line-malformed"),
            RequestCase("P15", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", "400 request-line-malformed"),
            RequestCase("P15", "\u{16}\u{03}\u{01}", "400 request-line-malformed"),
            RequestCase("P15", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "501 method-refused"),
            RequestCase("P15", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "501 method-refused"),
            RequestCase(
                "P15", "\(String(repeating: "A", count: 33)) / HTTP/1.1\r\nHost: a\r\n\r\n", "501 method-unknown"),
            RequestCase("P15", "PURGE / HTTP/1.1\r\nHost: a\r\n\r\n", "accepted"),
        ]

    @Test(arguments: framing + lineGrammar + requestLine)
    func `each row of the threat table gets its verdict`(_ one: RequestCase) {
        #expect(Wire.verdict(one.request) == one.verdict)
    }

    @Test func `limits are exact`() {
        func request(target: Int) -> String {
            "GET /\(String(repeating: "a", count: target - 1)) HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        #expect(Wire.verdict(request(target: 8192)) == "accepted")
        #expect(Wire.verdict(request(target: 8193)) == "414 target-too-long")
        #expect(Wire.verdict("GET /\(String(repeating: "a", count: 9000))") == "414 target-too-long")

        func field(_ length: Int) -> String { "X: " + String(repeating: "a", count: length - 3) }
        #expect(Wire.verdict("GET / HTTP/1.1\r\nHost: a\r\n\(field(8192))\r\n\r\n") == "accepted")
        #expect(Wire.verdict("GET / HTTP/1.1\r\nHost: a\r\n\(field(8193))\r\n\r\n") == "431 field-too-large")
        #expect(Wire.verdict("GET / HTTP/1.1\r\nHost: a\r\n\(field(8200))") == "431 field-too-large")

        func count(_ count: Int) -> String {
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: 1\r\n", count: count - 1) + "\r\n"
        }
        #expect(Wire.verdict(count(100)) == "accepted")
        #expect(Wire.verdict(count(101)) == "431 too-many-fields")

        let list = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: field(8000) + "\r\n", count: 5) + "\r\n"
        #expect(Wire.verdict(list) == "431 head-too-large")
        var limits = WireLimits()
        limits.body = 4
        #expect(throws: WireDefect.self) {
            try Wire.scanRequest("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", limits: limits)
        }
    }

    @Test func `ranges point at what they name`() throws {
        let text =
            "DELETE /a/b?c=d HTTP/1.1\r\nhOsT:  shop.example:81 \r\nAuthorization: Bearer x\r\nConnection: X-A, close\r\n\r\nrest"
        let head = try #require(try Wire.scanRequest(text))
        let bytes = [UInt8](text.utf8)
        func string(_ range: ByteRange?) -> String? {
            range.map { String(decoding: bytes[$0.start..<$0.end], as: UTF8.self) }
        }
        #expect(head.method == .delete)
        #expect(string(head.methodRange) == "DELETE")
        #expect(string(head.pathRange) == "/a/b?c=d")
        #expect(string(head.hostRange) == "shop.example:81")
        #expect(string(head.first(.authorization)) == "Bearer x")
        #expect(head.count(of: .authorization) == 1)
        #expect(!head.keepAlive)
        #expect(head.connectionNamesFields)
        #expect(bytes.count - head.length == 4)
    }

    @Test func `keep-alive follows the version and the Connection field`() throws {
        func keepAlive(_ version: String, _ lines: String) throws -> Bool? {
            try Wire.scanRequest("GET / HTTP/\(version)\r\nHost: a\r\n\(lines)\r\n")?.keepAlive
        }
        #expect(try keepAlive("1.1", "") == true)
        #expect(try keepAlive("1.1", "Connection: CLOSE\r\n") == false)
        #expect(try keepAlive("1.1", "Connection: keep-alive\r\nConnection: close\r\n") == false)
        #expect(try keepAlive("1.0", "") == false)
        #expect(try keepAlive("1.0", "Connection: Keep-Alive\r\n") == true)
    }

    @Test func `a head cut at any byte reads the same as a whole one`() throws {
        let text = "POST /x?y HTTP/1.1\r\nHost: a.example\r\nContent-Length: 12\r\nCookie: a=b\r\nX: \r\n\r\n"
        let bytes = [UInt8](text.utf8)
        let whole = try #require(try Wire.scanRequest(bytes))
        for cut in 0..<bytes.count {
            var scanner = RequestHeadScanner()
            let first = try Wire.feed(Array(bytes[..<cut])) { raw throws(WireDefect) in try scanner.scan(raw) }
            #expect(first == nil)
            let second = try Wire.feed(bytes) { raw throws(WireDefect) in try scanner.scan(raw) }
            #expect(second?.fields == whole.fields)
            #expect(second?.framing == .length(12))
            #expect(second?.length == bytes.count)
        }
        var scanner = RequestHeadScanner()
        for end in 0...bytes.count {
            let head = try Wire.feed(Array(bytes[..<end])) { raw throws(WireDefect) in try scanner.scan(raw) }
            #expect((head != nil) == (end == bytes.count))
        }
    }
}

extension String {
    /// A tab at the end would be trimmed as whitespace; inside, it is part of the value.
    fileprivate var trailingTabMadeInner: String { hasSuffix("\t") ? self + "b" : self }
}
