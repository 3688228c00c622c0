/// What a change is about: all the rows that one value in memory is made from.
public struct ChangeTopic: Sendable, Hashable {
    /// The name that the change table keeps, for example `clients`.
    public let name: String

    /// A topic.
    /// - Parameter name: stays the same for ever.
    public init(_ name: StaticString) {
        self.name = name.description
    }
}

/// One committed change, as the change table tells of it.
struct Change: Sendable {
    /// Counts the changes of the whole database: a later commit has a larger number.
    let sequence: Int64
    /// What of the topic changed; whoever told of it knows how to read it.
    let key: String
}

extension Transaction {
    /// Tells whoever follows a topic what this transaction changes of it. The change table gets the row in the same
    /// transaction; before the commit every `SnapshotFeed` of the topic makes its next value, and a feed that cannot makes
    /// the transaction fail.
    /// - Parameters:
    ///   - topic: what the change is about.
    ///   - key: what of it changed, for example a client's id; nothing secret.
    /// - Returns: the change's number. `Store.write` returns when it is in force.
    @discardableResult
    public func changed(_ topic: ChangeTopic, _ key: String) throws(StoreError) -> Int64 {
        // Computed, not given out by the database: numbers are committed in their order, without a gap, on a database with
        // many writers, too, where the second of two equal numbers is refused and its transaction runs again.
        let row = try query(
            Statement(
                """
                INSERT INTO changes (sequence, topic, key)
                SELECT COALESCE(MAX(sequence), 0) + 1, ?, ? FROM changes RETURNING sequence
                """, .text(topic.name), .text(key))
        ).first
        guard let number = try row?.integer("sequence") else {
            throw StoreError(.unexpectedValue, "the change table gave a change no number")
        }
        effects.topics.insert(topic)
        return number
    }

    /// The number of the last change; 0 when there was none.
    func lastChange() throws(StoreError) -> Int64 {
        try query(Statement("SELECT MAX(sequence) AS sequence FROM changes")).first?.optionalInteger("sequence") ?? 0
    }

    /// The changes of a topic behind a number, in their order; nil when the table has forgotten some of that time.
    func changes(of topic: ChangeTopic, after number: Int64) throws(StoreError) -> [Change]? {
        let oldest = try query(Statement("SELECT MIN(sequence) AS sequence FROM changes")).first?
            .optionalInteger("sequence")
        guard let oldest, oldest - 1 <= number else { return nil }
        return try query(
            Statement(
                "SELECT sequence, key FROM changes WHERE topic = ? AND sequence > ? ORDER BY sequence",
                .text(topic.name), .integer(number))
        ).map { row throws(StoreError) in
            Change(sequence: try row.integer("sequence"), key: try row.text("key"))
        }
    }

    /// Forgets changes that every follower knows: whoever is further behind reads everything again.
    func forgetOldChanges() throws(StoreError) {
        try execute(
            Statement("DELETE FROM changes WHERE sequence <= ?", .integer(try lastChange() - ChangeSchema.kept)))
    }
}

/// The change table, as steps that are only ever added to.
enum ChangeSchema {
    /// How many changes are kept.
    static let kept: Int64 = 10_000

    static let migrations: [Migration] = [
        Migration(
            "01-changes",
            [
                """
                CREATE TABLE changes (
                    sequence {integer} PRIMARY KEY,
                    topic {text} NOT NULL,
                    key {text} NOT NULL
                ) {table}
                """,
                "CREATE INDEX changes_by_topic ON changes (topic, sequence)",
            ])
    ]
}
