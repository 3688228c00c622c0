import Codecs
import JOSE
import OAuth
import Storage

/// A family of refresh tokens: everything that grew out of one grant. Its end is absolute.
struct FamilyRecord: Sendable {
    let id: String
    /// The `sid` of its tokens: its id at first, another one once it has outlived a session.
    let session: String
    let grant: Grant
    /// Whether it still gives tokens out.
    let isLive: Bool
    /// When the family ends whatever happens, in seconds since 1970.
    let expires: Int64
    /// The latest `exp` of any access token that was given out for it.
    let accessExpires: Int64

    static func makeID() -> String {
        "ses_" + Base64URL.encode(RandomBytes.make(count: 16))
    }

    func insert(now: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO refresh_families (id, session, user_id, state, created, expires, access_expires, client_id,
                    scope, audiences, authenticated, methods, browser_session, key_thumbprint)
                VALUES (?, ?, ?, 'live', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .text(id), .text(session), .text(grant.userID), .integer(now), .integer(expires),
                .integer(accessExpires),
                .text(grant.clientID.text), .text(grant.scope.text.text), .text(StoredList.text(grant.audiences)),
                .integer(grant.authenticated), .text(StoredList.text(grant.methods)),
                grant.browserSession.map { .text($0) } ?? .null, grant.keyThumbprint.map { .text($0.text) } ?? .null))
    }

    static func find(id: String, in transaction: Transaction) throws(StoreError) -> FamilyRecord? {
        try transaction.query(Statement("SELECT * FROM refresh_families WHERE id = ?", .text(id)))
            .first.map { row throws(StoreError) in try FamilyRecord(row) }
    }

    /// The families that still give tokens out, of one user, the newest first.
    static func live(ofUser id: String, now: Int64, in transaction: Transaction) throws(StoreError) -> [FamilyRecord] {
        try transaction.query(
            Statement(
                """
                SELECT * FROM refresh_families WHERE user_id = ? AND state = 'live' AND expires > ?
                ORDER BY created DESC, id
                """, .text(id), .integer(now))
        ).map { row throws(StoreError) in try FamilyRecord(row) }
    }

    /// The families of one client that still give tokens out.
    static func live(
        ofClient id: ByteString, now: Int64, in transaction: Transaction
    ) throws(StoreError) -> [FamilyRecord] {
        try transaction.query(
            Statement(
                "SELECT * FROM refresh_families WHERE client_id = ? AND state = 'live' AND expires > ?",
                .text(id.text), .integer(now))
        ).map { row throws(StoreError) in try FamilyRecord(row) }
    }

    /// The families of one client that still give tokens out, some by id.
    /// - Parameter after: the id that stands before them.
    static func live(
        ofClient id: ByteString, after: String, limit: Int64, now: Int64, in transaction: Transaction
    ) throws(StoreError) -> [FamilyRecord] {
        try transaction.query(
            Statement(
                """
                SELECT * FROM refresh_families WHERE client_id = ? AND id > ? AND state = 'live' AND expires > ?
                ORDER BY id LIMIT ?
                """, .text(id.text), .text(after), .integer(now), .integer(limit))
        ).map { row throws(StoreError) in try FamilyRecord(row) }
    }

    /// The families that still give tokens out, some by id.
    /// - Parameter after: the id that stands before them.
    static func live(
        after: String, limit: Int64, now: Int64, in transaction: Transaction
    ) throws(StoreError) -> [FamilyRecord] {
        try transaction.query(
            Statement(
                """
                SELECT * FROM refresh_families WHERE id > ? AND state = 'live' AND expires > ? ORDER BY id LIMIT ?
                """, .text(after), .integer(now), .integer(limit))
        ).map { row throws(StoreError) in try FamilyRecord(row) }
    }

    /// The families that still give tokens out and are of one session: a family's id, the `sid` of its tokens, or a
    /// session at a browser.
    static func live(
        ofSession id: String, now: Int64, in transaction: Transaction
    ) throws(StoreError) -> [FamilyRecord] {
        let ofTokens = try transaction.query(
            Statement(
                "SELECT * FROM refresh_families WHERE session = ? AND state = 'live' AND expires > ?", .text(id),
                .integer(now))
        ).map { row throws(StoreError) in try FamilyRecord(row) }
        let others =
            [try find(id: id, in: transaction)].compactMap { $0 }.filter { $0.isLive && $0.expires > now }
            + (try live(ofBrowserSession: id, in: transaction)).filter { $0.expires > now }
        return others.reduce(into: ofTokens) { found, family in
            if !found.contains(where: { $0.id == family.id }) { found.append(family) }
        }
    }

    /// The families that came from one browser session.
    static func live(ofBrowserSession id: String, in transaction: Transaction) throws(StoreError) -> [FamilyRecord] {
        try transaction.query(
            Statement("SELECT * FROM refresh_families WHERE browser_session = ? AND state = 'live'", .text(id))
        ).map { row throws(StoreError) in try FamilyRecord(row) }
    }

    /// Binds what came from one browser session to the one that took its place.
    static func move(fromBrowserSession old: String, to new: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE refresh_families SET browser_session = ? WHERE browser_session = ?", .text(new), .text(old)))
    }

    /// Ends a family.
    /// - Returns: whether it was alive.
    func end(in transaction: Transaction) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement("UPDATE refresh_families SET state = 'ended' WHERE id = ? AND state = 'live'", .text(id))) == 1
    }

    /// Takes the family out of its session: its next tokens are of another one, at no browser.
    func leaveSession(in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE refresh_families SET session = ?, browser_session = NULL WHERE id = ?", .text(Self.makeID()),
                .text(id)))
    }

    func noteAccessToken(expires: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE refresh_families SET access_expires = ? WHERE id = ? AND access_expires < ?",
                .integer(expires), .text(id), .integer(expires)))
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM refresh_families WHERE expires < ?", .integer(time)))
    }
}

extension FamilyRecord {
    fileprivate init(_ row: Row) throws(StoreError) {
        self.init(
            id: try row.text("id"), session: try row.text("session"),
            grant: Grant(
                userID: try row.text("user_id"), clientID: ByteString(try row.text("client_id")),
                scope: try StoredList.scope(row.text("scope")),
                audiences: try StoredList.read(row.text("audiences")),
                authenticated: try row.integer("authenticated"),
                methods: try StoredList.read(row.text("methods")),
                browserSession: try row.optionalText("browser_session"),
                keyThumbprint: try row.optionalText("key_thumbprint").map { ByteString($0) }),
            isLive: try row.text("state") == "live", expires: try row.integer("expires"),
            accessExpires: try row.integer("access_expires"))
    }
}
