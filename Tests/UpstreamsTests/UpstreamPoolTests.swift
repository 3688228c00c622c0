import Foundation
import HTTPWire
import NIOCore
import NIOPosix
import TestSupport
import Testing
import Upstreams

/// A call that writes down how it went.
private final class RecordedCall: UpstreamCall {
    private let recorder: Recorder<String>
    private var status = 0
    private var bytes = 0

    init(_ recorder: Recorder<String>, method: RequestMethod = .get, head: String = "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    {
        self.recorder = recorder
        super.init(head: ByteBuffer(string: head), method: method)
    }

    override func response(_ head: ResponseHead, _ bytes: ByteBuffer) { status = head.status }
    override func responseBody(_ piece: ByteBuffer) { bytes += piece.readableBytes }
    override func responseEnded() { recorder.add("\(status):\(bytes)") }
    override func failed(_ failure: UpstreamFailure) { recorder.add(failure.code) }
}

/// A call whose reader takes one piece and then nothing more.
private final class StalledCall: UpstreamCall {
    private let recorder: Recorder<String>

    init(_ recorder: Recorder<String>) {
        self.recorder = recorder
        super.init(head: ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), method: .get)
    }

    override func responseBody(_ piece: ByteBuffer) { pauseResponse() }
    override func responseEnded() { recorder.add("ended") }
    override func failed(_ failure: UpstreamFailure) { recorder.add(failure.code) }
}

@Suite struct `An upstream pool` {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// Runs `count` calls one after the other and returns what each came to.
    private func outcomes(
        port: Int, count: Int = 1, method: RequestMethod = .get, limits: UpstreamLimits = hasty(), atOnce: Bool = false,
        call: (@Sendable (Recorder<String>) -> UpstreamCall)? = nil
    ) async throws -> [String] {
        let call = call ?? { RecordedCall($0, method: method) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let recorder = Recorder<String>()
        let pool = try await loop.submit {
            NIOLoopBound(
                UpstreamPool(
                    endpoint: UpstreamEndpoint(name: "test", host: "127.0.0.1", port: port), eventLoop: loop,
                    limits: limits),
                eventLoop: loop)
        }.get()
        if atOnce {
            try await loop.submit {
                for _ in 1...count { pool.value.begin(call(recorder)) }
            }.get()
        } else {
            for number in 1...count {
                try await loop.submit { pool.value.begin(call(recorder)) }.get()
                #expect(await recorder.wait(for: number))
            }
        }
        #expect(await recorder.wait(for: count))
        try await loop.submit { pool.value.close() }.get()
        try await group.shutdownGracefully()
        return recorder.all
    }

    private static func hasty() -> UpstreamLimits {
        var limits = UpstreamLimits()
        limits.tick = .milliseconds(20)
        limits.responseHeadTimeout = .milliseconds(300)
        limits.bodyStall = .milliseconds(300)
        limits.connectTimeout = .seconds(3)
        return limits
    }

    @Test func `uses one connection for calls that follow each other`() async throws {
        let server = try ScriptedServer { socket, _ in
            while try !socket.receive(until: "\r\n\r\n").isEmpty { try socket.send(Self.ok) }
        }
        let seen = try await outcomes(port: server.port, count: 5)
        #expect(seen == Array(repeating: "200:2", count: 5))
        #expect(server.accepted == 1)
    }

    @Test func `calls at once wait for the connections there may be`() async throws {
        let server = try ScriptedServer { socket, _ in
            while try !socket.receive(until: "\r\n\r\n").isEmpty { try socket.send(Self.ok) }
        }
        var limits = Self.hasty()
        limits.maxOpen = 2
        #expect(
            try await outcomes(port: server.port, count: 20, limits: limits, atOnce: true)
                == Array(repeating: "200:2", count: 20))
        #expect(server.accepted == 2)
    }

    @Test func `a full queue is refused as busy`() async throws {
        let server = try ScriptedServer { socket, _ in _ = try socket.receive(until: "never") }
        var limits = Self.hasty()
        limits.maxOpen = 1
        limits.maxWaiting = 1
        limits.connectTimeout = .milliseconds(300)
        let outcomes = try await outcomes(port: server.port, count: 3, limits: limits, atOnce: true)
        #expect(outcomes.filter { $0 == "upstream-busy" }.count == 2)
        #expect(outcomes.filter { $0 == "upstream-timeout" }.count == 1)
    }

    @Test func `nobody listening is unreachable`() async throws {
        let port = try { try ScriptedServer { _, _ in }.port }()
        let seen = try await outcomes(port: port)
        #expect(seen == ["upstream-unreachable"])
    }

    /// P54: the server closes an idle connection just as the next request is sent.
    @Test(arguments: [(RequestMethod.get, "200:2"), (.post, "upstream-unreachable")])
    func `only an idempotent call is sent again when a reused connection dies`(
        _ method: RequestMethod, _ second: String
    ) async throws {
        let server = try ScriptedServer { socket, number in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(Self.ok)
            _ = try socket.receive(until: "\r\n\r\n")
            if number == 1 { return }
            try socket.send(Self.ok)
        }
        let seen = try await outcomes(port: server.port, count: 2, method: method)
        #expect(seen == ["200:2", second])
    }

