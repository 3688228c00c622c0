public import Dialects

/// What became of one request for a model: never what was said.
public struct ModelRecord: Sendable {
    /// How it ended.
    public enum Outcome: String, Sendable, CaseIterable {
        /// The answer was sent to its end.
        case answered
        /// The request was refused before anybody was asked.
        case refused
        /// Nobody who was asked answered to the end.
        case failed
        /// The client went away before the end.
        case clientGone = "client-gone"
    }

    /// What was asked for.
    public enum Service: String, Sendable, CaseIterable {
        /// The next turn of a conversation.
        case chat
        /// Vectors of texts.
        case embeddings
        /// How many tokens a conversation has.
        case tokenCount = "token-count"
    }

    /// The request's trace.
    public var trace: String
    /// The API.
    public var api: String
    /// Who asked.
    public var caller: ModelCaller
    /// What was asked for.
    public var service: Service
    /// How the caller speaks.
    public var dialect: CallerDialect
    /// Whether the answer was wanted in pieces.
    public var isStream = false
    /// The name that the caller knows the model by; cut to 256 bytes.
    public var model = ""
    /// The provider that was asked last.
    public var provider: String?
    /// What the provider calls the model.
    public var providerModel: String?
    /// How often a provider was asked.
    public var attempts = 0
    /// The tokens, as the provider counts them.
    public var usage = TokenUsage()
    /// Of `usage`, those of the request.
    public var inputTokens: Int64? { usage.input }
    /// Of `usage`, those of the answer.
    public var outputTokens: Int64? { usage.output }
    /// What it cost, in thousand millionths of `currency`; nil where no price is known.
    public var cost: Int64?
    /// In which money (ISO 4217).
    public var currency: String?
    /// The cost as `0.0012 USD`; nil where no price is known.
    public var costText: String? {
        guard let cost, let currency = currency.flatMap({ Currency($0) }) else { return nil }
        return Money(nanos: cost, currency).description
    }
    /// When the request was there, in milliseconds since 1970.
    public var start: Int64
    /// From there to the answer's first byte, in milliseconds.
    public var firstByte: Int64?
    /// From there to the end, in milliseconds.
    public var duration: Int64 = 0
    /// The status that was answered; 0 when none was.
    public var status = 0
    /// How it ended.
    public var outcome = Outcome.failed
    /// The stable reason of a refusal or failure.
    public var code: String?
    /// The same for the operator, in one sentence without a word of what was said or answered.
    public var reason: String?
}
