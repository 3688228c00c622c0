import Codecs
import Storage

/// A passkey of a user: its public key, and how often it has signed.
struct PasskeyRecord: Sendable {
    /// The credential's id, as its authenticator chose it.
    let credential: [UInt8]
    let userID: String
    /// What its owner calls it.
    let name: ByteString
    let key: PasskeyKey
    let signCount: UInt32
    let isBackedUp: Bool
    let created: Int64
    /// When it was last used, in seconds since 1970; nil when it never was.
    let used: Int64?

    /// - Returns: false when there is a passkey of this credential already, whosever it is.
    func insert(in transaction: Transaction) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement(
                """
                INSERT INTO passkeys (credential, user_id, name, jwk, sign_count, backed_up, created)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (credential) DO NOTHING
                """,
                .blob(credential), .text(userID), .text(name.text), .text(JSONWriter.text(.object(key.jwk))),
                .integer(Int64(signCount)), .integer(isBackedUp ? 1 : 0), .integer(created))) == 1
    }

    static func find(_ credential: [UInt8], in transaction: Transaction) throws(StoreError) -> PasskeyRecord? {
        try transaction.query(Statement("SELECT * FROM passkeys WHERE credential = ?", .blob(credential)))
            .first.map { row throws(StoreError) in try PasskeyRecord(row) }
    }

    /// All passkeys of a user, the oldest first.
    static func all(ofUser id: String, in transaction: Transaction) throws(StoreError) -> [PasskeyRecord] {
        try transaction.query(
            Statement("SELECT * FROM passkeys WHERE user_id = ? ORDER BY created, credential", .text(id))
        ).map { row throws(StoreError) in try PasskeyRecord(row) }
    }

    /// Notes a use.
    func note(_ use: PasskeyCeremony.Assertion, now: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE passkeys SET sign_count = ?, backed_up = ?, used = ? WHERE credential = ?",
                .integer(Int64(use.signCount)), .integer(use.isBackedUp ? 1 : 0), .integer(now), .blob(credential)))
    }

    static func delete(_ credential: [UInt8], user: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement("DELETE FROM passkeys WHERE credential = ? AND user_id = ?", .blob(credential), .text(user)))
    }
}

extension PasskeyRecord {
    private init(_ row: Row) throws(StoreError) {
        guard let jwk = (try? JSONReader.read(Array(try row.text("jwk").utf8)))?.object,
            let key = try? PasskeyKey(jwk: jwk)
        else { throw StoreError(.unexpectedValue, "the stored key of a passkey cannot be read") }
        self.init(
            credential: try row.blob("credential"), userID: try row.text("user_id"),
            name: ByteString(try row.text("name")), key: key,
            signCount: UInt32(truncatingIfNeeded: try row.integer("sign_count")),
            isBackedUp: try row.integer("backed_up") == 1, created: try row.integer("created"),
            used: try row.optionalInteger("used"))
    }
}
