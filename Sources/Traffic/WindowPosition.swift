/// Where moments lie in a period's windows. A position counts sub-buckets of a rolling window, or whole days or months.
extension TrafficPeriod {
    /// Into how many sub-buckets a rolling window is divided: a use comes back at most that part of a window late.
    static var subBuckets: Int64 { 32 }
    /// How many positions a rolling counter holds at once. A window that ends inside a sub-bucket reaches into the 33rd.
    static var ring: Int64 { subBuckets + 1 }

    /// Whether windows start anew at a date.
    var isCalendar: Bool { rawValue >= TrafficPeriod.day.rawValue }

    /// The length of a rolling window.
    private var milliseconds: Int64 {
        switch self {
        case .second: 1_000
        case .minute: 60_000
        case .hour, .day, .month: 3_600_000
        }
    }

    private static var secondsOfDay: Int64 { 86_400 }

    /// The position of a moment.
    func position(milliseconds time: Int64, unixSeconds: Int64) -> Int64 {
        switch self {
        case .second: return time * Self.subBuckets / 1_000
        case .minute: return time * Self.subBuckets / 60_000
        case .hour: return time * Self.subBuckets / 3_600_000
        case .day: return CalendarDate.floorDivide(unixSeconds, Self.secondsOfDay)
        case .month:
            let date = CalendarDate(daysSinceEpoch: CalendarDate.floorDivide(unixSeconds, Self.secondsOfDay))
            return date.year * 12 + date.month - 1
        }
    }

    /// The first millisecond at which uses of a sub-bucket count no more: its last moment is a window ago.
    func expiry(ofSubBucket position: Int64) -> Int64 {
        let end = (position + Self.ring) * milliseconds
        return (end + Self.subBuckets - 1) / Self.subBuckets
    }

    /// The second since 1970 at which a day or month begins.
    func start(ofWindow position: Int64) -> Int64 {
        guard self == .month else { return position * Self.secondsOfDay }
        let year = CalendarDate.floorDivide(position, 12)
        return CalendarDate(year: year, month: position - year * 12 + 1, day: 1).daysSinceEpoch * Self.secondsOfDay
    }

    /// How long a window is; a month is as long as the month is.
    func seconds(ofWindow position: Int64) -> Int64 {
        isCalendar ? start(ofWindow: position + 1) - start(ofWindow: position) : milliseconds / 1_000
    }

    /// The position at a shard's latest moment.
    func position(at time: LatestTime) -> Int64 {
        position(milliseconds: time.milliseconds, unixSeconds: time.seconds)
    }

    /// The position at a moment as it was told.
    func position(at time: TrafficTime) -> Int64 {
        position(milliseconds: time.monotonicMilliseconds, unixSeconds: time.unixSeconds)
    }
}
