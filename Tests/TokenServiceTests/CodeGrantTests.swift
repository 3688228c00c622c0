import Codecs
import Crypto
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import OAuth
import Testing
import Tokens

@testable import TokenService

@Suite struct CodeGrantTests {
    @Test func `a code becomes an access token, a refresh token and an ID token that belong together`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let scope: [ByteString] = ["openid", "profile", "offline_access"]
        let answer = try await signet.exchange(
            try await signet.code(for: app, user: user, scope: scope, nonce: "n-0S6_WzA2Mj"), as: app)
        #expect(answer.status == .ok)
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.json["token_type"] == "Bearer")
        #expect(answer.json["scope"] == "openid profile offline_access")
        let access = try TestInstallation.claims(answer.access)
        #expect(access["client_id"] == "app")
        #expect(access["scope"] == "openid profile offline_access")
        #expect(signet.gatewayRefuses(answer.access) == nil)

        let text = try #require(answer.json["id_token"]?.string?.text)
        let policy = ClaimPolicy.idToken(
            issuer: TestInstallation.issuer, clientID: "app", nonce: "n-0S6_WzA2Mj", algorithms: [.es256])
        let token = try TokenVerifier(keys: signet.service.keySet, policy: policy)
            .verify(Array(text.utf8), now: signet.time.now)
        #expect(token.claims.subject == ByteString(user.id))
        #expect(token.claims.sessionID?.text == access["sid"]?.string?.text)
        #expect(token.claims.value(named: "auth_time") == .number(JSONNumber(signet.time.now)))
        #expect(token.claims.value(named: "preferred_username") == "ada")
        let half = Array(SHA256.hash(data: Array(answer.access.utf8))).prefix(16)
        #expect(token.claims.value(named: "at_hash")?.string == ByteString(Base64URL.encode(Array(half))))

        let next = try await signet.form(
            "/token", [("grant_type", "refresh_token"), ("refresh_token", ByteString(answer.refresh))], as: app)
        #expect(next.status == .ok)
        #expect(try TestInstallation.claims(next.access)["sid"] == access["sid"])
    }

    @Test func `without openid there is no ID token, and without the grant no refresh token`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app") { $0.grants = [.authorizationCode] }
        let answer = try await signet.exchange(
            try await signet.code(for: app, user: user, scope: ["profile"]), as: app)
        #expect(answer.status == .ok)
        #expect(answer.json["id_token"] == nil)
        #expect(answer.json["refresh_token"] == nil)
    }

    @Test func `a code works once, and its replay ends what came of it`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let code = try await signet.code(for: app, user: user)
        let first = try await signet.exchange(code, as: app)
        #expect(first.status == .ok)
        let second = try await signet.exchange(code, as: app)
        #expect(second.status == .badRequest)
        #expect(second.error == "invalid_grant")
        #expect(signet.gatewayRefuses(first.access) == .tokenRevoked)
        let refresh = try await signet.form(
            "/token", [("grant_type", "refresh_token"), ("refresh_token", ByteString(first.refresh))], as: app)
        #expect(refresh.json["error"] == "invalid_grant")
    }

    @Test func `of fifty exchanges at once one succeeds`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        for _ in 0..<10 {
            let code = try await signet.code(for: app, user: user)
            let answers = try await Application(router: signet.router).test(.router) { http in
                try await withThrowingTaskGroup(of: Answer.self) { group in
                    for _ in 0..<50 {
                        group.addTask {
                            try await signet.form(
                                "/token",
                                [
                                    ("grant_type", "authorization_code"), ("code", ByteString(code)),
                                    ("code_verifier", TestInstallation.verifier),
                                ], as: app, http)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(answers.filter { $0.status == .ok }.count == 1)
            #expect(answers.filter { $0.error == "invalid_grant" }.count == 49)
        }
    }

    @Test func `the rightful client with a wrong verifier or address burns the code`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let wrong: [(ByteString, ByteString?)] = [
            ("another-verifier-of-forty-three-characters-or-more", TestInstallation.redirectURI),
            (TestInstallation.verifier, "https://app.example/other"), ("short", nil),
        ]
        for (verifier, address) in wrong {
            let code = try await signet.code(for: app, user: user)
            let refused = try await signet.exchange(code, as: app, verifier: verifier, redirectURI: address)
            #expect(refused.error == "invalid_grant")
            #expect(try await signet.exchange(code, as: app).error == "invalid_grant")
        }
    }

    @Test func `another client's try does not touch the code`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let thief = try await signet.register("thief")
        let code = try await signet.code(for: app, user: user)
        #expect(try await signet.exchange(code, as: thief).error == "invalid_grant")
        #expect(try await signet.exchange(code, as: app).status == .ok)
    }

    @Test func `a code lives a minute`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let code = try await signet.code(for: app, user: user)
        signet.time.advance(60)
        #expect(try await signet.exchange(code, as: app).error == "invalid_grant")
    }

    @Test func `a verifier is needed, and the address only where it is sent`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let code = try await signet.code(for: app, user: user)
        let without = try await signet.form(
            "/token", [("grant_type", "authorization_code"), ("code", ByteString(code))], as: app)
        #expect(without.error == "invalid_request")
        #expect(try await signet.exchange(code, as: app, redirectURI: nil).status == .ok)
    }

    @Test func `an access token tells of its user what was agreed to`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada", roles: ["admin"])
        let app = try await signet.register("app")
        for (scope, told) in [
            (["openid"], []), (["openid", "profile"], ["preferred_username"]), (["openid", "roles"], ["roles"]),
        ] as [([ByteString], [ByteString])] {
            let answer = try await signet.exchange(
                try await signet.code(for: app, user: user, scope: scope), as: app)
            let claims = try TestInstallation.claims(answer.access)
            #expect(["preferred_username", "roles", "groups"].filter { claims[$0] != nil } == told)
        }
    }

    @Test func `a client's rules say what else its tokens tell, and can be looked at beforehand`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada", roles: ["admin", "user"])
        let rules: [JSON] = [
            ["claim": "tenant", "value": "acme"], ["claim": "roles", "from": "roles", "only": ["user"]],
            ["claim": "level", "from": "roles", "map": ["admin": "high"], "first": true, "in": ["id_token"]],
        ]
        let app = try await signet.register("app") {
            $0.claimRules = rules.compactMap { try? ClaimRule($0.object ?? JSONObject()) }
        }
        let answer = try await signet.exchange(
            try await signet.code(for: app, user: user, scope: ["openid", "roles"]), as: app)
        let access = try TestInstallation.claims(answer.access)
        let identity = try TestInstallation.claims(answer.json["id_token"]?.string?.text ?? "")
        #expect(access["tenant"] == "acme" && access["roles"] == ["user"] && access["level"] == nil)
        #expect(identity["tenant"] == "acme" && identity["roles"] == ["user"] && identity["level"] == "high")
        #expect(access["sub"] == .string(ByteString(user.id)))
        #expect(signet.gatewayRefuses(answer.access) == nil)

        let seen = try await signet.manage(.post, "/clients/app/claims", ["user": "ada", "scope": "openid roles"])
        #expect(seen.json["access_token"] == ["tenant": "acme", "roles": ["user"]])
        let other: JSONObject = ["user": "ada", "scope": "openid", "claims": [["claim": "who", "from": "name"]]]
        #expect(try await signet.manage(.post, "/clients/app/claims", other).json["id_token"] == ["who": "ada"])
        #expect(try await signet.manage(.get, "/clients/app").json["claims"] == .array(rules))
        let bad: JSONObject = ["user": "ada", "claims": [["claim": "sub", "value": "root"]]]
        #expect(try await signet.manage(.post, "/clients/app/claims", bad).error == "invalid_client_metadata")
    }
}
