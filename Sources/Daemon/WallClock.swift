#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The time of day.
enum WallClock {
    /// Whole seconds since 1970.
    @Sendable static func seconds() -> Int64 { milliseconds() / 1_000 }

    /// Whole milliseconds since 1970.
    @Sendable static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
