import Codecs
import ControlPlane
import JOSE
import Logging
import Storage
import Tokens

/// Keeps the signing keys and changes them: the next key is published before it signs, and the one before it for as long
/// as its tokens live. Keys are sealed at rest.
final class SigningKeyring: Sendable {
    /// How a key is replaced.
    enum Rotation: Sendable {
        /// The next key is published now, and signs once everybody had time to fetch it.
        case announced
        /// The next key signs now; tokens of the one before stay good.
        case immediate
        /// The next key signs now, and every token of earlier ones is refused from now on, also by whoever still has
        /// them among the published keys.
        case emergency
    }

    private let store: Store
    private let column: SealedColumn
    private let configuration: AuthorizationConfiguration
    private let clock: @Sendable () -> Int64
    private let logger: Logger
    private let feed: SnapshotFeed<SigningKeys>

    /// Loads the keys, and makes a first one for each algorithm that has none.
    static func load(
        from store: Store, _ configuration: AuthorizationConfiguration, algorithms: Set<SignatureAlgorithm>,
        clock: @escaping @Sendable () -> Int64, logger: Logger
    ) async throws -> SigningKeyring {
        let column = SealedColumn.signingKeys(store.masterKey)
        let now = clock()
        try await store.write { transaction in
            let known = try SigningKeyRecord.all(in: transaction)
            for algorithm in algorithms.union([configuration.signingAlgorithm])
            where !known.contains(where: { $0.algorithm == algorithm && $0.state == .current }) {
                try make(algorithm, .current, activates: now, now: now, in: column).insert(in: transaction)
            }
        }
        let feed = try await SnapshotFeed.open(
            .signingKeys, in: store,
            load: { before, transaction in
                try SigningKeys(
                    try SigningKeyRecord.all(in: transaction), column, configuration,
                    generation: before.map { $0.generation + 1 } ?? 0)
            },
            advance: { known, _, transaction in
                try SigningKeys(
                    try SigningKeyRecord.all(in: transaction), column, configuration,
                    generation: known.generation + 1)
            })
        return SigningKeyring(
            store: store, column: column, configuration: configuration, clock: clock, logger: logger, feed: feed)
    }

    private init(
        store: Store, column: SealedColumn, configuration: AuthorizationConfiguration,
        clock: @escaping @Sendable () -> Int64, logger: Logger, feed: SnapshotFeed<SigningKeys>
    ) {
        self.store = store
        self.column = column
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.feed = feed
    }

    /// The keys now.
    var keys: SigningKeys { feed.value }

    /// Adds a subscriber and gives it the present keys; returns when it has taken them over.
    func subscribe(_ subscriber: @escaping SnapshotFeed<KeySet>.Subscriber) async throws {
        try await feed.subscribe { try subscriber($0.keySet) }
    }

    /// Makes a key for an algorithm that has none yet.
    func provide(_ algorithm: SignatureAlgorithm, by actor: AuditActor) async throws {
        guard !keys.signing.contains(algorithm) else { return }
        let now = clock()
        try await change { [column] transaction, known in
            guard !known.contains(where: { $0.algorithm == algorithm && $0.state == .current }) else { return }
            try Self.make(algorithm, .current, activates: now, now: now, in: column).insert(in: transaction)
            try AuditEvent(.signingKeyMade, by: actor, detail: algorithm.rawValue).insert(now: now, in: transaction)
        }
    }

    /// Replaces the key of an algorithm.
    func rotate(_ algorithm: SignatureAlgorithm, _ rotation: Rotation, by actor: AuditActor) async throws {
        let now = clock()
        let (column, configuration) = (column, configuration)
        let announced = now + configuration.keyAnnouncement
        try await change { [logger] transaction, known in
            transaction.afterCommit {
                logger.notice(
                    "signing key rotated", metadata: ["algorithm": "\(algorithm.rawValue)", "how": "\(rotation)"])
            }
            if !known.contains(where: { $0.algorithm == algorithm && $0.state == .next }) {
                try Self.make(algorithm, .next, activates: announced, now: now, in: column).insert(in: transaction)
            }
            try AuditEvent(.signingKeyRotated, by: actor, detail: "\(algorithm.rawValue) \(rotation)")
                .insert(now: now, in: transaction)
            if case .announced = rotation { return }
            try SigningKeyRecord.promote(
                algorithm, now: now, oldExpires: now + configuration.longestTokenLifetime, in: transaction)
            guard case .emergency = rotation else { return }
            for key in try SigningKeyRecord.all(in: transaction)
            where key.algorithm == algorithm && key.state == .retired {
                try SigningKeyRecord.deleteRetired(key.id, in: transaction)
                try RevocationRecord(
                    kind: .key, identity: TokenIdentity(issuer: configuration.issuer, id: ByteString(key.id)),
                    expires: RevocationRecord.never
                ).insert(in: transaction)
            }
        }
    }

    /// Does what is due: announces the next keys, lets announced keys sign, forgets keys that no token needs.
    func advance() async throws {
        let now = clock()
        let (column, configuration) = (column, configuration)
        try await change { transaction, known in
            try SigningKeyRecord.deleteExpired(before: now, in: transaction)
            for current in known where current.state == .current {
                let next = known.first { $0.algorithm == current.algorithm && $0.state == .next }
                if let next {
                    guard next.activates <= now else { continue }
                    try SigningKeyRecord.promote(
                        current.algorithm, now: now, oldExpires: now + configuration.longestTokenLifetime,
                        in: transaction)
                    try AuditEvent(.signingKeyRotated, by: .server, detail: "\(current.algorithm.rawValue) scheduled")
                        .insert(now: now, in: transaction)
                } else if current.activates + configuration.keyLifetime - configuration.keyAnnouncement <= now {
                    try Self.make(
                        current.algorithm, .next, activates: now + configuration.keyAnnouncement, now: now, in: column
                    ).insert(in: transaction)
                }
            }
        }
    }

    /// Changes the stored keys; returns when every subscriber knows.
    private func change(
        _ body: @escaping @Sendable (Transaction, [SigningKeyRecord]) throws -> Void
    ) async throws {
        try await store.write { try body($0, try SigningKeyRecord.all(in: $0)) }
    }

    private static func make(
        _ algorithm: SignatureAlgorithm, _ state: SigningKeyRecord.State, activates: Int64, now: Int64,
        in column: SealedColumn
    ) throws -> SigningKeyRecord {
        let key = try SigningKey.generate(algorithm)
        guard let id = key.id?.text else {
            throw StoreError(.unexpectedValue, "a generated signing key has no identifier")
        }
        let jwk = JSONWriter.write(.object(key.privateJWK))
        return SigningKeyRecord(
            id: id, algorithm: algorithm, state: state, sealedJWK: try column.seal(jwk, row: id), created: now,
            activates: activates, expires: nil)
    }
}