    @Test func `a fresh connection that dies is not tried again`() async throws {
        let server = try ScriptedServer { socket, _ in _ = try socket.receive(until: "\r\n\r\n") }
        let seen = try await outcomes(port: server.port)
        #expect(seen == ["upstream-unreachable"])
        #expect(server.accepted == 1)
    }

    /// P18 and P20: each of these ends the connection, and the next call gets a new one.
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200:2"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!", "200:2"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nX", "200:2"),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "200:2"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", "upstream-timeout"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2x\r\nok", "upstream-protocol-error"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", "upstream-protocol-error"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", "upstream-protocol-error"),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "upstream-protocol-error"),
        (String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 17), "upstream-protocol-error"),
        ("SSH-2.0-OpenSSH\r\n", "upstream-protocol-error"),
        ("", "upstream-timeout"),
    ])
    func `an odd response ends its connection`(_ response: String, _ outcome: String) async throws {
        let server = try ScriptedServer { socket, _ in
            while try !socket.receive(until: "\r\n\r\n").isEmpty { try socket.send(response) }
        }
        let seen = try await outcomes(port: server.port, count: 2)
        #expect(seen == [outcome, outcome])
        #expect(server.accepted == 2)
    }

    @Test(arguments: [
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "200:2"
        ),
        ("HTTP/1.1 200 OK\r\n\r\nuntil the end", "200:13"),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "200:2"),
        ("HTTP/1.1 204 No Content\r\n\r\n", "204:0"),
    ])
    func `unusual but proper responses are understood`(_ response: String, _ outcome: String) async throws {
        let server = try ScriptedServer { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(response)
        }
        let seen = try await outcomes(port: server.port)
        #expect(seen == [outcome])
    }

    /// A slow client still has the last piece before it while the upstream, done with its work, goes away.
    @Test func `a response that is complete has not failed when the peer closes behind it`() async throws {
        let server = try ScriptedServer { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(Self.ok)
        }
        #expect(try await outcomes(port: server.port, limits: UpstreamLimits()) { StalledCall($0) } == ["ended"])
    }

    @Test func `bytes on an idle connection end it`() async throws {
        let server = try ScriptedServer { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            try socket.send(Self.ok)
            try? socket.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
            _ = try socket.receive(until: "\r\n\r\n")
        }
        let outcomes = try await outcomes(port: server.port, count: 2)
        #expect(outcomes == ["200:2", "200:2"])
    }

    /// A byte now and then is no answer: neither the head nor interim answers before it put the deadline off.
    @Test(arguments: ["X", "HTTP/1.1 102 Processing\r\n\r\n"])
    func `a head that comes in drips has no longer than one that does not come`(_ drip: String) async throws {
        let server = try ScriptedServer { socket, _ in
            _ = try socket.receive(until: "\r\n\r\n")
            if drip == "X" { try socket.send("HTTP/1.1 200 OK\r\nX-Slow: ") }
            // Longer than the deadline, and never so many interim answers that they end it.
            for _ in 0..<12 {
                try socket.send(drip)
                Thread.sleep(forTimeInterval: 0.1)
            }
            try socket.send((drip == "X" ? "\r\nContent-Length: 2\r\n\r\nok" : Self.ok))
            _ = socket.receiveAll()
        }
        #expect(try await outcomes(port: server.port) == ["upstream-timeout"])
    }

    @Test func `no more connections are kept without a call than there may be, whatever they were opened for`()
        async throws
    {
        let server = try ScriptedServer { socket, _ in _ = socket.receiveAll() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        var limits = Self.hasty()
        limits.maxIdle = 2
        let pool = try await loop.submit { [limits] in
            NIOLoopBound(
                UpstreamPool(
                    endpoint: UpstreamEndpoint(name: "test", host: "127.0.0.1", port: server.port), eventLoop: loop,
                    limits: limits),
                eventLoop: loop)
        }.get()
        // A burst whose clients are gone before its connections are there.
        try await loop.submit {
            let calls = (0..<10).map { _ in RecordedCall(Recorder()) }
            for call in calls { pool.value.begin(call) }
            for call in calls { call.cancel() }
        }.get()
        var counts = (opened: 0, idle: 0, open: 0)
        for _ in 0..<500 where counts.opened < 10 || counts.open != counts.idle || counts.open > 2 {
            try await Task.sleep(for: .milliseconds(10))
            counts = try await loop.submit {
                (pool.value.connectionsOpened, pool.value.idleCount, pool.value.openCount)
            }.get()
        }
        #expect(counts == (10, 2, 2))
        try await loop.submit { pool.value.close() }.get()
        try await group.shutdownGracefully()
    }
}
