/// The time that a limit counts in.
public enum TrafficPeriod: UInt8, Sendable, Hashable, CaseIterable {
    /// Any second: a rolling window.
    case second
    /// Any 60 seconds: a rolling window.
    case minute
    /// Any 3,600 seconds: a rolling window.
    case hour
    /// A day in UTC, from midnight.
    case day
    /// A month in UTC, from midnight of its first day.
    case month
}

/// How often in which time.
public struct TrafficLimit: Sendable, Hashable {
    /// The caller's number for this limit. Counters belong to a number: a limit that stays the same keeps its number,
    /// one that changes gets another.
    public let number: UInt32
    /// The most uses in a period; at least one.
    public let count: Int64
    /// The time that is counted in.
    public let period: TrafficPeriod

    /// A limit; a count below one becomes one.
    public init(number: UInt32, count: Int64, period: TrafficPeriod) {
        self.number = number
        self.count = max(count, 1)
        self.period = period
    }

    /// What a counter carries of its limit.
    var tag: CounterTag { CounterTag(number: number, period: period) }

    /// Where its counters lie.
    var layout: CounterLayout {
        if period.isCalendar { return .calendar }
        if count <= 0xFF { return .rolling8 }
        if count <= 0xFFFF { return .rolling16 }
        return count <= 0xFFFF_FFFF ? .rolling32 : .rolling64
    }
}

/// One use of a limit by one key.
public struct TrafficUse: Sendable, Hashable {
    /// The limit.
    public let limit: TrafficLimit
    /// Whom it counts for.
    public let key: LimitKey

    /// One use.
    public init(of limit: TrafficLimit, by key: LimitKey) {
        self.limit = limit
        self.key = key
    }
}
