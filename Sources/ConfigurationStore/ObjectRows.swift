import Blueprint
import Codecs
import Storage

/// An object as it is stored.
struct ObjectRow {
    let object: ObjectReference
    let content: JSON
    let record: ObjectRecord

    static func all(in transaction: Transaction) throws(StoreError) -> [ObjectRow] {
        try transaction.query(Statement("SELECT * FROM configuration_objects"))
            .map { row throws(StoreError) in
                ObjectRow(
                    object: try row.object(), content: try StoredContent.read(try row.text("content")),
                    record: ObjectRecord(
                        owner: try row.owner("owner"), revision: try row.integer("revision"),
                        changedAt: try row.integer("changed_at"), changedBy: try row.text("changed_by")))
            }
            .sorted { $0.object < $1.object }
    }

    func put(in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO configuration_objects (kind, name, owner, revision, content, changed_at, changed_by)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (kind, name) DO UPDATE SET owner = excluded.owner, revision = excluded.revision,
                    content = excluded.content, changed_at = excluded.changed_at, changed_by = excluded.changed_by
                """,
                .text(object.kind.rawValue), .text(object.name), .text(record.owner.stored), .integer(record.revision),
                .text(JSONWriter.text(content)), .integer(record.changedAt), .text(record.changedBy)))
    }

    static func delete(_ object: ObjectReference, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "DELETE FROM configuration_objects WHERE kind = ? AND name = ?", .text(object.kind.rawValue),
                .text(object.name)))
    }
}

/// The text of an object in the database.
enum StoredContent {
    static func read(_ text: String) throws(StoreError) -> JSON {
        do {
            return try JSONReader.read(Array(text.utf8))
        } catch {
            throw StoreError(.unexpectedValue, "a stored object of the configuration is not JSON")
        }
    }
}

extension Row {
    func object() throws(StoreError) -> ObjectReference {
        guard let kind = ObjectKind(rawValue: try text("kind")) else {
            throw StoreError(.unexpectedValue, "a stored object of the configuration has a kind that is not known")
        }
        return ObjectReference(kind, try text("name"))
    }

    func owner(_ column: StaticString) throws(StoreError) -> Owner {
        guard let owner = Owner(stored: try text(column)) else {
            throw StoreError(.unexpectedValue, "the stored column \(column) names no owner")
        }
        return owner
    }

    func optionalOwner(_ column: StaticString) throws(StoreError) -> Owner? {
        try optionalText(column) == nil ? nil : try owner(column)
    }

    func optionalContent(_ column: StaticString) throws(StoreError) -> JSON? {
        guard let text = try optionalText(column) else { return nil }
        return try StoredContent.read(text)
    }
}
