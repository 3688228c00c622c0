import Codecs
import ControlPlane
import HTTPTypes
import JOSE
import OAuth
import Storage
import Testing
import Tokens

@testable import TokenService

@Suite struct ClientAuthenticationTests {
    @Test func `no client is called as a person is`() async throws {
        let signet = try await TestInstallation.start()
        let ada = try await signet.addUser("ada")
        let taken = [ada.id, "usr_1", "USR_1", "first-party"].map { ByteString($0) }
        for id in taken {
            let document: JSONObject = ["client_id": .string(id), "grant_types": ["client_credentials"]]
            #expect(try await signet.manage(.post, "/clients", document).error == "invalid_client_metadata")
        }
        // One that an earlier version let in gets nothing.
        let secret = OpaqueToken(.clientSecret)
        var client = Client(id: ByteString(ada.id), name: "ada")
        client.grants = [.clientCredentials]
        let record = ClientRecord(client: client, secretHash: secret.hash, isActive: true)
        _ = try await signet.store.write { try record.insert(now: 1, in: $0) }
        let (folder, time) = (signet.folder, signet.time)
        try signet.store.close()
        let again = try await TestInstallation.start(in: folder, time: time)
        let known = TestClient(client: client, secret: secret.text)
        #expect(
            try await again.form("/token", [("grant_type", "client_credentials")], as: known).error == "invalid_client")
    }

    @Test func `private keys that an earlier version kept are forgotten at the start`() async throws {
        let signet = try await TestInstallation.start()
        let key = try SigningKey.generate(.es256)
        let stored: JSONObject = [
            "redirect_uris": ["https://app.example/back"], "token_endpoint_auth_method": "private_key_jwt",
            "jwks": ["keys": [.object(key.privateJWK), ["kty": "oct", "k": "c2VjcmV0"]]],
        ]
        let text = JSONWriter.text(.object(stored))
        _ = try await signet.store.write { transaction in
            try transaction.execute(
                Statement(
                    "INSERT INTO clients (id, state, document, created, changed) VALUES ('app', 'active', ?, 1, 1)",
                    .text(text)))
        }
        let (folder, time) = (signet.folder, signet.time)
        try signet.store.close()
        let again = try await TestInstallation.start(in: folder, time: time)
        let keys = try #require(try await again.manage(.get, "/clients/app").json["jwks"]?.object?["keys"]?.array)
        #expect(keys.count == 1)
        #expect(keys.first?.object?["d"] == nil && keys.first?.object?["x"] == key.privateJWK["x"])
        let rest = try await again.store.read {
            try $0.query(Statement("SELECT document FROM clients")).first?.text("document")
        }
        #expect(rest?.contains("\"d\"") == false && rest?.contains("c2VjcmV0") == false)
    }

    private let grant: [(ByteString, ByteString)] = [("grant_type", "client_credentials")]

    private func service(
        _ signet: TestInstallation, _ id: ByteString, _ method: Client.Authentication = .secretBasic
    ) async throws -> TestClient {
        try await signet.register(id) {
            $0.grants = [.clientCredentials]
            $0.authentication = method
            $0.scope = Scope(["orders:read", "orders:write"])
        }
    }

    @Test func `a secret works by the registered method and by no other`() async throws {
        let signet = try await TestInstallation.start()
        let basic = try await service(signet, "basic")
        let post = try await service(signet, "post", .secretPost)
        for client in [basic, post] { #expect(try await signet.form("/token", grant, as: client).status == .ok) }
        let swapped = try await signet.form(
            "/token", grant + [("client_id", "basic"), ("client_secret", ByteString(basic.secret ?? ""))])
        let other = try await signet.form("/token", grant, authorization: post.basic)
        for answer in [swapped, other] {
            #expect(answer.status == .unauthorized)
            #expect(answer.error == "invalid_client")
            #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Basic") == true)
        }
    }

    @Test func `unknown clients, wrong secrets and missing proofs sound the same`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await service(signet, "app")
        let wrong = TestClient(client: app.client, secret: OpaqueToken(.clientSecret).text)
        let unknown = TestClient(client: Client(id: "nobody", name: "x"), secret: app.secret)
        var said: Set<String> = []
        for answer in [
            try await signet.form("/token", grant, as: wrong), try await signet.form("/token", grant, as: unknown),
            try await signet.form("/token", grant + [("client_id", "app")]),
        ] {
            #expect(answer.status == .unauthorized)
            said.insert(answer.json["error_description"]?.string?.text ?? "")
        }
        #expect(said.count == 1)
    }

    @Test func `two proofs at once are refused, and a name that is not the header's`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await service(signet, "app")
        let both = try await signet.form(
            "/token", grant + [("client_secret", ByteString(app.secret ?? ""))], authorization: app.basic)
        #expect(both.error == "invalid_request")
        let another = try await signet.form("/token", grant + [("client_id", "other")], authorization: app.basic)
        #expect(another.error == "invalid_request")
    }

    @Test func `a disabled client is as good as unknown, and a renewed secret replaces the old one`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await service(signet, "app")
        let renewed = TestClient(
            client: app.client, secret: try await signet.service.clients.renewSecret(of: "app", by: .server).text)
        #expect(try await signet.form("/token", grant, as: app).status == .unauthorized)
        #expect(try await signet.form("/token", grant, as: renewed).status == .ok)
        _ = try await signet.service.clients.replace(app.client, isActive: false, by: .server)
        #expect(try await signet.form("/token", grant, as: renewed).status == .unauthorized)
    }

    @Test func `guessing is slowed down, being right is not`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await service(signet, "app")
        let wrong = TestClient(client: app.client, secret: OpaqueToken(.clientSecret).text)
        var statuses: [HTTPResponse.Status] = []
        for _ in 0..<7 { statuses.append(try await signet.form("/token", grant, as: wrong).status) }
        #expect(statuses.prefix(5).allSatisfy { $0 == .unauthorized })
        #expect(statuses.last == .tooManyRequests)
        #expect(try await signet.form("/token", grant, as: app).status == .ok)
    }

    @Test func `an assertion works once, for this server, for five minutes`() async throws {
        let signet = try await TestInstallation.start()
        let key = try SigningKey.generate(.es256, id: "k1")
        let app = try await signet.register("robot") {
            $0.grants = [.clientCredentials]
            $0.authentication = .privateKeyJWT
            $0.keys = (try? KeySet([key.verificationKey]))?.publicJWKS
        }
        func send(_ change: (inout JSONObject) -> Void = { _ in }, key other: SigningKey? = nil) async throws -> Answer
        {
            var claims: JSONObject = [
                "iss": "robot", "sub": "robot", "aud": .string(TestInstallation.issuer),
                "exp": .number(JSONNumber(signet.time.now + 60)),
                "jti": .string(ByteString(Base64URL.encode(RandomBytes.make(count: 12)))),
            ]
            change(&claims)
            let assertion = try TokenSigner(key: other ?? key).sign(claims: claims)
            return try await signet.form(
                "/token",
                grant + [
                    ("client_assertion", ByteString(assertion)),
                    ("client_assertion_type", ClientCredentials.assertionType),
                ])
        }
        #expect(try await send().status == .ok)
        #expect(try await send { $0["jti"] = "once" }.status == .ok)
        #expect(try await send { $0["jti"] = "once" }.error == "invalid_client")
        #expect(try await send { $0["aud"] = "http://localhost:8080/token" }.error == "invalid_client")
        #expect(try await send { $0["aud"] = [.string(TestInstallation.issuer), "other"] }.error == "invalid_client")
        #expect(try await send { $0["iss"] = "other" }.error == "invalid_client")
        let late = JSON.number(JSONNumber(signet.time.now + 400))
        #expect(try await send { $0["exp"] = late }.error == "invalid_client")
        signet.time.advance(3_600)
        #expect(try await send(key: try SigningKey.generate(.es256, id: "k1")).error == "invalid_client")
        #expect(try await signet.form("/token", grant, as: app).error == "invalid_client")
        #expect(try await send().status == .ok)
    }

    @Test func `a client gets tokens for itself within its scope and audiences`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app") {
            $0.grants = [.clientCredentials]
            $0.scope = Scope(["openid", "orders:read", "orders:write"])
            $0.audiences = ["orders", "invoices"]
            $0.accessTokenLifetime = 60
        }
        let all = try await signet.form("/token", grant, as: app)
        let claims = try TestInstallation.claims(all.access)
        #expect(claims["sub"] == "app")
        #expect(claims["client_id"] == "app")
        #expect(claims["aud"] == ["orders", "invoices"])
        #expect(claims["scope"] == "orders:read orders:write")
        #expect(claims["sid"] == nil)
        #expect(all.json["expires_in"] == 60)
        #expect(all.json["refresh_token"] == nil)
        let less = try await signet.form("/token", grant + [("scope", "orders:read"), ("resource", "orders")], as: app)
        #expect(try TestInstallation.claims(less.access)["aud"] == "orders")
        #expect(less.json["scope"] == "orders:read")
        for scope: ByteString in ["admin", "openid", "orders:read admin"] {
            #expect(try await signet.form("/token", grant + [("scope", scope)], as: app).error == "invalid_scope")
        }
        #expect(try await signet.form("/token", grant + [("audience", "other")], as: app).error == "invalid_target")
    }

    @Test func `grants that a client has not, or nobody has, are refused`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app")
        #expect(try await signet.form("/token", grant, as: app).error == "unauthorized_client")
        for type: ByteString in ["password", "implicit", "urn:x"] {
            #expect(
                try await signet.form("/token", [("grant_type", type)], as: app).error == "unsupported_grant_type")
        }
        #expect(try await signet.form("/token", [], as: app).error == "invalid_request")
    }
}
