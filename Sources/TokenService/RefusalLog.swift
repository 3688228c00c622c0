import ControlPlane
import Storage
import Synchronization

/// Tells the audit log of refusals, but of so many an hour at most: whoever guesses, wherever from, does not fill the disk.
///
/// What is left out is counted, and the count is told within a minute. Both live in memory: a restart begins a new hour.
final class RefusalLog: Sendable {
    /// How many refusals are told in one period.
    static let most = 1_000
    /// How long a period is, in seconds.
    static let period: Int64 = 3_600

    private struct State {
        var began: Int64?
        var told = 0
        var leftOut = 0

        /// Whether another one may be told at a moment.
        func admits(now: Int64) -> Bool { isOver(now) || told < RefusalLog.most }

        mutating func count(now: Int64, isTold: Bool) {
            if isOver(now) {
                began = now
                told = 0
            }
            if isTold { told += 1 } else { leftOut += 1 }
        }

        /// A clock that was set back begins a new period, too.
        private func isOver(_ now: Int64) -> Bool {
            began.map { now < $0 || now - $0 >= RefusalLog.period } ?? true
        }
    }

    private let state = Mutex(State())

    /// Adds a refusal to the audit log, or counts it. Transactions that write come one after the other, so that no two take
    /// the last place.
    func insert(_ refusal: AuditEvent, now: Int64, in transaction: Transaction) throws(StoreError) {
        let isTold = state.withLock { $0.admits(now: now) }
        if isTold { try refusal.insert(now: now, in: transaction) }
        transaction.afterCommit { [self] in state.withLock { $0.count(now: now, isTold: isTold) } }
    }

    /// The same in a transaction of its own, or in none when the refusal is only counted.
    func insert(_ refusal: AuditEvent, now: Int64, in store: Store) async throws {
        let isLeftOut = state.withLock { state in
            guard !state.admits(now: now) else { return false }
            state.count(now: now, isTold: false)
            return true
        }
        guard !isLeftOut else { return }
        try await store.write { [self] in try insert(refusal, now: now, in: $0) }
    }

    /// Tells the audit log how many were left out since it was asked last.
    func tellLeftOut(now: Int64, in transaction: Transaction) throws(StoreError) {
        let leftOut = state.withLock { $0.leftOut }
        guard leftOut > 0 else { return }
        // Some may be left out meanwhile: they are told the next time.
        transaction.afterCommit { [self] in state.withLock { $0.leftOut -= leftOut } }
        try AuditEvent(.refusalsLeftOut, by: .server, detail: "\(leftOut)").insert(now: now, in: transaction)
    }
}
