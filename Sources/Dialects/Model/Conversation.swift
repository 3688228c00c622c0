public import Codecs

/// A request for the next turn of a conversation, in no provider's words: every dialect is decoded into this value and
/// encoded from it, so that no two dialects ever meet.
public struct Conversation: Equatable, Sendable {
    /// The model that the caller named.
    public var model: ByteString
    /// What the model is told before the conversation, in order; text only.
    public var system: [Part] = []
    /// The turns, oldest first.
    public var messages: [Message] = []
    /// The tools that the model may call.
    public var tools: [Tool] = []
    /// Whether and what the model must call; nil leaves it to the provider's default.
    public var toolChoice: ToolChoice?
    /// Whether several calls may stand in one answer; nil leaves it to the provider's default (yes, everywhere).
    public var parallelToolCalls: Bool?
    /// The form that the answer's text must have.
    public var responseFormat: ResponseFormat?
    /// How tokens are drawn.
    public var sampling = Sampling()
    /// Texts that end the answer when the model writes one.
    public var stop: [ByteString] = []
    /// The most tokens of the answer, reasoning included; nil leaves it to the provider, and some refuse that.
    public var maximumTokens: Int64?
    /// How many answers are wanted; nil is one.
    public var candidates: Int64?
    /// How much the model should reason before it answers.
    public var reasoning = ReasoningSetting()
    /// Whether the answer is wanted as events.
    public var stream = false
    /// Whether the caller wants usage inside the stream (OpenAI `stream_options.include_usage`).
    public var includesUsage = false
    /// The caller's name for its own user.
    public var user: ByteString?
    /// Name and value pairs that the provider keeps with the answer.
    public var metadata = JSONObject()
    /// Top-level members that no field here stands for, as they were written; only their own dialect takes them.
    public var extensions = JSONObject()
    /// The dialect that `extensions` and `other` parts and tools are written in.
    public var origin: ProviderDialect
    /// The JSON pointers (RFC 6901) of members below the top level that were not understood and are not kept.
    public var ignored: [ByteString] = []

    /// An empty conversation with a model.
    public init(model: ByteString, origin: ProviderDialect) {
        self.model = model
        self.origin = origin
    }
}

/// One turn.
public struct Message: Equatable, Sendable {
    /// Whose turn it is.
    public enum Role: String, Sendable {
        /// An instruction in the middle of a conversation; those at its start are `Conversation.system`.
        case system
        /// The caller.
        case user
        /// The model.
        case assistant
        /// Results of the calls of the turn before; its parts are all `toolResult`.
        case tool
    }

    /// Whose turn it is.
    public var role: Role
    /// What was said, in order. Empty texts are never kept: Anthropic returns them and refuses them (peers C.3-40).
    public var parts: [Part]
    /// A name that tells speakers of one role apart (OpenAI `name`).
    public var name: ByteString?

    /// A turn.
    public init(_ role: Role, _ parts: [Part], name: ByteString? = nil) {
        self.role = role
        self.parts = parts
        self.name = name
    }
}

/// How tokens are drawn; every number as it was written, nil for the provider's default.
public struct Sampling: Equatable, Sendable {
    /// Randomness: 0 to 2 (OpenAI, Gemini), 0 to 1.5 (Mistral), 0 to 1 (Anthropic).
    public var temperature: JSONNumber?
    /// The share of probability that is drawn from, 0 to 1.
    public var topP: JSONNumber?
    /// How many tokens are drawn from.
    public var topK: Int64?
    /// A wish for the same answer to the same request.
    public var seed: Int64?
    /// -2 to 2.
    public var presencePenalty: JSONNumber?
    /// -2 to 2.
    public var frequencyPenalty: JSONNumber?
    /// Token to bias, as written.
    public var logitBias: JSON?
    /// Whether probabilities are wanted with the answer.
    public var logProbabilities: Bool?
    /// How many alternatives per token, 0 to 20.
    public var topLogProbabilities: Int64?

    /// The provider's defaults.
    public init() {}
}

/// How much a model should reason.
public struct ReasoningSetting: Equatable, Sendable {
    /// Named degrees (OpenAI `reasoning_effort`, Anthropic `output_config.effort`).
    public enum Effort: String, Sendable, CaseIterable {
        /// Not at all.
        case none
        /// As little as the model can.
        case minimal
        /// Little.
        case low
        /// The usual.
        case medium
        /// Much.
        case high
        /// Very much.
        case xhigh
        /// As much as the model can.
        case max
    }

    /// Anthropic `thinking.type`.
    public enum Mode: Equatable, Sendable {
        /// Up to this many tokens.
        case budget(Int64)
        /// As much as the model sees fit.
        case adaptive
        /// Not at all.
        case off
    }

    /// A named degree.
    public var effort: Effort?
    /// On, off, or with a budget.
    public var mode: Mode?
    /// Whether the reasoning is to be shown (Anthropic `thinking.display`: `summarized` or `omitted`).
    public var display: ByteString?

    /// The provider's default.
    public init() {}
}
