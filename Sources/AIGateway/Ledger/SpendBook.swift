import Storage

/// What is spent and what is set aside, as a value: every decision of the ledger, without waiting for anything.
///
/// Each window of a budget has a counter, and `used` = settled + unrecorded + open is what must fit into the amount. The
/// store holds an upper bound of `used` for each, the claim. Only where a reservation goes beyond the claim must it wait for
/// the store; so that few do, a claim is made with headroom for what is likely to come until the next one. A process that is
/// killed leaves its claims behind: what they hold and no entry tells of counts as spent. Spending is never lost, and
/// what is counted too much is at most the headroom, that is, what came in during two commits.
struct SpendBook: Sendable {
    /// Nothing is reserved while so many entries wait for the store.
    private static let mostWaiting = 10_000
    /// What one request may cost: a million units. Sums of nine thousand such fit into Int64.
    private static let mostOfOne = 1_000_000 * Money.nanosOfUnit

    struct Counter: Sendable, Equatable {
        var settled: Int64 = 0
        var unrecorded: Int64 = 0
        var open: Int64 = 0
        /// What `used` may grow to without waiting: the store holds as much, and will.
        var claimed: Int64 = 0
        /// Of `settled`, what no batch has taken.
        fileprivate var unwritten: Int64 = 0
        /// What was set aside since the last batch.
        fileprivate var recent: Int64 = 0
        fileprivate var headroom: Int64 = 0
        /// The amount of the budget that was last asked for; a claim beyond it helps nobody.
        fileprivate(set) var ceiling: Int64 = .max

        init(settled: Int64 = 0, unrecorded: Int64 = 0) {
            self.settled = settled
            self.unrecorded = unrecorded
            claimed = settled.addingUpToBounds(unrecorded)
        }

        var used: Int64 { settled.addingUpToBounds(unrecorded).addingUpToBounds(open) }
    }

    private(set) var counters: [BudgetWindow: Counter] = [:]
    private(set) var open: [Int64: OpenReservation] = [:]
    private var nextNumber: Int64
    private var batch = SpendBatch()
    private var dirty: Set<BudgetWindow> = []
    /// The counters that were changed since the last upkeep, and between that and the one before.
    private var touched: Set<BudgetWindow> = []
    private var touchedBefore: Set<BudgetWindow> = []
    private var sweptDay: Int64 = 0

    init(counters: [BudgetWindow: Counter] = [:], nextNumber: Int64 = 1) {
        self.counters = counters
        self.nextNumber = nextNumber
    }

    /// Sets an amount aside in all budgets, or in none.
    /// - Returns: the reservation, and whether the request may go on before the next batch is in the store.
    mutating func reserve(
        _ estimate: Money, against limits: [BudgetLimit], for head: SpendEntryHead, now: Int64, lasting: Int64
    ) throws(SpendRefusal) -> (SpendReservation, isCovered: Bool) {
        guard batch.entries.count < Self.mostWaiting else {
            throw .unavailable(StoreError(.busy, "too many entries of the ledger wait for the store"))
        }
        let estimate = Self.bounded(estimate)
        var windows: [BudgetWindow] = []
        var exhausted: BudgetExhausted?
        for limit in limits {
            guard limit.amount.currency == estimate.currency else { throw .otherCurrency(limit.key) }
            let window = limit.window(at: now)
            let used = counters[window]?.used ?? 0
            if used.addingUpToBounds(estimate.nanos) > limit.amount.nanos || !window.holds(now) {
                let refusal = BudgetExhausted(
                    budget: limit.key, amount: limit.amount, spent: Money(nanos: used, estimate.currency),
                    requested: estimate, renews: limit.renewal(of: window, at: now))
                if refusal.isLater(than: exhausted) { exhausted = refusal }
            }
            if !windows.contains(window) { windows.append(window) }
        }
        if let exhausted { throw .exhausted(exhausted) }
        for limit in limits { counters[limit.window(at: now), default: Counter()].ceiling = limit.amount.nanos }
        windows.append(BudgetLimit.everything(estimate.currency).window(at: now))

        var isCovered = true
        for window in windows {
            var counter = counters[window] ?? Counter()
            counter.open = counter.open.addingUpToBounds(estimate.nanos)
            counter.recent = counter.recent.addingUpToBounds(estimate.nanos)
            isCovered = isCovered && counter.used <= counter.claimed
            counters[window] = counter
            touch(window)
        }
        let number = nextNumber
        nextNumber += 1
        let held = OpenReservation(
            number: number, time: now, expires: now.addingUpToBounds(lasting), estimate: estimate, head: head,
            windows: windows)
        open[number] = held
        batch.opened[number] = held
        return (SpendReservation(number: number, estimate: estimate), isCovered)
    }

