import Edge
import Foundation
import Gateway
import NIOCore
import TestSupport
import Testing
import Upstreams

@Suite struct `A switch of protocols` {
    @Test func `makes a tunnel that carries everything both ways, and both ends`() async throws {
        let size = 1 << 20
        let block = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let seen = Recorder<String>()
        let arrived = Recorder<Bool>()
        try await TestGateway.with { socket, _ in
            seen.add(try socket.receive(until: "\r\n\r\n"))
            try socket.send(Say.switching)
            // Up to the client's end; only then down, and our own end.
            arrived.add(try socket.receive(exactly: size + 1) == block)
            try socket.send(block)
            socket.shutDownSending()
            _ = socket.isEndedByPeer()
        } _: { gateway, server in
            let client = try gateway.client()
            try client.send(Say.upgrade)
            let head = try client.receive(until: "\r\n\r\n")
            #expect(
                head
                    == "HTTP/1.1 101 Switching Protocols\r\nX-A: b\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
            )
            try client.send(block)
            client.shutDownSending()
            #expect(try client.receive(exactly: size + 1) == block)
            #expect(await gateway.endings.wait(for: 1))
            #expect(gateway.endings.all == ["complete 101 \(size) \(size)"])
            #expect(arrived.all == [true])
            let sent = seen.all.first ?? ""
            #expect(sent.contains("\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"))
            #expect(sent.contains("\r\nSec-WebSocket-Key: k\r\n"))
            #expect(sent.components(separatedBy: "pgrade:").count == 2)
            // The connection that was a tunnel carries nothing else.
            let other = try gateway.client()
            try other.send(Say.upgrade)
            #expect(try other.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101"))
            #expect(server.accepted == 2)
        }
    }

    @Test func `passes the upstream's end on while the client still sends`() async throws {
        let rest = Recorder<String>()
        try await TestGateway.with { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(Say.switching + "bye")
            socket.shutDownSending()
            rest.add(socket.receiveAll())
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.upgrade)
            _ = try client.receive(until: "\r\n\r\n")
            #expect(client.receiveAll() == "bye")
            try client.send("and still ")
            try await Task.sleep(for: .milliseconds(50))
            try client.send("here")
            client.shutDownSending()
            #expect(await rest.wait(for: 1))
            #expect(rest.all == ["and still here"])
            #expect(await gateway.endings.wait(for: 1))
            #expect(gateway.endings.all == ["complete 101 14 3"])
            for _ in 0..<1_000 where gateway.listener.connectionCount > 0 {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(gateway.listener.connectionCount == 0)
        }
    }

    @Test func `holds both sides back when one is slow, and loses nothing`() async throws {
        let size = 16 << 20
        let block = [UInt8](repeating: 7, count: size)
        let sent = Recorder<Int>()
        try await TestGateway.with { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(Say.switching)
            for start in stride(from: 0, to: size, by: 1 << 16) {
                try socket.send(Array(block[start..<(start + 1 << 16)]))
                sent.add(start)
            }
            socket.shutDownSending()
            _ = socket.receiveAll()
        } _: { gateway, _ in
            let client = try gateway.client(receiveBuffer: 64 * 1024)
            try client.send(Say.upgrade)
            _ = try client.receive(until: "\r\n\r\n")
            usleep(300_000)
            #expect(sent.all.count < size >> 16)
            client.shutDownSending()
            #expect(try client.receive(exactly: size + 1).count == size)
            #expect(await gateway.endings.wait(for: 1))
            #expect(gateway.endings.all == ["complete 101 0 \(size)"])
        }
    }

    @Test func `gives the upstream what came early only after the 101`() async throws {
        let early = Recorder<[UInt8]>()
        try await TestGateway.with { socket, _ in
            let head = try socket.receive(until: "\r\n\r\n")
            #expect(!head.contains("early"))
            Thread.sleep(forTimeInterval: 0.1)
            early.add(try socket.receiveNow())
            try socket.send(Say.switching)
            early.add(try socket.receive(exactly: 5))
            socket.shutDownSending()
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.upgrade + "early")
            _ = try client.receive(until: "\r\n\r\n")
            #expect(await early.wait(for: 2))
            #expect(early.all == [[], [UInt8]("early".utf8)])
        }
    }

    @Test func `reads nothing of what came early as a request when the answer is not 101`() async throws {
        let requests = Recorder<String>()
        try await TestGateway.with { socket, _ in
            while case let head = try socket.receive(until: "\r\n\r\n"), !head.isEmpty {
                requests.add(head)
                try socket.send(Say.ok)
            }
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.upgrade + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            let all = client.receiveAll()
            #expect(all == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            #expect(requests.all.count == 1)
            // Such bytes may be under way when the answer leaves: it is the connection's last in any case.
            let late = try gateway.client()
            try late.send(Say.upgrade)
            #expect(try late.receiveResponse().head.contains("Connection: close"))
            try late.send("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(late.receiveAll() == "")
            #expect(requests.all.count == 2)
        }
    }

    @Test(arguments: [
        ("h2c", Optional<String>.none), ("HTTP/2.0", nil), ("h2c, websocket, TLS/1.0", "websocket"),
        ("irc/6.9, websocket", "irc/6.9, websocket"), ("web socket", nil), ("", nil),
    ])
    func `offers the upstream no protocol behind which requests would follow`(_ offered: String, _ passed: String?)
        async throws
    {
        let seen = Recorder<String>()
        try await TestGateway.with { socket, _ in
            seen.add(try socket.receive(until: "\r\n\r\n"))
            try socket.send(Say.ok)
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, HTTP2-Settings\r\nHTTP2-Settings: x\r\nUpgrade: \(offered)\r\n\r\n"
            )
            #expect(try client.receiveResponse().body == "ok")
            let line = seen.all.first?.components(separatedBy: "\r\n").first { $0.hasPrefix("Upgrade:") }
            #expect(line == passed.map { "Upgrade: \($0)" })
            #expect(seen.all.first?.contains("Connection: upgrade") == (passed != nil))
            #expect(seen.all.first?.contains("HTTP2-Settings") == false)
        }
    }

    @Test(arguments: [
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade, keep-alive\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nx",
    ])
    func `is taken from no request that does not offer it properly`(_ request: String) async throws {
        let seen = Recorder<String>()
        try await TestGateway.with { socket, _ in
            seen.add(try socket.receive(until: "\r\n\r\n"))
            try socket.send(Say.switching)
            _ = socket.receiveAll()
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(request)
            #expect(try client.receiveResponse().body == "upstream-protocol-error")
            #expect(seen.all.first?.contains("pgrade") == false)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: irc\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket, h2c\r\n\r\n",
    ])
    func `to something that was not offered is an error of the upstream`(_ answer: String) async throws {
        try await TestGateway.with { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(answer)
            _ = socket.receiveAll()
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.upgrade)
            #expect(try client.receiveResponse().body == "upstream-protocol-error")
        }
    }

    @Test func `is not offered where the rule forbids it`() async throws {
        let seen = Recorder<String>()
        try await TestGateway.with(
            rule: {
                var rule = ForwardingRule()
                rule.allowsUpgrade = false
                return rule
            }
        ) { socket, _ in
            seen.add(try socket.receive(until: "\r\n\r\n"))
            try socket.send(Say.ok)
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.upgrade)
            #expect(try client.receiveResponse().body == "ok")
            #expect(seen.all.first?.contains("pgrade") == false)
        }
    }

    @Test func `ends on both sides at the rule's end`() async throws {
        let ended = Recorder<Bool>()
        try await TestGateway.with(
            changes: {
                var changes = ForwardingChanges()
                changes.endsAt = .now() + .milliseconds(1_500)
                return changes
            }
        ) { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(Say.switching + "hello")
            ended.add(socket.isEndedByPeer())
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.upgrade)
            _ = try client.receive(until: "\r\n\r\n")
            #expect(client.receiveAll() == "hello")
            #expect(await ended.wait(for: 1))
            #expect(ended.all == [true])
            #expect(await gateway.endings.wait(for: 1))
            #expect(gateway.endings.all == ["expired 101 0 5"])
        }
    }

    @Test func `ends when nothing passes for too long, and not while something does`() async throws {
        let began = Recorder<Date>()
        try await TestGateway.with(
            rule: {
                var rule = ForwardingRule()
                rule.tunnelIdle = .milliseconds(600)
                return rule
            }
        ) { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(Say.switching)
            began.add(Date())
            _ = socket.receiveAll()
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.upgrade)
            _ = try client.receive(until: "\r\n\r\n")
            for _ in 0..<10 {
                usleep(100_000)
                try client.send("x")
            }
            #expect(gateway.endings.all.isEmpty)
            #expect(client.isEndedByPeer())
            #expect(await gateway.endings.wait(for: 1))
            #expect(gateway.endings.all == ["idle 101 10 0"])
        }
    }

    @Test func `that breaks on one side ends on the other`() async throws {
        let ended = Recorder<Bool>()
        try await TestGateway.with { socket, number in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(Say.switching)
            if number == 1 {
                ended.add(socket.isEndedByPeer())
            } else {
                socket.reset()
            }
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.upgrade)
            _ = try client.receive(until: "\r\n\r\n")
            client.reset()
            #expect(await ended.wait(for: 1))
            #expect(ended.all == [true])
            let other = try gateway.client()
            try other.send(Say.upgrade)
            // The upstream may break before its 101 was passed on.
            _ = other.receiveAll()
            #expect(other.isEndedByPeer())
            #expect(await gateway.endings.wait(for: 2))
            #expect(gateway.endings.all.first == "client gone 101 0 0")
            #expect(gateway.endings.all.last?.hasPrefix("upstream-unreachable") == true)
        }
    }

    @Test func `is under way for a listener that drains`() async throws {
        try await TestGateway.with { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(Say.switching)
            try socket.send(try socket.receive(exactly: 4))
            socket.shutDownSending()
            _ = socket.receiveAll()
        } _: { gateway, _ in
            let client = try gateway.client()
            try client.send(Say.upgrade)
            _ = try client.receive(until: "\r\n\r\n")
            async let stopped: Void = gateway.listener.shutDown(within: .seconds(20))
            try await Task.sleep(for: .milliseconds(200))
            try client.send("ping")
            #expect(try client.receive(exactly: 4) == [UInt8]("ping".utf8))
            client.shutDownSending()
            await stopped
            #expect(gateway.endings.all == ["complete 101 4 4"])
        }
    }
}
