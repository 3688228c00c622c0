import Codecs
import ControlPlane
import Crypto
import Storage

/// The chain that holds the audit log together.
///
/// Every event has a code over itself and the one before it (HMAC-SHA256, RFC 2104), and a head tells how many events there
/// are and how the last one ends. The key is random and sealed with the master key: whoever writes into the database
/// without it changes, takes out, puts in or cuts off nothing unseen.
///
/// Two things cannot be seen. An older copy of the whole database, put back, is as good as it was; and where nothing at all
/// is left, the log begins anew. What it says of its length and of when it began shows either to whoever noted them.
struct AuditLog: Sendable {
    /// Where the log ends.
    struct Head: Sendable {
        /// When the log got its key, in seconds since 1970.
        let begun: Int64
        /// The number of the last event from before that. Up to there the chain is a plain hash, which whoever wrote into
        /// the database could have made anew; its last value stands under the key with everything else.
        let unkeyed: Int64
        /// The number of the last event: they are counted from 1.
        let count: Int64
        /// The code of the last event.
        let chain: [UInt8]
    }

    let head: Head
    private let key: SymmetricKey

    private init(head: Head, key: SymmetricKey) {
        self.head = head
        self.key = key
    }

    /// The log as it stands; nil when it has no key or no head, or when its head is not as it was written.
    init?(in transaction: Transaction) throws(StoreError) {
        guard let key = try Self.key(in: transaction),
            let row = try transaction.query(Statement("SELECT * FROM audit_head")).first
        else { return nil }
        head = Head(
            begun: try row.integer("begun"), unkeyed: try row.integer("unkeyed"), count: try row.integer("count"),
            chain: try row.blob("chain"))
        self.key = key
        guard try row.blob("code") == code(of: head) else { return nil }
    }

    /// The log, to add to it. A log without a key or a good head gets them, and takes over what is there as what has no
    /// key: events that had one fail from then on, so that nobody makes them good by taking the head away.
    static func open(now: Int64, in transaction: Transaction) throws(StoreError) -> AuditLog {
        let last = try lastEvent(in: transaction)
        // Events may be missing at the end, which stays to be seen; there can be none after it.
        if let log = try AuditLog(in: transaction), last?.id ?? 0 <= log.head.count { return log }
        let head = Head(begun: now, unkeyed: last?.id ?? 0, count: last?.id ?? 0, chain: last?.chain ?? [])
        let key = if let known = try key(in: transaction) { known } else { try makeKey(in: transaction) }
        let log = AuditLog(head: head, key: key)
        try log.storeHead(in: transaction)
        return log
    }

    /// Adds an event at the end.
    func append(_ event: AuditEvent, now: Int64, in transaction: Transaction) throws(StoreError) {
        // A number that somebody made the largest there is ends in a failed insert.
        let stored = AuditEvent.Stored(id: head.count &+ 1, time: now, event: event)
        let code = code(of: stored, after: head.chain)
        try stored.insert(code: code, in: transaction)
        let next = Head(begun: head.begun, unkeyed: head.unkeyed, count: stored.id, chain: code)
        try AuditLog(head: next, key: key).storeHead(in: transaction)
    }

    /// The code of an event, or its plain hash where it is from before there was a key.
    func code(of stored: AuditEvent.Stored, after before: [UInt8]) -> [UInt8] {
        guard stored.id > head.unkeyed else { return Self.plainHash(of: stored, after: before) }
        let event = stored.event
        let actor = event.actor.words
        let fields: [String?] = [
            "\(stored.id)", "\(stored.time)", event.kind.rawValue, actor.kind, actor.user, actor.client, event.user,
            event.client?.text, event.actor.address, event.detail,
        ]
        return code("event", before, fields)
    }

    private func code(of head: Head) -> [UInt8] {
        code("head", head.chain, ["\(head.begun)", "\(head.unkeyed)", "\(head.count)"])
    }

    /// Over every part with its length; a field that is not there is told from an empty one.
    private func code(_ purpose: String, _ before: [UInt8], _ fields: [String?]) -> [UInt8] {
        var code = HMAC<SHA256>(key: key)
        func add(_ part: [UInt8]?) {
            let length = part.map { UInt64($0.count) } ?? .max
            code.update(data: withUnsafeBytes(of: length.bigEndian) { Array($0) })
            code.update(data: part ?? [])
        }
        add(Array(purpose.utf8))
        add(before)
        for field in fields { add(field.map { Array($0.utf8) }) }
        return Array(code.finalize())
    }

