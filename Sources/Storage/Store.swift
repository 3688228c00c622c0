import GRDB
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The one database of a running server: `signet.db` in the claimed data folder.
///
/// SQLite in WAL mode with `synchronous=FULL`: when `write` returns, the change is on the disk. Exactly one connection
/// writes and checkpoints (SQLite before 3.51.3 can damage the log when two do); readers see one moment and never wait
/// for it. All work runs on the database's own queues, off the event loops, and is not cut short when the calling task
/// is cancelled: a commit is either reported or did not happen.
public final class Store: Sendable {
    /// The folder that holds the database.
    public let folder: DataFolder

    /// The key that seals columns; the database was checked to belong to it.
    public let masterKey: MasterKey

    private let pool: DatabasePool
    private let commitsSinceStart = Mutex(0)
    private let isClosed = Mutex(false)
    /// What makes values of what is stored; in the order in which they began.
    private let followers = Mutex<[any TopicFollower]>([])

    /// Opens or creates the database.
    /// - Parameters:
    ///   - folder: the claimed data folder; the store keeps the claim until `close`.
    ///   - masterKey: the key that seals columns. The first opening notes it (not the key, a value sealed with it).
    /// - Throws: `not-durable` when SQLite does not confirm its settings, `master-key-wrong`, and what opening can meet.
    public init(folder: DataFolder, masterKey: MasterKey) async throws(StoreError) {
        let path = Self.databasePath(in: folder)
        // SQLite gives the log and the shared memory the mode of the database file, so that file must be there first.
        try PrivateFile.ensure(path)
        self.folder = folder
        self.masterKey = masterKey
        do {
            pool = try Self.openDurably(path)
        } catch {
            throw StoreError(translating: error)
        }
        try PrivateFile.forceFolder(folder.path)
        try await checkMasterKey()
        try await migrate(feature: "storage", ChangeSchema.migrations)
    }

