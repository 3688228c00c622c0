import Synchronization

/// Turns what is stored about a topic into one value in memory, and hands each next value to whoever lives by it.
///
/// A transaction that told of a change (`Transaction.changed`) is committed in these steps:
/// 1. The feed makes the next value from the one before and the rows that changed, and lets every subscriber prepare for it,
///    all inside the transaction. Whoever throws makes the transaction fail: the writer gets the error, nothing is written,
///    nothing changes anywhere.
/// 2. The transaction is committed. When that fails (a full disk), it is as if step 1 had not been.
/// 3. `value` is the next value, before any later transaction begins.
/// 4. Every subscriber installs it. That cannot fail any more: what could, was done in step 1. Subscribers install side
///    by side, one value after the other, never an older one after a newer one; of values that come while they are at it,
///    only the newest.
/// 5. `Store.write` returns: the change is in force everywhere. A caller who is cancelled holds up nothing of this.
///
/// A process that ends between 2 and 4 leaves what is stored, and comes up with it.
public final class SnapshotFeed<Value: Sendable>: Sendable {
    /// Puts a value to work; returns when it is in force behind the subscriber. It must not write to the topic itself.
    public typealias Installation = @Sendable () async -> Void
    /// Makes what it needs of a value, and refuses one that it could not put to work by throwing. Called inside the
    /// transaction, on the database's queue; it must not use the store, and nothing of it may be in force before its answer
    /// is called: the transaction may still be rolled back.
    public typealias Subscriber = @Sendable (Value) throws -> Installation

    private struct State {
        var value: Value
        /// The last change that is in the value.
        var sequence: Int64
        var subscribers: [Subscriber] = []
        /// What each subscriber has to install, by its place.
        var pending: [Int: Installation] = [:]
        /// Counts what was put into `pending`, and how much of that is in force.
        var round: UInt64 = 0
        var roundInForce: UInt64 = 0
        var isDelivering = false
        var waiting: [Waiter] = []
        var listeners: [UInt64: Listener] = [:]
        var lastListener: UInt64 = 0

        mutating func put(_ installations: [Int: Installation]) -> UInt64 {
            pending.merge(installations) { _, newer in newer }
            round &+= 1
            return round
        }
    }

    private struct Waiter {
        let round: UInt64
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct Listener {
        /// Hands a value on; false when there is no room for it.
        let hear: (Value) -> Bool
        let end: () -> Void
    }

    /// What the feed is about.
    public let topic: ChangeTopic
    private let load: @Sendable (Value?, Transaction) throws -> Value
    private let advance: @Sendable (Value, [String], Transaction) throws -> Value
    private weak let store: Store?
    private let state: Mutex<State>

    /// Loads a topic's value and follows it from then on, as long as the store is open.
    /// - Parameters:
    ///   - load: the value as it stands in the database, at the start and again when the changes since the value before are
    ///     no longer known; gets that value, and nil at the start.
    ///   - advance: the next value, from the one before and the keys that changed since, each once. The rows are as the
    ///     transaction leaves them. It must give what `load` would.
    public static func open(
        _ topic: ChangeTopic, in store: Store, load: @escaping @Sendable (Value?, Transaction) throws -> Value,
        advance: @escaping @Sendable (Value, [String], Transaction) throws -> Value
    ) async throws -> SnapshotFeed {
        try await store.write { transaction in
            let feed = SnapshotFeed(
                topic, store, value: try load(nil, transaction), sequence: try transaction.lastChange(), load, advance)
            transaction.afterCommit { store.follow(feed) }
            return feed
        }
    }

    private init(
        _ topic: ChangeTopic, _ store: Store, value: Value, sequence: Int64,
        _ load: @escaping @Sendable (Value?, Transaction) throws -> Value,
        _ advance: @escaping @Sendable (Value, [String], Transaction) throws -> Value
    ) {
        self.topic = topic
        self.store = store
        self.load = load
        self.advance = advance
        state = Mutex(State(value: value, sequence: sequence))
    }

    /// The newest value that is on the disk.
    public var value: Value { state.withLock { $0.value } }