    /// What events had before there was a key: a hash over the hash before it and every field, each with its length.
    private static func plainHash(of stored: AuditEvent.Stored, after before: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: before)
        let event = stored.event
        for field in [
            "\(stored.time)", event.kind.rawValue, event.user ?? "", event.client?.text ?? "",
            event.actor.address ?? "", event.detail,
        ] {
            withUnsafeBytes(of: UInt64(field.utf8.count).bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: Array(field.utf8))
        }
        return Array(hash.finalize())
    }

    /// The number and the code of the last event that is there.
    static func lastEvent(in transaction: Transaction) throws(StoreError) -> (id: Int64, chain: [UInt8])? {
        try transaction.query(Statement("SELECT id, chain FROM audit_events ORDER BY id DESC LIMIT 1"))
            .first.map { row throws(StoreError) in (id: try row.integer("id"), chain: try row.blob("chain")) }
    }

    private func storeHead(in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO audit_head (id, begun, unkeyed, count, chain, code) VALUES (1, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET begun = excluded.begun, unkeyed = excluded.unkeyed, count = excluded.count,
                    chain = excluded.chain, code = excluded.code
                """,
                .integer(head.begun), .integer(head.unkeyed), .integer(head.count), .blob(head.chain),
                .blob(code(of: head))))
    }

    /// The key; nil when there is none, or none that the master key opens.
    private static func key(in transaction: Transaction) throws(StoreError) -> SymmetricKey? {
        guard let row = try transaction.query(Statement("SELECT sealed FROM audit_key")).first else { return nil }
        let column = SealedColumn.auditKey(transaction.masterKey)
        return (try? column.open(try row.blob("sealed"), row: SealedAuditKey.row)).map { SymmetricKey(data: $0) }
    }

    private static func makeKey(in transaction: Transaction) throws(StoreError) -> SymmetricKey {
        let key = SymmetricKey(size: .bits256)
        let bytes = key.withUnsafeBytes { Array($0) }
        let sealed = try SealedColumn.auditKey(transaction.masterKey).seal(bytes, row: SealedAuditKey.row)
        try transaction.execute(
            Statement(
                """
                INSERT INTO audit_key (id, sealed) VALUES (1, ?)
                ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed
                """,
                .blob(sealed)))
        return key
    }
}

/// One look at the whole log, a stretch at a time: others may read and write meanwhile.
struct AuditCheck: Sendable {
    private static let stretch: Int64 = 2_000

    private let log: AuditLog?
    /// The number of the last event that was there when the look began.
    private let end: Int64
    private var chain: [UInt8] = []
    /// The number of the last event that is as it was written.
    private(set) var good: Int64 = 0
    /// The first event that is not, or that is missing; nil when all are.
    private(set) var broken: Int64?
    /// Whether everything has been looked at.
    private(set) var isDone = false

    /// When the log got its key, in seconds since 1970; and the last event from before that.
    var head: AuditLog.Head? { log?.head }

    /// Begins with what the head says now.
    init(in transaction: Transaction) throws(StoreError) {
        log = try AuditLog(in: transaction)
        end = try AuditLog.lastEvent(in: transaction)?.id ?? 0
    }

    /// Looks at the next events.
    mutating func goOn(in transaction: Transaction) throws(StoreError) {
        guard let log else { return finish(broken: 1) }
        let rows = try transaction.query(
            Statement(
                "SELECT * FROM audit_events WHERE id > ? AND id <= ? ORDER BY id LIMIT ?", .integer(good),
                .integer(log.head.count), .integer(Self.stretch)))
        for row in rows {
            // Numbers are given without a gap; a change that is not kept gives its number back.
            guard let stored = try? AuditEvent.Stored(row), stored.id == good &+ 1,
                stored.id > log.head.unkeyed || stored.event.actor.identity == .nobody,
                case let code = log.code(of: stored, after: chain), try row.blob("chain") == code
            else { return finish(broken: good &+ 1) }
            (good, chain) = (stored.id, code)
        }
        guard rows.isEmpty || good == log.head.count else { return }
        if good < log.head.count || end > log.head.count { return finish(broken: good &+ 1) }
        finish(broken: chain == log.head.chain ? nil : good)
    }

    private mutating func finish(broken: Int64?) {
        self.broken = broken
        isDone = true
    }
}
