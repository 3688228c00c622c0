import Codecs
import HTTPTypes
import OAuth
import Storage
import Testing
import Tokens

@testable import TokenService

@Suite struct AuditTests {
    private func kinds(_ signet: TestInstallation, _ query: String = "") async throws -> [String] {
        try await signet.manage(.get, "/audit\(query)").json["events"]?.array?
            .compactMap { $0.object?["kind"]?.string?.text } ?? []
    }

    @Test func `what happens is told in its order, with who and what`() async throws {
        let signet = try await TestInstallation.start()
        #expect(try await signet.manage(.post, "/users", ["name": "ada", "password": "a long password"]).status == .ok)
        let app = try await signet.register("app") { $0.isFirstParty = true }
        #expect(try await signet.login("ada", password: "wrong").status == .unauthorized)
        let session = try await signet.login("ada", password: "a long password")
        _ = try await signet.refresh(session.refresh)
        signet.time.advance(60)
        #expect(try await signet.refresh(session.refresh).code == "refresh-token-reused")
        #expect(try await signet.manage(.post, "/users/ada/disable").status == .ok)
        try await signet.service.keyring.rotate(.es256, .emergency)
        let told = try await kinds(signet)
        #expect(
            told == [
                "user-created", "client-created", "sign-in-refused", "session-opened", "refresh-token-reused",
                "user-disabled", "signing-key-rotated",
            ])
        #expect(
            try await kinds(signet, "?user=ada") == told.filter { !$0.hasPrefix("client") && !$0.hasPrefix("signing") })
        #expect(try await kinds(signet, "?after=5") == ["user-disabled", "signing-key-rotated"])
        #expect(try await kinds(signet, "?limit=2") == ["user-disabled", "signing-key-rotated"])
        #expect(try await signet.manage(.get, "/audit?user=nobody").code == "user-unknown")
        #expect(try await signet.manage(.get, "/audit?after=x").error == "invalid_request")
        #expect(app.secret.map { !JSONWriter.text(.string(ByteString($0))).isEmpty } == true)
    }

    @Test func `an event is neither changed nor deleted, and what was done by hand shows`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        for _ in 0..<5 { _ = try await signet.login("ada") }
        #expect(try await signet.manage(.get, "/audit/check").json["events"] == 5)
        for statement in [
            Statement("UPDATE audit_events SET detail = 'nothing' WHERE id = 3"),
            Statement("DELETE FROM audit_events WHERE id = 3"),
        ] {
            await #expect(throws: StoreError.self) { try await signet.store.write { try $0.execute(statement) } }
        }
        #expect(try await signet.manage(.get, "/audit/check").json["intact"] == true)
        try await signet.store.write { transaction in
            try transaction.execute(Statement("DROP TRIGGER audit_events_are_not_changed"))
            try transaction.execute(Statement("DROP TRIGGER audit_events_are_not_deleted"))
        }
        for (change, back, broken) in [
            (
                Statement("UPDATE audit_events SET time = time + 1 WHERE id = 3"),
                Statement("UPDATE audit_events SET time = time - 1 WHERE id = 3"), 3
            ),
            (
                Statement("UPDATE audit_events SET user_id = NULL, address = user_id WHERE id = 2"),
                Statement("UPDATE audit_events SET user_id = address, address = NULL WHERE id = 2"), 2
            ),
            (Statement("DELETE FROM audit_events WHERE id = 4"), Statement("SELECT 1"), 5),
        ] as [(Statement, Statement, Int64)] {
            try await signet.store.write { _ = try $0.execute(change) }
            let answer = try await signet.manage(.get, "/audit/check").json
            #expect(answer["intact"] == false)
            #expect(answer["broken"]?.int64 == broken)
            guard broken != 5 else { continue }
            try await signet.store.write { _ = try $0.execute(back) }
            #expect(try await signet.manage(.get, "/audit/check").json["intact"] == true)
        }
    }

    @Test func `the way through the pages is told, and no secret with it`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let app = try await signet.register("app")
        let browser = TestBrowser(signet)
        let consent = try await browser.signIn("ada", for: app)
        #expect(consent.html.contains("asks for access"))
        let transaction = consent.text(after: "name=\"transaction\" value=\"", before: "\"") ?? ""
        let done = try await browser.post(
            "/authorize/consent", [("transaction", transaction), ("decision", "allow")])
        let code = try #require(done.parameter("code"))
        let tokens = try await signet.exchange(code, as: app)
        _ = try await signet.exchange(code, as: app)
        _ = try await signet.form("/revoke", [("token", ByteString(tokens.access))], as: app)
        _ = try await browser.post("/end-session", [("confirmed", "yes")])
        #expect(
            try await kinds(signet) == [
                "client-created", "signed-in", "consent-given", "session-opened", "code-reused", "token-revoked",
                "signed-out",
            ])
        let text = JSONWriter.text(.object(try await signet.manage(.get, "/audit").json))
        let secrets = [
            code, tokens.access, tokens.refresh, app.secret ?? "none", TestInstallation.password, transaction,
            browser.cookie(BrowserCookies.browser) ?? "none",
        ]
        for secret in secrets { #expect(!text.contains(secret)) }
    }
}
