/// The SQL of one database. Statements and migrations are written once, in what both databases take; the few things that
/// differ are rendered here:
///
/// | written | SQLite | PostgreSQL |
/// |---|---|---|
/// | `?` | `?` | `$1`, `$2`, … |
/// | `{text}` | `TEXT` | `TEXT COLLATE "C"`: compared bytewise, and `lower` changes ASCII alone |
/// | `{integer}` | `INTEGER` | `BIGINT` |
/// | `{bytes}` | `BLOB` | `BYTEA` |
/// | `{counted key}` | a key that is never given twice | a key; the numbers are the program's |
/// | `{table}` | `STRICT` | nothing |
/// | `{table by key}` | `STRICT, WITHOUT ROWID`: rows lie in the order of the primary key | nothing |
///
/// The braces stand in migrations only, so that a statement of a request is taken by SQLite as it is written. A truth value is
/// the integer 0 or 1. An upsert names its conflict target, and its own columns with the table's name where they stand on
/// the right.
public enum SQLDialect: Sendable, Hashable, CaseIterable {
    /// SQLite 3.38 or later.
    case sqlite
    /// PostgreSQL 12 or later, in a database whose encoding is UTF-8.
    case postgresql

    private static let tokens: [(name: String, sqlite: String, postgresql: String)] = [
        ("text", "TEXT", "TEXT COLLATE \"C\""), ("integer", "INTEGER", "BIGINT"), ("bytes", "BLOB", "BYTEA"),
        ("counted key", "INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT PRIMARY KEY"), ("table", "STRICT", ""),
        ("table by key", "STRICT, WITHOUT ROWID", ""),
    ]

    /// A statement's text for this database.
    func statement(_ sql: String) -> String {
        guard self == .postgresql else { return sql }
        var count = 0
        return replacing(in: sql) { character, _ in
            guard character == "?" else { return nil }
            count += 1
            return ("$\(count)", 1)
        }
    }

    /// The text of a step of a migration for this database. A word in braces that nobody knows stays: the database refuses it.
    func schema(_ sql: String) -> String {
        replacing(in: sql) { character, rest in
            guard character == "{", let end = rest.firstIndex(of: "}") else { return nil }
            let name = String(rest[rest.index(after: rest.startIndex)..<end])
            guard let token = Self.tokens.first(where: { $0.name == name }) else { return nil }
            return (self == .sqlite ? token.sqlite : token.postgresql, name.count + 2)
        }
    }

    /// Replaces what a closure wants replaced, outside quoted texts.
    /// - Parameter replacement: for a character and the text from there on: what stands instead of how many characters.
    private func replacing(
        in sql: String, _ replacement: (Character, Substring) -> (text: String, count: Int)?
    ) -> String {
        var rendered = ""
        var isQuoted = false
        var rest = sql[...]
        while let character = rest.first {
            if character == "'" { isQuoted.toggle() }
            if !isQuoted, let (text, count) = replacement(character, rest) {
                rendered += text
                rest = rest.dropFirst(count)
            } else {
                rendered.append(character)
                rest = rest.dropFirst()
            }
        }
        return rendered
    }
}

extension Statement {
    /// The text for a database.
    public func text(for dialect: SQLDialect) -> String { dialect.statement(sql) }
}
