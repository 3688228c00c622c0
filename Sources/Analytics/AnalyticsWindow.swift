import Telemetry

/// What was counted in one minute, hour or day, and what of it the store does not have yet.
struct AnalyticsWindow: Sendable {
    /// The most series of exchanges, and of refusals; everything beyond is counted as others.
    static let most = 1_000

    let step: AnalyticsStep
    /// The first second.
    let starts: Int64
    private(set) var tally: ExchangeTally
    private var changed: Set<ExchangeSeries> = []
    private var changedRefusals: Set<RefusalSeries> = []

    init(_ step: AnalyticsStep, starts: Int64, tally: ExchangeTally = ExchangeTally()) {
        self.step = step
        self.starts = starts
        self.tally = tally
    }

    var isChanged: Bool { !changed.isEmpty || !changedRefusals.isEmpty }

    mutating func add(_ other: ExchangeTally) {
        for (series, count) in other.exchanges {
            let isKnown = tally.exchanges[series] != nil || tally.exchanges.count < Self.most
            let series = isKnown ? series : series.other
            tally.exchanges[series, default: ExchangeCount()].add(count)
            changed.insert(series)
        }
        for (series, count) in other.refusals {
            let isKnown = tally.refusals[series] != nil || tally.refusals.count < Self.most
            let series = isKnown ? series : .other
            tally.refusals[series, default: 0] &+= count
            changedRefusals.insert(series)
        }
    }

    /// What the store does not have yet. From now on it counts as if it had.
    mutating func takeChanges() -> AnalyticsChanges {
        defer { (changed, changedRefusals) = ([], []) }
        var changes = AnalyticsChanges(step: step, starts: starts)
        for series in changed { changes.tally.exchanges[series] = tally.exchanges[series] }
        for series in changedRefusals { changes.tally.refusals[series] = tally.refusals[series] }
        return changes
    }

    /// The store does not have it, after all.
    mutating func putBack(_ changes: AnalyticsChanges) {
        changed.formUnion(changes.tally.exchanges.keys)
        changedRefusals.formUnion(changes.tally.refusals.keys)
    }
}

/// What changed in a window: all that was counted of each series that changed.
struct AnalyticsChanges: Sendable {
    let step: AnalyticsStep
    let starts: Int64
    var tally = ExchangeTally()
}
