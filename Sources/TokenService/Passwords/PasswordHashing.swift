import NIOCore
import NIOPosix
import Synchronization

/// Does the slow password work away from the event loops, a bounded amount of it.
///
/// At most one computation for each core runs (the thread pool's size); at most sixteen more for each core wait, none
/// for longer than the deadline. Beyond that callers get a 503, so a thousand logins at once cost a bounded amount of
/// memory and time.
struct PasswordHashing: Sendable {
    /// The longest password that is looked at, in bytes.
    static let maximumPasswordBytes = 256

    let cost: ScryptCost

    /// What stands in for the hash of a user who does not exist: checking against it is the same work.
    private let decoy: PasswordHash

    private let workload: Workload
    private let deadline: Duration

    init(
        cost: ScryptCost, deadline: Duration = .seconds(5), maximumWorkload: Int = 17 * System.coreCount
    ) {
        self.cost = cost
        self.deadline = deadline
        workload = Workload(maximum: maximumWorkload)
        decoy = PasswordHash(decoyWith: cost)
    }

    /// How many computations were started so far.
    var startedCount: Int { workload.startedCount }

    /// The text to store for a new password.
    func hash(_ password: [UInt8]) async throws -> String {
        try await run { [cost] in try PasswordHash(of: password, cost: cost).text }
    }

    /// Whether a password is the one of the stored hash. Without a stored hash, or with one that cannot be read, the
    /// answer is no after the same work.
    func matches(_ password: [UInt8], stored: String?) async throws -> Bool {
        let known = stored.flatMap { PasswordHash(text: $0) }
        let hash = known ?? decoy
        let isRight = try await run { try hash.matches(password) }
        return isRight && known != nil
    }

    private func run<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        guard workload.enter() else { throw ProblemOf.tooManyLogins }
        defer { workload.leave() }
        let latest = ContinuousClock.now.advanced(by: deadline)
        return try await NIOSingletons.posixBlockingThreadPool.runIfActive { [workload] in
            guard ContinuousClock.now < latest else { throw ProblemOf.tooManyLogins }
            workload.noteStart()
            return try work()
        }
    }
}

/// Counts the computations that run or wait.
private final class Workload: Sendable {
    private let maximum: Int
    private let present = Atomic<Int>(0)
    private let started = Atomic<Int>(0)

    init(maximum: Int) {
        self.maximum = maximum
    }

    var startedCount: Int { started.load(ordering: .relaxed) }

    func enter() -> Bool {
        guard present.wrappingAdd(1, ordering: .relaxed).newValue <= maximum else {
            leave()
            return false
        }
        return true
    }

    func leave() {
        present.wrappingSubtract(1, ordering: .relaxed)
    }

    func noteStart() {
        started.wrappingAdd(1, ordering: .relaxed)
    }
}