    /// Runs a closure that only reads. Everything it asks shows one and the same moment.
    public func read<Answer: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Answer
    ) async throws -> Answer {
        try requireOpen()
        return try await withCheckedThrowingContinuation { continuation in
            pool.asyncRead { [masterKey] database in
                continuation.resume(
                    with: Result {
                        do {
                            let effects = TransactionEffects()
                            let answer = try body(
                                Transaction(try database.get(), masterKey: masterKey, effects: effects))
                            effects.run()
                            return answer
                        } catch let error as DatabaseError {
                            throw StoreError(translating: error)
                        }
                    })
            }
        }
    }

    /// Runs a closure in a transaction that begins with the right to write (`BEGIN IMMEDIATE`). When this throws, nothing
    /// was written; when it returns, everything is on the disk, and what the closure told of (`Transaction.changed`) is in
    /// force behind every feed.
    /// - Parameter body: may run more than once, and what it did may be rolled back: whatever it does outside the database
    ///   belongs into `Transaction.afterCommit`.
    public func write<Answer: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Answer
    ) async throws -> Answer {
        try requireOpen()
        let (answer, inForce) = try await withCheckedThrowingContinuation { continuation in
            pool.asyncWriteWithoutTransaction { [self] database in
                let outcome = Result { try commit(body, in: database) }
                continuation.resume(with: outcome)
                // After the answer: moving pages is nobody's latency but the next writer's.
                checkpointWhenDue(database)
            }
        }
        for wait in inForce { await wait() }
        return answer
    }

    /// Has a feed follow what is committed from now on. Called among the writers.
    func follow(_ follower: any TopicFollower) {
        followers.withLock { $0.append(follower) }
    }

    /// Checks that a write would succeed: takes and gives back the right to write.
    public func checkWritable() async throws {
        _ = try await write { transaction in
            try transaction.execute(Statement("UPDATE store_seal SET id = id WHERE id = 1"))
        }
    }

    /// Empties the log into the database, closes all connections and gives the folder up. Later calls throw `closed`.
    public func close() throws(StoreError) {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        guard !wasClosed else { return }
        defer { folder.release() }
        do {
            // A reader still at work makes this fail; the log then stays behind, which loses nothing.
            pool.writeWithoutTransaction { _ = try? $0.checkpoint(.truncate) }
            pool.releaseMemory()
            try pool.close()
            followers.withLock { $0 = [] }
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// Whether the folder holds a database already.
    static func databaseExists(in folder: DataFolder) -> Bool {
        access(databasePath(in: folder), F_OK) == 0
    }

    /// `write` for closures that throw only store errors.
    func transact<Answer: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        do {
            return try await write(body)
        } catch {
            throw StoreError(translating: error)
        }
    }

    private func requireOpen() throws(StoreError) {
        guard !isClosed.withLock({ $0 }) else { throw StoreError(.closed, "the store is closed") }
    }

    /// - Returns: the answer, and what waits until its changes are in force.
    private func commit<Answer>(
        _ body: (Transaction) throws -> Answer, in database: Database
    ) throws -> (Answer, [@Sendable () async -> Void]) {
        try requireOpen()
        var answer: Answer?
        var adopting: [() -> @Sendable () async -> Void] = []
        let effects = TransactionEffects()
        do {
            try database.inTransaction(.immediate) {
                let transaction = Transaction(database, masterKey: masterKey, effects: effects)
                answer = try body(transaction)
                if !effects.topics.isEmpty {
                    let concerned = followers.withLock { $0.filter { effects.topics.contains($0.topic) } }
                    adopting = try concerned.map { try $0.prepare(in: transaction) }
                    try transaction.forgetOldChanges()
                }
                return .commit
            }
        } catch let error as DatabaseError {
            throw StoreError(translating: error)
        }
        guard let answer else { throw StoreError(.statementRefused, "a transaction ended without an answer") }
        let inForce = adopting.map { $0() }
        effects.run()
        return (answer, inForce)
    }

    /// The log is emptied a little every so many commits; SQLite's own checkpoints are off, so that this connection
    /// stays the only one that makes any.
    private func checkpointWhenDue(_ database: Database) {
        let commits = commitsSinceStart.withLock { count in
            count &+= 1
            return count
        }
        guard commits.isMultiple(of: 256) else { return }
        // A reader can hold it up; the next turn tries again.
        _ = try? database.checkpoint(.passive)
    }

    /// What tells which master key a database belongs to.
    static let sealTable: SchemaStatement =
        "CREATE TABLE IF NOT EXISTS store_seal (id {integer} PRIMARY KEY, sealed {bytes} NOT NULL) {table}"

    private func checkMasterKey() async throws(StoreError) {
        let column = SealedColumn("store-seal", masterKey: masterKey)
        let known = Array("signet".utf8)
        let fresh = try column.seal(known, row: "1")
        let stored = try await transact { transaction throws(StoreError) in
            try transaction.execute(Self.sealTable)
            try transaction.execute(
                Statement("INSERT INTO store_seal (id, sealed) VALUES (1, ?) ON CONFLICT (id) DO NOTHING", .blob(fresh))
            )
            return try transaction.query(Statement("SELECT sealed FROM store_seal WHERE id = 1"))
                .map { row throws(StoreError) in try row.blob("sealed") }
        }
        guard let sealed = stored.first, let opened = try? column.open(sealed, row: "1"), opened == known else {
            throw StoreError(
                .masterKeyWrong,
                "the data folder \(folder.path) was sealed with another master key: set SIGNET_MASTER_KEY to that one,"
                    + " or put its master.key back")
        }
    }

    private static func databasePath(in folder: DataFolder) -> String {
        folder.path + "/signet.db"
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        return configuration
    }

    private static func openDurably(_ path: String) throws -> DatabasePool {
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction(makeDurable)
        return pool
    }

    /// Turning the log on made GRDB set `synchronous` to NORMAL, which may lose acknowledged commits on a power cut.
    private static func makeDurable(_ database: Database) throws {
        try database.execute(sql: "PRAGMA synchronous = FULL")
        // A log that a burst made large shrinks to this when it starts over.
        try database.execute(sql: "PRAGMA journal_size_limit = 8388608")
        let wanted: [(setting: String, value: String)] = [
            ("synchronous", "2"), ("journal_mode", "wal"), ("foreign_keys", "1"), ("trusted_schema", "0"),
            ("wal_autocheckpoint", "0"),
        ]
        for (setting, value) in wanted {
            let found = try String.fetchOne(database, sql: "PRAGMA \(setting)") ?? "nothing"
            guard found == value else {
                throw StoreError(.notDurable, "SQLite answers \(setting)=\(found) where \(value) is needed")
            }
        }
    }
}
