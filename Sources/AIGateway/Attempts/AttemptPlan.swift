import Codecs
import Dialects

/// Whom a request asks, in which order, how often and when: one policy for whole answers and for streams, up to the first
/// byte of the answer. A value; times are milliseconds of any clock.
struct AttemptPlan {
    /// What to do next.
    enum Step: Equatable {
        /// Ask this candidate.
        case ask(Int)
        /// Look again then.
        case wait(until: Int64)
        /// Tell the caller.
        case fail(ModelError)
    }

    /// The longest that a request waits for somebody to be ready, in milliseconds: clients wait better by themselves.
    static let longestWait: Int64 = 5_000
    /// The first pause before somebody who failed is asked again; it doubles each time.
    static let firstPause: Int64 = 250
    private static let longestPause: Int64 = 4_000

    private struct Candidate {
        var notBefore = Int64.min
        var failures = 0
        /// Whether it can be asked at all.
        var isFit = true
    }

    private var candidates: [Candidate]
    private var cursor = 0
    private var attemptsLeft: Int
    private let deadline: Int64
    private var told: ModelError?
    /// Why the first of those was not asked that cannot do what is asked; told when nobody can.
    private var unfit: ModelError?
    private var refusal: ModelError?

    /// - Parameters:
    ///   - count: how many candidates there are, in their order.
    ///   - retries: how often a further attempt is made.
    ///   - deadline: when the caller is told that it took too long.
    init(count: Int, retries: Int, deadline: Int64) {
        candidates = Array(repeating: Candidate(), count: count)
        attemptsLeft = max(0, retries) + 1
        self.deadline = deadline
    }

    /// - Parameter readyAt: from when on a candidate's provider has a key that does not rest.
    mutating func next(now: Int64, readyAt: (Int) -> Int64) -> Step {
        if let refusal { return .fail(refusal) }
        guard attemptsLeft > 0 else { return .fail(told ?? Self.nobody) }
        guard now < deadline else { return .fail(told ?? Self.late) }
        var earliest = Int64.max
        for step in candidates.indices {
            let number = (cursor + step) % candidates.count
            guard candidates[number].isFit else { continue }
            let ready = max(candidates[number].notBefore, readyAt(number))
            if ready <= now {
                attemptsLeft -= 1
                cursor = number
                return .ask(number)
            }
            earliest = min(earliest, ready)
        }
        guard earliest < .max else { return .fail(told ?? unfit ?? Self.nobody) }
        let (wait, overflow) = earliest.subtractingReportingOverflow(now)
        if !overflow, wait <= Self.longestWait, earliest < deadline { return .wait(until: earliest) }
        if let told { return .fail(told) }
        var resting = Self.nobody
        resting.retryAfter = overflow ? 60 : min(wait / 1_000 + 1, 3_600)
        return .fail(resting)
    }

    /// A candidate cannot do what is asked; it was not asked.
    mutating func isUnfit(_ number: Int, _ error: ModelError) {
        attemptsLeft += 1
        candidates[number].isFit = false
        if unfit == nil { unfit = error }
    }

    /// A candidate failed before the answer began.
    /// - Parameter hasOtherKey: whether the failure is one of the key's, and the provider has another one.
    mutating func failed(_ number: Int, _ error: ModelError, hasOtherKey: Bool, now: Int64) {
        told = error
        switch error.kind {
        case .unknownModel:
            // The caller's name is good; it is the provider that does not have what stands behind it.
            told = ModelError(.upstreamFailed, "the provider does not have the model")
            candidates[number].isFit = false
        case _ where !error.isRetryable:
            refusal = error
            return
        case _ where hasOtherKey: return
        default: break
        }
        candidates[number].failures += 1
        let pause =
            error.retryAfter.map { min(max($0, 0), 3_600) * 1_000 }
            ?? min(Self.firstPause << min(candidates[number].failures - 1, 6), Self.longestPause)
        candidates[number].notBefore = now &+ pause
        cursor = (number + 1) % candidates.count
    }

    private static let nobody = ModelError(.overloaded, "nobody who could answer may be asked now")
    private static let late = ModelError(.timeout, "no answer began in time")
}

/// The order in which deployments are asked: by their order, and within one by chance as their weights say. Those without
/// weight come last.
enum CandidateOrder {
    /// - Parameter random: a number from 0 up to but not including its argument, which is at least 1.
    static func of(_ deployments: [(order: Int64, weight: Int64)], random: (UInt64) -> UInt64)
        -> [Int]
    {
        var result: [Int] = []
        for order in Set(deployments.map(\.order)).sorted() {
            var left = deployments.indices.filter { deployments[$0].order == order }
            while !left.isEmpty {
                let total = left.reduce(UInt64(0)) { $0 &+ UInt64(max(0, deployments[$1].weight)) }
                guard total > 0 else {
                    result += left
                    break
                }
                var drawn = random(total)
                let place = left.firstIndex { number in
                    let weight = UInt64(max(0, deployments[number].weight))
                    if drawn < weight { return true }
                    drawn -= weight
                    return false
                }
                result.append(left.remove(at: place ?? 0))
            }
        }
        return result
    }
}
