import Foundation
import HTTPWire
import NIOCore
import TestSupport
import Testing

@testable import Edge

@Suite struct `Accepting connections` {
    private func withEcho(
        _ configuration: EdgeConfiguration, certificates: ListenerCertificates? = nil, loops: Int = 1,
        _ body: (Listener) async throws -> Void
    ) async throws {
        try await EdgeTesting.withListener(
            configuration, certificates: certificates, loops: loops, handler: { EchoHandler() }, body)
    }

    /// A connection with a request that is never answered.
    private func busyConnection(_ listener: Listener) throws -> RawSocket {
        let socket = try RawSocket(port: listener.port)
        try socket.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
        return socket
    }

    /// A connection that was served and waits.
    private func idleConnection(_ listener: Listener) throws -> RawSocket {
        let socket = try RawSocket(port: listener.port)
        try ask(socket, "/idle")
        return socket
    }

    private func ask(_ socket: RawSocket, _ path: String) throws {
        try socket.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try socket.receiveResponse().body == path + "|")
    }

    // MARK: The cap

    @Test func `waits at the cap while every connection is busy`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.maxConnections = 2
        try await withEcho(configuration) { listener in
            let busy = try (0..<3).map { _ in try busyConnection(listener) }
            #expect(await EdgeTesting.eventually { listener.connectionCount == 3 })
            let waiting = try RawSocket(port: listener.port)
            try waiting.send("GET /last HTTP/1.1\r\nHost: a\r\n\r\n")
            try await Task.sleep(for: .milliseconds(500))
            #expect(listener.counts.accepted == 3)
            busy[0].close()
            #expect(try waiting.receiveResponse().body == "/last|")
            #expect(listener.counts.evicted == 0)
            #expect(!busy[1].hasInput && !busy[2].hasInput)
        }
    }

    @Test func `closes nothing before the cap is passed`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.maxConnections = 2
        try await withEcho(configuration) { listener in
            let idle = try (0..<2).map { _ in try idleConnection(listener) }
            try await Task.sleep(for: .milliseconds(700))
            for connection in idle { try ask(connection, "/still") }
            #expect(listener.counts.evicted == 0)
        }
    }

    @Test(arguments: [1, 2])
    func `closes the longest idle connection at the cap`(_ loops: Int) async throws {
        var configuration = EdgeTesting.hasty()
        configuration.maxConnections = 3
        try await withEcho(configuration, loops: loops) { listener in
            let first = try idleConnection(listener)
            let busy = try busyConnection(listener)
            try await Task.sleep(for: .milliseconds(100))
            let second = try idleConnection(listener)
            try await Task.sleep(for: .milliseconds(100))
            // Used again, and so no longer the longest idle one.
            if loops == 1 { try ask(first, "/again") }
            try await Task.sleep(for: .milliseconds(300))
            let other = try idleConnection(listener)
            #expect(await EdgeTesting.eventually { listener.connectionCount == 3 })
            #expect(listener.counts == ListenerCounts(accepted: 4, evicted: 1, acceptFailures: 0, failedHandshakes: 0))
            if loops == 1 {
                #expect(second.isEndedByPeer())
                try ask(first, "/still")
            }
            try ask(other, "/still")
            #expect(!busy.hasInput)
        }
    }

    /// Otherwise a crowd at the door would throw each other out before anybody is served.
    @Test func `leaves connections that have only just become idle, and pauses`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.lingerTimeout = .seconds(3600)
        configuration.maxConnections = 1
        try await withEcho(configuration) { listener in
            let idle = try (0..<2).map { _ in try idleConnection(listener) }
            let waiting = try RawSocket(port: listener.port)
            try await Task.sleep(for: .milliseconds(500))
            #expect(listener.counts.accepted == 2)
            for connection in idle { try ask(connection, "/still") }
            idle[0].close()
            try ask(waiting, "/waiting")
            #expect(listener.counts.evicted == 0)
        }
    }

    @Test func `says goodbye to an encrypted connection that makes room`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.maxConnections = 1
        let certificates = try ListenerCertificates([TestCertificate(["a.test"]).source()])
        try await withEcho(configuration, certificates: certificates) { listener in
            let first = try await TLSClient(port: listener.port)
            #expect(try await first.get("/first", body: "/first|"))
            try await Task.sleep(for: .milliseconds(400))
            let second = try await TLSClient(port: listener.port)
            #expect(try await second.get("/second", body: "/second|"))
            #expect(await first.wait { $0.hasEnded })
            #expect(!first.now.hasBrokenOff)
            #expect(listener.counts.evicted == 1)
        }
    }

    // MARK: No descriptors

    /// What the system says when a process has too many files open, at the place where it arrives.
    private func failAccept(_ listener: Listener, _ number: Int32 = EMFILE) {
        listener.channel.pipeline.fireErrorCaught(IOError(errnoCode: number, reason: "accept"))
    }

    @Test func `closes an idle connection when descriptors run out, says so once, and goes on`() async throws {
        let said = Recorder<ExhaustedListener>()
        var configuration = EdgeTesting.hasty()
        configuration.onExhausted = { said.add($0) }
        try await withEcho(configuration) { listener in
            let idle = try idleConnection(listener)
            let busy = try busyConnection(listener)
            try await Task.sleep(for: .milliseconds(400))
            failAccept(listener)
            #expect(idle.isEndedByPeer())
            try ask(RawSocket(port: listener.port), "/next")
            failAccept(listener, ENFILE)
            #expect(await EdgeTesting.eventually { listener.counts.acceptFailures == 2 })
            try ask(RawSocket(port: listener.port), "/after")
            #expect(listener.counts.evicted == 1)
            #expect(said.all.count == 1)
            #expect(said.all.first?.errorNumber == EMFILE)
            #expect(said.all.first?.connections == 2)
            #expect(!busy.hasInput)
        }
    }

    /// The pause is seen at the channel itself: a channel that is still asked to read would be woken for ever.
    @Test func `does not read from the listening socket during the pause`() async throws {
        try await withEcho(EdgeTesting.hasty()) { listener in
            let channel = listener.channel
            let reads = try await channel.eventLoop.submit {
                channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
                return try channel.syncOptions?.getOption(.autoRead)
            }.get()
            #expect(reads == false)
            try ask(RawSocket(port: listener.port), "/next")
            #expect(try await channel.getOption(.autoRead).get())
        }
    }

    @Test func `does not pause for a connection that was gone before it was accepted`() async throws {
        let said = Recorder<ExhaustedListener>()
        var configuration = EdgeTesting.hasty()
        configuration.onExhausted = { said.add($0) }
        try await withEcho(configuration) { listener in
            failAccept(listener, ECONNABORTED)
            try ask(RawSocket(port: listener.port), "/next")
            #expect(listener.counts.acceptFailures == 0)
            #expect(said.all.isEmpty)
        }
    }

    @Test func `waits longer after each failure, and speaks again after a quiet time`() {
        var backoff = AcceptBackoff()
        let start = NIODeadline.uptimeNanoseconds(1)
        let isFirst = backoff.failed(start)
        #expect(isFirst)
        let waits = (0..<7).map { _ in backoff.wait() }
        #expect(waits == [50, 100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
        backoff.accepted()
        let shortest = backoff.wait()
        #expect(shortest == .milliseconds(50))
        let isOther = [10, 20, 31].map { backoff.failed(start + .seconds($0)) }
        #expect(isOther == [false, false, true])
    }

    @Test(arguments: [
        (1_048_576, 128, 10_000), (20_128, 128, 10_000), (1024, 128, 448), (1024, 0, 512), (200, 128, 50),
        (64, 128, 16), (1, 128, 1), (0, 0, 1), (-5, -5, 1),
    ])
    func `a process's descriptors bound the connections`(_ descriptors: Int, _ reserve: Int, _ connections: Int) {
        var configuration = EdgeConfiguration()
        configuration.limitConnections(toDescriptors: descriptors, reserve: reserve)
        #expect(configuration.maxConnections == connections)
    }
}
