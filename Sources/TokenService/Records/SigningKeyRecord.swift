import Storage
import Tokens

/// A signing key as it rests: the private JWK sealed to its row, and where it is in its life.
struct SigningKeyRecord: Sendable {
    /// Published, then signing, then published for as long as its tokens live.
    enum State: String, Sendable {
        case next, current, retired
    }

    /// The `kid`.
    let id: String
    let algorithm: SignatureAlgorithm
    let state: State
    let sealedJWK: [UInt8]
    let created: Int64
    /// When it began to sign, or is to begin, in seconds since 1970.
    let activates: Int64
    /// From when on no token needs it, in seconds since 1970; nil until it is retired.
    let expires: Int64?

    func insert(in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO signing_keys (id, algorithm, state, sealed_jwk, created, activates)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                .text(id), .text(algorithm.rawValue), .text(state.rawValue), .blob(sealedJWK), .integer(created),
                .integer(activates)))
        try transaction.changed(.signingKeys, id)
    }

    /// All keys, the newest first.
    static func all(in transaction: Transaction) throws(StoreError) -> [SigningKeyRecord] {
        try transaction.query(Statement("SELECT * FROM signing_keys ORDER BY created DESC, id"))
            .map { row throws(StoreError) in try SigningKeyRecord(row) }
    }

    /// Lets the next key of an algorithm sign, and the one before it only verify.
    static func promote(
        _ algorithm: SignatureAlgorithm, now: Int64, oldExpires: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE signing_keys SET state = 'retired', expires = ? WHERE algorithm = ? AND state = 'current'",
                .integer(oldExpires), .text(algorithm.rawValue)))
        try transaction.execute(
            Statement(
                "UPDATE signing_keys SET state = 'current', activates = ? WHERE algorithm = ? AND state = 'next'",
                .integer(now), .text(algorithm.rawValue)))
        try transaction.changed(.signingKeys, algorithm.rawValue)
    }

    /// Forgets a key that signs no more.
    static func deleteRetired(_ id: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement("DELETE FROM signing_keys WHERE id = ? AND state = 'retired'", .text(id)))
        try transaction.changed(.signingKeys, id)
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        let count = try transaction.execute(Statement("DELETE FROM signing_keys WHERE expires < ?", .integer(time)))
        if count > 0 { try transaction.changed(.signingKeys, "expired") }
    }
}

extension ChangeTopic {
    /// The signing keys. They are a handful, always read together: what the changes name is for whoever looks into the table.
    static let signingKeys = ChangeTopic("signing-keys")
}

extension SigningKeyRecord {
    private init(_ row: Row) throws(StoreError) {
        guard let state = State(rawValue: try row.text("state")),
            let algorithm = SignatureAlgorithm(rawValue: try row.text("algorithm"))
        else { throw StoreError(.unexpectedValue, "a stored signing key is of an unknown kind") }
        self.init(
            id: try row.text("id"), algorithm: algorithm, state: state, sealedJWK: try row.blob("sealed_jwk"),
            created: try row.integer("created"), activates: try row.integer("activates"),
            expires: try row.optionalInteger("expires"))
    }
}
