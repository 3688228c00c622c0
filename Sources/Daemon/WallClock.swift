import Foundation

/// The time of day.
enum WallClock {
    /// Whole seconds since 1970.
    @Sendable static func seconds() -> Int64 { milliseconds() / 1_000 }

    /// Whole milliseconds since 1970.
    @Sendable static func milliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
