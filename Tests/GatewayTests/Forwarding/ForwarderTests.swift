import Edge
import Foundation
import Gateway
import HTTPWire
import NIOCore
import NIOPosix
import TestSupport
import Testing
import Upstreams

/// Forwards everything to one upstream and writes down how each exchange ended.
private final class ForwardingHandler: ExchangeHandler {
    private let forwarder: Forwarder
    private var rule = ForwardingRule()
    private let upstream: UpstreamBalancer

    init(_ loop: any EventLoop, port: Int, patience: TimeAmount, endings: Recorder<String>) {
        forwarder = Forwarder(observer: EndingObserver(endings))
        var limits = UpstreamLimits()
        limits.tick = .milliseconds(50)
        var settings = UpstreamGroup.Settings()
        settings.limits = limits
        let endpoint = UpstreamEndpoint(name: "test", host: "127.0.0.1", port: port)
        upstream = UpstreamBalancer(
            UpstreamGroup(name: "test", members: [UpstreamGroup.Member(endpoint)], settings: settings), eventLoop: loop)
        rule.responseHeadTimeout = patience
        rule.bodyStall = .seconds(40)
    }

    override func handle(_ exchange: Exchange) { forwarder.forward(exchange, to: upstream, by: rule) }
}

private final class EndingObserver: ForwardingObserver {
    private let endings: Recorder<String>

    init(_ endings: Recorder<String>) { self.endings = endings }

    override func refusal(for failure: UpstreamFailure, of exchange: Exchange) -> LocalAnswer {
        LocalAnswer(status: failure.status, body: [UInt8](failure.code.utf8))
    }

    override func finished(_ exchange: Exchange, _ outcome: ForwardingOutcome) {
        switch outcome.ending {
        case .complete: endings.add("complete \(outcome.status) \(outcome.requestBytes) \(outcome.responseBytes)")
        case .clientGone: endings.add("client gone")
        case .upstreamFailed(let failure): endings.add(failure.code)
        case .expired: endings.add("expired")
        case .idle: endings.add("idle")
        }
    }
}

@Suite struct `Forwarding` {
    /// `patience` is how long the upstream may think; only a test of that should ever use it up.
    private func withGateway(
        patience: TimeAmount = .seconds(40), _ script: @escaping @Sendable (RawSocket, Int) throws -> Void,
        _ body: (RawSocket, Recorder<String>, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try ScriptedServer(script)
        let port = server.port
        let endings = Recorder<String>()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await Listener.bind(host: "127.0.0.1", port: 0, group: group) { loop in
            ForwardingHandler(loop, port: port, patience: patience, endings: endings)
        }
        try await body(try RawSocket(port: listener.port, receiveBuffer: 64 * 1024), endings, server)
        await listener.shutDown(within: .zero)
        try await group.shutdownGracefully()
    }

    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    private static let get = "GET /a/../b?c HTTP/1.1\r\nHost: a.example\r\nX-Real-IP: 6\r\n\r\n"

    @Test func `the upstream sees one clean request, the client one clean response`() async throws {
        let seen = Recorder<String>()
        try await withGateway { socket, _ in
            while case let head = try socket.receive(until: "\r\n\r\n"), !head.isEmpty {
                seen.add(head)
                try socket.send(
                    "HTTP/1.1 201 Made\r\nKeep-Alive: 5\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n"
                )
            }
        } _: { client, endings, server in
            for _ in 0..<3 {
                try client.send(Self.get)
                #expect(
                    try client.receive(until: "0\r\n\r\n")
                        == "HTTP/1.1 201 Made\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
            }
            #expect(
                seen.all.first
                    == "GET /b?c HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n"
                    + "X-Forwarded-Host: a.example\r\n\r\n")
            #expect(await endings.wait(for: 3))
            #expect(endings.all.first == "complete 201 0 2")
            #expect(server.accepted == 1)
        }
    }

