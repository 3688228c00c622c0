import Codecs
import HTTPTypes
import OAuth
import Testing

@testable import TokenService

@Suite struct RegistrationTests {
    private let usual: JSONObject = [
        "client_name": "An app", "redirect_uris": ["https://app.example/back"],
        "logo_uri": "https://app.example/logo.png",
        "contacts": ["ops@app.example"],
    ]

    @Test func `a client that registers itself is one like others`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let token = try #require(
            try await signet.manage(.post, "/registration-tokens", [:]).json["registration_token"]?.string?.text)
        let made = try await signet.post("/register", usual, bearer: token)
        #expect(made.status == .created)
        #expect(made.json["client_secret_expires_at"] == 0)
        #expect(made.json["first_party"] == false)
        let id = try #require(made.json["client_id"]?.string)
        #expect(id.bytes.starts(with: "dyn_".utf8))
        let record = try #require(signet.service.clients.record(id))
        let app = TestClient(client: record.client, secret: made.json["client_secret"]?.string?.text)
        #expect(try await signet.exchange(try await signet.code(for: app, user: user), as: app).status == .ok)
        // The token works for more than one client, and for a day.
        #expect(try await signet.post("/register", usual, bearer: token).json["client_id"]?.string != id)
        signet.time.advance(RegistrationTokenRecord.lifetime)
        #expect(try await signet.post("/register", usual, bearer: token).status == .unauthorized)
    }

    @Test func `without the operator's token nobody registers, and with it nobody gets more than is owed`() async throws
    {
        let signet = try await TestInstallation.start()
        try await signet.addUser("root", roles: ["admin"])
        let admin = try await signet.login("root").access
        for bearer in [nil, "x", admin, OpaqueToken(.registration).text] {
            #expect(try await signet.post("/register", usual, bearer: bearer).code == "registration-refused")
        }
        let token = try await signet.manage(.post, "/registration-tokens", [:]).json["registration_token"]?.string?.text
        for change: (ByteString, JSON) in [
            ("grant_types", ["client_credentials"]), ("grant_types", ["password"]), ("scope", "openid orders"),
            ("scope", "signet:manage"),
            ("redirect_uris", ["http://127.0.0.1/back"]), ("redirect_uris", ["com.example.app:/back"]),
            ("redirect_uris", []), ("redirect_uris", ["javascript:alert(1)"]),
            ("token_endpoint_auth_method", "tls_client_auth"), ("response_types", ["token"]),
        ] {
            var document = usual
            document[change.0] = change.1
            let refused = try await signet.post("/register", document, bearer: token)
            #expect(refused.status == .badRequest)
            #expect(["invalid_client_metadata", "invalid_redirect_uri"].contains(refused.error), "\(change)")
        }
        // What is not its own to say is passed over.
        var greedy = usual
        for (name, value) in [
            ("backchannel_logout_uri", "https://10.0.0.1/"), ("first_party", true), ("audiences", ["bank"]),
            ("client_id", "web"), ("access_token_lifetime", 86_400),
            ("claims", [["claim": "roles", "value": ["admin"]]]), ("management", true),
        ] as [(ByteString, JSON)] { greedy[name] = value }
        let made = try await signet.post("/register", greedy, bearer: token)
        #expect(made.status == .created)
        #expect(made.json["first_party"] == false && made.json["audiences"] == [] && made.json["claims"] == nil)
        #expect(made.json["backchannel_logout_uri"] == nil && made.json["management"] == nil)
        #expect(made.json["client_id"] != "web" && made.json["access_token_lifetime"] == nil)
    }
}
