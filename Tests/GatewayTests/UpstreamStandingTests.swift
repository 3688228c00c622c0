import Blueprint
import Edge
import NIOCore
import NIOPosix
import Telemetry
import TestSupport
import Testing

@testable import Gateway
@testable import Upstreams

/// What operations are told of upstreams.
@Suite("Upstream standings") struct UpstreamStandingTests {
    private static let now: Int64 = 1_800_000_000_000

    @Test func `endpoints are told with their health, their last failure and their connections`() async throws {
        let server = try ScriptedServer { socket, _ in
            while try !socket.receive(until: "\r\n\r\n").isEmpty { try socket.send(Say.ok) }
        }
        let dead = try TestGateway.deadPort()
        let gateway = GatewayService(
            explanations: ExplanationRing(), metrics: Metrics(version: "test") { MetricsReadings() },
            log: AccessLog { _ in }, wantsFlush: {}, clock: { Self.now })
        await gateway.install(
            try gateway.prepare(
                try GatewayCompilerTests.blueprint(
                    """
                    upstreams:
                      both: { endpoints: [ "http://127.0.0.1:\(dead)", { url: "http://127.0.0.1:\(server.port)", weight: 3 } ] }
                      other: http://127.0.0.1:1
                    apis:
                      a: { path: /a, upstream: both, access: anonymous }
                      b: { path: /b, upstream: other, access: anonymous }
                    """), in: try GatewayCompilerTests.surroundings()))
        #expect(gateway.upstreamStandings().map(\.name) == ["both", "other"])

        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await gateway.listen(
            host: "127.0.0.1", port: 0, group: loops, configuration: TestGateway.edge(), certificates: nil)
        let client = try RawSocket(port: listener.port)
        for _ in 0..<16 {
            try client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveResponse().body == "ok")
        }
        let standing = try #require(gateway.upstreamStandings().first)
        let (out, good) = (standing.endpoints[0], standing.endpoints[1])
        #expect(!out.isHealthy)
        #expect(out.name == "both-1")
        #expect(out.address == "127.0.0.1:\(dead)")
        #expect(out.weight == 1)
        #expect(out.lastFailure?.contains("127.0.0.1:\(dead)") == true)
        // Three failures in a row put it out for five seconds.
        #expect(try #require(out.lastFailureTime) <= Self.now)
        #expect((Self.now - 60_000...Self.now).contains(out.since))
        #expect((Self.now - 55_000...Self.now + 5_000).contains(try #require(out.outUntil)))
        #expect(out.connections == 0)
        #expect(good.isHealthy)
        #expect(good.weight == 3)
        #expect(good.outUntil == nil)
        #expect(good.lastFailure == nil)
        #expect(good.connections == 1)
        await listener.shutDown(within: .zero)
        try await loops.shutdownGracefully()
    }
}
