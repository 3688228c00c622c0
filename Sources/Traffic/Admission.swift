/// What became of a request.
public enum Admission: Sendable, Hashable {
    /// Counted at every limit. With it the limit of which the least part is left; nil when there was no limit.
    case admitted(tightest: LimitStanding?)
    /// Counted at none. With it the limit that refuses longest; after so many seconds the request would be admitted
    /// if nobody else took the place.
    case refused(by: LimitStanding, retryAfter: Int64)

    /// Whether the request may go on.
    public var isAdmitted: Bool {
        if case .admitted = self { true } else { false }
    }
}

/// How a limit stands for one key.
public struct LimitStanding: Sendable, Hashable {
    /// Which of the request's uses it was, from 0.
    public let index: Int
    /// The limit's number, as the caller gave it.
    public let number: UInt32
    /// The most uses in a window.
    public let count: Int64
    /// The window's length in seconds; of a month, that month's length.
    public let windowSeconds: Int64
    /// How many uses are left now.
    public let remaining: Int64
    /// Seconds, rounded up and at least 1, until more are left than now: until the oldest uses of a rolling window
    /// come back, or the next day or month begins. When refused, until there is place for the request.
    public let secondsUntilReset: Int64

    /// A standing.
    public init(
        index: Int, number: UInt32, count: Int64, windowSeconds: Int64, remaining: Int64, secondsUntilReset: Int64
    ) {
        self.index = index
        self.number = number
        self.count = count
        self.windowSeconds = windowSeconds
        self.remaining = remaining
        self.secondsUntilReset = secondsUntilReset
    }
}

/// How many uses of a limit a key had in a day or month: what is kept over a restart, beside the seed.
public struct CalendarCount: Sendable, Hashable {
    /// The limit's number.
    public let number: UInt32
    /// Day or month.
    public let period: TrafficPeriod
    /// Whose uses; under another seed it means nothing.
    public let key: LimitKey
    /// The second since 1970 at which the window began.
    public let windowStart: Int64
    /// How many uses.
    public let count: Int64

    /// A count that was kept.
    public init(number: UInt32, period: TrafficPeriod, key: LimitKey, windowStart: Int64, count: Int64) {
        self.number = number
        self.period = period
        self.key = key
        self.windowStart = windowStart
        self.count = count
    }
}

/// How full a ledger is.
public struct LedgerOccupancy: Sendable, Hashable {
    /// Counters in memory, with those that are over and not swept yet.
    public let counters: Int
    /// How many of them are shared by keys that found a shard full.
    public let overflowCounters: Int
    /// Bytes allocated for counters and their indexes.
    public let bytes: Int
}
