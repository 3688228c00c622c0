import Codecs
import Storage

/// One refresh token of a family, known by its hash alone.
///
/// A spent token keeps its one successor, sealed, for a few seconds: the same client asking again gets the same answer,
/// so that a lost reply or a second tab logs nobody out.
struct RefreshTokenRecord: Sendable {
    /// How long a spent token still leads to its successor, in seconds.
    static let grace: Int64 = 10

    let family: FamilyRecord
    /// When it was spent, in seconds since 1970; nil while it is live.
    let spent: Int64?
    /// The successor, sealed to this token's row; nil when there is none, or no longer.
    let sealedSuccessor: [UInt8]?

    static func insert(
        _ token: OpaqueToken, family: String, expires: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                "INSERT INTO refresh_tokens (hash, family_id, state, expires) VALUES (?, ?, 'live', ?)",
                .blob(token.hash), .text(family), .integer(expires)))
    }

    /// Spends a token of one client: of any number of callers at once, exactly one gets true. Nothing is spent when the
    /// token is another client's, or when the token, its family or its user is no longer good.
    static func spend(
        _ token: OpaqueToken, client: ByteString, sealedSuccessor: [UInt8], now: Int64, in transaction: Transaction
    ) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement(
                """
                UPDATE refresh_tokens SET state = 'spent', spent = ?, sealed_successor = ?
                WHERE hash = ? AND state = 'live' AND expires > ? AND EXISTS (
                    SELECT 1 FROM refresh_families JOIN users ON users.id = user_id
                    WHERE refresh_families.id = refresh_tokens.family_id AND refresh_families.client_id = ?
                        AND refresh_families.state = 'live' AND refresh_families.expires > ?
                        AND users.state = 'active')
                """,
                .integer(now), .blob(sealedSuccessor), .blob(token.hash), .integer(now), .text(client.text),
                .integer(now))) == 1
    }

    /// What is known of a token; nil when nobody knows it.
    static func find(_ token: OpaqueToken, in transaction: Transaction) throws(StoreError) -> RefreshTokenRecord? {
        let rows = try transaction.query(
            Statement(
                "SELECT family_id, spent, sealed_successor, state FROM refresh_tokens WHERE hash = ?",
                .blob(token.hash)))
        guard let row = rows.first, let family = try FamilyRecord.find(id: row.text("family_id"), in: transaction)
        else { return nil }
        // A token that was spent before times were kept was spent long ago.
        let spent: Int64? = try row.text("state") == "spent" ? row.optionalInteger("spent") ?? 0 : nil
        return RefreshTokenRecord(
            family: family, spent: spent, sealedSuccessor: try row.optionalBlob("sealed_successor"))
    }

    /// Whether a token is live and its time has not come.
    static func isLive(_ token: OpaqueToken, now: Int64, in transaction: Transaction) throws(StoreError) -> Bool {
        try !transaction.query(
            Statement(
                "SELECT 1 FROM refresh_tokens WHERE hash = ? AND state = 'live' AND expires > ?",
                .blob(token.hash), .integer(now))
        ).isEmpty
    }

    /// Drops successors that no caller can get any more.
    static func forgetSuccessors(spentBefore time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE refresh_tokens SET sealed_successor = NULL WHERE sealed_successor IS NOT NULL AND spent < ?",
                .integer(time)))
    }
}
