/// One SQL statement: text from the source code, and parameters from wherever.
///
/// The text is a `StaticString`, so no value can ever become part of it; `?` marks stand for the parameters in order. It is
/// SQL that every database of `SQLDialect` takes, but for the marks.
public struct Statement: Sendable {
    /// The text, as written in the source code.
    public let sql: String

    /// One value for each `?`, in order.
    public let parameters: [StoreValue]

    /// A statement.
    /// - Parameters:
    ///   - sql: one SQL statement with `?` marks.
    ///   - parameters: one value for each mark, in order.
    public init(_ sql: StaticString, _ parameters: StoreValue...) {
        self.sql = sql.description
        self.parameters = parameters
    }

    /// A statement that this target rendered from a migration.
    init(rendered sql: String) {
        self.sql = sql
        parameters = []
    }
}

/// A value as the store keeps it: SQLite's storage classes without floating point, which no record here needs.
public enum StoreValue: Sendable, Hashable {
    /// No value.
    case null
    /// A signed 64-bit whole number.
    case integer(Int64)
    /// UTF-8 text without U+0000. Columns compare it bytewise (SQLite's BINARY collation).
    case text(String)
    /// Bytes.
    case blob([UInt8])
}
