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
        var expiries: [RevocationRecord.Kind: [TokenIdentity: Int64]] = [:]
        var subscribers: [Subscriber] = []
        var version = 0
    }

    private let state: Mutex<State>
    private let delivery: Delivery

    init(_ records: [RevocationRecord]) {
        var state = State()
        for record in records { Self.add(record, to: &state) }
        self.state = Mutex(state)
        delivery = Delivery()
    }

    /// What is revoked now.
    public var snapshot: RevocationSnapshot {
        state.withLock { Self.snapshot(of: $0) }
    }

    /// Adds a subscriber and gives it the present snapshot; returns when it has taken it over.
    public func subscribe(_ subscriber: @escaping Subscriber) async {
        let version = state.withLock { state in
            state.subscribers.append(subscriber)
            state.version += 1
            return state.version
        }
        await deliver(atLeast: version)
    }

    /// Publishes revocations that are stored already; returns when every subscriber has taken them over.
    func publish(_ records: [RevocationRecord]) async {
        guard !records.isEmpty else { return }
        let version = state.withLock { state in
            for record in records { Self.add(record, to: &state) }
            state.version += 1
            return state.version
        }
        await deliver(atLeast: version)
    }

    /// Forgets what would be refused anyway by now.
    func forgetExpired(before time: Int64) async {
        let version: Int? = state.withLock { state in
            let before = state.expiries.values.reduce(0) { $0 + $1.count }
            state.expiries = state.expiries.mapValues { $0.filter { $0.value >= time } }
            guard state.expiries.values.reduce(0, { $0 + $1.count }) != before else { return nil }
            state.version += 1
            return state.version
        }
        if let version { await deliver(atLeast: version) }
    }

    private func deliver(atLeast version: Int) async {
        // A task of its own: a caller who hangs up must not keep others from learning what is already stored.
        await Task { [self] in
            await delivery.run(atLeast: version) {
                state.withLock { ($0.version, Self.snapshot(of: $0), $0.subscribers) }
            }
        }.value
    }

    private static func add(_ record: RevocationRecord, to state: inout State) {
        let known = state.expiries[record.kind]?[record.identity] ?? record.expires
        state.expiries[record.kind, default: [:]][record.identity] = max(known, record.expires)
    }

    private static func snapshot(of state: State) -> RevocationSnapshot {
        RevocationSnapshot(
            tokens: Set((state.expiries[.token] ?? [:]).keys), sessions: Set((state.expiries[.session] ?? [:]).keys))
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
