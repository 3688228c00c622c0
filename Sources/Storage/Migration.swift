/// One step that brings a feature's tables forward. Steps are only ever added, never changed or reordered.
public struct Migration: Sendable {
    /// A name that stays for ever, for example `01-users`.
    public let name: String

    /// The statements, run in order in one transaction.
    public let statements: [SchemaStatement]

    /// A step.
    public init(_ name: StaticString, _ statements: [SchemaStatement]) {
        self.name = name.description
        self.statements = statements
    }

    /// What every database has before anything else: which steps were applied.
    static let begun: SchemaStatement = """
        CREATE TABLE IF NOT EXISTS applied_migrations (
            feature {text} NOT NULL, position {integer} NOT NULL, name {text} NOT NULL,
            PRIMARY KEY (feature, position)
        ) {table by key}
        """
}

extension Store {
    /// Brings a feature's tables forward: runs the steps that are not applied yet, each in a transaction of its own.
    /// - Parameters:
    ///   - feature: whose tables, for example `token-service`.
    ///   - migrations: all steps of the feature, oldest first.
    /// - Throws: `schema-newer` when the database knows a step that this program does not, `migration-failed` when a
    ///   step fails (that step left nothing behind).
    public func migrate(feature: StaticString, _ migrations: [Migration]) async throws(StoreError) {
        let feature = feature.description
        let applied = try await transact { transaction throws(StoreError) in
            try transaction.execute(Migration.begun)
            return try transaction.query(
                Statement("SELECT name FROM applied_migrations WHERE feature = ? ORDER BY position", .text(feature))
            ).map { row throws(StoreError) in try row.text("name") }
        }
        guard applied.elementsEqual(migrations.prefix(applied.count).map(\.name)) else {
            throw StoreError(
                .schemaNewer,
                "the database was written by a newer version of this program (\(feature) knows"
                    + " \(applied.last ?? "another step")): start that version, or restore an older backup")
        }
        for (position, migration) in migrations.enumerated().dropFirst(applied.count) {
            do throws(StoreError) {
                try await transact { transaction throws(StoreError) in
                    for statement in migration.statements { try transaction.execute(statement) }
                    try transaction.execute(
                        Statement(
                            "INSERT INTO applied_migrations (feature, position, name) VALUES (?, ?, ?)",
                            .text(feature), .integer(Int64(position)), .text(migration.name)))
                }
            } catch {
                throw StoreError(
                    .migrationFailed, "the migration \(migration.name) of \(feature) failed: \(error.message)")
            }
        }
    }
}
