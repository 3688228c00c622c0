import Synchronization
public import Tokens

/// Tells everybody who judges tokens what has been revoked, and waits until they know.
///
/// A revocation is stored first, then published here, then acknowledged: when a caller hears "revoked", every
/// subscriber already refuses the token. Subscribers get whole snapshots, one after the other, never an older one
/// after a newer one.
public final class RevocationFeed: Sendable {
    /// Takes a new snapshot over; returns when it is in force everywhere behind this subscriber.
    public typealias Subscriber = @Sendable (RevocationSnapshot) async -> Void

    private struct State {
        private var known: [RevocationRecord.Kind: [TokenIdentity: (issuedUntil: Int64, expires: Int64)]] = [:]
        var subscribers: [Subscriber] = []
        var listeners: [UInt64: AsyncStream<[RevocationRecord]>.Continuation] = [:]
        var lastListener: UInt64 = 0
        private(set) var snapshot = RevocationSnapshot.empty
        private(set) var version = 0

        mutating func add(_ records: [RevocationRecord]) {
            for record in records {
                let issuedUntil = record.issuedUntil ?? .max
                let before = known[record.kind]?[record.identity] ?? (issuedUntil, record.expires)
                known[record.kind, default: [:]][record.identity] = (
                    max(before.issuedUntil, issuedUntil), max(before.expires, record.expires)
                )
            }
            renew()
        }

        var records: [RevocationRecord] {
            known.flatMap { kind, identities in
                identities.map { identity, terms in
                    let issuedUntil = terms.issuedUntil == .max ? nil : terms.issuedUntil
                    return RevocationRecord(
                        kind: kind, identity: identity, issuedUntil: issuedUntil, expires: terms.expires)
                }
            }
        }

        /// - Returns: whether anything was forgotten.
        mutating func forgetExpired(before time: Int64) -> Bool {
            let kept = known.mapValues { $0.filter { $0.value.expires >= time } }
            let changes = kept.contains { kind, identities in identities.count != known[kind]?.count }
            guard changes else { return false }
            known = kept
            renew()
            return true
        }

        mutating func renew() {
            version += 1
            snapshot = RevocationSnapshot(
                tokens: Set((known[.token] ?? [:]).keys), sessions: Set((known[.session] ?? [:]).keys),
                subjects: (known[.subject] ?? [:]).mapValues(\.issuedUntil),
                clients: (known[.client] ?? [:]).mapValues(\.issuedUntil),
                keys: Set((known[.key] ?? [:]).keys), generation: UInt64(version))
        }
    }

    private let state: Mutex<State>
    private let delivery: Delivery

    init(_ records: [RevocationRecord]) {
        var state = State()
        state.add(records)
        self.state = Mutex(state)
        delivery = Delivery()
    }

    /// What is revoked now.
    public var snapshot: RevocationSnapshot {
        state.withLock { $0.snapshot }
    }

    /// Adds a subscriber and gives it the present snapshot; returns when it has taken it over.
    public func subscribe(_ subscriber: @escaping Subscriber) async {
        let version = state.withLock { state in
            state.subscribers.append(subscriber)
            state.renew()
            return state.version
        }
        await deliver(atLeast: version)
    }

    /// Everything that is revoked now, and then what is revoked from now on, until the listener stops. A listener that
    /// does not keep up is ended: it has to begin again.
    func listen() -> AsyncStream<[RevocationRecord]> {
        let (stream, entrance) = AsyncStream.makeStream(
            of: [RevocationRecord].self, bufferingPolicy: .bufferingOldest(Self.mostWaiting))
        let number = state.withLock { state in
            state.lastListener += 1
            // In the same moment: nothing is missed between the two.
            entrance.yield(state.records)
            state.listeners[state.lastListener] = entrance
            return state.lastListener
        }
        entrance.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    /// How many changes may wait for a listener.
    private static let mostWaiting = 1_024

    /// Publishes revocations that are stored already; returns when every subscriber has taken them over.
    func publish(_ records: [RevocationRecord]) async {
        guard !records.isEmpty else { return }
        var late: [AsyncStream<[RevocationRecord]>.Continuation] = []
        let version = state.withLock { state in
            state.add(records)
            for listener in state.listeners.values {
                if case .dropped = listener.yield(records) { late.append(listener) }
            }
            return state.version
        }
        for listener in late { listener.finish() }
        await deliver(atLeast: version)
    }

    /// Forgets what would be refused anyway by now.
    func forgetExpired(before time: Int64) async {
        let version = state.withLock { state in state.forgetExpired(before: time) ? state.version : nil }
        if let version { await deliver(atLeast: version) }
    }

    private func deliver(atLeast version: Int) async {
        // A task of its own: a caller who hangs up must not keep others from learning what is already stored.
        await Task { [self] in
            await delivery.run(atLeast: version) {
                state.withLock { ($0.version, $0.snapshot, $0.subscribers) }
            }
        }.value
    }
}

/// One delivery at a time, each with the newest state; whoever asked during one waits for the next.
private actor Delivery {
    private var delivered = 0
    private var isRunning = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func run(
        atLeast version: Int,
        _ newest: @Sendable () -> (Int, RevocationSnapshot, [RevocationFeed.Subscriber])
    ) async {
        while delivered < version {
            if isRunning {
                await withCheckedContinuation { waiting.append($0) }
                continue
            }
            isRunning = true
            let (current, snapshot, subscribers) = newest()
            await withTaskGroup { group in
                for subscriber in subscribers { group.addTask { await subscriber(snapshot) } }
            }
            delivered = current
            isRunning = false
            let woken = waiting
            waiting = []
            for continuation in woken { continuation.resume() }
        }
    }
}
