import Foundation

/// The time of day.
enum WallClock {
    /// Whole seconds since 1970.
    @Sendable static func seconds() -> Int64 { Int64(Date().timeIntervalSince1970) }
}
