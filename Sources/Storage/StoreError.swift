/// What went wrong with the store, for the operator: a stable code, and one sentence that says what to do.
///
/// The sentence names files, folders and SQLite's own result text; it never holds a parameter, a row or a key.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The stable, kebab-case name of a failure.
    public enum Code: String, Sendable, CaseIterable {
        /// The data folder cannot be used: missing rights, wrong owner, or other people may read it.
        case folderUnusable = "folder-unusable"
        /// Another process holds the data folder.
        case folderLocked = "folder-locked"
        /// The master key is missing, has the wrong length, or its file can be read by others.
        case masterKeyUnusable = "master-key-unusable"
        /// The data folder was sealed with another master key.
        case masterKeyWrong = "master-key-wrong"
        /// A sealed value does not open: it was changed, or it belongs to another row.
        case sealBroken = "seal-broken"
        /// The database was written by a newer version of the program.
        case schemaNewer = "schema-newer"
        /// A migration step failed; the database is as it was before that step.
        case migrationFailed = "migration-failed"
        /// SQLite did not take the settings that make an acknowledged write durable.
        case notDurable = "not-durable"
        /// No space is left: nothing was written.
        case diskFull = "disk-full"
        /// The database cannot be written.
        case readOnly = "read-only"
        /// Somebody else kept the database locked for longer than the busy timeout.
        case busy = "busy"
        /// Reading or writing the file failed.
        case inputOutput = "input-output"
        /// The file is damaged, or is no SQLite database.
        case damaged = "damaged"
        /// A row broke a rule of the schema (unique, foreign key, check).
        case constraint = "constraint"
        /// A value has a type or a form that the column or SQLite cannot hold.
        case unexpectedValue = "unexpected-value"
        /// The store was closed.
        case closed = "closed"
        /// SQLite refused a statement: a mistake in the program.
        case statementRefused = "statement-refused"
    }

    /// The stable name.
    public let code: Code

    /// What happened and what to do about it, without secrets.
    public let message: String

    /// An error with its sentence.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence, then the code in brackets.
    public var description: String { "\(message) [\(code.rawValue)]" }
}
