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

    private func boundToken(_ key: SigningKey, to holder: SigningKey) throws -> String {
        try TokenSigner(key: key).sign(claims: [
            "iss": "https://issuer.example", "sub": "ada", "aud": "orders",
            "exp": .number(JSONNumber(wallClock() + 300)), "cnf": ["jkt": .string(try #require(holder.id))],
        ])
    }

    private func proof(
        _ holder: SigningKey, of token: String, id: String, _ changes: [ByteString: JSON] = [:]
    ) throws -> String {
        var claims: JSONObject = [
            "jti": .string(ByteString(id)), "htm": "GET", "htu": "https://api.example/me",
            "iat": .number(JSONNumber(wallClock())),
            "ath": .string(DPoPProofVerifier.hash(ofAccessToken: Array(token.utf8))),
        ]
        for (name, value) in changes { claims[name] = value }
        let jwk = try #require(try KeySet([holder.verificationKey]).publicJWKS.object?["keys"]?.array?.first)
        let signer = JWSSigner([.init(key: holder, protected: ["typ": "dpop+jwt", "alg": "ES256", "jwk": jwk])])
        return String(decoding: try signer.compact(JSONWriter.write(.object(claims))), as: UTF8.self)
    }

    private func ask(
        _ router: Router<BasicTokenRequestContext>, _ authorization: String, _ proofs: String...
    ) async throws -> TestResponse {
        var headers: HTTPFields = [.authorization: authorization]
        let name = try #require(HTTPField.Name("DPoP"))
        for proof in proofs { headers.append(HTTPField(name: name, value: proof)) }
        let sent = headers
        return try await Application(router: router).test(.router) { client in
            try await client.executeRequest(uri: "/me?page=2", method: .get, headers: sent, body: nil)
        }
    }

    @Test func `a bound token passes with a proof of its key for this request, once`() async throws {
        let (key, holder, thief) = (try Self.key(), try SigningKey.generate(.es256), try SigningKey.generate(.es256))
        let router = Router(context: BasicTokenRequestContext.self)
        router.add(
            middleware: BearerTokenMiddleware(
                keys: try KeySet([key.verificationKey]), policy: policy, address: "https://api.example"))
        router.get("me") { _, context in context.token?.claims.subject?.text ?? "nobody" }
        let bound = try boundToken(key, to: holder)
        let good = try proof(holder, of: bound, id: "1")
        #expect(try await ask(router, "DPoP \(bound)", good).status == .ok)
        #expect(try await ask(router, "dpop \(bound)", try proof(holder, of: bound, id: "2")).status == .ok)
        let bearer = try await ask(router, "Bearer \(bound)", try proof(holder, of: bound, id: "3"))
        #expect(bearer.status == .unauthorized)
        #expect(bearer.headers[.wwwAuthenticate]?.hasPrefix(#"DPoP error="invalid_token", algs="ES256 "#) == true)
        let other = try await ask(router, "DPoP \(bound)", try proof(thief, of: bound, id: "4"))
        #expect(other.headers[.wwwAuthenticate]?.hasPrefix(#"DPoP error="invalid_token""#) == true)
        let bad: [[ByteString: JSON]] = [
            ["htm": "POST"], ["htu": "https://api.example/other"], ["htu": "http://api.example/me"], ["ath": "x"],
            ["iat": .number(JSONNumber(wallClock() - 300))], ["jti": ""],
        ]
        var refused = [try await ask(router, "DPoP \(bound)", good), try await ask(router, "DPoP \(bound)")]
        for change in bad {
            refused.append(try await ask(router, "DPoP \(bound)", try proof(holder, of: bound, id: "5", change)))
        }
        refused.append(
            try await ask(
                router, "DPoP \(bound)", try proof(holder, of: bound, id: "6"),
                try proof(holder, of: bound, id: "7")))
        for answer in refused {
            #expect(answer.status == .unauthorized)
            #expect(answer.headers[.wwwAuthenticate]?.hasPrefix(#"DPoP error="invalid_dpop_proof""#) == true)
        }
        // A token that is bound to nothing is a bearer token, and no more.
        let free = try token(key)
        #expect(try await ask(router, "Bearer \(free)").status == .ok)
        #expect(
            try await ask(router, "DPoP \(free)", try proof(holder, of: free, id: "8")).status == .unauthorized)
    }

    @Test func `without an address no bound token passes, and the challenge says so`() async throws {
        let (key, holder) = (try Self.key(), try SigningKey.generate(.es256))
        let router = GuideSnippets.router(keys: try KeySet([key.verificationKey]))
        let bound = try boundToken(key, to: holder)
        let bearer = try await ask(router, "Bearer \(bound)")
        #expect(bearer.status == .unauthorized)
        #expect(bearer.headers[.wwwAuthenticate]?.contains("bound to a key") == true)
        let proved = try await ask(router, "DPoP \(bound)", try proof(holder, of: bound, id: "1"))
        #expect(proved.status == .unauthorized)
        #expect(proved.headers[.wwwAuthenticate] == "Bearer")
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
