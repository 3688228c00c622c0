import Codecs
import Storage
import Tokens

/// One token, or everything of one session, that is no longer accepted, until it would have ended by itself.
struct RevocationRecord: Sendable {
    enum Kind: String, Sendable {
        /// By `jti`.
        case token
        /// By `sid`.
        case session
    }

    let kind: Kind
    let identity: TokenIdentity
    /// From when on forgetting this is harmless, in seconds since 1970.
    let expires: Int64

    /// Stores the revocation; storing one again keeps the later end.
    func insert(in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO revocations (kind, issuer, id, expires) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET expires = max(expires, excluded.expires)
                """,
                .text(kind.rawValue), .text(identity.issuer.text), .text(identity.id.text), .integer(expires)))
    }

    static func all(in transaction: Transaction) throws(StoreError) -> [RevocationRecord] {
        try transaction.query(Statement("SELECT kind, issuer, id, expires FROM revocations"))
            .map { row throws(StoreError) in
                guard let kind = Kind(rawValue: try row.text("kind")) else {
                    throw StoreError(.unexpectedValue, "a stored revocation is of an unknown kind")
                }
                let identity = TokenIdentity(
                    issuer: ByteString(try row.text("issuer")), id: ByteString(try row.text("id")))
                return RevocationRecord(kind: kind, identity: identity, expires: try row.integer("expires"))
            }
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM revocations WHERE expires < ?", .integer(time)))
    }
}
