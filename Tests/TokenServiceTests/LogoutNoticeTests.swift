import Codecs
import HTTPTypes
import JOSE
import OAuth
import Storage
import Synchronization
import Testing
import Tokens

@testable import TokenService

@Suite struct LogoutNoticeTests {
    /// What clients were told, in order.
    private final class Mailbox: Sendable {
        private let letters = Mutex<[(address: String, token: String)]>([])

        var all: [(address: String, token: String)] { letters.withLock { $0 } }

        func put(_ address: String, _ form: String) {
            let token = (try? FormURLEncoded.decode(Array(form.utf8)))?.first { $0.name == "logout_token" }?.value.text
            letters.withLock { $0.append((address, token ?? "")) }
        }

        func wait(for count: Int) async throws {
            for _ in 0..<500 where all.count < count { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    @Test func `the client of a session that is over is told, in a token of its own kind`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let address: ByteString = "https://app.example/logout"
        let app = try await signet.register("app") {
            $0.isFirstParty = true
            $0.backChannelLogoutURI = address
        }
        let quiet = try await signet.register("quiet") { $0.isFirstParty = true }
        let mailbox = Mailbox()
        let running = Task {
            await signet.service.runLogoutNotices { address, form in
                mailbox.put(address, form)
                return true
            }
        }
        defer { running.cancel() }
        let browser = TestBrowser(signet)
        let page = try await browser.signIn("ada", for: app)
        let tokens = try await signet.exchange(try #require(page.parameter("code")), as: app)
        let other = try await browser.authorize(quiet)
        _ = try await signet.exchange(try #require(other.parameter("code")), as: quiet)
        _ = try await browser.post("/end-session", [("confirmed", "yes")])
        try await mailbox.wait(for: 1)
        let letter = try #require(mailbox.all.first)
        #expect(mailbox.all.count == 1)
        #expect(letter.address == address.text)
        let policy = ClaimPolicy.logoutToken(
            issuer: TestInstallation.issuer, clientID: "app", algorithms: [.es256])
        let claims = try TokenVerifier(keys: signet.service.keySet, policy: policy)
            .verify(Array(letter.token.utf8), now: signet.time.now).claims
        let access = try TestInstallation.claims(tokens.access)
        #expect(claims.sessionID == access["sid"]?.string)
        #expect(claims.subject == access["sub"]?.string)
        #expect(claims.value(named: "nonce") == nil)
    }

    /// Every way in which a session at a browser ends.
    enum End: CaseIterable {
        case atTheClient, atTheAccount, byTheOperator, bySomebodyElse, byItself, bySigningOutEverywhere
    }

    @Test(arguments: End.allCases)
    func `a grant that goes on loses its session, however that ends`(end: End) async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        try await signet.addUser("eve")
        let app = try await signet.register("app") {
            $0.isFirstParty = true
            $0.backChannelLogoutURI = "https://app.example/logout"
        }
        let mailbox = Mailbox()
        let running = Task {
            await signet.service.runLogoutNotices { address, form in
                mailbox.put(address, form)
                return true
            }
        }
        defer { running.cancel() }
        func refresh(_ tokens: Answer) async throws -> Answer {
            try await signet.form(
                "/token", [("grant_type", "refresh_token"), ("refresh_token", ByteString(tokens.refresh))], as: app)
        }
        let browser = TestBrowser(signet)
        // Two grants of one session: one goes on, the other does not.
        let page = try await browser.signIn("ada", for: app, scope: "openid offline_access")
        var lasting = try await signet.exchange(try #require(page.parameter("code")), as: app)
        let other = try await browser.authorize(app)
        var bound = try await signet.exchange(try #require(other.parameter("code")), as: app)
        let list = try await signet.manage(.get, "/users/ada/sessions").json["sessions"]?.array ?? []
        let session = try #require(list.first { $0.object?["kind"] == "browser" }?.object?["id"]?.string?.text)
        switch end {
        case .atTheClient: _ = try await browser.post("/end-session", [("confirmed", "yes")])
        case .atTheAccount: _ = try await browser.post("/account/sessions/end", [("session", session)])
        case .byTheOperator: #expect(try await signet.manage(.post, "/sessions/\(session)/end").status == .ok)
        case .bySomebodyElse: _ = try await browser.signIn("eve", for: app, [("prompt", "login")])
        case .byItself:
            // The last access tokens would be good for a while.
            signet.time.advance(BrowserSessionRecord.idleLifetime - 100)
            (lasting, bound) = (try await refresh(lasting), try await refresh(bound))
            signet.time.advance(100)
            try await signet.service.sweep()
        case .bySigningOutEverywhere: #expect(try await signet.manage(.post, "/users/ada/sign-out").status == .ok)
        }
        try await mailbox.wait(for: 2)
        let told = try mailbox.all.map { try TestInstallation.claims($0.token) }
        #expect(told.count == 2)
        for tokens in [lasting, bound] {
            let access = try TestInstallation.claims(tokens.access)
            #expect(told.contains { $0["sid"] == access["sid"] && $0["sub"] == access["sub"] })
            let claims = try Claims(access)
            #expect(signet.service.revocations.snapshot.revokes(claims))
        }
        #expect(try await refresh(bound).error == "invalid_grant")
        let later = try await refresh(lasting)
        guard end != .bySigningOutEverywhere else {
            #expect(later.error == "invalid_grant")
            return
        }
        #expect(signet.gatewayRefuses(later.access) == nil)
        let sid = try TestInstallation.claims(later.access)["sid"]
        #expect(try sid != TestInstallation.claims(lasting.access)["sid"])
        let asked = try await signet.form("/introspect", [("token", ByteString(later.refresh))], as: app)
        #expect(asked.json["sid"] == sid)
        // It is over when it is ended itself, and its client hears of that session, too.
        _ = try await signet.form("/revoke", [("token", ByteString(later.refresh))], as: app)
        try await mailbox.wait(for: 3)
        #expect(try mailbox.all.last.map { try TestInstallation.claims($0.token)["sid"] } == sid)
        #expect(signet.gatewayRefuses(later.access) == .tokenRevoked)
    }

    @Test func `a grant goes on with whoever signs in again, and what was told stays told after a restart`()
        async throws
    {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let app = try await signet.register("app") { $0.isFirstParty = true }
        let browser = TestBrowser(signet)
        let page = try await browser.signIn("ada", for: app, scope: "openid offline_access")
        let tokens = try await signet.exchange(try #require(page.parameter("code")), as: app)
        _ = try await browser.signIn("ada", for: app, [("prompt", "login")])
        #expect(signet.gatewayRefuses(tokens.access) == nil)
        _ = try await browser.post("/end-session", [("confirmed", "yes")])
        #expect(signet.gatewayRefuses(tokens.access) == .tokenRevoked)
        let (folder, time) = (signet.folder, signet.time)
        try signet.store.close()
        let again = try await TestInstallation.start(in: folder, time: time)
        #expect(again.gatewayRefuses(tokens.access) == .tokenRevoked)
        let later = try await again.form(
            "/token", [("grant_type", "refresh_token"), ("refresh_token", ByteString(tokens.refresh))], as: app)
        #expect(again.gatewayRefuses(later.access) == nil)
    }

    @Test func `a client that does not answer is asked again, and holds up nobody`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let app = try await signet.register("app") {
            $0.isFirstParty = true
            $0.backChannelLogoutURI = "https://app.example/logout"
        }
        let tries = Mutex(0)
        let running = Task {
            await signet.service.runLogoutNotices { _, _ in
                tries.withLock {
                    $0 += 1
                    return $0 > 1
                }
            }
        }
        defer { running.cancel() }
        let browser = TestBrowser(signet)
        let page = try await browser.signIn("ada", for: app)
        let tokens = try await signet.exchange(try #require(page.parameter("code")), as: app)
        _ = try await signet.manage(.post, "/users/ada/disable")
        #expect(signet.gatewayRefuses(tokens.access) == .tokenRevoked)
        for _ in 0..<500 where tries.withLock({ $0 }) < 2 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(tries.withLock { $0 } == 2)
    }
}
