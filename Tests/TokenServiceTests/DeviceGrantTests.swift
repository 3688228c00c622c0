import Codecs
import HTTPTypes
import OAuth
import Testing

@testable import TokenService

@Suite struct DeviceGrantTests {
    private func start() async throws -> (TestInstallation, TestClient) {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let app = try await signet.register("tv") {
            $0.authentication = .none
            $0.grants = [.deviceCode, .refreshToken]
            $0.redirectURIs = []
        }
        return (signet, app)
    }

    private func begin(_ signet: TestInstallation, _ app: TestClient) async throws -> (code: ByteString, user: String) {
        let begun = try await signet.form("/device_authorization", [("scope", "openid profile")], as: app)
        #expect(begun.status == .ok)
        #expect(begun.json["verification_uri"] == "http://localhost:8080/device")
        #expect(begun.json["interval"] == 5)
        let user = try #require(begun.json["user_code"]?.string?.text)
        #expect(
            begun.json["verification_uri_complete"]?.string?.text == "http://localhost:8080/device?user_code=\(user)")
        return (try #require(begun.json["device_code"]?.string), user)
    }

    private func ask(_ signet: TestInstallation, _ app: TestClient, _ code: ByteString) async throws -> Answer {
        try await signet.form(
            "/token", [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code)], as: app)
    }

    /// Signs in on the way to the device's page.
    private func open(_ browser: TestBrowser, _ code: String) async throws -> TestBrowser.Page {
        let led = try await browser.get("/device?user_code=\(code)")
        guard let transaction = led.parameter("transaction") else { return led }
        let back = try await browser.post(
            "/sign-in/password",
            [("transaction", transaction), ("name", "ada"), ("password", TestInstallation.password)])
        return try await browser.get(back.location ?? "")
    }

    @Test func `a device gets its tokens once somebody said yes, once`() async throws {
        let (signet, app) = try await start()
        let (code, user) = try await begin(signet, app)
        #expect(try await ask(signet, app, code).error == "authorization_pending")
        let browser = TestBrowser(signet)
        let page = try await open(browser, user.lowercased().replacing("-", with: ""))
        #expect(page.html.contains("Connect A client?"))
        #expect(page.html.contains(user))
        let done = try await browser.post("/device", [("user_code", user), ("decision", "allow")])
        #expect(done.html.contains("The device is connected"))
        signet.time.advance(5)
        let tokens = try await ask(signet, app, code)
        #expect(tokens.status == .ok)
        #expect(tokens.json["scope"] == "openid profile")
        #expect(try TestInstallation.claims(tokens.json["id_token"]?.string?.text ?? "")["aud"] == "tv")
        #expect(signet.gatewayRefuses(tokens.access) == nil)
        #expect(try await ask(signet, app, code).error == "expired_token")
        // It goes on when the person signs out at the browser, and can be ended by them.
        _ = try await browser.post("/end-session", [("confirmed", "yes")])
        #expect(signet.gatewayRefuses(tokens.access) == nil)
    }

    @Test func `a no, no answer and a hurry are told apart`() async throws {
        let (signet, app) = try await start()
        let (code, user) = try await begin(signet, app)
        #expect(try await ask(signet, app, code).error == "authorization_pending")
        #expect(try await ask(signet, app, code).error == "slow_down")
        signet.time.advance(5)
        // The interval is longer by five seconds now.
        #expect(try await ask(signet, app, code).error == "slow_down")
        signet.time.advance(16)
        #expect(try await ask(signet, app, code).error == "authorization_pending")
        let browser = TestBrowser(signet)
        _ = try await open(browser, user)
        _ = try await browser.post("/device", [("user_code", user), ("decision", "deny")])
        #expect(try await ask(signet, app, code).error == "access_denied")
        let late = try await begin(signet, app)
        signet.time.advance(600)
        #expect(try await ask(signet, app, late.code).error == "expired_token")
    }

    @Test func `codes of others, forms of others and guesses lead nowhere`() async throws {
        let (signet, app) = try await start()
        let other = try await signet.register("other") {
            $0.authentication = .none
            $0.grants = [.deviceCode]
        }
        let (code, user) = try await begin(signet, app)
        #expect(try await ask(signet, other, code).error == "invalid_grant")
        let browser = TestBrowser(signet)
        _ = try await open(browser, user)
        let foreign = try await browser.post("/device", [("user_code", user), ("decision", "allow")], headers: [:])
        #expect(foreign.status == .forbidden)
        let stranger = try await TestBrowser(signet).post("/device", [("user_code", user), ("decision", "allow")])
        #expect(stranger.status == .badRequest)
        var last = HTTPResponse.Status.ok
        for letter in "BCDFGHJK" {
            last = try await browser.get("/device?user_code=\(String(repeating: letter, count: 8))").status
        }
        #expect(last == .tooManyRequests)
        #expect(try await ask(signet, app, code).error == "authorization_pending")
    }

    @Test func `of many questions at once one gets the tokens`() async throws {
        let (signet, app) = try await start()
        let (code, user) = try await begin(signet, app)
        let browser = TestBrowser(signet)
        _ = try await open(browser, user)
        _ = try await browser.post("/device", [("user_code", user), ("decision", "allow")])
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<20 { group.addTask { try await ask(signet, app, code) } }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.filter { $0.status == .ok }.count == 1)
        #expect(answers.filter { $0.error == "expired_token" }.count == 19)
    }

    @Test func `a client needs the grant, and gets no scope that it may not have`() async throws {
        let (signet, app) = try await start()
        let web = try await signet.register("web")
        #expect(try await signet.form("/device_authorization", [], as: web).error == "unauthorized_client")
        #expect(
            try await signet.form("/device_authorization", [("scope", "admin")], as: app).error == "invalid_scope")
    }
}
