import Codecs
import Storage
import Tokens

/// Tokens that are no longer accepted, until the last of them would have ended by itself.
struct RevocationRecord: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        /// One token, by `jti`.
        case token
        /// Everything of a session, by `sid`.
        case session
        /// Everything that speaks for somebody, by `sub`, issued up to a moment.
        case subject
        /// Everything that a client holds, by `client_id`, issued up to a moment.
        case client
        /// Everything that a signing key signed, by `kid`.
        case key
    }

    /// When the revocation of a key may be forgotten, in seconds since 1970: never (9999-12-31). Whoever holds the key
    /// signs tokens that live as long as they like.
    static let never: Int64 = 253_402_300_799

    let kind: Kind
    let identity: TokenIdentity
    /// The last second (since 1970) whose tokens are meant; nil means all.
    var issuedUntil: Int64?
    /// From when on forgetting this is harmless, in seconds since 1970.
    let expires: Int64
    /// The family whose session it is, for whoever tells its client; not stored.
    var family: FamilyRecord?

    /// Stores the revocation; storing one again keeps the later ends.
    func insert(in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO revocations (kind, issuer, id, issued_until, expires) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (kind, issuer, id) DO UPDATE SET
                    expires = CASE WHEN excluded.expires > revocations.expires
                        THEN excluded.expires ELSE revocations.expires END,
                    issued_until = CASE WHEN excluded.issued_until <= revocations.issued_until
                        THEN revocations.issued_until
                        WHEN revocations.issued_until IS NULL THEN NULL ELSE excluded.issued_until END
                """,
                .text(kind.rawValue), .text(identity.issuer.text), .text(identity.id.text),
                issuedUntil.map { .integer($0) } ?? .null, .integer(expires)))
        try transaction.changed(.revocations, RevocationChange.revoked(kind, identity).key)
    }

    static func all(in transaction: Transaction) throws(StoreError) -> [RevocationRecord] {
        try transaction.query(Statement("SELECT * FROM revocations"))
            .map { row throws(StoreError) in try RevocationRecord(row) }
    }

    /// Some of one kind, by id.
    /// - Parameter after: the id that stands before them.
    static func page(
        of kind: Kind, issuer: ByteString, after: String, limit: Int, in transaction: Transaction
    ) throws(StoreError) -> [RevocationRecord] {
        try transaction.query(
            Statement(
                "SELECT * FROM revocations WHERE kind = ? AND issuer = ? AND id > ? ORDER BY id LIMIT ?",
                .text(kind.rawValue), .text(issuer.text), .text(after), .integer(Int64(limit)))
        ).map { row throws(StoreError) in try RevocationRecord(row) }
    }

    static func find(
        _ kind: Kind, _ identity: TokenIdentity, in transaction: Transaction
    ) throws(StoreError) -> RevocationRecord? {
        try transaction.query(
            Statement(
                "SELECT * FROM revocations WHERE kind = ? AND issuer = ? AND id = ?", .text(kind.rawValue),
                .text(identity.issuer.text), .text(identity.id.text))
        ).first.map { row throws(StoreError) in try RevocationRecord(row) }
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        let count = try transaction.execute(Statement("DELETE FROM revocations WHERE expires < ?", .integer(time)))
        if count > 0 { try transaction.changed(.revocations, RevocationChange.forgotten(before: time).key) }
    }
}

extension RevocationRecord {
    private init(_ row: Row) throws(StoreError) {
        guard let kind = Kind(rawValue: try row.text("kind")) else {
            throw StoreError(.unexpectedValue, "a stored revocation is of an unknown kind")
        }
        self.init(
            kind: kind,
            identity: TokenIdentity(issuer: ByteString(try row.text("issuer")), id: ByteString(try row.text("id"))),
            issuedUntil: try row.optionalInteger("issued_until"), expires: try row.integer("expires"))
    }
}

extension ChangeTopic {
    /// What is revoked: the keys are `RevocationChange`s.
    static let revocations = ChangeTopic("revocations")
}

/// What the change table says of revocations.
enum RevocationChange {
    /// Something was revoked, or for longer than before.
    case revoked(RevocationRecord.Kind, TokenIdentity)
    /// What was to be remembered up to a second before this one was forgotten.
    case forgotten(before: Int64)

    /// A JSON array: the kind, the issuer and the id; or a number.
    var key: String {
        switch self {
        case .revoked(let kind, let identity):
            JSONWriter.text([.string(ByteString(kind.rawValue)), .string(identity.issuer), .string(identity.id)])
        case .forgotten(let time):
            JSONWriter.text([.number(JSONNumber(time))])
        }
    }

    init(key: String) throws(StoreError) {
        let parts = (try? JSONReader.read(Array(key.utf8)))?.array ?? []
        if parts.count == 1, let time = parts[0].int64 {
            self = .forgotten(before: time)
        } else if parts.count == 3, let kind = parts[0].string.flatMap({ RevocationRecord.Kind(rawValue: $0.text) }),
            let issuer = parts[1].string, let id = parts[2].string
        {
            self = .revoked(kind, TokenIdentity(issuer: issuer, id: id))
        } else {
            throw StoreError(.unexpectedValue, "the change table names no revocation")
        }
    }
}