    /// Puts what it cost in the place of what was set aside.
    /// - Parameter actual: in another currency than the estimate it is noted as it is, and budgets count the estimate.
    /// - Returns: false when the reservation is open no more.
    mutating func settle(_ number: Int64, actual: Money, usage: SpendUsage) -> Bool {
        guard let held = end(number) else { return false }
        note(held, cost: Self.bounded(actual), usage: usage, outcome: .settled)
        return true
    }

    /// Gives back what was set aside; without effect when the reservation is open no more.
    mutating func release(_ number: Int64) {
        _ = end(number)
    }

    /// Lets reservations that nobody came back for stand as spent, gives back the claims of counters that rest, and forgets
    /// windows that are over.
    mutating func keepUp(now: Int64) {
        for held in open.values where held.expires <= now {
            guard let held = end(held.number) else { continue }
            note(held, cost: held.estimate, usage: .unknown, outcome: .expired)
        }
        for window in touchedBefore.subtracting(touched) { giveBack(window) }
        (touchedBefore, touched) = (touched, [])
        guard now / 86_400 != sweptDay else { return }
        sweptDay = now / 86_400
        counters = counters.filter { window, counter in
            window.ends > now.subtractingUpToBounds(86_400) || counter.open != 0 || counter.unwritten != 0
                || dirty.contains(window)
        }
    }

    /// Gives back the claims of all counters: what follows is the end.
    mutating func giveBackClaims() {
        for (window, counter) in counters where counter.claimed > counter.used { giveBack(window) }
    }

    func state(of limit: BudgetLimit, now: Int64) -> BudgetState {
        let window = limit.window(at: now)
        let counter = counters[window] ?? Counter()
        func money(_ nanos: Int64) -> Money { Money(nanos: nanos, limit.amount.currency) }
        return BudgetState(
            amount: limit.amount, settled: money(counter.settled), reserved: money(counter.open),
            unrecorded: money(counter.unrecorded),
            left: money(max(0, limit.amount.nanos.subtractingUpToBounds(counter.used))),
            renews: limit.renewal(of: window, at: now))
    }

    private mutating func end(_ number: Int64) -> OpenReservation? {
        guard let held = open.removeValue(forKey: number) else { return nil }
        for window in held.windows {
            counters[window]?.open -= held.estimate.nanos
            touch(window)
        }
        // A row that no batch has taken needs no deletion.
        if batch.opened.removeValue(forKey: number) == nil { batch.closed.append(number) }
        return held
    }

    private mutating func note(_ held: OpenReservation, cost: Money, usage: SpendUsage, outcome: SpendOutcome) {
        let entry = held.entry(cost: cost, usage: usage, outcome: outcome)
        let counted = held.counted(entry)
        for window in held.windows {
            var counter = counters[window] ?? Counter()
            counter.settled = counter.settled.addingUpToBounds(counted)
            counter.unwritten = counter.unwritten.addingUpToBounds(counted)
            counters[window] = counter
        }
        batch.entries.append(entry)
    }

    private mutating func giveBack(_ window: BudgetWindow) {
        guard let counter = counters[window], counter.claimed > counter.used else { return }
        counters[window]?.headroom = 0
        counters[window]?.recent = 0
        dirty.insert(window)
    }

    private mutating func touch(_ window: BudgetWindow) {
        dirty.insert(window)
        touched.insert(window)
    }

    private static func bounded(_ money: Money) -> Money {
        Money(nanos: min(max(0, money.nanos), mostOfOne), money.currency)
    }
}

/// How the book and the store stay together: one batch at a time is on its way.
extension SpendBook {
    /// Takes what is to be written; nil when there is nothing.
    mutating func takeBatch() -> SpendBatch? {
        guard !batch.isEmpty || !dirty.isEmpty else { return nil }
        var taken = batch
        batch = SpendBatch()
        for window in dirty {
            guard var counter = counters[window] else { continue }
            let twice = counter.recent.addingUpToBounds(counter.recent)
            counter.headroom = max(twice, counter.headroom - counter.headroom / 4)
            counter.recent = 0
            let claim = min(
                counter.used.addingUpToBounds(counter.headroom), max(counter.used, counter.ceiling))
            // A smaller claim holds from now on, a larger one when it is in the store.
            counter.claimed = min(counter.claimed, claim)
            taken.counters.append(SpendBatch.Count(window: window, added: counter.unwritten, claimed: claim))
            counter.unwritten = 0
            counters[window] = counter
        }
        dirty = []
        return taken
    }

    /// A batch is in the store.
    mutating func committed(_ batch: SpendBatch) {
        for count in batch.counters { counters[count.window]?.claimed = count.claimed }
    }

    /// A batch is not in the store: it is part of the next one.
    mutating func failed(_ failed: SpendBatch) {
        for count in failed.counters {
            var counter = counters[count.window] ?? Counter(settled: count.added)
            counter.unwritten = counter.unwritten.addingUpToBounds(count.added)
            counters[count.window] = counter
            dirty.insert(count.window)
        }
        batch.put(before: failed)
    }
}
