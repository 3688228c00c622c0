import Codecs
import JOSE
import Telemetry
import Testing
import Tokens

@testable import Gateway

/// What the routes would say to a token, without a request.
@Suite("Route verdicts") struct RouteVerdictTests {
    private static let now: Int64 = 1_800_000_000
    private static let document = """
        upstreams: { orders: http://127.0.0.1:9001 }
        apis:
          orders:
            path: /orders
            upstream: orders
            routes:
              read: { path: /*, methods: GET, access: { jwt: { issuer: built-in, audience: orders } } }
              write: { path: /*, methods: POST, access: { jwt: { issuer: built-in, audience: orders, scopes: write } } }
          open: { path: /open, upstream: orders, access: anonymous }
        """

    private func gateway(_ key: SigningKey) async throws -> GatewayService {
        let gateway = GatewayService(
            explanations: ExplanationRing(), metrics: Metrics(version: "test") { MetricsReadings() },
            log: AccessLog { _ in }, wantsFlush: {}, clock: { Self.now * 1_000 })
        await gateway.install(
            try gateway.prepare(
                try GatewayCompilerTests.blueprint(Self.document), in: try GatewayCompilerTests.surroundings(key)))
        return gateway
    }

    @Test func `what another issuer has revoked is told as not asked`() async throws {
        let key = try SigningKey.generate(.es256, id: "k")
        let jwk = try #require(key.verificationKey.publicJWK)
        let text = """
            issuers: { other: { issuer: "https://other.example", keys: { inline: \(JSONWriter.text(["keys": [.object(jwk)]])) } } }
            upstreams: { u: http://127.0.0.1:1 }
            apis: { a: { path: /a, upstream: u, access: { jwt: { issuer: other, audience: orders } } } }
            """
        let gateway = try await gateway(key)
        await gateway.install(
            try gateway.prepare(
                try GatewayCompilerTests.blueprint(text), in: try GatewayCompilerTests.surroundings(key)))
        let claims: JSONObject = [
            "iss": "https://other.example", "aud": "orders", "exp": .number(JSONNumber(Self.now + 60)),
        ]
        let token = Array(try TokenSigner(key: key, type: "at+jwt").sign(claims: claims).utf8)
        let verdict = try #require(gateway.verdicts(on: token).first)
        #expect(verdict.refusal == nil)
        #expect(verdict.steps.last?.check == .revocation)
        #expect(verdict.steps.last?.outcome == .skipped)
    }

    @Test func `each route says whether it takes the token, and at which step it does not`() async throws {
        let key = try SigningKey.generate(.es256, id: "k")
        let gateway = try await gateway(key)
        let claims: JSONObject = [
            "iss": "https://own.example", "aud": "orders", "sub": "ada", "jti": "t1", "scope": "read",
            "iat": .number(JSONNumber(Self.now)), "exp": .number(JSONNumber(Self.now + 60)),
        ]
        let token = Array(try TokenSigner(key: key, type: "at+jwt").sign(claims: claims).utf8)
        let verdicts = gateway.verdicts(on: token)
        #expect(verdicts.map(\.route) == ["orders/read", "orders/write", "open"])
        #expect(verdicts.map(\.path) == ["/orders/*", "/orders/*", "/open/*"])
        #expect(verdicts.map(\.methods) == [["GET"], ["POST"], nil])
        #expect(verdicts.map(\.asksForToken) == [true, true, false])
        #expect(verdicts.map(\.refusal) == [nil, .scopeMissing, nil])
        #expect(verdicts[0].steps.last?.outcome == .passed)
        #expect(verdicts[1].steps.last?.check == .scopes)
        #expect(verdicts[2].steps.isEmpty)

        await gateway.install(RevocationSnapshot(tokens: [TokenIdentity(issuer: "https://own.example", id: "t1")]))
        #expect(gateway.verdicts(on: token).map(\.refusal) == [.tokenRevoked, .scopeMissing, nil])
        #expect(gateway.verdicts(on: Array("no token".utf8)).map { $0.refusal == nil } == [false, false, true])
    }
}
