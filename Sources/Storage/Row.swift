/// One row of an answer: plain values, detached from the database.
public struct Row: Sendable {
    private let columns: [String]
    private let values: [StoreValue]

    init(columns: [String], values: [StoreValue]) {
        self.columns = columns
        self.values = values
    }

    /// The text in a column; throws `unexpected-value` for anything else, also for no value.
    public func text(_ column: StaticString) throws(StoreError) -> String {
        guard case .text(let text) = try value(column) else { throw unexpected(column, "text") }
        return text
    }

    /// The whole number in a column; throws `unexpected-value` for anything else, also for no value.
    public func integer(_ column: StaticString) throws(StoreError) -> Int64 {
        guard case .integer(let number) = try value(column) else { throw unexpected(column, "a whole number") }
        return number
    }

    /// The bytes in a column; throws `unexpected-value` for anything else, also for no value.
    public func blob(_ column: StaticString) throws(StoreError) -> [UInt8] {
        guard case .blob(let bytes) = try value(column) else { throw unexpected(column, "bytes") }
        return bytes
    }

    /// The text in a column, or nil when it has no value; throws `unexpected-value` for anything else.
    public func optionalText(_ column: StaticString) throws(StoreError) -> String? {
        if case .null = try value(column) { nil } else { try text(column) }
    }

    /// The whole number in a column, or nil when it has no value; throws `unexpected-value` for anything else.
    public func optionalInteger(_ column: StaticString) throws(StoreError) -> Int64? {
        if case .null = try value(column) { nil } else { try integer(column) }
    }

    /// The bytes in a column, or nil when it has no value; throws `unexpected-value` for anything else.
    public func optionalBlob(_ column: StaticString) throws(StoreError) -> [UInt8]? {
        if case .null = try value(column) { nil } else { try blob(column) }
    }

    /// The value in a column, whatever its type; throws `unexpected-value` when the answer has no such column.
    public func value(_ column: StaticString) throws(StoreError) -> StoreValue {
        guard let index = columns.firstIndex(of: column.description), index < values.count else {
            throw unexpected(column, "a column of this answer")
        }
        return values[index]
    }

    private func unexpected(_ column: StaticString, _ wanted: String) -> StoreError {
        StoreError(.unexpectedValue, "the stored column \(column) is not \(wanted)")
    }
}
