import Synchronization

/// Why one request was refused, step by step. Holds no token, no header value and no query.
public struct Explanation: Sendable {
    /// One step that was made on the way to the refusal.
    public struct Step: Sendable {
        /// What was looked at.
        public let check: String
        /// `passed`, `failed` or `skipped`.
        public let outcome: String
        /// The stable reason of a failed step.
        public let code: String?
        /// One sentence.
        public let detail: String

        /// A step.
        public init(check: String, outcome: String, code: String?, detail: String) {
            self.check = check
            self.outcome = outcome
            self.code = code
            self.detail = detail
        }
    }

    /// Names the request.
    public let trace: TraceID
    /// Seconds since 1970.
    public let time: Int64
    /// The method, or empty when the request could not be read.
    public let method: String
    /// The canonical path without its query, cut to 256 bytes, or empty.
    public let path: String
    /// The route that was matched.
    public let route: String?
    /// The phase that refused.
    public let phase: String
    /// The status that was answered.
    public let status: Int
    /// The stable reason that was answered.
    public let code: String
    /// One sentence for the operator; it may say more than the answer did.
    public let detail: String
    /// The verification's steps, when it came to that.
    public let steps: [Step]

    /// An explanation.
    public init(
        trace: TraceID, time: Int64, method: String, path: String, route: String?, phase: String, status: Int,
        code: String, detail: String, steps: [Step]
    ) {
        self.trace = trace
        self.time = time
        self.method = method
        self.path = String(decoding: path.utf8.prefix(256), as: UTF8.self)
        self.route = route
        self.phase = phase
        self.status = status
        self.code = code
        self.detail = detail
        self.steps = steps
    }
}

/// The last explanations, in memory: when it is full, the oldest makes room.
public final class ExplanationRing: Sendable {
    private struct State {
        var slots: [Explanation] = []
        var next = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// A ring for this many explanations.
    public init(capacity: Int = 4_096) {
        self.capacity = max(1, capacity)
    }

    /// Keeps an explanation.
    public func append(_ explanation: Explanation) {
        state.withLock { state in
            if state.slots.count < capacity {
                state.slots.append(explanation)
            } else {
                state.slots[state.next] = explanation
                state.next = (state.next + 1) % capacity
            }
        }
    }

    /// The explanation of this trace, while it is kept.
    public func explanation(of trace: TraceID) -> Explanation? {
        state.withLock { state in state.slots.last { $0.trace == trace } }
    }
}
