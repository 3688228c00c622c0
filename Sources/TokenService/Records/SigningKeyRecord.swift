import Storage

/// A signing key as it rests: the private JWK sealed to its row.
struct SigningKeyRecord: Sendable {
    /// The `kid`.
    let id: String
    let isCurrent: Bool
    let sealedJWK: [UInt8]

    func insert(now: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "INSERT INTO signing_keys (id, state, sealed_jwk, created) VALUES (?, ?, ?, ?)",
                .text(id), .text(isCurrent ? "current" : "retired"), .blob(sealedJWK), .integer(now)))
    }

    /// All keys, the newest first.
    static func all(in transaction: Transaction) throws(StoreError) -> [SigningKeyRecord] {
        try transaction.query(
            Statement("SELECT id, state, sealed_jwk FROM signing_keys ORDER BY created DESC, id")
        ).map { row throws(StoreError) in
            SigningKeyRecord(
                id: try row.text("id"), isCurrent: try row.text("state") == "current",
                sealedJWK: try row.blob("sealed_jwk"))
        }
    }
}
