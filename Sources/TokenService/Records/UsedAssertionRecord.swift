import Codecs
import Storage

/// Something signed that works once: a client's assertion or a DPoP proof, by who made it and its `jti`.
enum UsedAssertionRecord {
    /// Notes a use.
    /// - Parameter expires: from when on it would be refused for its age, in seconds since 1970.
    /// - Returns: false when it was used before.
    static func insert(
        issuer: ByteString, id: ByteString, expires: Int64, in transaction: Transaction
    ) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement(
                "INSERT INTO used_assertions (issuer, id, expires) VALUES (?, ?, ?) ON CONFLICT (issuer, id) DO NOTHING",
                .text(issuer.text), .text(id.text), .integer(expires))) == 1
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM used_assertions WHERE expires < ?", .integer(time)))
    }
}
