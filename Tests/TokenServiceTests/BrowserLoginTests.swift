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
}
