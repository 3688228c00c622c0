import Traffic

/// A generator that gives the same numbers each time (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word &>> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word &>> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word &>> 31
    }
}

let testSeed = TrafficSeed(high: 1, low: 2)

/// 2026-03-01T00:00:00Z.
let firstOfMarch: Int64 = 1_772_323_200

func moment(_ milliseconds: Int64 = 0, unix: Int64 = firstOfMarch) -> TrafficTime {
    TrafficTime(monotonicMilliseconds: milliseconds, unixSeconds: unix)
}

func use(_ number: UInt32, _ count: Int64, _ period: TrafficPeriod, by key: String = "a") -> TrafficUse {
    TrafficUse(
        of: TrafficLimit(number: number, count: count, period: period), by: LimitKey(key, seed: testSeed))
}

extension TrafficLedger {
    /// How many of so many requests in a row are admitted.
    func admitted(of requests: Int, _ uses: TrafficUse..., at now: TrafficTime) -> Int {
        (0..<requests).count { _ in admit(uses, at: now).isAdmitted }
    }
}

extension Admission {
    var retryAfter: Int64? {
        if case .refused(_, let seconds) = self { seconds } else { nil }
    }

    var standing: LimitStanding? {
        switch self {
        case .admitted(let tightest): tightest
        case .refused(let standing, _): standing
        }
    }
}
