import Storage

/// What lets its holder register clients, known by its hash.
enum RegistrationTokenRecord {
    /// How long it works, in seconds.
    static let lifetime: Int64 = 86_400

    static func insert(_ token: OpaqueToken, now: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "INSERT INTO registration_tokens (hash, expires) VALUES (?, ?)", .blob(token.hash),
                .integer(now + lifetime)))
    }

    static func isGood(_ token: OpaqueToken, now: Int64, in transaction: Transaction) throws(StoreError) -> Bool {
        try !transaction.query(
            Statement(
                "SELECT 1 FROM registration_tokens WHERE hash = ? AND expires > ?", .blob(token.hash), .integer(now))
        ).isEmpty
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM registration_tokens WHERE expires < ?", .integer(time)))
    }
}
