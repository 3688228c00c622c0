import Codecs
import ControlPlane
import JOSE
import Logging
import Storage
import Synchronization
import Tokens

/// Keeps the signing keys and changes them: the next key is published before it signs, and the one before it for as long
/// as its tokens live. Keys are sealed at rest.
final class SigningKeyring: Sendable {
    /// Takes a new key set over; returns when it is in force everywhere behind this subscriber.
    typealias Subscriber = @Sendable (KeySet) async -> Void

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
    private let revocations: RevocationFeed
    private let clock: @Sendable () -> Int64
    private let logger: Logger
    private let snapshot: Mutex<SigningKeys>
    private let subscribers = Mutex<[Subscriber]>([])
    private let delivery = KeyDelivery()

    /// Loads the keys, and makes a first one for each algorithm that has none.
    static func load(
        from store: Store, _ configuration: AuthorizationConfiguration, algorithms: Set<SignatureAlgorithm>,
        revocations: RevocationFeed, clock: @escaping @Sendable () -> Int64, logger: Logger
    ) async throws -> SigningKeyring {
        let column = SealedColumn.signingKeys(store.masterKey)
        let now = clock()
        let records = try await store.write { transaction in
            let known = try SigningKeyRecord.all(in: transaction)
            for algorithm in algorithms.union([configuration.signingAlgorithm])
            where !known.contains(where: { $0.algorithm == algorithm && $0.state == .current }) {
                try make(algorithm, .current, activates: now, now: now, in: column).insert(in: transaction)
            }
            return try SigningKeyRecord.all(in: transaction)
        }
        return SigningKeyring(
            store: store, column: column, configuration: configuration, revocations: revocations, clock: clock,
            logger: logger, keys: try SigningKeys(records, column, configuration, generation: 0))
    }

    private init(
        store: Store, column: SealedColumn, configuration: AuthorizationConfiguration, revocations: RevocationFeed,
        clock: @escaping @Sendable () -> Int64, logger: Logger, keys: SigningKeys
    ) {
        self.store = store
        self.column = column
        self.configuration = configuration
        self.revocations = revocations
        self.clock = clock
        self.logger = logger
        snapshot = Mutex(keys)
    }

    /// The keys now.
    var keys: SigningKeys { snapshot.withLock { $0 } }

    /// Adds a subscriber and gives it the present keys; returns when it has taken them over.
    func subscribe(_ subscriber: @escaping Subscriber) async {
        subscribers.withLock { $0.append(subscriber) }
        await subscriber(keys.keySet)
    }

    /// Makes a key for an algorithm that has none yet.
    func provide(_ algorithm: SignatureAlgorithm, by actor: AuditActor) async throws {
        guard !keys.signing.contains(algorithm) else { return }
        let now = clock()
        try await change { [column] transaction, known in
            guard !known.contains(where: { $0.algorithm == algorithm && $0.state == .current }) else { return nil }
            try Self.make(algorithm, .current, activates: now, now: now, in: column).insert(in: transaction)
            try AuditEvent(.signingKeyMade, by: actor, detail: algorithm.rawValue).insert(now: now, in: transaction)
            return []
        }
    }

    /// Replaces the key of an algorithm.
    func rotate(_ algorithm: SignatureAlgorithm, _ rotation: Rotation, by actor: AuditActor) async throws {
        let now = clock()
        let (column, configuration) = (column, configuration)
        let announced = now + configuration.keyAnnouncement
        try await change { transaction, known in
            if !known.contains(where: { $0.algorithm == algorithm && $0.state == .next }) {
                try Self.make(algorithm, .next, activates: announced, now: now, in: column).insert(in: transaction)
            }
            try AuditEvent(.signingKeyRotated, by: actor, detail: "\(algorithm.rawValue) \(rotation)")
                .insert(now: now, in: transaction)
            if case .announced = rotation { return [] }
            try SigningKeyRecord.promote(
                algorithm, now: now, oldExpires: now + configuration.longestTokenLifetime, in: transaction)
            guard case .emergency = rotation else { return [] }
            return try SigningKeyRecord.all(in: transaction)
                .filter { $0.algorithm == algorithm && $0.state == .retired }
                .map { key in
                    _ = try SigningKeyRecord.deleteRetired(key.id, in: transaction)
                    let revocation = RevocationRecord(
                        kind: .key, identity: TokenIdentity(issuer: configuration.issuer, id: ByteString(key.id)),
                        expires: RevocationRecord.never)
                    try revocation.insert(in: transaction)
                    return revocation
                }
        }
        logger.notice(
            "signing key rotated", metadata: ["algorithm": "\(algorithm.rawValue)", "how": "\(rotation)"])
    }

    /// Does what is due: announces the next keys, lets announced keys sign, forgets keys that no token needs.
    func advance() async throws {
        let now = clock()
        let (column, configuration) = (column, configuration)
        try await change { transaction, known in
            var changes = try SigningKeyRecord.deleteExpired(before: now, in: transaction) > 0
            for current in known where current.state == .current {
                let next = known.first { $0.algorithm == current.algorithm && $0.state == .next }
                if let next {
                    guard next.activates <= now else { continue }
                    try SigningKeyRecord.promote(
                        current.algorithm, now: now, oldExpires: now + configuration.longestTokenLifetime,
                        in: transaction)
                    try AuditEvent(.signingKeyRotated, by: .server, detail: "\(current.algorithm.rawValue) scheduled")
                        .insert(now: now, in: transaction)
                    changes = true
                } else if current.activates + configuration.keyLifetime - configuration.keyAnnouncement <= now {
                    try Self.make(
                        current.algorithm, .next, activates: now + configuration.keyAnnouncement, now: now, in: column
                    ).insert(in: transaction)
                    changes = true
                }
            }
            return changes ? [] : nil
        }
    }

    /// Changes the stored keys, takes them over and tells every subscriber.
    /// - Parameter body: gives what it revoked; nil when it changed nothing.
    private func change(
        _ body: @escaping @Sendable (Transaction, [SigningKeyRecord]) throws -> [RevocationRecord]?
    ) async throws {
        // One at a time: the newest keys are the ones that are told last.
        try await delivery.run { [self] in
            let stored = try await store.write { transaction -> ([SigningKeyRecord], [RevocationRecord])? in
                guard let revoked = try body(transaction, try SigningKeyRecord.all(in: transaction)) else { return nil }
                return (try SigningKeyRecord.all(in: transaction), revoked)
            }
            guard let (records, revoked) = stored else { return }
            let keys = try SigningKeys(records, column, configuration, generation: self.keys.generation + 1)
            snapshot.withLock { $0 = keys }
            await revocations.publish(revoked)
            for subscriber in subscribers.withLock({ $0 }) { await subscriber(keys.keySet) }
        }
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

/// One change of the keys at a time, in the order in which they were asked for.
private actor KeyDelivery {
    private var last: Task<Void, any Error>?

    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let before = last
        let task = Task {
            _ = await before?.result
            try await body()
        }
        last = task
        try await task.value
    }
}
