/// A reservation that is neither settled nor released.
struct OpenReservation: Sendable, Hashable {
    let number: Int64
    let time: Int64
    /// The second since 1970 from which on nobody is waited for.
    let expires: Int64
    let estimate: Money
    let head: SpendEntryHead
    /// What it is set aside in.
    let windows: [BudgetWindow]

    func entry(cost: Money, usage: SpendUsage, outcome: SpendOutcome) -> SpendEntry {
        SpendEntry(number: number, time: time, head: head, usage: usage, cost: cost, outcome: outcome)
    }

    /// What an entry adds to the counters, in billionths of the estimate's currency.
    func counted(_ entry: SpendEntry) -> Int64 {
        entry.cost.currency == estimate.currency ? entry.cost.nanos : estimate.nanos
    }
}

/// What one transaction writes.
struct SpendBatch: Sendable, Equatable {
    struct Count: Sendable, Hashable {
        let window: BudgetWindow
        /// What was settled since the last batch.
        let added: Int64
        /// What may be used, all in all, from this commit on.
        let claimed: Int64
    }

    /// By number.
    var opened: [Int64: OpenReservation] = [:]
    /// Reservations that an earlier batch opened.
    var closed: [Int64] = []
    var entries: [SpendEntry] = []
    var counters: [Count] = []

    var isEmpty: Bool { opened.isEmpty && closed.isEmpty && entries.isEmpty && counters.isEmpty }

    /// Takes in an earlier batch that was not written. Counters are not part of it: they are counted anew.
    mutating func put(before batch: SpendBatch) {
        var opened = batch.opened
        // What was opened by a batch that was not written, and closed since, was never there.
        closed = batch.closed + closed.filter { opened.removeValue(forKey: $0) == nil }
        self.opened.merge(opened) { newer, _ in newer }
        entries = batch.entries + entries
    }
}
