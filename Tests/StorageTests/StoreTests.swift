import Foundation
import Storage
import TestSupport
import Testing

@Suite struct StoreTests {
    let temporary: TemporaryFolder
    let key = MasterKey.generate()

    init() throws { temporary = try TemporaryFolder() }

    private static let pets: [Migration] = [
        Migration("01-pets", ["CREATE TABLE pets (name TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT"])
    ]

    private func open() async throws -> Store {
        try await Store(folder: try DataFolder.claim(temporary.path), masterKey: key)
    }

    private func openWithPets() async throws -> Store {
        let store = try await open()
        try await store.migrate(feature: "pets", Self.pets)
        return store
    }

    private func names(_ store: Store) async throws -> [String] {
        try await store.read { transaction in
            try transaction.query(Statement("SELECT name FROM pets ORDER BY name")).map { try $0.text("name") }
        }
    }

    @Test func `the writing connection confirms that commits reach the disk`() async throws {
        let store = try await open()
        let found = try await store.write { transaction in
            [
                try transaction.query(Statement("PRAGMA synchronous")).first?.integer("synchronous"),
                try transaction.query(Statement("PRAGMA wal_autocheckpoint")).first?.integer("wal_autocheckpoint"),
                try transaction.query(Statement("PRAGMA foreign_keys")).first?.integer("foreign_keys"),
                try transaction.query(Statement("PRAGMA trusted_schema")).first?.integer("trusted_schema"),
            ]
        }
        #expect(found == [2, 0, 1, 0])
        try store.close()
    }

    @Test func `what was written is there after the store was closed and opened again`() async throws {
        let first = try await openWithPets()
        _ = try await first.write { try $0.execute(Statement("INSERT INTO pets VALUES (?, 'live')", .text("Ada"))) }
        try first.close()
        #expect(try temporary.names() == ["lock", "signet.db"])
        let second = try await openWithPets()
        #expect(try await names(second) == ["Ada"])
        try second.close()
    }

