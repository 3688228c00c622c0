/// How long the stretches are that exchanges are added up for.
public enum AnalyticsStep: String, Sendable, CaseIterable {
    /// Kept for two days.
    case minute
    /// Kept for ninety days.
    case hour
    /// Kept for three years.
    case day

    /// The length in seconds.
    public var seconds: Int64 {
        switch self {
        case .minute: 60
        case .hour: 3_600
        case .day: 86_400
        }
    }

    /// How long stretches are kept, in seconds.
    public var lifetime: Int64 {
        switch self {
        case .minute: 2 * 86_400
        case .hour: 90 * 86_400
        case .day: 1_096 * 86_400
        }
    }

    /// The first second of the stretch that holds a moment, in UTC.
    public func start(of time: Int64) -> Int64 {
        let time = max(0, time)
        return time - time % seconds
    }
}
