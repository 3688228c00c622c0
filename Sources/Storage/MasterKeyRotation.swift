/// Values that are sealed with the master key: one kind of them, in one table.
public protocol SealedRecords: SendableMetatype {
    /// The purpose of their column.
    static var purpose: StaticString { get }
    /// All of them, by the row that each is bound to.
    static func all(in transaction: Transaction) throws(StoreError) -> [(row: String, sealed: [UInt8])]
    /// Puts another value into a row.
    static func replace(_ sealed: [UInt8], row: String, in transaction: Transaction) throws(StoreError)
}

extension Store {
    /// Opens the database with the folder's key. A rotation that was cut off is ended here: the database knows which of
    /// the two keys is its own.
    /// - Parameter environment: what `SIGNET_MASTER_KEY` holds, nil when it is not set.
    public static func open(_ folder: DataFolder, environment: String?) async throws(StoreError) -> Store {
        let key = try MasterKey.load(environment: environment, folder: folder)
        guard environment == nil, let next = try MasterKey.next(in: folder) else {
            return try await Store(folder: folder, masterKey: key)
        }
        do throws(StoreError) {
            let store = try await Store(folder: folder, masterKey: key)
            try MasterKey.forgetNext(in: folder)
            return store
        } catch {
            guard error.code == .masterKeyWrong else { throw error }
            let store = try await Store(folder: folder, masterKey: next)
            try next.writeAsCurrent(in: folder)
            return store
        }
    }

    /// Seals everything with another master key, all of it or nothing. Whoever uses this store afterwards opens it again.
    /// - Parameters:
    ///   - key: the new key.
    ///   - records: every kind of sealed values there is.
    ///   - isFile: whether the key lives in the folder; then it is written there, so that a crash loses neither.
    ///   - also: what else happens with it, under the key before.
    /// - Returns: how many values were sealed.
    public func rotateMasterKey(
        to key: MasterKey, records: [any SealedRecords.Type], isFile: Bool,
        also: @escaping @Sendable (Transaction) throws -> Void = { _ in }
    ) async throws -> Int {
        if isFile { try key.writeAsNext(in: folder) }
        let old = masterKey
        let kinds = records + [StoreSeal.self]
        let count = try await write { transaction -> Int in
            try also(transaction)
            var count = 0
            for kind in kinds {
                let before = SealedColumn(kind.purpose, masterKey: old)
                let after = SealedColumn(kind.purpose, masterKey: key)
                for (row, sealed) in try kind.all(in: transaction) {
                    let value = try before.open(sealed, row: row)
                    try kind.replace(try after.seal(value, row: row), row: row, in: transaction)
                    count += 1
                }
            }
            return count
        }
        if isFile { try key.writeAsCurrent(in: folder) }
        return count
    }
}

/// What tells which master key a database belongs to.
private enum StoreSeal: SealedRecords {
    static let purpose: StaticString = "store-seal"

    static func all(in transaction: Transaction) throws(StoreError) -> [(row: String, sealed: [UInt8])] {
        try transaction.query(Statement("SELECT sealed FROM store_seal WHERE id = 1"))
            .map { row throws(StoreError) in ("1", try row.blob("sealed")) }
    }

    static func replace(_ sealed: [UInt8], row: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("UPDATE store_seal SET sealed = ? WHERE id = 1", .blob(sealed)))
    }
}
