import Blueprint
import Edge
import NIOCore
import NIOPosix
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// What upstreams get to see of a path.
@Suite("Upstream paths") struct UpstreamPathTests {
    /// What each path leads to, one after the other: the target that the upstream got, or the status and code of a refusal.
    private func targets(_ apis: String, _ paths: [String]) async throws -> [String] {
        let server = try ScriptedServer { socket, _ in
            while case let head = try socket.receive(until: "\r\n\r\n"), !head.isEmpty {
                let target = head.split(separator: " ")[1]
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(target.utf8.count)\r\n\r\n\(target)")
            }
        }
        let gateway = GatewayService(
            explanations: ExplanationRing(), metrics: Metrics(version: "test") { MetricsReadings() },
            log: AccessLog { _ in }, wantsFlush: {}, clock: { GatewayCompilerTests.now * 1_000 })
        await gateway.install(
            try gateway.prepare(
                try GatewayCompilerTests.blueprint("upstreams: { u: http://127.0.0.1:\(server.port) }\n" + apis),
                in: try GatewayCompilerTests.surroundings()))
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await gateway.listen(
            host: "127.0.0.1", port: 0, group: loops, configuration: TestGateway.edge(), certificates: nil)
        var targets: [String] = []
        for path in paths {
            let client = try RawSocket(port: listener.port)
            try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try client.receiveResponse()
            let status = answer.head.dropFirst(9).prefix(3)
            let code = answer.body.split(separator: "\"code\":\"").last?.prefix { $0 != "\"" } ?? ""
            targets.append(status == "200" ? answer.body : "\(status) \(code)")
        }
        await listener.shutDown(within: .zero)
        try await loops.shutdownGracefully()
        return targets
    }

    @Test func `slashes are kept where a route says so, and nowhere else`() async throws {
        let apis = """
            apis:
              gerrit: { path: /gerrit, upstream: u, access: anonymous, slashes: keep }
              plain: { path: /plain, upstream: u, access: anonymous, routes: { ocsp: { path: "/ocsp/*", slashes: keep }, id: { path: "/p/{id}/x", slashes: keep } } }
              locked: { path: /gerrit/admin, upstream: u, access: api-key }
            """
        let found = try await targets(
            apis,
            [
                "/gerrit/changes/a%2fb~1//detail?q=%2F", "/gerrit//x/", "/gerrit/%41/./b%2Fc",
                // Nobody keeps them here, and the strict reading decides.
                "/plain/a%2Fb", "/plain//a", "/plain/ocsp/MF%2Bx//y%2F", "/plain/ocsp%2Fx", "//plain/ocsp/a",
                "/plain/p/a%2Fb/x", "/plain/p//x",
                // What is a dot segment for whoever decodes slashes.
                "/gerrit/..%2Fplain", "/gerrit/x%2F..%2F..%2Fplain", "/gerrit/x%2f.", "/gerrit/x/..;%2Fy",
                "/gerrit/a%2F%2e%2E", "/gerrit/a/../../plain/a%2Fb",
                "/gerrit/a%252Fb", "/gerrit/a%5Cb", "/gerrit/a%2",
                // One path is judged and sent.
                "/gerrit//admin", "/gerrit/admin/x", "/gerrit%2Fadmin", "/gerrit/admin%2Fx",
            ])
        #expect(
            found == [
                "/gerrit/changes/a%2Fb~1//detail?q=%2F", "/gerrit//x/", "/gerrit/A/b%2Fc",
                "400 path-escape-refused", "/plain/a", "/plain/ocsp/MF%2Bx//y%2F", "400 path-escape-refused",
                "/plain/ocsp/a",
                "/plain/p/a%2Fb/x", "/plain/p/x",
                "400 path-dots-disguised", "400 path-dots-disguised", "400 path-dots-disguised",
                "400 path-dots-disguised",
                "400 path-dots-disguised", "400 path-escape-refused",
                "400 path-escape-doubled", "400 path-escape-refused", "400 path-escape-broken",
                "/gerrit//admin", "401 key-missing", "400 path-escape-refused", "/gerrit/admin%2Fx",
            ])
    }

    @Test func `a path's beginning is taken off or replaced`() async throws {
        let apis = """
            apis:
              a: { path: /a, upstream: u, access: anonymous, upstream-path: /v2/orders }
              b: { path: /b, upstream: u, access: anonymous, upstream-path: /, slashes: keep }
              c: { path: /c, upstream: u, access: anonymous, strip-path: true, versions: { v1: {} } }
              d: { path: /d, upstream: u, access: anonymous, upstream-path: /old/, versions: { v1: {} } }
            """
        let found = try await targets(
            apis,
            [
                "/a", "/a/", "/a/7?x=1", "/a/../a/%41", "/b", "/b/", "/b//x//y", "/c/v1/x", "/c/v1", "/d/v1/x", "/d/v1",
            ])
        #expect(
            found == [
                "/v2/orders", "/v2/orders/", "/v2/orders/7?x=1", "/v2/orders/A", "/", "/", "/x//y", "/x", "/",
                "/old/x", "/old",
            ])
        let root = "apis: { root: { path: /, upstream: u, access: anonymous, upstream-path: /base } }"
        #expect(try await targets(root, ["/other/x", "/"]) == ["/base/other/x", "/base/"])
    }

    @Test(arguments: ["upstream-path: /a b", "upstream-path: /%7e", "upstream-path: /x?y", "upstream-path: x"])
    func `what stands in its place must be a path`(_ text: String) throws {
        let document =
            "upstreams: { u: http://127.0.0.1:1 }\napis: { a: { path: /a, upstream: u, access: anonymous, \(text) } }"
        #expect(throws: (any Error).self) {
            try GatewayService.check(
                try GatewayCompilerTests.blueprint(document), in: try GatewayCompilerTests.surroundings())
        }
    }
}
