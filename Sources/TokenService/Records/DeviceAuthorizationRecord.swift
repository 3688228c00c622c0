import Codecs
import Crypto
import OAuth
import Storage

/// A device that waits for somebody's yes (RFC 8628), known by the hashes of its two codes.
struct DeviceAuthorizationRecord: Sendable {
    /// How long somebody may take to answer, in seconds.
    static let lifetime: Int64 = 600
    /// How long a device waits between two questions, in seconds (RFC 8628 §3.2).
    static let interval: Int64 = 5

    enum State: String, Sendable {
        case asked, allowed, denied, spent
    }

    let clientID: ByteString
    let scope: Scope
    let state: State
    /// Who said yes, when they proved who they are, and how.
    let userID: String?
    let authenticated: Int64
    let methods: [ByteString]
    /// The key that the device asked with (RFC 9449).
    let keyThumbprint: ByteString?
    /// When it last asked, in seconds since 1970, and how long it has to wait.
    let polled: Int64
    let interval: Int64
    let expires: Int64

    static func insert(
        _ code: OpaqueToken, _ userCode: UserCode, client: ByteString, scope: Scope, keyThumbprint: ByteString?,
        now: Int64, in transaction: Transaction
    ) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement(
                """
                INSERT INTO device_authorizations (hash, user_code, client_id, scope, state, key_thumbprint, polled,
                    interval, expires)
                VALUES (?, ?, ?, ?, 'asked', ?, 0, ?, ?) ON CONFLICT DO NOTHING
                """,
                .blob(code.hash), .blob(hash(userCode)), .text(client.text), .text(scope.text.text),
                keyThumbprint.map { .text($0.text) } ?? .null, .integer(interval), .integer(now + lifetime))) == 1
    }

    static func find(
        _ code: OpaqueToken, in transaction: Transaction
    ) throws(StoreError) -> DeviceAuthorizationRecord? {
        try transaction.query(Statement("SELECT * FROM device_authorizations WHERE hash = ?", .blob(code.hash)))
            .first.map { row throws(StoreError) in try DeviceAuthorizationRecord(row) }
    }

    /// What waits for an answer under a code that somebody typed.
    static func find(
        _ userCode: UserCode, now: Int64, in transaction: Transaction
    ) throws(StoreError) -> DeviceAuthorizationRecord? {
        try transaction.query(
            Statement(
                "SELECT * FROM device_authorizations WHERE user_code = ? AND state = 'asked' AND expires > ?",
                .blob(hash(userCode)), .integer(now))
        ).first.map { row throws(StoreError) in try DeviceAuthorizationRecord(row) }
    }

    /// Keeps somebody's answer.
    /// - Returns: whether it was still asked for: of several answers the first counts.
    static func answer(
        _ userCode: UserCode, isAllowed: Bool, by session: BrowserSessionRecord, now: Int64,
        in transaction: Transaction
    ) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement(
                """
                UPDATE device_authorizations SET state = ?, user_id = ?, authenticated = ?, methods = ?
                WHERE user_code = ? AND state = 'asked' AND expires > ?
                """,
                .text((isAllowed ? State.allowed : .denied).rawValue), .text(session.userID),
                .integer(session.authenticated), .text(StoredList.text(session.methods)), .blob(hash(userCode)),
                .integer(now))) == 1
    }

    /// Notes a question, and how long to wait before the next.
    static func note(
        poll time: Int64, interval: Int64, of code: OpaqueToken, in transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE device_authorizations SET polled = ?, interval = ? WHERE hash = ?", .integer(time),
                .integer(interval), .blob(code.hash)))
    }

    /// Gives the tokens out: of any number of callers at once, exactly one gets true.
    static func spend(_ code: OpaqueToken, in transaction: Transaction) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement(
                "UPDATE device_authorizations SET state = 'spent' WHERE hash = ? AND state = 'allowed'",
                .blob(code.hash))) == 1
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM device_authorizations WHERE expires < ?", .integer(time)))
    }

    private static func hash(_ code: UserCode) -> [UInt8] { Array(SHA256.hash(data: code.letters)) }
}

extension DeviceAuthorizationRecord {
    private init(_ row: Row) throws(StoreError) {
        guard let state = State(rawValue: try row.text("state")) else {
            throw StoreError(.unexpectedValue, "a stored device authorization is in an unknown state")
        }
        self.init(
            clientID: ByteString(try row.text("client_id")), scope: try StoredList.scope(row.text("scope")),
            state: state, userID: try row.optionalText("user_id"), authenticated: try row.integer("authenticated"),
            methods: try StoredList.read(row.text("methods")),
            keyThumbprint: try row.optionalText("key_thumbprint").map { ByteString($0) },
            polled: try row.integer("polled"), interval: try row.integer("interval"),
            expires: try row.integer("expires"))
    }
}
