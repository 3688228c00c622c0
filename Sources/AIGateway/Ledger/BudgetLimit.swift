public import Storage
import Traffic

/// How long a budget's amount lasts.
public enum BudgetPeriod: Sendable, Hashable {
    /// Each day of the calendar, in UTC.
    case day
    /// Each month of the calendar, in UTC.
    case month
    /// Once, from one second since 1970 to another, both in it. Nothing may be spent outside.
    case range(ClosedRange<Int64>)
}

/// So much may be spent in each period.
public struct BudgetLimit: Sendable, Hashable {
    /// Whose budget it is and which, unique among all: spending is counted by it. Not empty.
    public let key: String
    /// What may be spent in a period.
    public let amount: Money
    /// The period.
    public let period: BudgetPeriod

    /// A limit.
    public init(key: String, amount: Money, period: BudgetPeriod) {
        self.key = SpendText.stored(key, most: 4_096)
        self.amount = amount
        self.period = period
    }

    /// What everybody spends in a month, which nothing limits.
    static func everything(_ currency: Currency) -> BudgetLimit {
        BudgetLimit(key: "", amount: Money(nanos: .max, currency), period: .month)
    }

    /// The window that holds a moment; of a range, the range.
    func window(at time: Int64) -> BudgetWindow {
        let (starts, ends) = period.bounds(at: time)
        return BudgetWindow(key: key, currency: amount.currency, starts: starts, ends: ends)
    }

    /// When something may be spent again once this window is spent; nil for never.
    func renewal(of window: BudgetWindow, at time: Int64) -> Int64? {
        if case .range = period { return time < window.starts ? window.starts : nil }
        return window.ends
    }
}

extension BudgetPeriod {
    /// The last second of the year 9999: what is behind is taken for it.
    private static let lastSecond: Int64 = 253_402_300_799
    private static let secondsOfDay: Int64 = 86_400

    /// The first second, and the one behind the last.
    func bounds(at time: Int64) -> (starts: Int64, ends: Int64) {
        let day = min(max(0, time), Self.lastSecond) / Self.secondsOfDay
        switch self {
        case .day:
            return (day * Self.secondsOfDay, (day + 1) * Self.secondsOfDay)
        case .month:
            let date = CalendarDate(daysSinceEpoch: day)
            let first = CalendarDate(year: date.year, month: date.month, day: 1)
            let next =
                date.month == 12
                ? CalendarDate(year: date.year + 1, month: 1, day: 1)
                : CalendarDate(year: date.year, month: date.month + 1, day: 1)
            return (first.daysSinceEpoch * Self.secondsOfDay, next.daysSinceEpoch * Self.secondsOfDay)
        case .range(let range):
            return (range.lowerBound, range.upperBound.addingUpToBounds(1))
        }
    }
}

/// One period of one budget: what a counter counts.
struct BudgetWindow: Sendable, Hashable {
    let key: String
    let currency: Currency
    /// The first second.
    let starts: Int64
    /// The second behind the last.
    let ends: Int64

    func holds(_ time: Int64) -> Bool { starts <= time && time < ends }
}

/// How much of a budget is gone.
public struct BudgetState: Sendable, Equatable {
    /// What may be spent in the period.
    public let amount: Money
    /// What requests have cost.
    public let settled: Money
    /// What running requests may cost.
    public let reserved: Money
    /// What may have been spent when a process was killed and no entry tells of.
    public let unrecorded: Money
    /// What is left; never negative.
    public let left: Money
    /// The second since 1970 at which the amount is there anew; nil for never.
    public let renews: Int64?
}

/// Why nothing was reserved.
public enum SpendRefusal: Error, Sendable, Equatable {
    /// A budget is spent, or what is left does not reach.
    case exhausted(BudgetExhausted)
    /// The estimate is in another currency than the budget of this key, so that nobody can tell whether it reaches.
    case otherCurrency(String)
    /// The ledger cannot be written, and nothing may be spent that nobody would know of.
    case unavailable(StoreError)
}

/// A budget that a request did not fit into. Of several, the one that renews last.
public struct BudgetExhausted: Error, Sendable, Equatable {
    /// The budget's key.
    public let budget: String
    /// What may be spent in a period.
    public let amount: Money
    /// What is spent, with what running requests may cost.
    public let spent: Money
    /// What was to be reserved. More than `amount` never fits.
    public let requested: Money
    /// The second since 1970 at which the amount is there anew; nil for never.
    public let renews: Int64?

    /// Whether this one holds longer.
    func isLater(than other: BudgetExhausted?) -> Bool {
        guard let other else { return true }
        guard let theirs = other.renews else { return false }
        return renews.map { $0 > theirs } ?? true
    }
}
