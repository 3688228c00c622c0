import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import OAuth
import Storage
import Testing
import Tokens

@testable import TokenService

@Suite struct IntrospectionTests {
    @Test func `a client learns of its own tokens until they end`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let tokens = try await signet.exchange(try await signet.code(for: app, user: user), as: app)
        func isActive(_ token: String, as client: TestClient) async throws -> Bool? {
            try await signet.form("/introspect", [("token", ByteString(token))], as: client).json["active"]?.bool
        }
        let said = try await signet.form("/introspect", [("token", ByteString(tokens.access))], as: app)
        #expect(said.json["active"] == true)
        #expect(said.json["sub"]?.string == ByteString(user.id))
        #expect(said.json["client_id"] == "app")
        #expect(said.headers[.cacheControl] == "no-store")
        #expect(try await isActive(tokens.refresh, as: app) == true)

        // Somebody else's client, a token of nobody, one of another issuer.
        let other = try await signet.register("other")
        let foreign = try TokenSigner(key: SigningKey.generate(.es256), type: "at+jwt").sign(claims: ["iss": "x"])
        for (token, client) in [
            (tokens.access, other), (tokens.refresh, other), ("nothing", app), (foreign, app),
            (OpaqueToken(.refresh).text, app),
        ] {
            let answer = try await signet.form("/introspect", [("token", ByteString(token))], as: client)
            #expect(answer.status == .ok)
            #expect(answer.json == ["active": false])
        }
        #expect(try await signet.form("/revoke", [("token", ByteString(tokens.refresh))], as: app).status == .ok)
        #expect(try await isActive(tokens.access, as: app) == false)
        #expect(try await isActive(tokens.refresh, as: app) == false)
    }

    @Test func `an API learns of tokens that are for it, and our own clients of all`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app") { $0.audiences = ["orders"] }
        let api = try await signet.register("orders")
        let gateway = try await signet.register("gateway") { $0.isFirstParty = true }
        let tokens = try await signet.exchange(try await signet.code(for: app, user: user), as: app)
        for client in [api, gateway] {
            let answer = try await signet.form("/introspect", [("token", ByteString(tokens.access))], as: client)
            #expect(answer.json["active"] == true)
        }
    }

    @Test func `nobody asks without proving who it is`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("public") { $0.authentication = .none }
        let answer = try await signet.form("/introspect", [("token", "x")], as: app)
        #expect(answer.status == .unauthorized)
        #expect(answer.error == "invalid_client")
        #expect(try await signet.form("/introspect", [("token", "x")]).status == .unauthorized)
    }

    @Test func `a client revokes its own tokens, and another's are as good as unknown`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let other = try await signet.register("other")
        let tokens = try await signet.exchange(try await signet.code(for: app, user: user), as: app)
        for token in [tokens.access, tokens.refresh, "nothing"] {
            #expect(try await signet.form("/revoke", [("token", ByteString(token))], as: other).status == .ok)
        }
        #expect(signet.gatewayRefuses(tokens.access) == nil)
        #expect(try await signet.form("/revoke", [("token", ByteString(tokens.access))], as: app).status == .ok)
        #expect(signet.gatewayRefuses(tokens.access) == .tokenRevoked)
        #expect(try await signet.form("/revoke", [("token", "x")]).error == "invalid_client")
    }

    @Test func `userinfo tells what the scope opens, and only to openid`() async throws {
        let signet = try await TestInstallation.start()
        let user = UserRecord(
            id: UserRecord.makeID(), name: "ada", roles: ["user"],
            profile: ["name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true, "phone_number": "1"],
            password: "", isActive: true)
        let now = signet.time.now
        try await signet.store.write { try user.insert(now: now, in: $0) }
        let app = try await signet.register("app") { $0.audiences = ["elsewhere"] }
        func tell(_ scope: [ByteString]) async throws -> Answer {
            let tokens = try await signet.exchange(try await signet.code(for: app, user: user, scope: scope), as: app)
            return try await signet.get("/userinfo", bearer: tokens.access)
        }
        #expect(try await tell(["openid"]).json == ["sub": .string(ByteString(user.id))])
        let more = try await tell(["openid", "profile", "email"])
        #expect(more.json["name"] == "Ada Lovelace")
        #expect(more.json["email"] == "ada@example.com")
        #expect(more.json["phone_number"] == nil)
        let less = try await tell(["profile"])
        #expect(less.status == .forbidden)
        #expect(less.headers[.wwwAuthenticate]?.contains("insufficient_scope") == true)
        #expect(try await signet.get("/userinfo").status == .unauthorized)
        let tokens = try await signet.exchange(try await signet.code(for: app, user: user), as: app)
        let idToken = try #require(tokens.json["id_token"]?.string?.text)
        #expect(try await signet.get("/userinfo", bearer: idToken).status == .unauthorized)
    }

    @Test func `both metadata addresses say the same, and every address they name answers`() async throws {
        let signet = try await TestInstallation.start()
        let document = try await signet.get("/.well-known/openid-configuration").json
        #expect(try await signet.get("/.well-known/oauth-authorization-server").json == document)
        #expect(document["issuer"]?.string == TestInstallation.issuer)
        #expect(document["code_challenge_methods_supported"] == ["S256"])
        let addresses = document.members.filter { $0.name.text.hasSuffix("_endpoint") || $0.name == "jwks_uri" }
        #expect(addresses.count >= 5)
        for address in addresses {
            let text = try #require(address.value.string?.text)
            #expect(text.hasPrefix("http://localhost:8080/"))
            let path = String(text.dropFirst("http://localhost:8080".count))
            #expect(try await signet.get(path).status != .notFound)
        }
    }
}

@Suite struct IntrospectionMemoryTests {
    @Test func `a token that was looked at before is looked at again when something changed`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app") {
            $0.grants = [.clientCredentials]
            $0.scope = Scope(["orders"])
        }
        let http = Application(router: signet.router)
        try await http.test(.router) { client in
            func isActive(_ token: String) async throws -> Bool {
                try await signet.form("/introspect", [("token", ByteString(token))], as: app, client)
                    .json["active"] == true
            }
            func token() async throws -> String {
                try await signet.form("/token", [("grant_type", "client_credentials")], as: app, client).access
            }
            let revoked = try await token()
            for _ in 0..<2 { #expect(try await isActive(revoked)) }
            _ = try await signet.form("/revoke", [("token", ByteString(revoked))], as: app, client)
            #expect(try await !isActive(revoked))
            let old = try await token()
            #expect(try await isActive(old))
            signet.time.advance(300)
            #expect(try await !isActive(old))
            let shutOut = try await token()
            #expect(try await isActive(shutOut))
            try await signet.service.keyring.rotate(.es256, .emergency, by: .server)
            #expect(try await !isActive(shutOut))
            let next = try await token()
            #expect(try await isActive(next))
        }
    }
}
