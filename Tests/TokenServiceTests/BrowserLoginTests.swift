import Codecs
import HTTPTypes
import OAuth
import Storage
import Testing
import Tokens

@testable import TokenService

@Suite struct BrowserLoginTests {
    @Test func `what came of a login ends with the login that took its place`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let app = try await signet.register("app") { $0.isFirstParty = true }
        let browser = TestBrowser(signet)
        let first = try await signet.exchange(
            try #require(try await browser.signIn("ada", for: app).parameter("code")), as: app)
        _ = try await browser.signIn("ada", for: app, [("prompt", "login")])
        #expect(signet.gatewayRefuses(first.access) == nil)
        _ = try await browser.post("/end-session", [("confirmed", "yes")])
        #expect(signet.gatewayRefuses(first.access) == .tokenRevoked)
    }

    @Test func `what came of somebody's login ends when somebody else signs in at the browser`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        try await signet.addUser("bob")
        let app = try await signet.register("app") { $0.isFirstParty = true }
        let browser = TestBrowser(signet)
        let first = try await signet.exchange(
            try #require(try await browser.signIn("ada", for: app).parameter("code")), as: app)
        let second = try await signet.exchange(
            try #require(try await browser.signIn("bob", for: app, [("prompt", "login")]).parameter("code")), as: app)
        #expect(signet.gatewayRefuses(first.access) == .tokenRevoked)
        #expect(signet.gatewayRefuses(second.access) == nil)
    }

    @Test func `a store that fails is a page, too`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app")
        try signet.store.close()
        let page = try await TestBrowser(signet).authorize(app)
        #expect(page.status == .serviceUnavailable)
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(page.html.contains("cannot store anything now"))
    }

    @Test func `after a form a page leads to the application, and no redirect of ours does`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let goodbye = try RedirectURI(registering: "https://app.example/bye?a=1&b")
        let app = try await signet.register("app") { client in
            client.isFirstParty = true
            client.postLogoutRedirectURIs = [goodbye]
        }
        let browser = TestBrowser(signet)
        let page = try await browser.signIn("ada", for: app)
        #expect(page.status == .ok && page.headers[.location] == nil)
        #expect(page.location?.hasPrefix("https://app.example/back?code=sgc_") == true)
        #expect(page.headers[.cacheControl] == "no-store")
        #expect(page.headers[.contentSecurityPolicy]?.contains("form-action 'self';") == true)
        let signOut: [(ByteString, String)] = [
            ("confirmed", "yes"), ("client_id", "app"), ("post_logout_redirect_uri", goodbye.text.text),
        ]
        // Nobody was asked: no form of ours led here.
        let silent = try await browser.authorize(app)
        #expect(silent.status == .seeOther && silent.parameter("code") != nil)
        let bye = try await browser.post("/end-session", signOut)
        #expect(bye.status == .ok && bye.location == goodbye.text.text)
        #expect(bye.html.contains("href=\"https://app.example/bye?a=1&amp;b\""))
    }

    @Test func `an app of a scheme of its own is opened by a redirect, which the page allows`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let address: ByteString = "com.example.app:/back"
        let uri = try RedirectURI(registering: address)
        let app = try await signet.register("app") { client in
            client.isFirstParty = true
            client.redirectURIs = [uri]
        }
        let browser = TestBrowser(signet)
        let asking: [(ByteString, String)] = [
            ("client_id", app.client.id.text), ("response_type", "code"), ("redirect_uri", address.text),
            ("scope", "openid"),
            ("code_challenge", TestInstallation.challenge?.text.text ?? ""), ("code_challenge_method", "S256"),
        ]
        let query = FormURLEncoded.encode(asking.map { FormURLEncoded.Pair($0.0, ByteString($0.1)) })
        let begun = try await browser.get("/authorize?\(query)")
        let asked = try await browser.get(begun.location ?? "")
        #expect(asked.headers[.contentSecurityPolicy]?.contains("form-action 'self' com.example.app:;") == true)
        let signedIn = try await browser.post(
            "/sign-in/password",
            [
                ("transaction", begun.parameter("transaction") ?? ""), ("name", "ada"),
                ("password", TestInstallation.password),
            ])
        let done = try await browser.get(signedIn.location ?? "")
        #expect(done.status == .seeOther)
        #expect(done.headers[.location]?.hasPrefix("com.example.app:/back?code=sgc_") == true)
    }
}
