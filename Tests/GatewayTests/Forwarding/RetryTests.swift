import Edge
import Foundation
import Gateway
import NIOCore
import NIOPosix
import TestSupport
import Testing
import Upstreams

/// One event loop, named so that tests read well.
struct MultiThreadedEventLoopGroupOfOne {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    func next() -> any EventLoop { group.next() }
    func stop() async throws { try await group.shutdownGracefully() }
}

@Suite struct `A failed request` {
    private static func member(_ port: Int, _ name: String) -> UpstreamGroup.Member {
        UpstreamGroup.Member(TestGateway.endpoint(port, name))
    }

    /// Never left out, so that every second request meets the bad one.
    private static func settings() -> UpstreamGroup.Settings {
        var settings = TestGateway.settings()
        settings.ejection.failures = .max
        return settings
    }

    /// Takes the request and dies.
    private static let dying: @Sendable (RawSocket, Int) throws -> Void = { socket, _ in
        _ = try socket.receive(until: "\r\n\r\n")
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "ok"), ("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", "ok"),
        ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", "upstream-unreachable"),
        ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "upstream-unreachable"),
    ])
    func `goes to another endpoint when that can do nothing twice`(_ request: String, _ expected: String) async throws {
        let bad = try ScriptedServer(Self.dying)
        let good = try ScriptedServer(Say.always(Say.ok))
        try await TestGateway.with(
            [Self.member(bad.port, "bad"), Self.member(good.port, "good")], settings: Self.settings()
        ) { gateway in
            let client = try gateway.client()
            try client.send(request)
            #expect(try client.receiveResponse().body == expected)
            #expect(await gateway.outcomes.wait(for: 1))
            #expect(gateway.outcomes.all.map(\.attempts) == [expected == "ok" ? 2 : 1])
            #expect(gateway.outcomes.all.map(\.endpoint) == [expected == "ok" ? "good" : "bad"])
            #expect(bad.accepted == 1)
        }
    }

    @Test func `whose body was not touched goes to another endpoint with its whole body`() async throws {
        let received = Recorder<String>()
        let good = try ScriptedServer { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            received.add(String(decoding: try socket.receive(exactly: 3), as: UTF8.self))
            try socket.send(Say.ok)
        }
        try await TestGateway.with(
            [Self.member(try TestGateway.deadPort(), "dead"), Self.member(good.port, "good")],
            settings: Self.settings()
        ) { gateway in
            let client = try gateway.client()
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            #expect(try client.receiveResponse().body == "ok")
            #expect(received.all == ["abc"])
            #expect(await gateway.outcomes.wait(for: 1))
            #expect(gateway.outcomes.all.map(\.attempts) == [2])
        }
    }

    @Test func `that was answered is not sent again`() async throws {
        let bad = try ScriptedServer { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send("HTTP/1.1 20")
        }
        let good = try ScriptedServer(Say.always(Say.ok))
        try await TestGateway.with(
            [Self.member(bad.port, "bad"), Self.member(good.port, "good")], settings: Self.settings()
        ) { gateway in
            let client = try gateway.client()
            try client.send(Say.get)
            #expect(try client.receiveResponse().body == "upstream-unreachable")
            #expect(good.accepted == 0)
        }
    }

    @Test(arguments: [0, 1, 3])
    func `is sent again as often as is configured`(_ most: Int) async throws {
        let bad = try ScriptedServer(Self.dying)
        var settings = Self.settings()
        settings.retries.most = most
        try await TestGateway.with([Self.member(bad.port, "bad")], settings: settings) { gateway in
            let client = try gateway.client()
            try client.send(Say.get)
            #expect(try client.receiveResponse().body == "upstream-unreachable")
            #expect(bad.accepted == 1 + most)
            #expect(await gateway.outcomes.wait(for: 1))
            #expect(gateway.outcomes.all.map(\.attempts) == [1 + most])
        }
    }

    @Test func `is not sent again when the budget is used up`() async throws {
        let bad = try ScriptedServer(Self.dying)
        var settings = Self.settings()
        settings.retries.share = 0.2
        settings.retries.perSecond = 1
        try await TestGateway.with([Self.member(bad.port, "bad")], settings: settings) { gateway in
            for _ in 0..<50 {
                let client = try gateway.client()
                try client.send(Say.get)
                #expect(try client.receiveResponse().body == "upstream-unreachable")
            }
            // Ten for the ten seconds, and one for each five requests that were begun by then.
            #expect(bad.accepted == 50 + 20)
        }
    }
}
