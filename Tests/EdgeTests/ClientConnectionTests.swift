import Edge
import Foundation
import HTTPWire
import NIOCore
import TestSupport
import Testing

@Suite struct `A client connection` {
    private func withEcho(
        _ configuration: EdgeConfiguration = EdgeTesting.hasty(), _ body: (Listener) async throws -> Void
    ) async throws {
        try await EdgeTesting.withListener(configuration, handler: { EchoHandler() }, body)
    }

    @Test func `serves one request after the other`() async throws {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            for number in 0..<5 {
                try client.send("GET /a\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.receiveResponse().body == "/a\(number)|")
            }
            #expect(listener.connectionCount == 1)
        }
    }

    @Test func `answers pipelined requests in order, also when one takes longer`() async throws {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            try client.send(
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /later HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                    + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n"
            )
            for expected in ["/1|", "later", "/2|abc", "/3|de", "/4|"] {
                #expect(try client.receiveResponse().body == expected)
            }
        }
    }

    @Test func `reads a request cut at every byte`() async throws {
        try await withEcho { listener in
            let text = [UInt8](
                "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
            let client = try RawSocket(port: listener.port)
            for cut in 1..<text.count {
                try client.send(Array(text[..<cut]))
                if cut % 7 == 0 { try await Task.sleep(for: .milliseconds(2)) }
                try client.send(Array(text[cut...]))
                #expect(try client.receiveResponse().body == "/x|abc")
            }
        }
    }

    @Test func `sends no body to HEAD and writes no illegal field`() async throws {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            try client.send("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\nGET /g HTTP/1.1\r\nHost: a\r\n\r\n")
            let head = try client.receiveResponse(toHead: true)
            #expect(head.head.contains("Content-Length: 3\r\n"))
            #expect(!head.head.contains("X-Split"))
            #expect(try client.receiveResponse().body == "/g|")
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "Connection: close"),
        ("GET / HTTP/1.0\r\nHost: a\r\n\r\n", "Connection: close"),
    ])
    func `closes when the client wants it`(_ request: String, _ line: String) async throws {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            try client.send(request)
            let all = client.receiveAll()
            #expect(all.contains(line))
            #expect(all.hasSuffix("/|"))
        }
    }

    @Test func `keeps an HTTP 1.0 connection that asks for it`() async throws {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            for _ in 0..<2 {
                try client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
                #expect(try client.receiveResponse().head.contains("Connection: keep-alive"))
            }
        }
    }

    /// P16: whatever follows a broken request is never looked at.
    @Test(arguments: [
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400",
            "framing-ambiguous"
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", "400", "field-name-malformed"),
        ("GET /%2f HTTP/1.1\r\nHost: a\r\n\r\n", "400", "path-escape-refused"),
        (
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n", "400",
            "chunk-size-malformed"
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "417", "expectation-unsupported"),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", "505", "version-unsupported"),
    ])
    func `refuses a broken request with a problem body and closes`(_ request: String, _ status: String, _ code: String)
        async throws
    {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            try client.send(request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            let all = client.receiveAll()
            #expect(all.hasPrefix("HTTP/1.1 \(status) "))
            #expect(all.contains("Connection: close\r\n"))
            #expect(all.contains("Content-Type: application/problem+json\r\n"))
            #expect(all.contains("\"code\":\"\(code)\""))
            #expect(all.contains("\"trace\":\""))
            #expect(!all.contains("smuggled"))
            #expect(all.components(separatedBy: "Content-Length:").count == 2)
        }
    }

    // MARK: P05, P06, P17

    @Test func `says 100 Continue when the body is wanted`() async throws {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            try client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try client.send("abc")
            #expect(try client.receiveResponse().body == "/x|abc")
        }
    }

    @Test func `closes after an early answer to a client that waits for 100 Continue`() async throws {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            try client.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            let all = client.receiveAll()
            #expect(all.hasPrefix("HTTP/1.1 403 "))
            #expect(all.contains("Connection: close"))
        }
    }

    @Test func `reads an unwanted body to its end before the next request`() async throws {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            let hidden = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
            try client.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: \(hidden.utf8.count)\r\n\r\n")
            #expect(try client.receiveResponse().body == "no")
            try client.send(hidden + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveResponse().body == "/next|")
        }
    }

    @Test func `closes instead of reading a long unwanted body`() async throws {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            try client.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
            #expect(client.receiveAll().contains("Connection: close"))
            let chunked = try RawSocket(port: listener.port)
            try chunked.send("POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            #expect(try chunked.receiveResponse().body == "no")
            try? chunked.send("fffff\r\n" + String(repeating: "x", count: 0xFFFFF))
            #expect(chunked.isEndedByPeer())
        }
    }

    // MARK: P51, P52

    @Test func `gives up on a head that takes too long`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.headTimeout = .milliseconds(200)
        try await withEcho(configuration) { listener in
            let slow = try RawSocket(port: listener.port)
            try slow.send("GET / HTTP/1.1\r\nHo")
            #expect(slow.receiveAll().contains("\"code\":\"head-timeout\""))
            let silent = try RawSocket(port: listener.port)
            #expect(silent.receiveAll() == "")
        }
    }

    @Test func `closes an idle connection`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.idleTimeout = .milliseconds(100)
        try await withEcho(configuration) { listener in
            let client = try RawSocket(port: listener.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveResponse().body == "/|")
            #expect(client.isEndedByPeer())
        }
    }

    @Test func `gives up on a body that trickles`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.bodyGrace = .milliseconds(200)
        try await withEcho(configuration) { listener in
            let client = try RawSocket(port: listener.port)
            try client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc")
            #expect(client.receiveAll().contains("\"code\":\"body-too-slow\""))
        }
    }

    @Test func `resets a client that takes nothing`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.writeStall = .milliseconds(200)
        try await withEcho(configuration) { listener in
            let client = try RawSocket(port: listener.port, receiveBuffer: 4096)
            try client.send("GET /flood HTTP/1.1\r\nHost: a\r\n\r\n")
            for _ in 0..<100 where listener.connectionCount > 0 { try await Task.sleep(for: .milliseconds(50)) }
            #expect(listener.connectionCount == 0)
        }
    }

    @Test func `refuses a body over the limit while it streams`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.limits.body = 10
        try await withEcho(configuration) { listener in
            let client = try RawSocket(port: listener.port)
            try client.send(
                "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n"
            )
            #expect(client.receiveAll().hasPrefix("HTTP/1.1 413 "))
        }
    }

    // MARK: Stopping

    @Test func `draining lets an exchange end and closes idle connections`() async throws {
        try await withEcho { listener in
            let busy = try RawSocket(port: listener.port)
            let idle = try RawSocket(port: listener.port)
            try idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try idle.receiveResponse()
            try busy.send("GET /when-draining HTTP/1.1\r\nHost: a\r\n\r\n")
            try await Task.sleep(for: .milliseconds(100))
            await listener.shutDown(within: .seconds(5))
            let answer = busy.receiveAll()
            #expect(answer.contains("Connection: close"))
            #expect(answer.hasSuffix("drained"))
            #expect(idle.isEndedByPeer())
            #expect(throws: RawSocket.Failure.self) { try RawSocket(port: listener.port) }
        }
    }

    @Test func `the deadline ends what does not end`() async throws {
        try await withEcho { listener in
            let client = try RawSocket(port: listener.port)
            try client.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
            try await Task.sleep(for: .milliseconds(20))
            await listener.shutDown(within: .milliseconds(100))
            #expect(client.isEndedByPeer())
        }
    }

    /// P44: who offers a switch may send its bytes without waiting for the answer, whoever answers.
    @Test func `reads nothing as a request behind an offer to switch that is not taken`() async throws {
        try await withEcho { listener in
            let offer = "GET /early HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            let client = try RawSocket(port: listener.port)
            try client.send(offer + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            let all = client.receiveAll()
            #expect(all.hasPrefix("HTTP/1.1 403"))
            #expect(all.contains("Connection: close"))
            #expect(!all.contains("smuggled"))
            // What is no offer of a tunnel is a request like any other.
            let other = try RawSocket(port: listener.port)
            for protocols in ["h2c", "websocket"] {
                let connection = protocols == "h2c" ? "Upgrade, HTTP2-Settings" : "keep-alive"
                try other.send(
                    "GET /a HTTP/1.1\r\nHost: a\r\nConnection: \(connection)\r\nUpgrade: \(protocols)\r\n\r\n")
                #expect(try other.receiveResponse().body == "/a|")
            }
        }
    }
}