    @Test func `a transaction that throws leaves nothing behind`() async throws {
        struct Refusal: Error {}
        let store = try await openWithPets()
        await #expect(throws: Refusal.self) {
            try await store.write { transaction in
                try transaction.execute(Statement("INSERT INTO pets VALUES ('Ada', 'live')"))
                throw Refusal()
            }
        }
        #expect(try await names(store).isEmpty)
        try store.close()
    }

    @Test func `a cancelled caller does not cut a write short`() async throws {
        let store = try await openWithPets()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await store.write { try $0.execute(Statement("INSERT INTO pets VALUES ('Ada', 'live')")) }
        }
        #expect(try await task.value == 1)
        #expect(try await names(store) == ["Ada"])
        try store.close()
    }

    @Test func `of fifty conditional updates at once exactly one changes the row`() async throws {
        let store = try await openWithPets()
        _ = try await store.write { try $0.execute(Statement("INSERT INTO pets VALUES ('Ada', 'live')")) }
        let changed = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await store.write {
                        try $0.execute(Statement("UPDATE pets SET state = 'spent' WHERE state = 'live'"))
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(changed == 1)
        try store.close()
    }

    @Test func `reading cannot write`() async throws {
        let store = try await openWithPets()
        let error = await #expect(throws: StoreError.self) {
            try await store.read { try $0.execute(Statement("INSERT INTO pets VALUES ('Ada', 'live')")) }
        }
        #expect(error?.code == .readOnly)
        try store.close()
    }

    @Test func `values come back as they went in, and texts that differ in bytes are different`() async throws {
        let store = try await openWithPets()
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        let rows = try await store.write { transaction in
            for name in [composed, decomposed, "", "'; DROP TABLE pets; --"] {
                try transaction.execute(Statement("INSERT INTO pets VALUES (?, 'live')", .text(name)))
            }
            return try transaction.query(
                Statement(
                    "SELECT ? AS missing, ? AS number, ? AS bytes, ? AS none, count(*) AS pets FROM pets",
                    .null, .integer(.min), .blob([0, 255]), .blob([])))
        }
        let row = try #require(rows.first)
        #expect(try row.value("missing") == .null)
        #expect(try row.integer("number") == .min)
        #expect(try row.blob("bytes") == [0, 255])
        #expect(try row.blob("none") == [])
        #expect(try row.integer("pets") == 4)
        #expect(throws: StoreError.self) { try row.text("number") }
        #expect(throws: StoreError.self) { try row.text("no-such-column") }
        try store.close()
    }

    @Test func `text with a NUL is refused, because SQLite would cut it there`() async throws {
        let store = try await openWithPets()
        let error = await #expect(throws: StoreError.self) {
            try await store.write { try $0.execute(Statement("INSERT INTO pets VALUES (?, 'live')", .text("Ada\0x"))) }
        }
        #expect(error?.code == .unexpectedValue)
        try store.close()
    }

    @Test func `a full disk is said, keeps what was there, and heals`() async throws {
        let store = try await openWithPets()
        let pages = try await store.write { transaction in
            let pages = try transaction.query(Statement("PRAGMA page_count")).first?.integer("page_count") ?? 0
            _ = try transaction.query(Statement("PRAGMA max_page_count = 1"))
            return pages
        }
        #expect(pages > 1)
        let big = String(repeating: "x", count: 50_000)
        let error = await #expect(throws: StoreError.self) {
            try await store.write { transaction in
                try transaction.execute(Statement("INSERT INTO pets VALUES ('Ada', 'live')"))
                try transaction.execute(Statement("INSERT INTO pets VALUES (?, 'live')", .text(big)))
            }
        }
        #expect(error?.code == .diskFull)
        #expect(try await names(store).isEmpty)
        _ = try await store.write { try $0.query(Statement("PRAGMA max_page_count = 100000")) }
        _ = try await store.write { try $0.execute(Statement("INSERT INTO pets VALUES (?, 'live')", .text(big))) }
        #expect(try await names(store).count == 1)
        try store.close()
    }

    @Test func `the log does not grow with the number of commits`() async throws {
        let store = try await openWithPets()
        for number in 0..<1000 {
            _ = try await store.write {
                try $0.execute(Statement("INSERT OR REPLACE INTO pets VALUES ('Ada', ?)", .text("\(number)")))
            }
        }
        // 1000 commits of two or three pages would be 8 MB or more.
        #expect(temporary.bytes(of: "signet.db-wal").count < 4_000_000)
        try store.close()
    }

    @Test func `a closed store says so`() async throws {
        let store = try await openWithPets()
        try store.close()
        try store.close()
        let error = await #expect(throws: StoreError.self) { try await store.checkWritable() }
        #expect(error?.code == .closed)
    }

    @Test func `a file that is no database is named as damaged`() async throws {
        try temporary.write([UInt8](repeating: 65, count: 8192), to: "signet.db")
        let error = await #expect(throws: StoreError.self) { try await open() }
        #expect(error?.code == .damaged)
    }

    @Test func `later migrations run on top of earlier ones, each once`() async throws {
        let store = try await openWithPets()
        let more = Self.pets + [Migration("02-age", ["ALTER TABLE pets ADD COLUMN age INTEGER"])]
        try await store.migrate(feature: "pets", more)
        try await store.migrate(feature: "pets", more)
        _ = try await store.write { try $0.execute(Statement("INSERT INTO pets VALUES ('Ada', 'live', 3)")) }
        try store.close()
    }

    @Test func `a migration that fails leaves nothing behind`() async throws {
        let store = try await openWithPets()
        let bad = Migration("02-bad", ["CREATE TABLE half (id INTEGER) STRICT", "CREATE TABEL typo (id INTEGER)"])
        let error = await #expect(throws: StoreError.self) {
            try await store.migrate(feature: "pets", Self.pets + [bad])
        }
        #expect(error?.code == .migrationFailed)
        #expect(error?.message.contains("02-bad") == true)
        let good = Migration("02-good", ["CREATE TABLE half (id INTEGER) STRICT"])
        try await store.migrate(feature: "pets", Self.pets + [good])
        try store.close()
    }

    @Test func `a database of a newer version is refused`() async throws {
        let store = try await openWithPets()
        try await store.migrate(feature: "pets", Self.pets + [Migration("02-later", [])])
        let error = await #expect(throws: StoreError.self) { try await store.migrate(feature: "pets", Self.pets) }
        #expect(error?.code == .schemaNewer)
        #expect(error?.message.contains("02-later") == true)
        try store.close()
    }
}

/// This process's number, as the lock file names it.
func getProcessNumber() -> Int32 { ProcessInfo.processInfo.processIdentifier }
