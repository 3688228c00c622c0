import Codecs
import HTTPTypes
import JOSE
import OAuth
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
