public import Storage

/// What is known of a secret, which is never its value.
public struct SecretRecord: Sendable, Equatable {
    /// How documents refer to it.
    public let name: String
    /// When it was first put, in seconds since 1970.
    public let created: Int64
    /// When it was last put, in seconds since 1970.
    public let changed: Int64
}

/// The secrets that documents refer to by name, each sealed with the master key.
extension BlueprintStore {
    /// Everything here that is sealed with the master key.
    public static let sealedRecords: [any SealedRecords.Type] = [SealedSecrets.self]

    /// Those that there are, by name.
    public func secrets() async throws -> [SecretRecord] {
        try await store.read { transaction in
            try transaction.query(Statement("SELECT name, created, changed FROM secrets ORDER BY name"))
                .map { row throws(StoreError) in try SecretRecord(row) }
        }
    }

    /// What stands under names, where something does.
    /// - Throws: `seal-broken` for one that was changed outside this program.
    public func secretValues(of names: some Sequence<String> & Sendable) async throws -> [String: [UInt8]] {
        try await store.read { transaction in
            let column = SealedColumn(SealedSecrets.purpose, masterKey: transaction.masterKey)
            var values: [String: [UInt8]] = [:]
            for name in names {
                let found = try transaction.query(Statement("SELECT sealed FROM secrets WHERE name = ?", .text(name)))
                guard let row = found.first else { continue }
                guard let value = try? column.open(try row.blob("sealed"), row: name) else {
                    throw StoreError(
                        .sealBroken,
                        "the stored secret \(name) does not open: it was changed outside this program; put it again")
                }
                values[name] = value
            }
            return values
        }
    }

    /// Puts a value under a name, in the place of the one before.
    /// - Parameter record: what is written in the same transaction, such as an event of the audit log.
    public func putSecret(
        _ name: String, _ value: [UInt8], now: Int64, record: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> SecretRecord {
        try await store.write { transaction in
            let column = SealedColumn(SealedSecrets.purpose, masterKey: transaction.masterKey)
            let rows = try transaction.query(
                Statement(
                    """
                    INSERT INTO secrets (name, sealed, created, changed) VALUES (?, ?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, changed = excluded.changed
                    RETURNING name, created, changed
                    """, .text(name), .blob(try column.seal(value, row: name)), .integer(now), .integer(now)))
            guard let row = rows.first else {
                throw StoreError(.unexpectedValue, "a secret was not stored")
            }
            try record(transaction)
            return try SecretRecord(row)
        }
    }

    /// Deletes a secret.
    /// - Parameter record: what is written in the same transaction, where there was one.
    /// - Returns: what was known of it; nil where there was none.
    public func deleteSecret(
        _ name: String, record: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> SecretRecord? {
        try await store.write { transaction in
            let rows = try transaction.query(
                Statement("DELETE FROM secrets WHERE name = ? RETURNING name, created, changed", .text(name)))
            guard let row = rows.first else { return nil }
            try record(transaction)
            return try SecretRecord(row)
        }
    }
}

extension SecretRecord {
    fileprivate init(_ row: Row) throws(StoreError) {
        self.init(
            name: try row.text("name"), created: try row.integer("created"), changed: try row.integer("changed"))
    }
}

private enum SealedSecrets: SealedRecords {
    static let purpose: StaticString = "secret"

    static func all(in transaction: Transaction) throws(StoreError) -> [(row: String, sealed: [UInt8])] {
        try transaction.query(Statement("SELECT name, sealed FROM secrets"))
            .map { row throws(StoreError) in (try row.text("name"), try row.blob("sealed")) }
    }

    static func replace(_ sealed: [UInt8], row: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement("UPDATE secrets SET sealed = ? WHERE name = ?", .blob(sealed), .text(row)))
    }
}
