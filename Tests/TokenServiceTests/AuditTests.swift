import Codecs
import ControlPlane
import Crypto
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import OAuth
import Storage
import TestSupport
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
        try await signet.service.keyring.rotate(.es256, .emergency, by: .server)
        let told = try await kinds(signet)
        #expect(
            told == [
                "user-created", "client-created", "sign-in-refused", "session-opened", "refresh-token-reused",
                "user-disabled", "signing-key-rotated",
            ])
        #expect(
            try await kinds(signet, "?user=ada") == told.filter { !$0.hasPrefix("client") && !$0.hasPrefix("signing") })
        #expect(try await kinds(signet, "?after=5") == ["user-disabled", "signing-key-rotated"])
        #expect(try await kinds(signet, "?limit=2&newest=true") == ["user-disabled", "signing-key-rotated"])
        #expect(try await signet.manage(.get, "/audit?user=nobody").code == "user-unknown")
        #expect(try await signet.manage(.get, "/audit?after=x").code == "parameter-invalid")
        #expect(app.secret.map { !JSONWriter.text(.string(ByteString($0))).isEmpty } == true)
    }

    private func events(_ signet: TestInstallation, _ query: String = "") async throws -> [JSONObject] {
        try await signet.manage(.get, "/audit\(query)").json["events"]?.array?.compactMap(\.object) ?? []
    }

    @Test func `every event tells who did it, however they came`() async throws {
        let signet = try await TestInstallation.start()
        let root = try await signet.addUser("root", serverRole: .owner)
        let admin = try await signet.managementToken(of: root, by: try await signet.registerConsole())
        #expect(try await signet.manage(.post, "/users", ["name": "ada", "password": "a long password"]).status == .ok)
        #expect(try await signet.post("/api/users", ["name": "bob"], bearer: admin).status == .ok)
        let token = try #require(
            try await signet.manage(.post, "/registration-tokens", [:]).json["registration_token"]?.string?.text)
        let made = try await signet.post(
            "/register", ["client_name": "An app", "redirect_uris": ["https://app.example/back"]], bearer: token)
        let registered = try #require(made.json["client_id"]?.string)
        let app = try await signet.register("app") { $0.isFirstParty = true }
        let browser = TestBrowser(signet)
        let page = try await browser.signIn("root", for: app)
        _ = try await signet.exchange(try #require(page.parameter("code")), as: app)
        let passwords = [("current", TestInstallation.password), ("new", "another password")]
        _ = try await browser.post("/account/password", passwords.map { (ByteString($0.0), $0.1) })
        try await signet.service.keyring.rotate(.es256, .immediate, by: .server)
        let told = try await events(signet).map { event in
            ["kind", "actor", "actor_name", "actor_client"].map { event[ByteString($0)]?.string?.text ?? "-" }
        }
        #expect(
            told == [
                ["client-created", "-", "-", "-"],
                ["session-opened", "client", "-", "desk"],
                ["user-created", "operator", "-", "-"], ["user-created", "user", "root", "desk"],
                ["registration-token-made", "operator", "-", "-"],
                ["client-created", "client", "-", registered.text], ["client-created", "-", "-", "-"],
                ["signed-in", "user", "root", "-"], ["session-opened", "client", "-", "app"],
                ["password-changed", "user", "root", "-"], ["signing-key-rotated", "-", "-", "-"],
            ])
        #expect(
            try await events(signet).compactMap { $0["actor_user"]?.string }
                == Array(repeating: ByteString(root.id), count: 3))
    }

    @Test func `a client that does not prove who it is is told of, with where from, and no guess of a name`()
        async throws
    {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app")
        let wrong = TestClient(client: app.client, secret: OpaqueToken(.clientSecret).text)
        let nobody = TestClient(client: Client(id: "a-secret-by-mistake", name: "x"), secret: app.secret)
        let application = Application(
            router: signet.router, configuration: .init(address: .hostname("127.0.0.1", port: 0)))
        try await application.test(.live) { http in
            for path in ["/token", "/introspect", "/revoke", "/par"] {
                let form: [(ByteString, ByteString)] = [("grant_type", "client_credentials"), ("token", "x")]
                let answer = try await signet.form(path, form, as: wrong, http)
                #expect(answer.status == .unauthorized)
            }
            let unknown = try await signet.form("/token", [], as: nobody, http)
            #expect(unknown.status == .unauthorized)
        }
        let told = try await events(signet, "?after=1")
        #expect(told.map { $0["kind"] } == Array(repeating: "client-refused", count: 5))
        #expect(told.map { $0["client"] } == ["app", "app", "app", "app", nil])
        #expect(told.map { $0["detail"] } == ["at /token", "at /introspect", "at /revoke", "at /par", "at /token"])
        #expect(told.allSatisfy { $0["address"] == "127.0.0.1" && $0["actor"] == nil })
    }

    @Test func `a flood of refusals fills no disk`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app")
        let wrong = TestClient(client: app.client, secret: OpaqueToken(.clientSecret).text)
        // From one address: what is not even looked at is not told.
        for _ in 0..<20 { _ = try await signet.form("/token", [("grant_type", "client_credentials")], as: wrong) }
        #expect(try await events(signet, "?after=1").count == LoginThrottle.perAccount.freeTries)
        // From everywhere: so many in an hour, and then their number alone.
        let refusals = RefusalLog()
        func refuse(_ count: Int, now: Int64) async throws {
            for _ in 0..<count {
                try await refusals.insert(AuditEvent(.signInRefused, by: .server), now: now, in: signet.store)
            }
        }
        func count() async throws -> Int64 {
            try await signet.store.read { try AuditLog(in: $0)?.head.count ?? 0 }
        }
        let before = try await count()
        try await refuse(RefusalLog.most + 30, now: 1_000)
        try await refuse(20, now: 1_000 + RefusalLog.period - 1)
        #expect(try await count() == before + Int64(RefusalLog.most))
        for _ in 0..<2 {
            try await signet.store.write { try refusals.tellLeftOut(now: 2_000, in: $0) }
        }
        let last = try #require(try await events(signet, "?limit=1&newest=true").first)
        #expect(last["kind"] == "refusals-left-out" && last["detail"] == "50")
        #expect(try await count() == before + Int64(RefusalLog.most) + 1)
        try await refuse(1, now: 1_000 + RefusalLog.period)
        #expect(try await count() == before + Int64(RefusalLog.most) + 2)
    }

    @Test func `a stolen token that is sent again and again fills no disk`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let session = try await signet.login("ada")
        _ = try await signet.refresh(session.refresh)
        signet.time.advance(60)
        for _ in 0..<5 { #expect(try await signet.refresh(session.refresh).code == "refresh-token-reused") }
        for _ in 0..<5 { #expect(try await signet.logout(session.refresh).status == .noContent) }
        let told = try await kinds(signet)
        #expect(told == ["session-opened"] + Array(repeating: "refresh-token-reused", count: 5))
    }

    /// Does by hand what the tables do not allow.
    private func tamper(_ signet: TestInstallation, _ statements: [Statement]) async throws {
        let allowing = [
            Statement("DROP TRIGGER IF EXISTS audit_events_are_not_changed"),
            Statement("DROP TRIGGER IF EXISTS audit_events_are_not_deleted"),
        ]
        try await signet.store.write { transaction in
            for statement in allowing + statements { try transaction.execute(statement) }
        }
    }

    /// A log of five events.
    private func filled() async throws -> TestInstallation {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        for _ in 0..<5 { _ = try await signet.login("ada") }
        #expect(try await signet.manage(.get, "/audit/check").json["events"] == 5)
        return signet
    }

    @Test func `an event is neither changed nor deleted, and what was done by hand shows`() async throws {
        let signet = try await filled()
        for statement in [
            Statement("UPDATE audit_events SET detail = 'nothing' WHERE id = 3"),
            Statement("DELETE FROM audit_events WHERE id = 3"),
        ] {
            await #expect(throws: StoreError.self) { try await signet.store.write { try $0.execute(statement) } }
        }
        #expect(try await signet.manage(.get, "/audit/check").json["intact"] == true)
        for (change, back, broken) in [
            (
                Statement("UPDATE audit_events SET time = time + 1 WHERE id = 3"),
                Statement("UPDATE audit_events SET time = time - 1 WHERE id = 3"), 3
            ),
            (
                Statement("UPDATE audit_events SET user_id = NULL, address = user_id WHERE id = 2"),
                Statement("UPDATE audit_events SET user_id = address, address = NULL WHERE id = 2"), 2
            ),
            (
                Statement("UPDATE audit_events SET address = '' WHERE id = 4"),
                Statement("UPDATE audit_events SET address = NULL WHERE id = 4"), 4
            ),
            (
                Statement("UPDATE audit_events SET actor = 'operator', actor_user = NULL WHERE id = 5"),
                Statement("UPDATE audit_events SET actor = 'user', actor_user = user_id WHERE id = 5"), 5
            ),
            (Statement("DELETE FROM audit_events WHERE id = 4"), Statement("SELECT 1"), 4),
        ] as [(Statement, Statement, Int64)] {
            try await tamper(signet, [change])
            let answer = try await signet.manage(.get, "/audit/check").json
            #expect(answer["intact"] == false)
            #expect(answer["broken"]?.int64 == broken)
            #expect(answer["good"]?.int64 == broken - 1)
            guard back.sql != "SELECT 1" else { continue }
            try await tamper(signet, [back])
            #expect(try await signet.manage(.get, "/audit/check").json["intact"] == true)
        }
    }

    /// What somebody does who can write the database and has not got the key.
    private static let cuts: [(name: String, statements: [Statement], broken: Int64)] = [
        ("the end is cut off", [Statement("DELETE FROM audit_events WHERE id > 3")], 4),
        (
            "and the head says so",
            [
                Statement("DELETE FROM audit_events WHERE id > 3"),
                Statement(
                    """
                    UPDATE audit_head SET count = 3, chain = (SELECT chain FROM audit_events WHERE id = 3)
                    """),
            ], 1
        ),
        (
            "and there is no head",
            [Statement("DELETE FROM audit_events WHERE id > 3"), Statement("DELETE FROM audit_head")], 1
        ),
        (
            "and no key",
            [
                Statement("DELETE FROM audit_events WHERE id > 3"), Statement("DELETE FROM audit_head"),
                Statement("DELETE FROM audit_key"),
            ], 1
        ),
        ("all is gone but the head", [Statement("DELETE FROM audit_events")], 1),
        (
            "one is added",
            [
                Statement(
                    """
                    INSERT INTO audit_events (time, kind, detail, chain)
                    SELECT time, kind, detail, chain FROM audit_events WHERE id = 5
                    """)
            ], 6
        ),
        (
            "the last one is another",
            [Statement("UPDATE audit_events SET detail = 'x', chain = x'00' WHERE id = 5")], 5
        ),
    ]

    @Test(arguments: 0..<7)
    func `who writes the database without the key cuts nothing off unseen, before and after a restart`(
        index: Int
    ) async throws {
        var signet = try await filled()
        let cut = Self.cuts[index]
        try await tamper(signet, cut.statements)
        let answer = try await signet.manage(.get, "/audit/check").json
        #expect(answer["intact"] == false, "\(cut.name)")
        #expect(answer["broken"]?.int64 == cut.broken, "\(cut.name)")
        // What comes later does not make it good, and comes.
        for _ in 0..<2 {
            #expect(try await signet.login("ada").status == .ok)
            #expect(try await signet.manage(.get, "/audit/check").json["intact"] == false, "\(cut.name)")
            let (folder, time) = (signet.folder, signet.time)
            try signet.store.close()
            signet = try await TestInstallation.start(in: folder, time: time)
        }
    }

    @Test func `where nothing at all is left the log says that it began later`() async throws {
        let signet = try await filled()
        let since = try #require(try await signet.manage(.get, "/audit/check").json["since"]?.int64)
        try await tamper(
            signet,
            [
                Statement("DELETE FROM audit_events"), Statement("DELETE FROM audit_head"),
                Statement("DELETE FROM audit_key"), Statement("DELETE FROM sqlite_sequence"),
            ])
        #expect(try await signet.manage(.get, "/audit/check").json["intact"] == false)
        signet.time.advance(100)
        _ = try await signet.login("ada")
        let answer = try await signet.manage(.get, "/audit/check").json
        #expect(answer["events"] == 1)
        #expect(answer["since"]?.int64 == since + 100)
    }

    @Test func `a log of more than one stretch is looked at as a whole`() async throws {
        let signet = try await TestInstallation.start()
        let count: Int64 = 4_003
        try await signet.store.write { transaction in
            for time in 1...count { try AuditEvent(.signedIn, by: .server).insert(now: time, in: transaction) }
        }
        #expect(try await signet.manage(.get, "/audit/check").json["events"]?.int64 == count)
        try await tamper(signet, [Statement("UPDATE audit_events SET time = 0 WHERE id = 4002")])
        #expect(try await signet.manage(.get, "/audit/check").json["broken"] == 4_002)
    }

    @Test func `events from before there was a key are taken over as what they are`() async throws {
        let folder = try TemporaryFolder()
        do {
            let claim = try DataFolder.claim(folder.path)
            let store = try await Store(folder: claim, masterKey: try MasterKey.load(environment: nil, folder: claim))
            try await store.migrate(
                feature: "token-service", TokenServiceTables.migrations.filter { $0.name < "08" })
            try await store.write { transaction in
                var chain: [UInt8] = []
                for time in 1...2 as ClosedRange<Int64> {
                    var hash = SHA256()
                    hash.update(data: chain)
                    for field in ["\(time)", "signed-out", "usr_1", "", "127.0.0.1", "x"] {
                        withUnsafeBytes(of: UInt64(field.utf8.count).bigEndian) { hash.update(bufferPointer: $0) }
                        hash.update(data: Array(field.utf8))
                    }
                    chain = Array(hash.finalize())
                    try transaction.execute(
                        Statement(
                            """
                            INSERT INTO audit_events (time, kind, user_id, address, detail, chain)
                            VALUES (?, 'signed-out', 'usr_1', '127.0.0.1', 'x', ?)
                            """, .integer(time), .blob(chain)))
                }
            }
            try store.close()
        }
        let signet = try await TestInstallation.start(in: folder)
        let check = try await signet.manage(.get, "/audit/check").json
        #expect(check["intact"] == true && check["events"] == 2 && check["unkeyed"] == 2)
        #expect(check["since"]?.int64 == signet.time.now)
        #expect(try await signet.login("nobody").status == .unauthorized)
        #expect(try await signet.manage(.get, "/audit/check").json["events"] == 3)
        #expect(try await events(signet).map { $0["address"] } == ["127.0.0.1", "127.0.0.1", nil])
        // From now on they are under the key: their hashes made anew are not what was taken over.
        try await tamper(signet, [Statement("UPDATE audit_events SET actor = 'operator' WHERE id = 1")])
        #expect(try await signet.manage(.get, "/audit/check").json["broken"] == 1)
        try await tamper(
            signet,
            [
                Statement("UPDATE audit_events SET actor = NULL WHERE id = 1"),
                Statement("UPDATE audit_events SET chain = x'00' WHERE id = 2"),
            ])
        #expect(try await signet.manage(.get, "/audit/check").json["broken"] == 2)
    }

    @Test func `another master key leaves the chain whole, and is told of`() async throws {
        let signet = try await filled()
        let (folder, time) = (signet.folder, signet.time)
        try signet.store.close()
        let store = try await Store.open(try DataFolder.claim(folder.path), environment: nil)
        _ = try await store.rotateMasterKey(
            to: .generate(), records: AuthorizationService.sealedRecords, isFile: true
        ) { try AuthorizationService.noteMasterKeyRotation(now: 1, in: $0) }
        try store.close()
        let again = try await TestInstallation.start(in: folder, time: time)
        _ = try await again.login("ada")
        #expect(try await again.manage(.get, "/audit/check").json["events"] == 7)
        let told = try await events(again, "?after=5")
        #expect(told.map { $0["kind"] } == ["master-key-rotated", "session-opened"])
        #expect(told.first?["actor"] == "operator")
        #expect(try await again.manage(.get, "/audit/check").json["unkeyed"] == 0)
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
