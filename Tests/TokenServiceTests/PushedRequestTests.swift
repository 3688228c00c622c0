import Codecs
import HTTPTypes
import OAuth
import Testing

@testable import TokenService

@Suite struct PushedRequestTests {
    private func parameters(_ client: TestClient, scope: ByteString = "openid") -> [(ByteString, ByteString)] {
        [
            ("response_type", "code"), ("redirect_uri", TestInstallation.redirectURI), ("scope", scope),
            ("code_challenge", TestInstallation.challenge?.text ?? ""), ("code_challenge_method", "S256"),
            ("state", "s 1"),
        ]
    }

    private func path(_ client: ByteString, _ uri: ByteString) -> String {
        "/authorize?" + FormURLEncoded.encode([.init("client_id", client), .init("request_uri", uri)])
    }

    @Test func `a pushed request is begun by its name, once`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let app = try await signet.register("app") {
            $0.isFirstParty = true
            $0.requiresPushedRequests = true
        }
        let pushed = try await signet.form("/par", parameters(app), as: app)
        #expect(pushed.status == .created)
        #expect(pushed.json["expires_in"] == 90)
        let uri = try #require(pushed.json["request_uri"]?.string)
        let browser = TestBrowser(signet)
        let begun = try await browser.get(path("app", uri))
        #expect(begun.status == .seeOther)
        let signedIn = try await browser.post(
            "/sign-in/password",
            [
                ("transaction", begun.parameter("transaction") ?? ""), ("name", "ada"),
                ("password", TestInstallation.password),
            ])
        let done = try await browser.get(try #require(signedIn.location))
        #expect(done.parameter("state") == "s 1")
        #expect(try await signet.exchange(try #require(done.parameter("code")), as: app).status == .ok)
        let again = try await browser.get(path("app", uri))
        #expect(again.status == .badRequest)
        #expect(again.html.contains("invalid_request_uri"))
    }

    @Test func `a name is nothing to another client, and over after 90 seconds`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app")
        _ = try await signet.register("thief")
        let uri = try #require(try await signet.form("/par", parameters(app), as: app).json["request_uri"]?.string)
        #expect(try await TestBrowser(signet).get(path("thief", uri)).status == .badRequest)
        signet.time.advance(90)
        #expect(try await TestBrowser(signet).get(path("app", uri)).status == .badRequest)
    }

    @Test func `what is wrong is said when it is pushed`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app")
        #expect(try await signet.form("/par", parameters(app)).error == "invalid_client")
        #expect(try await signet.form("/par", parameters(app, scope: "openid root"), as: app).error == "invalid_scope")
        let nested = parameters(app) + [("request_uri", "urn:ietf:params:oauth:request_uri:x")]
        #expect(try await signet.form("/par", nested, as: app).error == "invalid_request")
        let elsewhere = parameters(app).map { $0.0 == "redirect_uri" ? ($0.0, "https://evil.example/") : $0 }
        #expect(try await signet.form("/par", elsewhere, as: app).error == "invalid_request")
    }

    @Test func `a client that must push cannot begin otherwise`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app") { $0.requiresPushedRequests = true }
        let answer = try await TestBrowser(signet).authorize(app)
        #expect(answer.parameter("error") == "invalid_request")
    }
}
