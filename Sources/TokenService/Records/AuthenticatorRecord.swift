import Codecs
import Storage

/// A person's authenticator app: its secret, sealed, and the last code that was accepted. Pending until a first code
/// showed that the app has the secret.
struct AuthenticatorRecord: Sendable {
    let isActive: Bool
    let sealedSecret: [UInt8]
    /// The step of the last code that was accepted (`TimedCode`): it and earlier ones are no good any more.
    let lastStep: Int64

    static func find(user: String, in transaction: Transaction) throws(StoreError) -> AuthenticatorRecord? {
        try transaction.query(Statement("SELECT * FROM authenticators WHERE user_id = ?", .text(user)))
            .first.map { row throws(StoreError) in
                AuthenticatorRecord(
                    isActive: try row.text("state") == "active", sealedSecret: try row.blob("sealed_secret"),
                    lastStep: try row.integer("last_step"))
            }
    }

    /// Stores a secret that waits for its first code, unless an authenticator is active.
    static func begin(
        user: String, sealedSecret: [UInt8], now: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO authenticators (user_id, state, sealed_secret, last_step, created)
                VALUES (?, 'pending', ?, -1, ?)
                ON CONFLICT (user_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, created = excluded.created
                WHERE authenticators.state = 'pending'
                """,
                .text(user), .blob(sealedSecret), .integer(now)))
    }

    /// Accepts the code of a step; the authenticator is active from then on.
    /// - Returns: false when that step's code, or a later one, was accepted before.
    static func accept(step: Int64, user: String, in transaction: Transaction) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement(
                "UPDATE authenticators SET state = 'active', last_step = ? WHERE user_id = ? AND last_step < ?",
                .integer(step), .text(user), .integer(step))) == 1
    }

    static func delete(user: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM authenticators WHERE user_id = ?", .text(user)))
    }
}

/// Recovery codes as they rest: hashes, each there until it is used.
enum RecoveryCodeRecord {
    /// Replaces all codes of a user.
    static func replace(_ codes: [RecoveryCode], user: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM recovery_codes WHERE user_id = ?", .text(user)))
        for code in codes {
            try transaction.execute(
                Statement("INSERT INTO recovery_codes (hash, user_id) VALUES (?, ?)", .blob(code.hash), .text(user)))
        }
    }

    /// - Returns: whether it was there: of several callers one gets true.
    static func spend(_ code: RecoveryCode, user: String, in transaction: Transaction) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement("DELETE FROM recovery_codes WHERE hash = ? AND user_id = ?", .blob(code.hash), .text(user))) == 1
    }

    static func count(user: String, in transaction: Transaction) throws(StoreError) -> Int {
        try transaction.query(Statement("SELECT hash FROM recovery_codes WHERE user_id = ?", .text(user))).count
    }
}