    /// Adds a subscriber and gives it the present value; returns when it is installed.
    /// - Throws: what the subscriber throws at the present value, and then it is no subscriber; `closed`.
    public func subscribe(_ subscriber: @escaping Subscriber) async throws {
        guard let store else { throw StoreError(.closed, "the store is closed") }
        // Among the writers: no change is under way that has been prepared without it.
        try await store.write { [self] transaction in
            let installation = try subscriber(value)
            transaction.afterCommit { [self] in
                state.withLock { state in
                    _ = state.put([state.subscribers.count: installation])
                    state.subscribers.append(subscriber)
                }
                deliver()
            }
        }
        await wait(round: state.withLock { $0.round })
    }

    /// Something of the present value, and then of each value that is committed from now on, none left out, until the
    /// listener stops. A listener that does not keep up is ended: it has to begin again.
    /// - Parameters:
    ///   - limit: how many may wait for the listener.
    ///   - present: what it hears of the present value.
    ///   - each: what it hears of each next value; nil is nothing.
    public func listen<Element: Sendable>(
        atMost limit: Int, present: (Value) -> Element, each: @escaping @Sendable (Value) -> Element?
    ) -> AsyncStream<Element> {
        let (stream, entrance) = AsyncStream.makeStream(of: Element.self, bufferingPolicy: .bufferingOldest(limit))
        let number = state.withLock { state in
            state.lastListener &+= 1
            // In the same moment: nothing is missed between the two.
            entrance.yield(present(state.value))
            state.listeners[state.lastListener] = Listener(
                hear: { value in
                    guard let element = each(value) else { return true }
                    if case .dropped = entrance.yield(element) { return false }
                    return true
                }, end: { entrance.finish() })
            return state.lastListener
        }
        entrance.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    private func adopt(_ value: Value, _ sequence: Int64, _ installations: [Int: Installation]) -> UInt64 {
        let (round, late) = state.withLock { state in
            state.value = value
            state.sequence = sequence
            return (state.put(installations), state.listeners.values.filter { !$0.hear(value) })
        }
        for listener in late { listener.end() }
        deliver()
        return round
    }

    /// Has what is pending installed, unless somebody is at it already.
    private func deliver() {
        let isMine = state.withLock { state in
            guard !state.isDelivering else { return false }
            state.isDelivering = true
            return true
        }
        guard isMine else { return }
        guard !finishIdle() else { return }
        Task { [self] in
            repeat {
                let (round, installations) = state.withLock { state in
                    defer { state.pending = [:] }
                    return (state.round, state.pending.values)
                }
                await withTaskGroup { group in
                    for installation in installations { group.addTask { await installation() } }
                }
                wake(round)
            } while !finishIdle()
        }
    }

    /// Ends the delivering when nothing is left to install.
    private func finishIdle() -> Bool {
        let idle = state.withLock { state -> UInt64? in
            guard state.pending.isEmpty else { return nil }
            state.isDelivering = false
            return state.round
        }
        guard let idle else { return false }
        wake(idle)
        return true
    }

    private func wake(_ round: UInt64) {
        let woken = state.withLock { state in
            state.roundInForce = max(state.roundInForce, round)
            let inForce = state.roundInForce
            let isMet = { (waiter: Waiter) in waiter.round <= inForce }
            defer { state.waiting.removeAll(where: isMet) }
            return state.waiting.filter(isMet)
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    private func wait(round: UInt64) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if round <= state.roundInForce { return true }
                state.waiting.append(Waiter(round: round, continuation: continuation))
                return false
            }
            if isMet { continuation.resume() }
        }
    }
}

/// What follows a topic, whatever its values are.
protocol TopicFollower: Sendable {
    var topic: ChangeTopic { get }

    /// Makes the next value inside a transaction.
    /// - Returns: what installs it once the transaction is committed, and answers with what waits until it is in force.
    func prepare(in transaction: Transaction) throws -> () -> @Sendable () async -> Void
}

extension SnapshotFeed: TopicFollower {
    func prepare(in transaction: Transaction) throws -> () -> @Sendable () async -> Void {
        let (before, known, subscribers) = state.withLock { ($0.value, $0.sequence, $0.subscribers) }
        let next: Value
        if let changes = try transaction.changes(of: topic, after: known) {
            var seen: Set<String> = []
            next = try advance(before, changes.map(\.key).filter { seen.insert($0).inserted }, transaction)
        } else {
            next = try load(before, transaction)
        }
        let sequence = try transaction.lastChange()
        var installations: [Int: Installation] = [:]
        for (place, subscriber) in subscribers.enumerated() { installations[place] = try subscriber(next) }
        return { [self, installations] in
            let round = adopt(next, sequence, installations)
            return { await self.wait(round: round) }
        }
    }
}
