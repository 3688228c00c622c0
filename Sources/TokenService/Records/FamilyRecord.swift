import Codecs
import JOSE
import Storage

/// A family of refresh tokens: everything that grew out of one login of one user. Its id is the `sid` of the access
/// tokens, and its end is absolute.
struct FamilyRecord: Sendable {
    let id: String
    let userID: String
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
                INSERT INTO refresh_families (id, user_id, state, created, expires, access_expires)
                VALUES (?, ?, 'live', ?, ?, ?)
                """,
                .text(id), .text(userID), .integer(now), .integer(expires), .integer(accessExpires)))
    }

    /// Ends a family.
    /// - Returns: whether it was alive.
    func end(in transaction: Transaction) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement("UPDATE refresh_families SET state = 'ended' WHERE id = ? AND state = 'live'", .text(id))) == 1
    }

    func noteAccessToken(expires: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE refresh_families SET access_expires = max(access_expires, ?) WHERE id = ?",
                .integer(expires), .text(id)))
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM refresh_families WHERE expires < ?", .integer(time)))
    }
}

/// One refresh token of a family, known by its hash alone.
enum RefreshTokenRecord {
    static func insert(
        _ token: RefreshToken, family: String, expires: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                "INSERT INTO refresh_tokens (hash, family_id, state, expires) VALUES (?, ?, 'live', ?)",
                .blob(token.hash), .text(family), .integer(expires)))
    }

    /// Spends a token: of any number of callers at once, exactly one gets true. Nothing is spent when the token, its
    /// family or its user is no longer good.
    static func spend(_ token: RefreshToken, now: Int64, in transaction: Transaction) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement(
                """
                UPDATE refresh_tokens SET state = 'spent'
                WHERE hash = ? AND state = 'live' AND expires > ? AND family_id IN (
                    SELECT refresh_families.id FROM refresh_families JOIN users ON users.id = user_id
                    WHERE refresh_families.state = 'live' AND refresh_families.expires > ? AND users.state = 'active')
                """,
                .blob(token.hash), .integer(now), .integer(now))) == 1
    }

    /// The family of a token, and whether the token was spent before; nil when nobody knows the token.
    static func find(
        _ token: RefreshToken, in transaction: Transaction
    ) throws(StoreError) -> (family: FamilyRecord, isSpent: Bool)? {
        let rows = try transaction.query(
            Statement(
                """
                SELECT refresh_tokens.state AS state, family_id, user_id, refresh_families.expires AS expires,
                    access_expires
                FROM refresh_tokens JOIN refresh_families ON refresh_families.id = family_id
                WHERE hash = ?
                """,
                .blob(token.hash)))
        guard let row = rows.first else { return nil }
        let family = FamilyRecord(
            id: try row.text("family_id"), userID: try row.text("user_id"), expires: try row.integer("expires"),
            accessExpires: try row.integer("access_expires"))
        return (family, try row.text("state") == "spent")
    }
}
