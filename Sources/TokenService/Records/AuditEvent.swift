import Codecs
import Crypto
import OAuth
import Storage

/// Something that matters to security and happened: stored with the change it tells of, in one transaction, and never
/// changed.
///
/// Each event holds a hash over itself and the one before it, so that an event that somebody changed, took out or put in
/// by hand shows. (Events cut off at the end do not: compare with a copy.)
struct AuditEvent: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case signInRefused = "sign-in-refused"
        case secondFactorRefused = "second-factor-refused"
        case passkeyRefused = "passkey-refused"
        case signedIn = "signed-in"
        case signedOut = "signed-out"
        case sessionOpened = "session-opened"
        case sessionEnded = "session-ended"
        case refreshTokenReused = "refresh-token-reused"
        case codeReused = "code-reused"
        case tokenRevoked = "token-revoked"
        case consentGiven = "consent-given"
        case accessEnded = "access-ended"
        case deviceAllowed = "device-allowed"
        case deviceDenied = "device-denied"
        case resetLinkMade = "reset-link-made"
        case passwordChanged = "password-changed"
        case authenticatorAdded = "authenticator-added"
        case authenticatorRemoved = "authenticator-removed"
        case recoveryCodesMade = "recovery-codes-made"
        case recoveryCodeUsed = "recovery-code-used"
        case passkeyAdded = "passkey-added"
        case passkeyRemoved = "passkey-removed"
        case userCreated = "user-created"
        case userEnabled = "user-enabled"
        case userDisabled = "user-disabled"
        case serverRoleChanged = "server-role-changed"
        case userSignedOut = "user-signed-out"
        case registrationTokenMade = "registration-token-made"
        case clientCreated = "client-created"
        case clientChanged = "client-changed"
        case clientDeleted = "client-deleted"
        case clientRevoked = "client-revoked"
        case clientSecretRenewed = "client-secret-renewed"
        case signingKeyMade = "signing-key-made"
        case signingKeyRotated = "signing-key-rotated"
    }

    let kind: Kind
    var user: String?
    var client: ByteString?
    /// Where it came from, as far as that is known.
    var address: String?
    /// A few words more; never a secret.
    var detail = ""

    init(_ kind: Kind, user: String? = nil, client: ByteString? = nil, address: String? = nil, detail: String = "") {
        self.kind = kind
        self.user = user
        self.client = client
        self.address = address
        self.detail = detail
    }

    /// Adds it to the log.
    func insert(now: Int64, in transaction: Transaction) throws(StoreError) {
        let last = try transaction.query(Statement("SELECT chain FROM audit_events ORDER BY id DESC LIMIT 1")).first
        let before = try last.map { row throws(StoreError) in try row.blob("chain") } ?? []
        try transaction.execute(
            Statement(
                """
                INSERT INTO audit_events (time, kind, user_id, client_id, address, detail, chain)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                .integer(now), .text(kind.rawValue), user.map { .text($0) } ?? .null,
                client.map { .text($0.text) } ?? .null, address.map { .text($0) } ?? .null, .text(detail),
                .blob(chain(after: before, now: now))))
    }

    /// A hash over the hash before it and every field, each with its length.
    private func chain(after before: [UInt8], now: Int64) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: before)
        for field in ["\(now)", kind.rawValue, user ?? "", client?.text ?? "", address ?? "", detail] {
            withUnsafeBytes(of: UInt64(field.utf8.count).bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: Array(field.utf8))
        }
        return Array(hash.finalize())
    }
}

extension AuditEvent {
    /// An event as it rests.
    struct Stored: Sendable {
        let id: Int64
        let time: Int64
        let event: AuditEvent
    }

    /// Events in their order.
    /// - Parameters:
    ///   - id: only later ones.
    ///   - user: only those of one user, by id; nil means all.
    ///   - limit: so many at most.
    static func after(
        _ id: Int64, user: String?, limit: Int64, in transaction: Transaction
    ) throws(StoreError) -> [Stored] {
        let statement =
            if let user {
                Statement(
                    "SELECT * FROM audit_events WHERE id > ? AND user_id = ? ORDER BY id LIMIT ?", .integer(id),
                    .text(user), .integer(limit))
            } else {
                Statement("SELECT * FROM audit_events WHERE id > ? ORDER BY id LIMIT ?", .integer(id), .integer(limit))
            }
        return try transaction.query(statement).map { row throws(StoreError) in try Stored(row) }
    }

    /// The last events, in their order.
    static func last(_ count: Int64, user: String?, in transaction: Transaction) throws(StoreError) -> [Stored] {
        let statement =
            if let user {
                Statement(
                    "SELECT * FROM audit_events WHERE user_id = ? ORDER BY id DESC LIMIT ?", .text(user),
                    .integer(count))
            } else {
                Statement("SELECT * FROM audit_events ORDER BY id DESC LIMIT ?", .integer(count))
            }
        return try transaction.query(statement).map { row throws(StoreError) in try Stored(row) }.reversed()
    }

    /// Looks at a stretch of the log.
    /// - Parameters:
    ///   - id: begin after this one; 0 is the beginning.
    ///   - chain: the hash that stands there; empty at the beginning.
    /// - Returns: how far it came, the hash there, and the first event that is not as it was written, if there is one.
    static func verify(
        after id: Int64, chain: [UInt8], in transaction: Transaction
    ) throws(StoreError) -> (last: Int64, chain: [UInt8], broken: Int64?) {
        var (last, chain) = (id, chain)
        let rows = try transaction.query(
            Statement("SELECT * FROM audit_events WHERE id > ? ORDER BY id LIMIT 10000", .integer(id)))
        for row in rows {
            let number = try row.integer("id")
            // Numbers are given without a gap; a change that is not kept gives its number back.
            guard let stored = try? Stored(row), number == last + 1 else { return (last, chain, number) }
            let expected = stored.event.chain(after: chain, now: stored.time)
            guard try row.blob("chain") == expected else { return (last, chain, number) }
            (last, chain) = (number, expected)
        }
        return (last, chain, nil)
    }
}

extension AuditEvent.Stored {
    fileprivate init(_ row: Row) throws(StoreError) {
        guard let kind = AuditEvent.Kind(rawValue: try row.text("kind")) else {
            throw StoreError(.unexpectedValue, "a stored audit event is of an unknown kind")
        }
        self.init(
            id: try row.integer("id"), time: try row.integer("time"),
            event: AuditEvent(
                kind, user: try row.optionalText("user_id"),
                client: try row.optionalText("client_id").map { ByteString($0) },
                address: try row.optionalText("address"), detail: try row.text("detail")))
    }

    var json: JSON {
        var json: JSONObject = [
            "id": .number(JSONNumber(id)), "time": .number(JSONNumber(time)),
            "kind": .string(ByteString(event.kind.rawValue)),
        ]
        if let user = event.user { json["user"] = .string(ByteString(user)) }
        if let client = event.client { json["client"] = .string(client) }
        if let address = event.address { json["address"] = .string(ByteString(address)) }
        if !event.detail.isEmpty { json["detail"] = .string(ByteString(event.detail)) }
        return .object(json)
    }
}
