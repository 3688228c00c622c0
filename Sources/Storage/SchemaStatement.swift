/// One statement of a migration: SQL in the words of `SQLDialect`, or something that each database says in its own way.
public struct SchemaStatement: Sendable, ExpressibleByStringLiteral {
    private enum Form: Sendable {
        case sql(String)
        case refusal(RowChange, table: String, name: String, message: String)
    }

    /// What can be done to a row that is there.
    public enum RowChange: String, Sendable {
        /// Other values.
        case update = "UPDATE"
        /// It goes.
        case delete = "DELETE"
    }

    private let form: Form

    private init(_ form: Form) {
        self.form = form
    }

    /// A statement.
    public init(stringLiteral sql: StaticString) {
        form = .sql(sql.description)
    }

    /// Lets no row of a table be changed or deleted.
    /// - Parameters:
    ///   - name: the rule's own name.
    ///   - message: what the database says to whoever tries; without quotes.
    public static func refuse(
        _ change: RowChange, of table: StaticString, as name: StaticString, saying message: StaticString
    ) -> SchemaStatement {
        SchemaStatement(
            .refusal(change, table: table.description, name: name.description, message: message.description))
    }

    /// The texts for a database, in order.
    public func texts(for dialect: SQLDialect) -> [String] {
        switch (form, dialect) {
        case (.sql(let sql), _):
            [dialect.schema(sql)]
        case (.refusal(let change, let table, let name, let message), .sqlite):
            [
                """
                CREATE TRIGGER \(name) BEFORE \(change.rawValue) ON \(table)
                BEGIN SELECT RAISE(ABORT, '\(message)'); END
                """
            ]
        case (.refusal(let change, let table, let name, let message), .postgresql):
            [
                """
                CREATE FUNCTION \(name)() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION '\(message)'; END $$
                """,
                "CREATE TRIGGER \(name) BEFORE \(change.rawValue) ON \(table) FOR EACH ROW EXECUTE FUNCTION \(name)()",
            ]
        }
    }
}

extension Transaction {
    /// Runs a statement of a migration.
    func execute(_ statement: SchemaStatement) throws(StoreError) {
        for text in statement.texts(for: .sqlite) { try execute(Statement(rendered: text)) }
    }
}
