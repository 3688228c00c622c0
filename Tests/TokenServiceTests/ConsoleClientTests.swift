import Codecs
import ControlPlane
import HTTPTypes
import OAuth
import Storage
import TestSupport
import Testing
import Tokens

@testable import TokenService

@Suite struct ConsoleClientTests {
    @Test func `the console's client is there without being registered, and is told as built in`() async throws {
        let signet = try await TestInstallation.start()
        let told = try await signet.manage(.get, "/clients/console").json
        #expect(told["built_in"] == true)
        #expect(told["management"] == true)
        #expect(told["first_party"] == true)
        #expect(told["token_endpoint_auth_method"] == "none")
        #expect(told["scope"] == "openid profile signet:manage")
        #expect(told["grant_types"] == ["authorization_code", "refresh_token"])
        for member in ["redirect_uris", "post_logout_redirect_uris"] {
            #expect(told[ByteString(member)] == ["http://localhost:8080/console/"])
        }
        let app = try await signet.register("app")
        #expect(try await signet.manage(.get, "/clients/\(app.client.id.text)").json["built_in"] == false)
    }

    @Test func `nobody replaces, deletes or registers it, and disabling it lasts`() async throws {
        let folder = try TemporaryFolder()
        let signet = try await TestInstallation.start(in: folder)
        let document: JSONObject = ["client_id": "console", "redirect_uris": ["https://elsewhere.example/"]]
        #expect(try await signet.manage(.put, "/clients/console", document).code == "client-built-in")
        #expect(try await signet.manage(.delete, "/clients/console").code == "client-built-in")
        #expect(try await signet.manage(.post, "/clients", document).code == "client-metadata-invalid")
        #expect(try await signet.manage(.post, "/clients/console/disable").status == .ok)
        #expect(signet.service.clients.active("console") == nil)
        try signet.store.close()
        let again = try await TestInstallation.start(in: folder) { $0.issuer = "https://signet.example" }
        let record = try #require(again.service.clients.record("console"))
        #expect(!record.isActive)
        #expect(record.client.redirectURIs.map(\.text) == ["https://signet.example/console/"], "it follows the issuer")
        #expect(try await again.manage(.post, "/clients/console/enable").json["active"] == true)
    }

    @Test func `whatever had its id before is forgotten, and what it was given is no good`() async throws {
        let folder = try TemporaryFolder()
        let signet = try await TestInstallation.start(in: folder)
        let user = try await signet.addUser("ada", serverRole: .owner)
        var client = Client(id: "console", name: "Somebody's")
        client.redirectURIs = [try RedirectURI(registering: TestInstallation.redirectURI)]
        let (other, now) = (ClientRecord(client: client, secretHash: [1], isActive: true), signet.time.now)
        let grant = Grant(
            userID: user.id, clientID: "console", scope: Client.usualScope, audiences: ["demo"], authenticated: now,
            methods: ["pwd"], browserSession: nil, keyThumbprint: nil)
        try await signet.store.write { transaction in
            _ = try other.update(now: now, in: transaction)
            try FamilyRecord(
                id: "f", session: "f", grant: grant, isLive: true, expires: now + 1_000, accessExpires: now
            ).insert(now: now, in: transaction)
        }
        try signet.store.close()
        let again = try await TestInstallation.start(in: folder, time: signet.time)
        let record = try #require(again.service.clients.record("console"))
        #expect(record.secretHash == nil)
        #expect(record.client == ConsoleClient.make(issuer: TestInstallation.issuer))
        #expect(try await again.store.read { try FamilyRecord.live(ofClient: "console", now: now, in: $0) }.isEmpty)
        let given = try Claims([
            "iss": .string(TestInstallation.issuer), "client_id": "console", "iat": .number(JSONNumber(now)),
        ])
        #expect(again.service.revocations.snapshot.revokes(given))
    }

    @Test func `an issuer that browsers would not send an answer to has no console's client`() async throws {
        let folder = try TemporaryFolder()
        try (try await TestInstallation.start(in: folder)).store.close()
        let signet = try await TestInstallation.start(in: folder) { $0.issuer = "http://signet.example" }
        #expect(signet.service.clients.record("console") == nil)
        #expect(try await signet.manage(.post, "/clients", ["client_id": "console"]).status == .badRequest)
    }
}
