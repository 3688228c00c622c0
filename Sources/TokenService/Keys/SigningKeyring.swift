import Codecs
import JOSE
import Storage
import Tokens

/// The keys that tokens are signed with: one current, and those that older tokens still need. ES256, made on the
/// first start, sealed at rest.
struct SigningKeyring: Sendable {
    /// The key that signs now.
    let current: SigningKey

    /// Everything that may have signed a token that still lives: what the JWK set publishes.
    let keySet: KeySet

    /// Loads the keys, and makes the first one when there is none.
    static func load(from store: Store, now: Int64) async throws -> SigningKeyring {
        let column = SealedColumn("signing-key", masterKey: store.masterKey)
        let records = try await store.write { transaction in
            let records = try SigningKeyRecord.all(in: transaction)
            guard !records.contains(where: \.isCurrent) else { return records }
            let first = try seal(try SigningKey.generate(.es256), in: column)
            try first.insert(now: now, in: transaction)
            return [first] + records
        }
        return try SigningKeyring(records, column)
    }

    private init(_ records: [SigningKeyRecord], _ column: SealedColumn) throws {
        var current: SigningKey?
        var keys: [VerificationKey] = []
        for record in records {
            // Public halves come out of the sealed keys too: a public key added to the table by hand is not believed.
            let jwk = try JSONReader.read(try column.open(record.sealedJWK, row: record.id))
            guard let object = jwk.object else {
                throw StoreError(.unexpectedValue, "the stored signing key \(record.id) is not a JWK")
            }
            let key = try SigningKey(jwk: object)
            keys.append(key.verificationKey)
            if record.isCurrent { current = key }
        }
        guard let current else {
            throw StoreError(.unexpectedValue, "the database names no current signing key")
        }
        self.current = current
        keySet = try KeySet(keys)
    }

    private static func seal(_ key: SigningKey, in column: SealedColumn) throws -> SigningKeyRecord {
        guard let id = key.id?.text else {
            throw StoreError(.unexpectedValue, "a generated signing key has no identifier")
        }
        let jwk = JSONWriter.write(.object(key.privateJWK))
        return SigningKeyRecord(id: id, isCurrent: true, sealedJWK: try column.seal(jwk, row: id))
    }
}
