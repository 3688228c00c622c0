import Blueprint
import Synchronization
import Traffic

/// The numbers of limits: one that stays the same keeps its number over changes of the configuration, and so its counters.
final class LimitNumbers: Sendable {
    private struct State {
        var numbers: [String: UInt32] = [:]
        var last: UInt32 = 0
    }

    private let state = Mutex(State())

    /// A limit with its number.
    /// - Parameters:
    ///   - scope: what the limit belongs to: limits of two scopes count apart, whatever they say.
    ///   - name: as answers name it.
    func numbered(_ limit: Limit, scope: String, name: String) -> NumberedLimit {
        let number = state.withLock { state in
            let text = "\(scope) \(limit.text)"
            if let known = state.numbers[text] { return known }
            state.last &+= 1
            state.numbers[text] = state.last
            return state.last
        }
        return NumberedLimit(
            limit: TrafficLimit(number: number, count: limit.count, period: limit.period.counted), key: limit.key,
            fields: RateLimitFields(name: name))
    }

    /// What each limit says, with what it belongs to: the same in another process, where its number may be another.
    var numbers: [String: UInt32] { state.withLock { $0.numbers } }

    /// Forgets the numbers of limits that are gone.
    func keep(_ numbers: Set<UInt32>) {
        state.withLock { state in state.numbers = state.numbers.filter { numbers.contains($0.value) } }
    }
}

extension Limit.Period {
    var counted: TrafficPeriod {
        switch self {
        case .second: .second
        case .minute: .minute
        case .hour: .hour
        case .day: .day
        case .month: .month
        }
    }
}
