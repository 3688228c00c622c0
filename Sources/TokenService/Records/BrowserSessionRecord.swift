import Codecs
import JOSE
import Storage

/// Who is logged in at a browser, known by the hash of its cookie.
struct BrowserSessionRecord: Sendable {
    /// How long it lives when nobody comes, in seconds.
    static let idleLifetime: Int64 = 12 * 3_600
    /// How long it lives at most, in seconds.
    static let lifetime: Int64 = 30 * 86_400
    /// How often a visit is noted, in seconds; more often would be a write for each page.
    static let noteInterval: Int64 = 60

    /// What people and other records call it; no secret.
    let id: String
    let userID: String
    /// When the user proved who they are, in seconds since 1970.
    let authenticated: Int64
    /// How (`amr`, RFC 8176).
    let methods: [ByteString]
    /// What the browser calls itself, cut short.
    let agent: ByteString
    let created: Int64
    let seen: Int64
    let expires: Int64

    static func makeID() -> String {
        "bws_" + Base64URL.encode(RandomBytes.make(count: 16))
    }

    func insert(_ cookie: OpaqueToken, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO browser_sessions (hash, id, user_id, authenticated, methods, agent, created, seen, expires)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .blob(cookie.hash), .text(id), .text(userID), .integer(authenticated),
                .text(StoredList.text(methods)), .text(agent.text), .integer(created), .integer(seen),
                .integer(expires)))
    }

    /// The live session of a cookie; nil when there is none, or no longer.
    static func find(
        _ cookie: OpaqueToken, now: Int64, in transaction: Transaction
    ) throws(StoreError) -> BrowserSessionRecord? {
        try transaction.query(
            Statement(
                "SELECT * FROM browser_sessions WHERE hash = ? AND expires > ? AND seen > ?", .blob(cookie.hash),
                .integer(now), .integer(now - idleLifetime))
        ).first.map { row throws(StoreError) in try BrowserSessionRecord(row) }
    }

    /// A session by its id, live or not.
    static func find(id: String, in transaction: Transaction) throws(StoreError) -> BrowserSessionRecord? {
        try transaction.query(Statement("SELECT * FROM browser_sessions WHERE id = ?", .text(id)))
            .first.map { row throws(StoreError) in try BrowserSessionRecord(row) }
    }

    /// The live sessions of a user, the last one seen first.
    static func live(
        ofUser id: String, now: Int64, in transaction: Transaction
    ) throws(StoreError) -> [BrowserSessionRecord] {
        try transaction.query(
            Statement(
                """
                SELECT * FROM browser_sessions WHERE user_id = ? AND expires > ? AND seen > ?
                ORDER BY seen DESC, id
                """,
                .text(id), .integer(now), .integer(now - idleLifetime))
        ).map { row throws(StoreError) in try BrowserSessionRecord(row) }
    }

    static func isLive(_ id: String, now: Int64, in transaction: Transaction) throws(StoreError) -> Bool {
        try !transaction.query(
            Statement(
                "SELECT 1 FROM browser_sessions WHERE id = ? AND expires > ? AND seen > ?", .text(id), .integer(now),
                .integer(now - idleLifetime))
        ).isEmpty
    }

    /// Notes a visit, at most once a minute.
    func noteVisit(now: Int64, in transaction: Transaction) throws(StoreError) {
        guard now - seen >= Self.noteInterval else { return }
        try transaction.execute(
            Statement("UPDATE browser_sessions SET seen = ? WHERE id = ?", .integer(now), .text(id)))
    }

    /// - Returns: whether there was one.
    static func delete(id: String, in transaction: Transaction) throws(StoreError) -> Bool {
        try transaction.execute(Statement("DELETE FROM browser_sessions WHERE id = ?", .text(id))) == 1
    }

    static func deleteAll(ofUser id: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM browser_sessions WHERE user_id = ?", .text(id)))
    }

    /// The sessions that are over, by time or because nobody came, and were not ended yet.
    static func expired(now: Int64, in transaction: Transaction) throws(StoreError) -> [BrowserSessionRecord] {
        try transaction.query(
            Statement(
                "SELECT * FROM browser_sessions WHERE expires <= ? OR seen <= ?", .integer(now),
                .integer(now - idleLifetime))
        ).map { row throws(StoreError) in try BrowserSessionRecord(row) }
    }
}

extension BrowserSessionRecord {
    private init(_ row: Row) throws(StoreError) {
        self.init(
            id: try row.text("id"), userID: try row.text("user_id"), authenticated: try row.integer("authenticated"),
            methods: try StoredList.read(row.text("methods")), agent: ByteString(try row.text("agent")),
            created: try row.integer("created"), seen: try row.integer("seen"), expires: try row.integer("expires"))
    }
}
