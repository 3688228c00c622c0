public import Storage
import Synchronization

/// What models cost whom: budgets are reserved from before a provider is asked, and settled after.
///
/// A reservation is decided in memory, exactly: of any number of calls at once, those go through whose estimates fit. Nothing is
/// asked of a provider that the store would not know of after `kill -9` or a power cut: the store holds an upper bound of what may
/// be spent (`SpendBook`), and a reservation waits for it only where it goes beyond. An entry is in the store when `settle`
/// returns. Whatever waits goes into the store in one transaction, and while that is on its way the next gathers.
public final class SpendLedger: Sendable {
    /// How long what was spent is kept.
    public struct Retention: Sendable, Equatable {
        /// Days that each entry is kept.
        public let entryDays: Int64
        /// Days that the sums of a day are kept, and the counters of budgets.
        public let sumDays: Int64

        /// A retention of at least a day.
        public init(entryDays: Int64 = 90, sumDays: Int64 = 1_100) {
            self.entryDays = min(max(1, entryDays), 100_000)
            self.sumDays = min(max(1, sumDays), 100_000)
        }
    }

    private static let secondsOfDay: Int64 = 86_400
    /// What one transaction deletes: more would hold up everybody else's.
    private static let mostDeleted = 1_000

    private struct Waiting {
        let batch: UInt64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var book: SpendBook
        /// The number of the batch that gathers now.
        var gathering: UInt64 = 1
        var written: UInt64 = 0
        var isWriting = false
        var waiting: [Waiting] = []
    }

    private let store: Store
    private let lifetime: Int64
    private let state: Mutex<State>

    /// Opens the ledger of a store, and counts what an earlier process left open as spent.
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - lifetime: after so many seconds nobody is expected to settle a reservation any more, and its estimate stands as
    ///     spent; longer than any request may take.
    public static func open(in store: Store, now: Int64, lifetime: Int64 = 90_000) async throws -> SpendLedger {
        try await store.migrate(feature: "ledger", SpendSchema.migrations)
        let book = try await store.write { try SpendRecords.recover(now: now, in: $0) }
        return SpendLedger(store, book, lifetime: lifetime)
    }

    private init(_ store: Store, _ book: SpendBook, lifetime: Int64) {
        self.store = store
        self.lifetime = lifetime
        state = Mutex(State(book: book))
    }

    /// Sets an amount aside in all budgets or in none, before a provider is asked.
    /// - Parameters:
    ///   - estimate: the most that the request is expected to cost.
    ///   - limits: the budgets that it must fit into; none, where nothing limits it.
    ///   - head: whose request it is.
    ///   - now: seconds since 1970.
    public func reserve(
        _ estimate: Money, against limits: [BudgetLimit], for head: SpendEntryHead, now: Int64
    ) async throws(SpendRefusal) -> SpendReservation {
        let (reservation, batch) = try state.withLock { state throws(SpendRefusal) in
            let (reservation, isCovered) = try state.book.reserve(
                estimate, against: limits, for: head, now: now, lasting: lifetime)
            return (reservation, batch: isCovered ? nil : state.gathering)
        }
        writeSoon()
        guard let batch else { return reservation }
        do {
            try await isWritten(batch)
        } catch {
            release(reservation)
            throw .unavailable(error)
        }
        return reservation
    }

    /// Puts what a request cost in the place of what was set aside for it. When this returns, the entry is in the store.
    /// - Parameter actual: the whole cost, also where it is more than the estimate.
    /// - Returns: false when the reservation was settled, released or given up before; then nothing is noted.
    /// - Throws: what the store says. The entry is kept, counted, and written with the next ones.
    @discardableResult
    public func settle(
        _ reservation: SpendReservation, actual: Money, usage: SpendUsage
    ) async throws(StoreError) -> Bool {
        let batch = state.withLock { state in
            state.book.settle(reservation.number, actual: actual, usage: usage) ? state.gathering : nil
        }
        guard let batch else { return false }
        writeSoon()
        try await isWritten(batch)
        return true
    }

    /// Gives back what was set aside: the request has cost nothing. Without effect when it was settled before.
    public func release(_ reservation: SpendReservation) {
        state.withLock { $0.book.release(reservation.number) }
        writeSoon()
    }

    /// How much of a budget is gone.
    public func state(of limit: BudgetLimit, now: Int64) -> BudgetState {
        state.withLock { $0.book.state(of: limit, now: now) }
    }

    /// What has to be done about once a minute: gives up reservations that nobody settled, tries again what could not be
    /// written, and deletes what is older than it is to be kept.
    public func keepUp(now: Int64, keeping retention: Retention = Retention()) async throws {
        state.withLock { $0.book.keepUp(now: now) }
        writeSoon()
        let oldest = now.subtractingUpToBounds(retention.entryDays * Self.secondsOfDay)
        var deleted = Self.mostDeleted
        while deleted == Self.mostDeleted {
            deleted = try await store.write { transaction in
                try SpendRecords.deleteEntries(before: oldest, limit: Int64(Self.mostDeleted), in: transaction)
            }
        }
        let oldestSum = now.subtractingUpToBounds(retention.sumDays * Self.secondsOfDay)
        try await store.write { try SpendRecords.deleteSums(before: oldestSum, in: $0) }
    }

