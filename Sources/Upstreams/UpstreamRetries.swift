import NIOCore

/// How often calls are sent again, so that an upstream's failure is not the client's, and a dead upstream is not
/// stormed.
public struct UpstreamRetries: Hashable, Sendable {
    /// How often one call is sent again.
    public var most = 1
    /// Calls sent again, as a share of all calls of one loop in ten seconds.
    public var share = 0.2
    /// Calls sent again in each second, per loop, that the share does not count.
    public var perSecond = 3

    /// The numbers of the product.
    public init() {}
}

/// Counts one loop's calls over the last ten seconds and says whether one more may be sent again. A value that knows no
/// clock.
struct RetryBudget {
    private static let seconds = 10
    private let retries: UpstreamRetries
    private var calls = [Int](repeating: 0, count: seconds)
    private var spent = [Int](repeating: 0, count: seconds)
    private var second: UInt64 = 0

    init(_ retries: UpstreamRetries) { self.retries = retries }

    /// A call begins.
    mutating func count(_ now: NIODeadline) {
        let slot = slot(now)
        calls[slot] &+= 1
    }

    /// Takes one from the budget if there is one.
    mutating func take(_ now: NIODeadline) -> Bool {
        let slot = slot(now)
        let allowed =
            Double(calls.reduce(0, &+)) * retries.share + Double(retries.perSecond) * Double(Self.seconds)
        guard Double(spent.reduce(0, &+)) + 1 <= allowed else { return false }
        spent[slot] &+= 1
        return true
    }

    /// Where this second is counted; what is older than the window is forgotten on the way. A clock that is a little
    /// behind counts in the latest second.
    private mutating func slot(_ now: NIODeadline) -> Int {
        let wanted = max(now.uptimeNanoseconds / 1_000_000_000, second)
        if wanted != second {
            let steps = min(wanted - second, UInt64(Self.seconds))
            for step in 0..<steps {
                let stale = Int((wanted - step) % UInt64(Self.seconds))
                calls[stale] = 0
                spent[stale] = 0
            }
            second = wanted
        }
        return Int(second % UInt64(Self.seconds))
    }
}
