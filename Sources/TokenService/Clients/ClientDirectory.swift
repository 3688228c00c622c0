import Codecs
import ControlPlane
import OAuth
import Storage
import Tokens

/// Every registered client, kept in memory: each request to the token endpoint asks for one, and there are few.
///
/// A change is stored, is what this answers with from then on, and then is acknowledged.
final class ClientDirectory: Sendable {
    private let store: Store
    private let clock: @Sendable () -> Int64
    private let feed: SnapshotFeed<[ByteString: ClientRecord]>

    /// - Parameter configuration: says where the console is, whose client is there without being registered.
    static func load(
        from store: Store, configuration: AuthorizationConfiguration, clock: @escaping @Sendable () -> Int64
    ) async throws -> ClientDirectory {
        let now = clock()
        try await store.write { transaction in
            try ClientRecord.forgetPrivateKeys(now: now, in: transaction)
            try ConsoleClient.provide(configuration, now: now, in: transaction)
        }
        let feed = try await SnapshotFeed.open(
            .clients, in: store,
            load: { _, transaction in
                Dictionary(try ClientRecord.all(in: transaction).map { ($0.client.id, $0) }) { first, _ in first }
            },
            advance: { known, keys, transaction in
                var next = known
                for key in keys { next[ByteString(key)] = try ClientRecord.find(ByteString(key), in: transaction) }
                return next
            })
        return ClientDirectory(store: store, clock: clock, feed: feed)
    }

    private init(
        store: Store, clock: @escaping @Sendable () -> Int64, feed: SnapshotFeed<[ByteString: ClientRecord]>
    ) {
        self.store = store
        self.clock = clock
        self.feed = feed
    }

    /// Whether a client may be called so. What it is given for itself has its id as `sub`, so no person's id will do,
    /// nor the name under which our own front door gives out tokens.
    static func isFree(_ id: ByteString) -> Bool {
        id != TokenIssuer.firstParty && !UserRecord.folded(id).bytes.starts(with: UserRecord.idPrefix.utf8)
    }

    /// The record of an active client. One of an earlier version with a person's name is as good as none.
    func active(_ id: ByteString) -> ClientRecord? {
        guard Self.isFree(id) else { return nil }
        return record(id).flatMap { $0.isActive ? $0 : nil }
    }

    /// The record of a client, active or not.
    func record(_ id: ByteString) -> ClientRecord? { feed.value[id] }

    /// All records, by id.
    var all: [ClientRecord] {
        feed.value.values.sorted { $0.client.id < $1.client.id }
    }

    /// Whether pages of an origin belong to an active client.
    func isOrigin(_ origin: ByteString) -> Bool {
        feed.value.values.contains { record in
            record.isActive && record.client.redirectURIs.contains { $0.isOfOrigin(origin) }
        }
    }

    /// What clients have asked their tokens to be signed with.
    var algorithms: Set<SignatureAlgorithm> {
        Set(feed.value.values.flatMap { $0.client.algorithms })
    }

    /// Registers a client, with a new secret where it authenticates with one.
    /// - Returns: the secret, to be shown once.
    /// - Throws: `invalid_client_metadata` when there is such a client already.
    func register(_ client: Client, by actor: AuditActor) async throws -> OpaqueToken? {
        let secret = client.authentication.hasSecret ? OpaqueToken(.clientSecret) : nil
        let record = ClientRecord(client: client, secretHash: secret?.hash, isActive: true)
        let now = clock()
        guard Self.isFree(client.id), client.id != ConsoleClient.id else {
            throw OAuthError(
                .invalidClientMetadata,
                "A client cannot be called \(client.id): ids of people begin with \(UserRecord.idPrefix), and "
                    + "\(TokenIssuer.firstParty) and \(ConsoleClient.id) are taken.")
        }
        guard try await store.write({ try Self.insert(record, by: actor, now: now, in: $0) })
        else {
            throw OAuthError(.invalidClientMetadata, "There is a client \(client.id) already.")
        }
        return secret
    }

    /// Replaces what is known of a client. Its secret stays, unless it no longer authenticates with one.
    /// - Parameter admit: throws unless the client may be replaced as it is.
    /// - Returns: a new secret, where it needs one and had none.
    func replace(
        _ client: Client, isActive: Bool, by actor: AuditActor,
        admit: @escaping @Sendable (ClientRecord) throws -> Void = { _ in }
    ) async throws -> OpaqueToken? {
        guard let known = record(client.id) else { throw Self.unknown(client.id) }
        let fresh = client.authentication.hasSecret && known.secretHash == nil ? OpaqueToken(.clientSecret) : nil
        let kept = client.authentication.hasSecret ? known.secretHash : nil
        try await store(
            ClientRecord(client: client, secretHash: fresh?.hash ?? kept, isActive: isActive),
            AuditEvent(.clientChanged, by: actor, client: client.id, detail: isActive ? "active" : "disabled"),
            admit)
        return fresh
    }

    /// Gives a client another secret; the old one is no good from then on.
    func renewSecret(of id: ByteString, by actor: AuditActor) async throws -> OpaqueToken {
        guard let known = record(id) else { throw Self.unknown(id) }
        guard known.client.authentication.hasSecret else {
            throw OAuthError(.invalidClientMetadata, "The client \(id) has no secret.")
        }
        let secret = OpaqueToken(.clientSecret)
        try await store(
            ClientRecord(client: known.client, secretHash: secret.hash, isActive: known.isActive),
            AuditEvent(.clientSecretRenewed, by: actor, client: id))
        return secret
    }

    /// Forgets a client.
    /// - Parameter admit: throws unless the client may be forgotten as it is.
    func remove(
        _ id: ByteString, by actor: AuditActor, admit: @escaping @Sendable (ClientRecord) throws -> Void = { _ in }
    ) async throws {
        let now = clock()
        let isDeleted = try await store.write { transaction in
            if let known = try ClientRecord.find(id, in: transaction) { try admit(known) }
            guard try ClientRecord.delete(id, in: transaction) else { return false }
            try AuditEvent(.clientDeleted, by: actor, client: id).insert(now: now, in: transaction)
            return true
        }
        guard isDeleted else { throw Self.unknown(id) }
    }

    private static func insert(
        _ record: ClientRecord, by actor: AuditActor, now: Int64, in transaction: Transaction
    ) throws(StoreError) -> Bool {
        guard try record.insert(now: now, in: transaction) else { return false }
        try AuditEvent(.clientCreated, by: actor, client: record.client.id).insert(now: now, in: transaction)
        return true
    }

    private func store(
        _ record: ClientRecord, _ event: AuditEvent,
        _ admit: @escaping @Sendable (ClientRecord) throws -> Void = { _ in }
    ) async throws {
        let now = clock()
        let isKnown = try await store.write { transaction in
            if let known = try ClientRecord.find(record.client.id, in: transaction) { try admit(known) }
            guard try record.update(now: now, in: transaction) else { return false }
            try event.insert(now: now, in: transaction)
            return true
        }
        guard isKnown else { throw Self.unknown(record.client.id) }
    }

    private static func unknown(_ id: ByteString) -> OAuthError {
        OAuthError(.invalidClient, "There is no client \(id).")
    }
}
