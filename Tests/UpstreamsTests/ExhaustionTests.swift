import Foundation
import HTTPWire
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Upstreams

/// A call that writes down how it went.
private final class OutcomeCall: UpstreamCall {
    private let recorder: Recorder<String>

    init(_ recorder: Recorder<String>) {
        self.recorder = recorder
        super.init(head: ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), method: .get)
    }

    override func responseEnded() { recorder.add("ended") }
    override func failed(_ failure: UpstreamFailure) { recorder.add("\(failure.status) \(failure.code)") }
}

@Suite struct `A process that has run out of descriptors` {
    /// Runs `body` while no descriptor can be opened.
    private func withoutDescriptors(_ body: () async throws -> Void) async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        var low = limit
        low.rlim_cur = 0
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &low)
        defer { setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
        try await body()
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `blames no endpoint, neither for calls nor for checks`(_ host: String) async throws {
        let server = try ScriptedServer { socket, _ in
            while try !socket.receive(until: "\r\n\r\n").isEmpty {
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        }
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = loops.next()
        var settings = UpstreamGroup.Settings()
        settings.ejection.failures = 1
        var check = try #require(UpstreamCheck(path: "/"))
        check.interval = .milliseconds(20)
        check.failures = 1
        settings.check = check
        let group = UpstreamGroup(
            name: "group", members: [.init(UpstreamEndpoint(name: "one", host: host, port: server.port))],
            settings: settings)
        let balancer = try await loop.submit {
            NIOLoopBound(UpstreamBalancer(group, eventLoop: loop), eventLoop: loop)
        }.get()
        let recorder = Recorder<String>()
        try await withoutDescriptors {
            group.startChecks(on: loop)
            for number in 1...5 {
                try await loop.submit { balancer.value.begin(OutcomeCall(recorder)) }.get()
                #expect(await recorder.wait(for: number))
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        #expect(recorder.all == Array(repeating: "503 gateway-exhausted", count: 5))
        #expect(group.states.map(\.isHealthy) == [true])
        #expect(group.states.map(\.lastReason) == [""])
        // A lookup that began without descriptors may still be under way, and a call that joins it fails with it.
        for number in 6...35 where recorder.all.last != "ended" {
            try await Task.sleep(for: .milliseconds(300))
            try await loop.submit { balancer.value.begin(OutcomeCall(recorder)) }.get()
            #expect(await recorder.wait(for: number))
        }
        #expect(recorder.all.last == "ended")
        group.stopChecks()
        try await loop.submit { balancer.value.close() }.get()
        try await loops.shutdownGracefully()
    }

    @Test func `is told from an endpoint that cannot be reached`() {
        typealias Kind = UpstreamFailure.Kind
        #expect(Kind(ofConnecting: IOError(errnoCode: ENFILE, reason: "socket")) == .exhausted)
        #expect(Kind(ofConnecting: IOError(errnoCode: ECONNREFUSED, reason: "connect")) == .unreachable)
        #expect(Kind(ofConnecting: IOError(errnoCode: EADDRNOTAVAIL, reason: "connect")) == .unreachable)
        #expect(Kind(ofConnecting: ChannelError.connectTimeout(.seconds(1))) == .timeout)
    }
}
