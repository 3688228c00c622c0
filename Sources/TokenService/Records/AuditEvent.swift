import Codecs
import ControlPlane
import OAuth
import Storage

/// Something that matters to security and happened: stored with the change it tells of, in one transaction, and never
/// changed.
///
/// `AuditLog` chains it to the one before it, so that what somebody changed, took out, put in or cut off by hand shows.
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
        case userChanged = "user-changed"
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
        case masterKeyRotated = "master-key-rotated"
        case configurationChanged = "configuration-changed"
        case secretPut = "secret-put"
        case secretDeleted = "secret-deleted"
        case clientRefused = "client-refused"
        case refusalsLeftOut = "refusals-left-out"
    }

    let kind: Kind
    /// Who acted, and from where.
    let actor: AuditActor
    /// Whom it concerns.
    let user: String?
    let client: ByteString?
    /// A few words more; never a secret.
    let detail: String

    init(_ kind: Kind, by actor: AuditActor, user: String? = nil, client: ByteString? = nil, detail: String = "") {
        self.kind = kind
        self.actor = actor
        self.user = user
        self.client = client
        self.detail = detail
    }

    /// Adds it to the log.
    func insert(now: Int64, in transaction: Transaction) throws(StoreError) {
        try AuditLog.open(now: now, in: transaction).append(self, now: now, in: transaction)
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
}

extension AuditEvent.Stored {
    init(_ row: Row) throws(StoreError) {
        guard let kind = AuditEvent.Kind(rawValue: try row.text("kind")) else {
            throw StoreError(.unexpectedValue, "a stored audit event is of an unknown kind")
        }
        self.init(
            id: try row.integer("id"), time: try row.integer("time"),
            event: AuditEvent(
                kind, by: try AuditActor(row), user: try row.optionalText("user_id"),
                client: try row.optionalText("client_id").map { ByteString($0) }, detail: try row.text("detail")))
    }

    /// - Parameter code: what chains it to the event before it.
    func insert(code: [UInt8], in transaction: Transaction) throws(StoreError) {
        let actor = event.actor.words
        func value(_ text: String?) -> StoreValue { text.map { .text($0) } ?? .null }
        try transaction.execute(
            Statement(
                """
                INSERT INTO audit_events (id, time, kind, chain, actor, actor_user, actor_client, user_id, client_id,
                    address, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .integer(id), .integer(time), .text(event.kind.rawValue), .blob(code), value(actor.kind),
                value(actor.user), value(actor.client), value(event.user), value(event.client?.text),
                value(event.actor.address), .text(event.detail)))
    }

    var json: JSONObject {
        var json: JSONObject = [
            "id": .number(JSONNumber(id)), "time": .number(JSONNumber(time)),
            "kind": .string(ByteString(event.kind.rawValue)),
        ]
        let actor = event.actor.words
        for (name, word): (ByteString, String?) in [
            ("actor", actor.kind), ("actor_user", actor.user), ("actor_client", actor.client),
        ] {
            if let word { json[name] = .string(ByteString(word)) }
        }
        if let user = event.user { json["user"] = .string(ByteString(user)) }
        if let client = event.client { json["client"] = .string(client) }
        if let address = event.actor.address { json["address"] = .string(ByteString(address)) }
        if !event.detail.isEmpty { json["detail"] = .string(ByteString(event.detail)) }
        return json
    }
}

extension AuditActor {
    /// What is stored and told of it.
    var words: (kind: String?, user: String?, client: String?) {
        switch identity {
        case .nobody: (nil, nil, nil)
        case .operator: ("operator", nil, nil)
        case .person(let user, let client): ("user", user, client?.text)
        case .client(let client): ("client", nil, client.text)
        }
    }

    fileprivate init(_ row: Row) throws(StoreError) {
        let user = try row.optionalText("actor_user")
        let client = try row.optionalText("actor_client").map { ByteString($0) }
        let identity: Identity
        switch (try row.optionalText("actor"), user, client) {
        case (nil, nil, nil): identity = .nobody
        case ("operator"?, nil, nil): identity = .operator
        case ("user"?, let user?, let client): identity = .person(user, client: client)
        case ("client"?, nil, let client?): identity = .client(client)
        default: throw StoreError(.unexpectedValue, "a stored audit event was done by an unknown kind of actor")
        }
        self.init(identity, address: try row.optionalText("address"))
    }
}
