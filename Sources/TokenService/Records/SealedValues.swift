import Codecs
public import Storage

extension AuthorizationService {
    /// Everything of the token service that is sealed with the master key.
    public static let sealedRecords: [any SealedRecords.Type] = [
        SealedSigningKeys.self, SealedSuccessors.self, SealedAuthenticators.self, SealedAuditKey.self,
    ]
}

private enum SealedSigningKeys: SealedRecords {
    static let purpose: StaticString = "signing-key"

    static func all(in transaction: Transaction) throws(StoreError) -> [(row: String, sealed: [UInt8])] {
        try SigningKeyRecord.all(in: transaction).map { ($0.id, $0.sealedJWK) }
    }

    static func replace(_ sealed: [UInt8], row: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement("UPDATE signing_keys SET sealed_jwk = ? WHERE id = ?", .blob(sealed), .text(row)))
    }
}

private enum SealedSuccessors: SealedRecords {
    static let purpose: StaticString = "refresh-successor"

    static func all(in transaction: Transaction) throws(StoreError) -> [(row: String, sealed: [UInt8])] {
        try transaction.query(
            Statement("SELECT hash, sealed_successor FROM refresh_tokens WHERE sealed_successor IS NOT NULL")
        ).map { row throws(StoreError) in
            (Base64URL.encode(try row.blob("hash")), try row.blob("sealed_successor"))
        }
    }

    static func replace(_ sealed: [UInt8], row: String, in transaction: Transaction) throws(StoreError) {
        guard let hash = try? Base64URL.decode(Array(row.utf8)) else {
            throw StoreError(.unexpectedValue, "a row of refresh tokens has no name")
        }
        try transaction.execute(
            Statement("UPDATE refresh_tokens SET sealed_successor = ? WHERE hash = ?", .blob(sealed), .blob(hash)))
    }
}

private enum SealedAuthenticators: SealedRecords {
    static let purpose: StaticString = "authenticator-secret"

    static func all(in transaction: Transaction) throws(StoreError) -> [(row: String, sealed: [UInt8])] {
        try transaction.query(Statement("SELECT user_id, sealed_secret FROM authenticators"))
            .map { row throws(StoreError) in (try row.text("user_id"), try row.blob("sealed_secret")) }
    }

    static func replace(_ sealed: [UInt8], row: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement("UPDATE authenticators SET sealed_secret = ? WHERE user_id = ?", .blob(sealed), .text(row)))
    }
}

enum SealedAuditKey: SealedRecords {
    static let purpose: StaticString = "audit-key"
    /// The name of the only row.
    static let row = "1"

    static func all(in transaction: Transaction) throws(StoreError) -> [(row: String, sealed: [UInt8])] {
        try transaction.query(Statement("SELECT sealed FROM audit_key"))
            .map { row throws(StoreError) in (Self.row, try row.blob("sealed")) }
    }

    static func replace(_ sealed: [UInt8], row: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("UPDATE audit_key SET sealed = ?", .blob(sealed)))
    }
}

extension SealedColumn {
    static func auditKey(_ masterKey: MasterKey) -> SealedColumn {
        SealedColumn(SealedAuditKey.purpose, masterKey: masterKey)
    }

    static func signingKeys(_ masterKey: MasterKey) -> SealedColumn {
        SealedColumn(SealedSigningKeys.purpose, masterKey: masterKey)
    }

    static func refreshSuccessors(_ masterKey: MasterKey) -> SealedColumn {
        SealedColumn(SealedSuccessors.purpose, masterKey: masterKey)
    }

    static func authenticatorSecrets(_ masterKey: MasterKey) -> SealedColumn {
        SealedColumn(SealedAuthenticators.purpose, masterKey: masterKey)
    }
}
