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
    /// Whether the request brought a credential, good or not. The ring keeps these apart from everybody's 404s.
    public let hasCredential: Bool

    /// An explanation.
    public init(
        trace: TraceID, time: Int64, method: String, path: String, route: String?, phase: String, status: Int,
        code: String, detail: String, steps: [Step], hasCredential: Bool = false
    ) {
        self.trace = trace
        self.time = time
        self.method = method
        self.path = UTF8Text.cut(path)
        self.route = route
        self.phase = phase
        self.status = status
        self.code = code
        self.detail = detail
        self.steps = steps
        self.hasCredential = hasCredential
    }

    /// Explains a request that was refused or whose upstream failed, from its record; nil for any other. A record
    /// knows the reason; the sentence and the steps are the refusal's own.
    public init?(_ record: borrowing ExchangeRecord, detail: String, steps: [Step] = []) {
        guard let code = record.code else { return nil }
        self.init(
            trace: record.trace, time: record.start / 1_000, method: record.method.name, path: record.path,
            route: record.route?.route, phase: record.phase ?? "", status: record.status, code: code, detail: detail,
            steps: steps, hasCredential: record.hasCredential)
    }
}
