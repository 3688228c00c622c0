import GRDB

/// The database inside one transaction. Valid only inside the closure that received it; never keep it.
///
/// In a `Store.write` everything commits together or not at all; in a `Store.read` all answers show one moment, and
/// writing is refused.
public struct Transaction {
    /// The key of the data folder, for what is sealed with it.
    public let masterKey: MasterKey

    /// What follows from it once it is committed.
    let effects: TransactionEffects

    private let database: Database

    init(_ database: Database, masterKey: MasterKey, effects: TransactionEffects) {
        self.database = database
        self.masterKey = masterKey
        self.effects = effects
    }

    /// Runs a statement that changes rows.
    /// - Returns: how many rows the INSERT, UPDATE or DELETE changed. This count is what decides a single use.
    @discardableResult
    public func execute(_ statement: Statement) throws(StoreError) -> Int {
        do {
            let prepared = try database.cachedStatement(sql: statement.sql)
            try prepared.execute(arguments: arguments(of: statement))
            return database.changesCount
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// Runs a statement that answers with rows, and reads them all.
    public func query(_ statement: Statement) throws(StoreError) -> [Row] {
        do {
            let prepared = try database.cachedStatement(sql: statement.sql)
            let cursor = try GRDB.Row.fetchCursor(prepared, arguments: arguments(of: statement))
            let columns = prepared.columnNames
            var rows: [Row] = []
            while let row = try cursor.next() {
                rows.append(Row(columns: columns, values: try row.databaseValues.map(storeValue)))
            }
            return rows
        } catch {
            throw StoreError(translating: error)
        }
    }

    private func arguments(of statement: Statement) throws(StoreError) -> StatementArguments {
        var values: [DatabaseValue] = []
        for parameter in statement.parameters {
            switch parameter {
            case .null: values.append(.null)
            case .integer(let number): values.append(number.databaseValue)
            case .text(let text):
                // SQLite's text ends at the first NUL: "admin\0x" would be stored, and found, as "admin".
                guard !text.utf8.contains(0) else {
                    throw StoreError(.unexpectedValue, "text for the store contains U+0000")
                }
                values.append(text.databaseValue)
            case .blob(let bytes): values.append(blobValue(bytes))
            }
        }
        return StatementArguments(values)
    }
}

private func storeValue(_ value: DatabaseValue) throws(StoreError) -> StoreValue {
    switch value.storage {
    case .null: .null
    case .int64(let number): .integer(number)
    case .string(let text): .text(text)
    case .blob(let data): .blob([UInt8](data))
    case .double: throw StoreError(.unexpectedValue, "a stored value is a floating-point number")
    }
}
