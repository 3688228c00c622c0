import Storage

/// A link with which somebody who forgot their password sets another one, once, known by the hash of its secret.
enum ResetLinkRecord {
    /// How long a link works, in seconds.
    static let lifetime: Int64 = 1_800
    /// How long after one link a person can ask for another, in seconds.
    static let pause: Int64 = 300

    static func insert(_ link: OpaqueToken, user: String, now: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "INSERT INTO reset_links (hash, user_id, created, expires) VALUES (?, ?, ?, ?)", .blob(link.hash),
                .text(user), .integer(now), .integer(now + lifetime)))
    }

    /// Whose link it is, while it works.
    static func user(of link: OpaqueToken, now: Int64, in transaction: Transaction) throws(StoreError) -> String? {
        try transaction.query(
            Statement(
                "SELECT user_id FROM reset_links WHERE hash = ? AND expires > ?", .blob(link.hash), .integer(now))
        ).first.map { row throws(StoreError) in try row.text("user_id") }
    }

    /// Whether a user was given a link a short time ago.
    static func isRecent(user: String, now: Int64, in transaction: Transaction) throws(StoreError) -> Bool {
        try !transaction.query(
            Statement(
                "SELECT 1 FROM reset_links WHERE user_id = ? AND created > ?", .text(user), .integer(now - pause))
        ).isEmpty
    }

    /// Uses a link up, and with it every other link of its user.
    /// - Returns: whose it was; nil when it works no more: of several callers one gets the user.
    static func spend(_ link: OpaqueToken, now: Int64, in transaction: Transaction) throws(StoreError) -> String? {
        guard let user = try user(of: link, now: now, in: transaction) else { return nil }
        try transaction.execute(Statement("DELETE FROM reset_links WHERE user_id = ?", .text(user)))
        return user
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM reset_links WHERE expires < ?", .integer(time)))
    }
}
