import Edge
import Foundation
import Gateway
import HTTPWire
import NIOCore
import TestSupport
import Testing
import Upstreams

@Suite struct `A forwarding rule` {
    private static let eventStream =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test(arguments: [(true, "client gone"), (false, "upstream-timeout")])
    func `lets an answer pause as long as it says`(_ unlimited: Bool, _ ending: String) async throws {
        try await TestGateway.with(
            rule: {
                var rule = ForwardingRule()
                rule.bodyStall = unlimited ? nil : .milliseconds(150)
                return rule
            }
        ) { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(Self.eventStream + "3\r\none\r\n")
            Thread.sleep(forTimeInterval: 0.8)
            try socket.send("3\r\ntwo\r\n")
            _ = socket.receiveAll()
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.get)
            #expect(try client.receive(until: "one\r\n").hasSuffix("3\r\none\r\n"))
            if unlimited {
                #expect(try client.receive(until: "two\r\n") == "3\r\ntwo\r\n")
                client.reset()
            } else {
                #expect(client.receiveAll() == "")
            }
            #expect(await gateway.endings.wait(for: 1))
            #expect(gateway.endings.all.first?.hasPrefix(ending) == true)
        }
    }

    @Test func `cuts an answer off that still flows at its end, and one that is complete not`() async throws {
        try await TestGateway.with(
            changes: {
                var changes = ForwardingChanges()
                changes.endsAt = .now() + .milliseconds(1_500)
                return changes
            }
        ) { socket, number in
            _ = try socket.receive(until: "\r\n\r\n")
            if number == 1 {
                try socket.send(Say.ok)
                return
            }
            try socket.send(Self.eventStream)
            for _ in 0..<200 {
                try socket.send("1\r\nx\r\n")
                Thread.sleep(forTimeInterval: 0.05)
            }
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.get)
            #expect(try client.receiveResponse().body == "ok")
            try client.send(Say.get)
            let all = client.receiveAll()
            #expect(all.contains("1\r\nx\r\n"))
            #expect(!all.hasSuffix("0\r\n\r\n"))
            #expect(await gateway.endings.wait(for: 2))
            #expect(gateway.endings.all.first == "complete 200 0 2")
            #expect(gateway.endings.all.last?.hasPrefix("expired 200 0 ") == true)
        }
    }

    @Test func `has a patience of its own for the head`() async throws {
        try await TestGateway.with(
            rule: {
                var rule = ForwardingRule()
                rule.responseHeadTimeout = .milliseconds(100)
                return rule
            }
        ) { socket, _ in
            _ = socket.receiveAll()
        } _: { gateway, server in
            let client = try gateway.client()
            try client.send(Say.get)
            #expect(try client.receiveResponse().body == "upstream-timeout")
            #expect(server.accepted == 1)
        }
    }

    @Test func `adds, replaces and drops fields of the answer`() async throws {
        try await TestGateway.with(
            rule: {
                var rule = ForwardingRule()
                let was1 = rule.response.add([UInt8]("RateLimit".utf8), [UInt8]("limit=1".utf8))
                #expect(was1)
                let was2 = rule.response.replace([UInt8]("Server".utf8), [UInt8]("us".utf8))
                #expect(was2)
                let was3 = rule.response.replace([UInt8]("X-Trace".utf8), [UInt8]("2".utf8))
                #expect(was3)
                rule.response.drop([UInt8]("X-Secret".utf8))
                let was4 = rule.response.add([UInt8]("X-Split".utf8), [UInt8]("a\r\nEvil: 1".utf8))
                #expect(!was4)
                let was5 = rule.response.replace([UInt8]("Content-Length".utf8), [UInt8]("0".utf8))
                #expect(!was5)
                let was6 = rule.response.add([UInt8]("Connection".utf8), [UInt8]("close".utf8))
                #expect(!was6)
                return rule
            },
            upstream: Say.always(
                "HTTP/1.1 200 OK\r\nserver: them\r\nx-trace: 1\r\nX-Secret: s\r\nX-Secret-2: t\r\nContent-Length: 2\r\n\r\nok"
            )
        ) { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.get)
            #expect(
                try client.receiveResponse().head
                    == "HTTP/1.1 200 OK\r\nX-Secret-2: t\r\nRateLimit: limit=1\r\nServer: us\r\nX-Trace: 2\r\nContent-Length: 2\r\n\r\n"
            )
        }
    }

    @Test func `reports endpoint, attempts and the time to the first byte`() async throws {
        try await TestGateway.with { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            Thread.sleep(forTimeInterval: 0.05)
            try socket.send(Say.ok)
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.get)
            #expect(try client.receiveResponse().body == "ok")
            #expect(await gateway.outcomes.wait(for: 1))
            let outcome = try #require(gateway.outcomes.all.first)
            #expect(outcome.endpoint == "test")
            #expect(outcome.attempts == 1)
            #expect(try #require(outcome.nanosecondsToFirstByte) >= 50_000_000)
        }
    }

    /// How the answer is framed for the client, by how the upstream framed it and what the client speaks.
    @Test(arguments: [
        ("Content-Length: 2\r\n\r\nok", "1.1", "Content-Length: 2\r\n\r\nok"),
        ("Content-Length: 2\r\n\r\nok", "1.0", "Content-Length: 2\r\nConnection: close\r\n\r\nok"),
        (
            "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "1.1",
            "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        ),
        ("Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "1.0", "Connection: close\r\n\r\nok"),
        ("\r\nok", "1.1", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        ("\r\nok", "1.0", "Connection: close\r\n\r\nok"),
        ("Content-Length: 0\r\n\r\n", "1.1", "Content-Length: 0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "1.1", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ])
    func `leaves the framing to each connection`(_ answer: String, _ version: String, _ expected: String) async throws {
        try await TestGateway.with { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send("HTTP/1.1 200 OK\r\n" + answer)
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send("GET / HTTP/\(version)\r\nHost: a\r\n\r\n")
            let wanted = "HTTP/1.1 200 OK\r\n" + expected
            #expect(String(decoding: try client.receive(exactly: wanted.utf8.count), as: UTF8.self) == wanted)
            #expect(await gateway.endings.wait(for: 1))
            #expect(gateway.endings.all.first?.hasPrefix("complete 200 0 ") == true)
            // Nothing follows that belongs to nobody.
            try? await Task.sleep(for: .milliseconds(20))
            let more = try client.receiveNow()
            #expect(more == [])
        }
    }
}
