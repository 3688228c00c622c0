import Codecs
import HTTPTypes
import Storage
import Synchronization
import Testing
import Tokens

@testable import TokenService

@Suite struct PasswordResetTests {
    private final class Mailbox: Sendable {
        private let letters = Mutex<[Mail]>([])
        var all: [Mail] { letters.withLock { $0 } }
        func put(_ mail: Mail) { letters.withLock { $0.append(mail) } }
    }

    private func start() async throws -> (TestInstallation, Mailbox) {
        let mailbox = Mailbox()
        let signet = try await TestInstallation.start { $0.mail = { mailbox.put($0) } }
        for (name, email) in [("ada", "ada@example.com"), ("bob", "bob@example.com")] as [(ByteString, JSON)] {
            let password: JSON = .string(ByteString(TestInstallation.password))
            let body: JSONObject = ["name": .string(name), "password": password, "profile": ["email": email]]
            #expect(try await signet.manage(.post, "/users", body).status == .ok)
        }
        return (signet, mailbox)
    }

    /// The link of the last letter, as a path.
    private func link(_ mailbox: Mailbox, _ count: Int = 1) async throws -> String {
        for _ in 0..<300 where mailbox.all.count < count { try await Task.sleep(for: .milliseconds(10)) }
        let text = try #require(mailbox.all.last?.text)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("http://localhost:8080/reset?link=") })
        return String(line.dropFirst("http://localhost:8080".utf8.count))
    }

    private func secret(_ link: String) -> String { String(link.split(separator: "=").last ?? "") }

    @Test func `a link goes to the owner's address and sets a password once`() async throws {
        let (signet, mailbox) = try await start()
        let session = try await signet.login("ada")
        let browser = TestBrowser(signet)
        #expect(try await browser.get("/forgot").status == .ok)
        #expect(try await browser.post("/forgot", [("name", "ada")]).status == .ok)
        let link = try await link(mailbox)
        #expect(mailbox.all.map(\.to) == ["ada@example.com"])
        let page = try await browser.get(link)
        #expect(page.html.contains("<strong>ada</strong>"))
        let short = try await browser.post("/reset", [("link", secret(link)), ("new", "seven77")])
        #expect(short.status == .badRequest)
        #expect(signet.gatewayRefuses(session.access) == nil)
        #expect(try await browser.post("/reset", [("link", secret(link)), ("new", "another password")]).status == .ok)
        #expect(signet.gatewayRefuses(session.access) == .tokenRevoked)
        #expect(try await signet.login("ada").status == .unauthorized)
        #expect(try await signet.login("ada", password: "another password").status == .ok)
        #expect(try await signet.login("bob").status == .ok)
        let again = try await browser.post("/reset", [("link", secret(link)), ("new", "a third password")])
        #expect(again.status == .badRequest)
        #expect(try await browser.get(link).status == .badRequest)
    }

    @Test func `nobody learns who has an account, and nobody is written to too often`() async throws {
        let (signet, mailbox) = try await start()
        let browser = TestBrowser(signet)
        let known = try await browser.post("/forgot", [("name", "ada")])
        let unknown = try await browser.post("/forgot", [("name", "nobody")])
        #expect(known.html == unknown.html)
        _ = try await link(mailbox)
        for _ in 0..<4 { _ = try await TestBrowser(signet).post("/forgot", [("name", "ada")]) }
        try await Task.sleep(for: .milliseconds(100))
        #expect(mailbox.all.count == 1)
        #expect(try await browser.post("/forgot", [("name", "ada")]).status == .tooManyRequests)
        signet.time.advance(600)
        _ = try await TestBrowser(signet).post("/forgot", [("name", "ada")])
        _ = try await link(mailbox, 2)
        #expect(mailbox.all.count == 2)
        #expect(try await browser.post("/forgot", [("name", "bob")], headers: [:]).status == .forbidden)
    }

    @Test func `a link is over after half an hour, after another was used, and for a disabled user`() async throws {
        let (signet, _) = try await start()
        func made(_ name: String) async throws -> String {
            let link = try await signet.manage(.post, "/users/\(name)/reset-link").json["link"]?.string?.text
            return secret(try #require(link))
        }
        let browser = TestBrowser(signet)
        func set(_ secret: String) async throws -> HTTPResponse.Status {
            try await browser.post("/reset", [("link", secret), ("new", "another password")]).status
        }
        let old = try await made("ada")
        signet.time.advance(1_800)
        #expect(try await set(old) == .badRequest)
        let (first, second) = (try await made("ada"), try await made("ada"))
        #expect(try await set(first) == .ok)
        #expect(try await set(second) == .badRequest)
        let disabled = try await made("bob")
        _ = try await signet.manage(.post, "/users/bob/disable")
        #expect(try await set(disabled) == .badRequest)
        #expect(try await set("sgl_nonsense") == .badRequest)
    }

    @Test func `of many uses at once one sets the password, and only hashes are stored`() async throws {
        let (signet, _) = try await start()
        let answer = try await signet.manage(.post, "/users/ada/reset-link")
        let secret = secret(try #require(answer.json["link"]?.string?.text))
        let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
            for number in 0..<10 {
                group.addTask {
                    try await TestBrowser(signet).post("/reset", [("link", secret), ("new", "password \(number)")])
                        .status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.filter { $0 == .ok }.count == 1)
    }

    @Test func `without a way to send mail nobody is offered one`() async throws {
        let signet = try await TestInstallation.start()
        #expect(try await TestBrowser(signet).get("/forgot").status == .notFound)
        #expect(try await TestBrowser(signet).post("/forgot", [("name", "ada")]).status == .notFound)
    }
}