    @Test func `pipelined requests come back in order`() async throws {
        try await withGateway { socket, _ in
            while case let head = try socket.receive(until: "\r\n\r\n"), !head.isEmpty {
                let path = head.split(separator: " ")[1]
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)")
            }
        } _: { client, _, _ in
            try client.send((0..<20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for number in 0..<20 { #expect(try client.receiveResponse().body == "/\(number)") }
        }
    }

    @Test(arguments: [false, true])
    func `ten megabytes go up unharmed`(_ chunked: Bool) async throws {
        let size = 10_000_000
        let block = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let received = Recorder<Int>()
        try await withGateway { socket, _ in
            let head = try socket.receive(until: "\r\n\r\n")
            // Long enough for the client to fill every buffer on the way.
            Thread.sleep(forTimeInterval: 0.3)
            #expect(head.contains(chunked ? "Transfer-Encoding: chunked" : "Content-Length: \(size)"))
            var data: [UInt8] = []
            if chunked {
                while case let line = try socket.receive(until: "\r\n"),
                    let length = Int(line.dropLast(), radix: 16)
                        ?? Int(line.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16), length > 0
                {
                    data += try socket.receive(exactly: length)
                    _ = try socket.receive(exactly: 2)
                }
                _ = try socket.receive(exactly: 2)
            } else {
                data = try socket.receive(exactly: size)
            }
            received.add(data.count)
            received.add(
                stride(from: 0, to: data.count, by: block.count).allSatisfy {
                    Array(data[$0..<min($0 + block.count, data.count)]) == block
                } ? 1 : 0)
            try socket.send(Self.ok)
        } _: { client, endings, _ in
            try client.send(
                "POST /up HTTP/1.1\r\nHost: a\r\n\(chunked ? "Transfer-Encoding: chunked" : "Content-Length: \(size)")\r\n\r\n"
            )
            for _ in 0..<(size / block.count) {
                if chunked { try client.send(String(block.count, radix: 16) + "\r\n") }
                try client.send(block)
                if chunked { try client.send("\r\n") }
            }
            if chunked { try client.send("0\r\n\r\n") }
            #expect(try client.receiveResponse().body == "ok")
            #expect(received.all == [size, 1])
            #expect(await endings.wait(for: 1))
            #expect(endings.all == ["complete 200 \(size) 2"])
        }
    }

    @Test(arguments: ["length", "chunked", "close"])
    func `a slow reader holds the upstream back and gets every byte`(_ framing: String) async throws {
        let size = 10_000_000
        let block = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let sent = Recorder<Int>()
        try await withGateway { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            let line =
                ["length": "Content-Length: \(size)\r\n", "chunked": "Transfer-Encoding: chunked\r\n"][framing] ?? ""
            try socket.send("HTTP/1.1 200 OK\r\n\(line)\r\n")
            for number in 1...(size / block.count) {
                if framing == "chunked" { try socket.send(String(block.count, radix: 16) + "\r\n") }
                try socket.send(block)
                if framing == "chunked" { try socket.send("\r\n") }
                sent.add(number)
            }
            if framing == "chunked" { try socket.send("0\r\n\r\n") }
        } _: { client, endings, _ in
            try client.send("GET /down HTTP/1.1\r\nHost: a\r\n\r\n")
            let head = try client.receive(until: "\r\n\r\n")
            // Awaited, this could last longer than a stalled reader is borne with, while other tests have the threads.
            usleep(300_000)
            // What the kernel's buffers on the way hold is not ours to bound; ten megabytes are more than that.
            #expect(sent.all.count < size / block.count)
            var data: [UInt8] = []
            if head.contains("chunked") {
                while case let line = try client.receive(until: "\r\n"),
                    let length = Int(line.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16), length > 0
                {
                    data += try client.receive(exactly: length)
                    _ = try client.receive(exactly: 2)
                }
            } else {
                data = try client.receive(exactly: size)
            }
            #expect(data.count == size)
            #expect(
                stride(from: 0, to: data.count, by: block.count).allSatisfy {
                    Array(data[$0..<min($0 + block.count, data.count)]) == block
                })
            #expect(await endings.wait(for: 1))
            #expect(endings.all == ["complete 200 0 \(size)"])
        }
    }

    @Test func `a client that goes away cancels the upstream call`() async throws {
        let ended = Recorder<Bool>()
        try await withGateway { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            ended.add(socket.isEndedByPeer())
        } _: { client, endings, _ in
            try client.send(Self.get)
            try await Task.sleep(for: .milliseconds(100))
            client.reset()
            #expect(await ended.wait(for: 1))
            #expect(ended.all == [true])
            #expect(await endings.wait(for: 1))
            #expect(endings.all == ["client gone"])
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
    ])
    func `an upstream that dies within a body does not end the response properly`(_ response: String) async throws {
        try await withGateway { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(response)
            Thread.sleep(forTimeInterval: 0.1)
        } _: { client, endings, _ in
            try client.send(Self.get)
            let all = client.receiveAll()
            #expect(!all.hasSuffix("0\r\n\r\n"))
            #expect(all.isEmpty || all.contains("half"))
            #expect(await endings.wait(for: 1))
            #expect(endings.all.first?.hasPrefix("upstream-") == true)
        }
    }

    @Test(arguments: [
        ("", "504", "upstream-timeout"), ("nonsense\r\n\r\n", "502", "upstream-protocol-error"),
        ("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "502", "upstream-protocol-error"),
    ])
    func `an upstream's fault is refused and the client's connection stays`(
        _ response: String, _ status: String, _ code: String
    ) async throws {
        try await withGateway(patience: response.isEmpty ? .seconds(3) : .seconds(40)) { socket, number in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(number == 1 ? response : Self.ok)
            _ = try socket.receive(until: "\r\n\r\n")
        } _: { client, _, _ in
            try client.send(Self.get)
            let refusal = try client.receiveResponse()
            #expect(refusal.head.hasPrefix("HTTP/1.1 \(status) "))
            #expect(refusal.body == code)
            try client.send(Self.get)
            #expect(try client.receiveResponse().body == "ok")
        }
    }

    @Test func `an HTTP 1.0 client gets a chunked response unchunked and closed`() async throws {
        try await withGateway { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
        } _: { client, _, _ in
            try client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
            #expect(client.receiveAll() == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok")
        }
    }

    @Test func `an early answer to a long upload reaches the client`() async throws {
        try await withGateway { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send("HTTP/1.1 413 Too much\r\nContent-Length: 2\r\n\r\nno")
            _ = try? socket.receive(exactly: 50_000_000)
        } _: { client, endings, _ in
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\nabc")
            let all = client.receiveAll()
            #expect(all.contains("Connection: close"))
            #expect(all.hasSuffix("no"))
            #expect(await endings.wait(for: 1))
        }
    }

    @Test func `a HEAD response keeps its length and has no body`() async throws {
        try await withGateway { socket, _ in
            while try !socket.receive(until: "\r\n\r\n").isEmpty {
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
            }
        } _: { client, _, server in
            for _ in 0..<2 {
                try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.receive(until: "\r\n\r\n") == "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
            }
            #expect(server.accepted == 1)
        }
    }
}
