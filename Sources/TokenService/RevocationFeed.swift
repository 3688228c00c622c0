public import Storage
public import Tokens

/// Tells everybody who judges tokens what has been revoked.
///
/// A revocation is stored, in force behind every subscriber, and then acknowledged: when a caller hears "revoked", everybody
/// already refuses the token. Subscribers get whole snapshots, one after the other, never an older one after a newer one.
public final class RevocationFeed: Sendable {
    private let feed: SnapshotFeed<Revocations>

    /// Loads what is revoked, and follows it from then on.
    static func open(in store: Store) async throws -> RevocationFeed {
        RevocationFeed(
            try await SnapshotFeed.open(
                .revocations, in: store,
                load: { Revocations(try RevocationRecord.all(in: $1), after: $0) },
                advance: { known, keys, transaction in
                    try known.next(try keys.map { try RevocationChange(key: $0) }) { kind, identity in
                        try RevocationRecord.find(kind, identity, in: transaction)
                    }
                }))
    }

    private init(_ feed: SnapshotFeed<Revocations>) {
        self.feed = feed
    }

    /// What is revoked now.
    public var snapshot: RevocationSnapshot { feed.value.snapshot }

    /// Adds a subscriber and gives it the present snapshot; returns when it has taken it over.
    public func subscribe(_ subscriber: @escaping SnapshotFeed<RevocationSnapshot>.Subscriber) async throws {
        try await feed.subscribe { try subscriber($0.snapshot) }
    }

    /// Everything that is revoked now, and then what is revoked from now on, until the listener stops. A listener that
    /// does not keep up is ended: it has to begin again.
    func listen() -> AsyncStream<[RevocationRecord]> {
        feed.listen(atMost: Self.mostWaiting, present: \.records) { $0.added.isEmpty ? nil : $0.added }
    }

    /// How many changes may wait for a listener.
    private static let mostWaiting = 1_024
}

/// What is revoked at one moment, and until when that has to be known.
struct Revocations: Sendable {
    private var known: [RevocationRecord.Kind: RevokedIdentities] = [:]
    /// What was revoked by the last change, or may have been: everything, where the changes are not known.
    private(set) var added: [RevocationRecord] = []
    /// The same for whoever judges tokens.
    private(set) var snapshot = RevocationSnapshot(generation: 0)

    /// - Parameter before: what was known before; nil at the start. No two snapshots have one generation: whoever judges
    ///   tokens looks at a token again when the generation is another.
    init(_ records: [RevocationRecord], after before: Revocations?) {
        for record in records { put(record) }
        if before != nil { added = records }
        renewSnapshot(after: before?.snapshot.generation ?? 0)
    }

    /// Everything that is revoked.
    var records: [RevocationRecord] {
        known.flatMap { kind, identities in
            identities.all.map { identity, terms in
                RevocationRecord(
                    kind: kind, identity: identity, issuedUntil: terms.issuedUntil == .max ? nil : terms.issuedUntil,
                    expires: terms.expires)
            }
        }
    }

    /// What is revoked after some changes.
    /// - Parameter find: what is stored of one.
    func next(
        _ changes: [RevocationChange], find: (RevocationRecord.Kind, TokenIdentity) throws -> RevocationRecord?
    ) throws -> Revocations {
        var next = self
        next.added = []
        for change in changes {
            switch change {
            case .revoked(let kind, let identity):
                guard let record = try find(kind, identity) else { continue }
                next.put(record)
                next.added.append(record)
            case .forgotten(let time):
                for kind in next.known.keys { next.known[kind]?.removeAll(expiringBefore: time) }
            }
        }
        next.renewSnapshot(after: snapshot.generation ?? 0)
        return next
    }

    private mutating func put(_ record: RevocationRecord) {
        known[record.kind, default: RevokedIdentities()]
            .insert(record.identity, .init(issuedUntil: record.issuedUntil ?? .max, expires: record.expires))
    }

    private mutating func renewSnapshot(after generation: UInt64) {
        func revoked(_ kind: RevocationRecord.Kind) -> RevokedIdentities { known[kind] ?? RevokedIdentities() }
        snapshot = RevocationSnapshot(
            tokens: revoked(.token), sessions: revoked(.session), subjects: revoked(.subject),
            clients: revoked(.client), keys: revoked(.key), generation: generation + 1)
    }
}