    /// Writes what waits and gives back what was claimed beyond what is used, before the store is closed.
    public func close() async throws(StoreError) {
        let batch = state.withLock { state in
            state.book.giveBackClaims()
            return state.gathering
        }
        writeSoon()
        try await isWritten(batch)
    }
}

extension SpendLedger {
    /// A page of entries, the last one first.
    /// - Parameter number: only those before it; nil for the last ones.
    public func entries(before number: Int64?, _ filter: SpendFilter = SpendFilter(), limit: Int) async throws
        -> [SpendEntry]
    {
        try await store.read { transaction in
            try SpendRecords.entries(
                before: number ?? .max, filter, limit: Int64(max(0, limit)), in: transaction)
        }
    }

    /// What is counted now, by the keys of the limits; in their order.
    /// - Parameter isWanted: whether what has this key is told.
    public func counts(now: Int64, where isWanted: (String) -> Bool) -> [SpendCount] {
        state.withLock { state in
            state.book.counters.compactMap { window, counter in
                guard window.holds(now), isWanted(window.key) else { return nil }
                func money(_ nanos: Int64) -> Money { Money(nanos: nanos, window.currency) }
                return SpendCount(
                    key: window.key, spent: money(counter.settled.addingUpToBounds(counter.unrecorded)),
                    reserved: money(counter.open), amount: counter.ceiling == .max ? nil : money(counter.ceiling),
                    starts: window.starts, ends: window.ends)
            }
        }.sorted { ($0.key, $0.spent.currency.code, $0.starts) < ($1.key, $1.spent.currency.code, $1.starts) }
    }
}

extension SpendLedger {
    /// Sums by stretches of time, in their order and that of their names. By day they are there for as long as sums are
    /// kept, else for as long as entries are.
    /// - Parameters:
    ///   - step: the length of a stretch in seconds; days are 86,400.
    ///   - from: the first second.
    ///   - to: the second behind the last.
    ///   - limit: so many sums at most.
    public func series(
        by grouping: SpendGrouping, step: Int64, from: Int64, to: Int64, limit: Int
    ) async throws -> [SpendPoint] {
        try await store.read { transaction in
            try SpendRecords.series(
                by: grouping, step: max(1, step), from: max(0, from), to: to, limit: Int64(max(0, limit)),
                in: transaction)
        }
    }
}

extension SpendLedger {
    /// Returns when a batch is in the store.
    private func isWritten(_ batch: UInt64) async throws(StoreError) {
        do {
            try await withCheckedThrowingContinuation { continuation in
                let isThere: Bool? = state.withLock { state in
                    guard state.written < batch, state.isWriting else { return state.written >= batch }
                    state.waiting.append(Waiting(batch: batch, continuation: continuation))
                    return nil
                }
                guard let isThere else { return }
                // Nothing is under way and it is not there: it failed meanwhile, and goes with the next ones.
                continuation.resume(
                    with: isThere ? .success(()) : .failure(StoreError(.busy, "the ledger could not be written")))
            }
        } catch {
            throw error as? StoreError ?? StoreError(.inputOutput, "the ledger could not be written")
        }
    }

    /// Sees to it that what waits is written.
    private func writeSoon() {
        let begins = state.withLock { state in
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { Task { await write() } }
    }

    /// Writes one batch after the other until nothing waits. What cannot be written stays for the next time.
    private func write() async {
        while let (number, batch) = take() {
            var failure: StoreError?
            do {
                try await store.write { try SpendRecords.write(batch, in: $0) }
            } catch {
                failure = error as? StoreError ?? StoreError(.inputOutput, "the ledger could not be written")
            }
            for waiting in end(batch, number, failure) {
                waiting.continuation.resume(with: failure.map { .failure($0) } ?? .success(()))
            }
            if failure != nil { return }
        }
    }

    private func take() -> (UInt64, SpendBatch)? {
        let (taken, heard) = state.withLock { state -> ((UInt64, SpendBatch)?, [Waiting]) in
            defer { state.gathering += 1 }
            if let batch = state.book.takeBatch() { return ((state.gathering, batch), []) }
            // Nothing waits: the batch that gathered is empty, and as good as written.
            state.written = state.gathering
            state.isWriting = false
            defer { state.waiting = [] }
            return (nil, state.waiting)
        }
        for waiting in heard { waiting.continuation.resume() }
        return taken
    }

    /// - Returns: who waited for it.
    private func end(_ batch: SpendBatch, _ number: UInt64, _ failure: StoreError?) -> [Waiting] {
        state.withLock { state in
            if failure == nil {
                state.book.committed(batch)
                state.written = number
            } else {
                state.book.failed(batch)
                state.isWriting = false
            }
            let heard = state.waiting.filter { failure != nil || $0.batch <= number }
            state.waiting.removeAll { failure != nil || $0.batch <= number }
            return heard
        }
    }
}
