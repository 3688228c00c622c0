import Codecs
import Foundation
import TestSupport
import Testing

@testable import AIGateway
@testable import Analytics
@testable import ConfigurationStore
@testable import ControlPlane
@testable import Storage
@testable import TokenService

@Suite struct SQLDialectTests {
    private static let migrations =
        AnalyticsSchema.migrations + ChangeSchema.migrations + ConfigurationSchema.migrations + KeptAnswers.migrations
        + SpendSchema.migrations + TokenServiceTables.migrations

    /// Everything that a new database runs, in order.
    private static func schema(_ dialect: SQLDialect) -> [String] {
        ([Migration.begun, Store.sealTable] + migrations.flatMap(\.statements)).flatMap { $0.texts(for: dialect) }
    }

    @Test("what differs is rendered for each database, and quoted texts are left as they are")
    func rendering() {
        let statement = Statement("SELECT a FROM b WHERE c = ? AND d = '?''{text}?' AND e IN (?, ?)")
        #expect(statement.text(for: .sqlite) == statement.sql)
        #expect(
            statement.text(for: .postgresql) == "SELECT a FROM b WHERE c = $1 AND d = '?''{text}?' AND e IN ($2, $3)")
        let table: SchemaStatement =
            "CREATE TABLE a (b {text} DEFAULT '{integer}', c {integer}, d {bytes}, e {unknown}) {table by key}"
        #expect(
            table.texts(for: .sqlite)
                == ["CREATE TABLE a (b TEXT DEFAULT '{integer}', c INTEGER, d BLOB, e {unknown}) STRICT, WITHOUT ROWID"]
        )
        #expect(
            table.texts(for: .postgresql)
                == ["CREATE TABLE a (b TEXT COLLATE \"C\" DEFAULT '{integer}', c BIGINT, d BYTEA, e {unknown}) "])
    }

    @Test("every statement of the source is rendered for PostgreSQL without a word that only SQLite knows")
    func statements() throws {
        let found = try SourceStatements.all()
        #expect(found.count > 100)
        for (file, sql) in found {
            let rendered = SQLDialect.postgresql.statement(sql)
            let marks = SQLWords.read(sql).count { $0 == "?" }
            #expect(foreignWords(in: rendered) == [], "\(file): \(sql)")
            #expect(!rendered.contains("{"), "\(file): \(sql)")
            #expect(
                rendered.contains("ON CONFLICT (") || !rendered.contains("DO UPDATE"), "\(file): no target: \(sql)")
            #expect(numbers(in: rendered).elementsEqual(1..<(marks + 1)), "\(file): \(sql)")
        }
    }

    @Test("every migration is rendered for PostgreSQL without a word that only SQLite knows")
    func schema() {
        let texts = Self.schema(.postgresql)
        #expect(texts.count > 100)
        for text in texts {
            #expect(foreignWords(in: text) == [])
            let words = SQLWords.read(text)
            #expect(!words.contains("{") && !words.contains("}"), "\(text)")
            let texts = words.indices.filter { words[$0] == "TEXT" }
            #expect(texts.allSatisfy { words[($0 + 1)...].first == "COLLATE" }, "\(text)")
        }
    }

    @Test("words that only SQLite knows are found")
    func words() {
        let foreign = [
            "INSERT OR IGNORE INTO a VALUES (1)", "REPLACE INTO a VALUES (1)", "SELECT rowid FROM a", "PRAGMA x",
            "SELECT strftime('%s', b) FROM a", "SELECT json_extract(b, '$') FROM a", "SELECT max(a, b) FROM c",
            "CREATE TABLE a (b INTEGER)", "CREATE TABLE a (b BLOB)", "CREATE TABLE a (b BIGINT) STRICT",
            "SELECT a FROM b WHERE c = ?", "SELECT ifnull(a, b) FROM c", "SELECT a FROM b WHERE c == 1",
            "SELECT a FROM b WHERE c GLOB 'x'",
        ]
        for sql in foreign { #expect(foreignWords(in: sql) != [], "\(sql)") }
        #expect(foreignWords(in: "SELECT MAX(a) AS a FROM b WHERE c = 'PRAGMA ?' AND d <= $1") == [])
    }

    @Test("PostgreSQL's texts are written down for whoever tries them on a server", .enabled(if: wanted != nil))
    func written() throws {
        let path = try #require(Self.wanted)
        var text = Self.schema(.postgresql).map { $0 + ";\n" }.joined()
        for (number, found) in try SourceStatements.all().enumerated() {
            text += "PREPARE statement_\(number) AS \(SQLDialect.postgresql.statement(found.sql));\n"
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private static let wanted = ProcessInfo.processInfo.environment["SIGNET_POSTGRESQL_TEXTS"]

    private static let foreign: Set<String> = [
        "AUTOINCREMENT", "ROWID", "STRICT", "BLOB", "INTEGER", "PRAGMA", "GLOB", "IFNULL", "IIF", "STRFTIME",
        "UNIXEPOCH", "JULIANDAY", "DATETIME", "LAST_INSERT_ROWID", "RANDOMBLOB", "TYPEOF", "GROUP_CONCAT", "TOTAL",
        "ATTACH", "VACUUM", "NOCASE", "?", "`",
    ]
    private static let foreignPairs: Set<[String]> = [
        ["INSERT", "OR"], ["UPDATE", "OR"], ["REPLACE", "INTO"], ["INDEXED", "BY"], ["RAISE", "("], ["=", "="],
    ]

    private func foreignWords(in sql: String) -> [String] {
        let words = SQLWords.read(sql)
        let pairs = zip(words, words.dropFirst()).map { [$0, $1] }.filter { Self.foreignPairs.contains($0) }
        // The largest in a group of rows is said in both; the larger of two values in SQLite alone.
        let calls = words.indices.filter { index in
            guard ["MAX", "MIN"].contains(words[index]), words[(index + 1)...].first == "(" else { return false }
            return words[(index + 2)...].first { ["(", ")", ","].contains($0) } == ","
        }
        return words.filter { Self.foreign.contains($0) || $0.hasPrefix("JSON_") || $0.hasPrefix("SQLITE_") }
            + pairs.flatMap { $0 } + calls.map { words[$0] }
    }

    private func numbers(in sql: String) -> [Int] {
        let words = SQLWords.read(sql)
        return zip(words, words.dropFirst()).compactMap { $0 == "$" ? Int($1) : nil }
    }
}

/// The words and signs of a statement, in capitals, without quoted texts.
private enum SQLWords {
    static func read(_ sql: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var isQuoted = false
        for byte in Array(sql.utf8) + [0x20] {
            let isLetter = (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
            if !isQuoted, isLetter || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_") {
                word.append((0x61...0x7A).contains(byte) ? byte - 0x20 : byte)
                continue
            }
            if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
            word = []
            if byte == UInt8(ascii: "'") {
                isQuoted.toggle()
            } else if !isQuoted, byte > 0x20 {
                words.append(String(decoding: [byte], as: UTF8.self))
            }
        }
        return words
    }
}

/// The statements that stand in the source: their texts are literals.
private enum SourceStatements {
    static func all() throws -> [(file: String, sql: String)] {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        var found: [(file: String, sql: String)] = []
        for file in (files ?? []).filter({ $0.pathExtension == "swift" }).sorted(by: { $0.path < $1.path }) {
            // Bytes: in a debug build, looking through all of the source as characters takes minutes.
            let text = try Data(contentsOf: file)
            var rest = text[...]
            while let call = rest.range(of: Data("Statement(".utf8)) {
                rest = rest[call.upperBound...].drop { $0 == 0x20 || $0 == 0x0A }
                let mark = Data((rest.starts(with: "\"\"\"".utf8) ? "\"\"\"" : "\"").utf8)
                guard rest.starts(with: mark), let end = rest.dropFirst(mark.count).range(of: mark) else { continue }
                let literal = String(decoding: rest[(rest.startIndex + mark.count)..<end.lowerBound], as: UTF8.self)
                found.append((file.lastPathComponent, literal.split { $0.isWhitespace }.joined(separator: " ")))
                rest = rest[end.upperBound...]
            }
        }
        return found
    }
}
