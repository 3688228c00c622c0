import Blueprint
import Codecs
import Storage

extension Revision {
    init(_ row: Row) throws(StoreError) {
        guard let source = ChangeSource(stored: try row.text("source")) else {
            throw StoreError(.unexpectedValue, "the stored column source names no source of a change")
        }
        self.init(
            number: try row.integer("revision"), time: try row.integer("changed_at"), actor: try row.text("actor"),
            source: source, note: try row.text("note"), created: try row.integer("created_objects"),
            changed: try row.integer("changed_objects"), deleted: try row.integer("deleted_objects"))
    }

    /// The one in force; 0 before the first.
    static func current(in transaction: Transaction) throws(StoreError) -> Int64 {
        try transaction.query(Statement("SELECT MAX(revision) AS revision FROM configuration_changes"))
            .first?.optionalInteger("revision") ?? 0
    }

    /// The oldest that the history holds.
    static func oldest(in transaction: Transaction) throws(StoreError) -> Int64? {
        try transaction.query(Statement("SELECT MIN(revision) AS revision FROM configuration_changes"))
            .first?.optionalInteger("revision")
    }

    func insert(in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO configuration_changes
                    (revision, changed_at, actor, source, note, created_objects, changed_objects, deleted_objects)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .integer(number), .integer(time), .text(actor), .text(source.stored), .text(note), .integer(created),
                .integer(changed), .integer(deleted)))
    }
}

extension ObjectChange {
    init(_ row: Row) throws(StoreError) {
        self.init(
            object: try row.object(), before: try row.optionalContent("content_before"),
            after: try row.optionalContent("content_after"), ownerBefore: try row.optionalOwner("owner_before"),
            ownerAfter: try row.optionalOwner("owner_after"))
    }

    /// What one revision changed.
    static func all(of revision: Int64, in transaction: Transaction) throws(StoreError) -> [ObjectChange] {
        try transaction.query(
            Statement("SELECT * FROM configuration_object_changes WHERE revision = ?", .integer(revision))
        ).map { row throws(StoreError) in try ObjectChange(row) }.sorted { $0.object < $1.object }
    }

    /// For every object that changed after a revision, its first change after it.
    static func first(after revision: Int64, in transaction: Transaction) throws(StoreError) -> [ObjectChange] {
        try transaction.query(
            Statement(
                """
                SELECT changes.* FROM configuration_object_changes AS changes JOIN (
                    SELECT kind, name, MIN(revision) AS revision FROM configuration_object_changes
                    WHERE revision > ? GROUP BY kind, name
                ) AS firsts ON changes.kind = firsts.kind AND changes.name = firsts.name
                    AND changes.revision = firsts.revision
                """, .integer(revision))
        ).map { row throws(StoreError) in try ObjectChange(row) }
    }

    func insert(revision: Int64, in transaction: Transaction) throws(StoreError) {
        func text(_ text: String?) -> StoreValue { text.map { .text($0) } ?? .null }
        try transaction.execute(
            Statement(
                """
                INSERT INTO configuration_object_changes
                    (revision, kind, name, content_before, content_after, owner_before, owner_after)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                .integer(revision), .text(object.kind.rawValue), .text(object.name),
                text(before.map { JSONWriter.text($0) }), text(after.map { JSONWriter.text($0) }),
                text(ownerBefore?.stored), text(ownerAfter?.stored)))
    }
}
