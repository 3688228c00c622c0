/// A moment as one event loop sees it: a monotonic clock for rolling windows, the wall clock for calendar windows.
///
/// Loops may keep their own copies, so that times go slightly backwards between calls; a ledger never goes back with
/// them. A copy that lags by some milliseconds shortens a window by as much at most.
public struct TrafficTime: Sendable, Hashable {
    /// Milliseconds of a clock that never goes back, from any beginning.
    public let monotonicMilliseconds: Int64
    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
    public let unixSeconds: Int64

    /// A moment. What lies outside 0...2^52 milliseconds or outside the years 1970 to 9999 becomes the nearest moment
    /// inside.
    public init(monotonicMilliseconds: Int64, unixSeconds: Int64) {
        self.monotonicMilliseconds = min(max(monotonicMilliseconds, 0), 1 << 52)
        self.unixSeconds = min(max(unixSeconds, 0), 253_402_300_799)
    }
}

/// The latest moment that anybody told a shard. Each shard counts by its own, so that a use never lands before one that
/// was counted earlier, and a counter that is over never comes back.
struct LatestTime {
    private(set) var milliseconds: Int64 = 0
    private(set) var seconds: Int64 = 0

    /// The wall clock may be set back. Up to a day of that is waited out; after more, windows start anew, since nobody
    /// should be held to a date that was a mistake.
    private static var longestWait: Int64 { 86_400 }

    mutating func hear(_ time: TrafficTime) {
        milliseconds = max(milliseconds, time.monotonicMilliseconds)
        if time.unixSeconds > seconds || seconds - time.unixSeconds > Self.longestWait { seconds = time.unixSeconds }
    }
}
