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

        mutating func admits(now: Int64) -> Bool {
            // A clock that was set back begins a new period, too.
            if began.map({ now < $0 || now - $0 >= RefusalLog.period }) ?? true {
                began = now
                told = 0
            }
            guard told < RefusalLog.most else {
                leftOut += 1
                return false
            }
            told += 1
            return true
        }
    }

    private let state = Mutex(State())

    /// Adds a refusal to the audit log, or counts it.
    func insert(_ refusal: AuditEvent, now: Int64, in transaction: Transaction) throws(StoreError) {
        guard state.withLock({ $0.admits(now: now) }) else { return }
        try refusal.insert(now: now, in: transaction)
    }

    /// The same in a transaction of its own, or in none when the refusal is only counted.
    func insert(_ refusal: AuditEvent, now: Int64, in store: Store) async throws {
        guard state.withLock({ $0.admits(now: now) }) else { return }
        try await store.write { try refusal.insert(now: now, in: $0) }
    }

    /// Tells the audit log how many were left out since it was asked last.
    func tellLeftOut(now: Int64, in transaction: Transaction) throws(StoreError) {
        let leftOut = state.withLock { state in
            defer { state.leftOut = 0 }
            return state.leftOut
        }
        guard leftOut > 0 else { return }
        try AuditEvent(.refusalsLeftOut, by: .server, detail: "\(leftOut)").insert(now: now, in: transaction)
    }
}
