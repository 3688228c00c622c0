public import Codecs

/// A whole answer, in no provider's words.
public struct Answer: Equatable, Sendable {
    /// The provider's name for the answer; empty if it gave none.
    public var id: ByteString
    /// The model that answered, as the provider names it.
    public var model: ByteString
    /// When, in seconds since 1970; nil if the provider did not say.
    public var created: Int64?
    /// What was said, in order; any part but `toolResult`.
    public var parts: [Part]
    /// Why it ends.
    public var end: EndReason
    /// What it cost.
    public var usage: TokenUsage
    /// OpenAI `logprobs`, as written.
    public var logProbabilities: JSON?

    /// An answer.
    public init(
        id: ByteString, model: ByteString, created: Int64? = nil, parts: [Part] = [], end: EndReason = .stop,
        usage: TokenUsage = TokenUsage(), logProbabilities: JSON? = nil
    ) {
        self.id = id
        self.model = model
        self.created = created
        self.parts = parts
        self.end = end
        self.usage = usage
        self.logProbabilities = logProbabilities
    }

    /// Whether the model called a tool.
    var hasToolCall: Bool {
        parts.contains { if case .toolCall = $0.content { true } else { false } }
    }
}

/// Why an answer ends.
public enum EndReason: Equatable, Sendable {
    /// The model had said all.
    case stop
    /// It wrote one of the stop texts; which, if the provider says so.
    case stopSequence(ByteString?)
    /// It may write no more: `max_tokens`, or the model's window is full.
    case length
    /// It waits for results.
    case toolCalls
    /// It, or a filter, would not go on.
    case contentFilter
    /// The provider paused a turn of its own tools (Anthropic `pause_turn`).
    case pause

    /// The reason as it must be told: a stop after a call is `toolCalls`, and `toolCalls` without one is a
    /// stop. Nothing else is overridden: a call that was cut is still `length` (peers C.3-5, 6).
    func normalized(hasToolCall: Bool) -> EndReason {
        switch self {
        case .stop where hasToolCall: .toolCalls
        case .toolCalls where !hasToolCall: .stop
        default: self
        }
    }
}

/// Tokens of one answer. Absent is not zero: nil means that the provider did not say (yet). Every count is at least 0.
public struct TokenUsage: Equatable, Sendable {
    /// The whole prompt, with what was read from and written to a cache.
    public var input: Int64?
    /// Of `input`, what was read from a cache.
    public var cacheRead: Int64?
    /// Of `input`, what was written to a cache.
    public var cacheWrite: Int64?
    /// Of `cacheWrite`, what is kept for an hour and costs more (Anthropic).
    public var cacheWriteHour: Int64?
    /// The whole answer, with its reasoning.
    public var output: Int64?
    /// Of `output`, the reasoning.
    public var reasoning: Int64?

    /// Nothing known.
    public init(
        input: Int64? = nil, cacheRead: Int64? = nil, cacheWrite: Int64? = nil, cacheWriteHour: Int64? = nil,
        output: Int64? = nil, reasoning: Int64? = nil
    ) {
        self.input = input
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.cacheWriteHour = cacheWriteHour
        self.output = output
        self.reasoning = reasoning
    }

    /// Takes over what a later report says; counts are running totals, so nothing is added (peers C.3-28).
    public mutating func update(_ later: TokenUsage) {
        input = later.input ?? input
        cacheRead = later.cacheRead ?? cacheRead
        cacheWrite = later.cacheWrite ?? cacheWrite
        cacheWriteHour = later.cacheWriteHour ?? cacheWriteHour
        output = later.output ?? output
        reasoning = later.reasoning ?? reasoning
    }

    /// Adds counts from somebody else's text: never negative, never more than fits.
    static func sum(_ left: Int64?, _ right: Int64?) -> Int64? {
        guard let left else { return right.map { max($0, 0) } }
        let (sum, overflow) = max(left, 0).addingReportingOverflow(max(right ?? 0, 0))
        return overflow ? .max : sum
    }

    /// `left` without `right`, never negative.
    static func difference(_ left: Int64?, _ right: Int64?) -> Int64? {
        guard let left else { return nil }
        return max(max(left, 0) - max(right ?? 0, 0), 0)
    }
}
