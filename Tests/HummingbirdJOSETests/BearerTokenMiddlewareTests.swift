import Codecs
import HTTPTypes
import Hummingbird
import HummingbirdJOSE
import HummingbirdTesting
import JOSE
import Synchronization
import Testing
import Tokens

@Suite struct BearerTokenMiddlewareTests {
    private static func key() throws -> SigningKey { try SigningKey.generate(.es256, id: "k1") }

    private let policy = ClaimPolicy(
        algorithms: [.es256], issuers: ["https://issuer.example"], audiences: ["orders"])

    private func token(
        _ key: SigningKey, audience: JSON = "orders", scope: JSON = "read write", life: Int64 = 300
    ) throws -> String {
        try TokenSigner(key: key).sign(claims: [
            "iss": "https://issuer.example", "sub": "ada", "aud": audience, "scope": scope,
            "exp": .number(JSONNumber(wallClock() + life)),
        ])
    }

    private func answer(
        _ router: Router<BasicTokenRequestContext>, _ authorization: String..., path: String = "/me"
    ) async throws -> TestResponse {
        var headers = HTTPFields()
        for value in authorization { headers.append(HTTPField(name: .authorization, value: value)) }
        let sent = headers
        return try await Application(router: router).test(.router) { client in
            try await client.executeRequest(uri: path, method: .get, headers: sent, body: nil)
        }
    }

    @Test func `a good token is let through, whatever the case of the scheme`() async throws {
        let key = try Self.key()
        let router = GuideSnippets.router(keys: try KeySet([key.verificationKey]))
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let answer = try await answer(router, "\(scheme) \(try token(key))")
            #expect(answer.status == .ok)
            #expect(String(buffer: answer.body) == "ada")
        }
    }

    @Test func `without a token the challenge names no error`() async throws {
        let router = GuideSnippets.router(keys: try KeySet([try Self.key().verificationKey]))
        for answer in [try await answer(router), try await answer(router, "Basic YTpi")] {
            #expect(answer.status == .unauthorized)
            #expect(answer.headers[.wwwAuthenticate] == "Bearer")
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
    }

    @Test func `a token that is not good is refused, and its sender does not learn why`() async throws {
        let key = try Self.key()
        let router = GuideSnippets.router(keys: try KeySet([key.verificationKey]))
        let stranger = try Self.key()
        let bad = [
            "", "x", "a.b.c", try token(stranger), try token(key, audience: "other"), try token(key, life: -900),
            try token(key) + "x", try token(key) + " " + token(key),
        ]
        for text in bad {
            let answer = try await answer(router, "Bearer \(text)")
            #expect(answer.status == .unauthorized)
            #expect(answer.headers[.wwwAuthenticate] == #"Bearer error="invalid_token""#)
            #expect(String(buffer: answer.body) == #"{"status":401,"title":"The token is not accepted"}"#)
        }
    }

    @Test func `two Authorization fields are a bad request, also when both are good`() async throws {
        let key = try Self.key()
        let good = "Bearer \(try token(key))"
        let answer = try await answer(GuideSnippets.router(keys: try KeySet([key.verificationKey])), good, good)
        #expect(answer.status == .badRequest)
        #expect(answer.headers[.wwwAuthenticate] == #"Bearer error="invalid_request""#)
    }

    @Test func `a scope that is not granted is 403, and the challenge names it`() async throws {
        let key = try Self.key()
        let router = Router(context: BasicTokenRequestContext.self)
        router.group("orders")
            .add(
                middleware: BearerTokenMiddleware(
                    keys: try KeySet([key.verificationKey]), policy: policy, realm: "shop")
            )
            .add(middleware: ScopeMiddleware("read", "write", realm: "shop"))
            .get { _, _ in "orders" }
        router.group("open").add(middleware: ScopeMiddleware("read")).get { _, _ in "never" }

        let good = try await answer(router, "Bearer \(try token(key))", path: "/orders")
        #expect(good.status == .ok)
        for scope: JSON in ["read", "readwrite write", ""] {
            let poor = try await answer(router, "Bearer \(try token(key, scope: scope))", path: "/orders")
            #expect(poor.status == .forbidden)
            #expect(
                poor.headers[.wwwAuthenticate]
                    == #"Bearer realm="shop", error="insufficient_scope", scope="read write""#)
        }
        // Two spellings of what looks the same are two scopes.
        router.group("cafe")
            .add(middleware: BearerTokenMiddleware(keys: try KeySet([key.verificationKey]), policy: policy))
            .add(middleware: ScopeMiddleware("caf\u{E9}"))
            .get { _, _ in "cafe" }
        for (scope, status): (JSON, HTTPResponse.Status) in [("caf\u{E9}", .ok), ("cafe\u{301}", .forbidden)] {
            #expect(try await answer(router, "Bearer \(try token(key, scope: scope))", path: "/cafe").status == status)
        }
        // Without the middleware before it, nothing is vouched for.
        let unguarded = try await answer(router, "Bearer \(try token(key))", path: "/open")
        #expect(unguarded.status == .unauthorized)
    }

    @Test func `an issuer's keys are fetched when a token needs them, and 503 tells that they cannot be had`()
        async throws
    {
        let key = try Self.key()
        let document = JSONWriter.write(try KeySet([key.verificationKey]).publicJWKS)
        let isUp = Mutex(false)
        let fetches = Mutex(0)
        let now = Mutex<Int64>(1_000)
        let keys = RemoteKeySet(address: "https://issuer.example/jwks", clock: { now.withLock { $0 } }) { _ in
            fetches.withLock { $0 += 1 }
            guard isUp.withLock({ $0 }) else { throw CancellationError() }
            return FetchedKeySet(body: document, maximumAge: nil)
        }
        let router = Router(context: BasicTokenRequestContext.self)
        router.add(middleware: BearerTokenMiddleware(keys: keys, policy: policy))
        router.get("me") { _, context in context.token?.claims.subject?.text ?? "nobody" }
        let bearer = "Bearer \(try token(key))"

        let down = try await answer(router, bearer)
        #expect(down.status == .serviceUnavailable)
        #expect(down.headers[.retryAfter] != nil)
        isUp.withLock { $0 = true }
        now.withLock { $0 += 3_600 }
        for _ in 0..<3 {
            let answer = try await answer(router, bearer)
            #expect(answer.status == .ok)
        }
        #expect(fetches.withLock { $0 } == 2)
    }
}
