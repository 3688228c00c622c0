import Blueprint
import Edge
import NIOCore
import NIOPosix
import Synchronization
import Telemetry
import TestSupport
import Testing
import Traffic

@testable import Gateway

/// Days and months are counted on after a restart.
@Suite("Kept quotas") struct KeptQuotasTests {
    private static let sample = KeptQuotas(
        seed: TrafficSeed(high: 1, low: .max), limits: ["api a 3/day", "plan ü 9/month"],
        counts: [
            .init(limit: 0, period: .day, key: LimitKey(high: 2, low: 3), windowStart: 86_400, count: 7),
            .init(limit: 1, period: .month, key: .everybody, windowStart: 0, count: .max),
        ])

    @Test func `what is written is read as the same, and no part of it as anything`() {
        let bytes = Self.sample.bytes
        #expect(KeptQuotas(bytes: bytes) == Self.sample)
        var readable = 0
        for length in 0..<bytes.count where KeptQuotas(bytes: Array(bytes.prefix(length))) != nil { readable += 1 }
        // Cut off between two counts it is a file with fewer; that is what the whole writing is for.
        #expect(readable == 2)
        var wrong = bytes
        wrong[0] ^= 1
        #expect(KeptQuotas(bytes: wrong) == nil)
        // A count of a limit that is not there.
        wrong = bytes
        wrong[bytes.count - 37] = 2
        #expect(KeptQuotas(bytes: wrong) == nil)
    }

    private static func gateway(_ text: String, keeping quotas: KeptQuotas? = nil, time: Int64) async throws
        -> GatewayService
    {
        let gateway = GatewayService(
            explanations: ExplanationRing(), metrics: Metrics(version: "test") { MetricsReadings() },
            log: AccessLog { _ in }, wantsFlush: {}, clock: { time }, keeping: quotas)
        await gateway.install(
            try gateway.prepare(
                try GatewayCompilerTests.blueprint(text), in: try GatewayCompilerTests.surroundings()))
        if let quotas { gateway.restore(quotas) }
        return gateway
    }

    /// The statuses of some requests, one after the other.
    private static func ask(_ gateway: GatewayService, _ path: String, _ count: Int) async throws -> [String] {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await gateway.listen(
            host: "127.0.0.1", port: 0, group: loops, configuration: TestGateway.edge(), certificates: nil)
        var statuses: [String] = []
        for _ in 0..<count {
            let client = try RawSocket(port: listener.port)
            try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            statuses.append(String(client.receiveAll().dropFirst(9).prefix(3)))
        }
        await listener.shutDown(within: .zero)
        try await loops.shutdownGracefully()
        return statuses
    }

    @Test func `a limit that says the same goes on counting in the same day, whatever its number is`() async throws {
        let server = try ScriptedServer(Say.always(Say.ok))
        let upstream = "upstreams: { u: http://127.0.0.1:\(server.port) }\n"
        let api = "a: { path: /a, upstream: u, access: anonymous, limit: 3/day }"
        let other = "b: { path: /b, upstream: u, access: anonymous, limit: [9/day, 8/month] }"
        let day: Int64 = 1_800_057_600_000
        let first = try await Self.gateway(upstream + "apis: { \(api) }", time: day)
        #expect(first.quotas().isEmpty)
        #expect(try await Self.ask(first, "/a", 2) == ["200", "200"])
        let kept = try #require(KeptQuotas(bytes: first.quotas().bytes))
        #expect(kept.counts.map(\.count) == [2])

        // Another process, in which other limits have the first numbers.
        let second = try await Self.gateway(upstream + "apis: { \(other), \(api) }", keeping: kept, time: day + 1_000)
        #expect(try await Self.ask(second, "/a", 3) == ["200", "429", "429"])
        #expect(try await Self.ask(second, "/b", 1) == ["200"])
        // The next day begins anew, and so does a limit that says something else.
        let third = try await Self.gateway(upstream + "apis: { \(api) }", keeping: kept, time: day + 86_400_000)
        #expect(try await Self.ask(third, "/a", 4) == ["200", "200", "200", "429"])
        let fourth = try await Self.gateway(
            upstream + "apis: { \(api.replacing("3/day", with: "2/day")) }", keeping: kept, time: day)
        #expect(try await Self.ask(fourth, "/a", 3) == ["200", "200", "429"])
    }
}

extension String {
    fileprivate func replacing(_ text: String, with other: String) -> String {
        split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
    }
}
