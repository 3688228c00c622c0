public import Codecs

/// One piece of a turn.
public struct Part: Equatable, Sendable {
    /// What it is.
    public enum Content: Equatable, Sendable {
        /// Text, never empty.
        case text(ByteString)
        /// A picture.
        case image(Image)
        /// The model asks for a tool.
        case toolCall(ToolCall)
        /// What a tool gave.
        case toolResult(ToolResult)
        /// What the model thought.
        case reasoning(Reasoning)
        /// The model's words for not answering (OpenAI `refusal`).
        case refusal(ByteString)
        /// A part of the conversation's own dialect that no case here stands for: its `type`, and the whole as written.
        case other(type: ByteString, JSON)
    }

    /// What it is.
    public var content: Content
    /// Anthropic `cache_control`, as written.
    public var cacheControl: JSON?

    /// A part.
    public init(_ content: Content, cacheControl: JSON? = nil) {
        self.content = content
        self.cacheControl = cacheControl
    }

    /// The text, if this is one.
    public var text: ByteString? {
        if case .text(let text) = content { text } else { nil }
    }
}

/// A picture, by address or by value.
public struct Image: Equatable, Sendable {
    /// Where it is.
    public enum Source: Equatable, Sendable {
        /// To be fetched.
        case url(ByteString)
        /// Its media type, and its bytes in base64 (RFC 4648 §4) as written.
        case base64(mediaType: ByteString, data: ByteString)
    }

    /// Where it is.
    public var source: Source
    /// OpenAI `detail`: `auto`, `low` or `high`.
    public var detail: ByteString?

    /// A picture.
    public init(_ source: Source, detail: ByteString? = nil) {
        self.source = source
        self.detail = detail
    }
}

/// A call that the model wants made.
public struct ToolCall: Equatable, Sendable {
    /// What the result will refer to.
    public var id: ByteString
    /// The tool.
    public var name: ByteString
    /// JSON text as the model wrote it: it may be empty (no arguments) or invalid.
    public var arguments: ByteString
    /// Gemini's `thoughtSignature`, which must come back on the same call.
    public var signature: ByteString?

    /// A call.
    public init(id: ByteString, name: ByteString, arguments: ByteString, signature: ByteString? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.signature = signature
    }
}

/// What a call gave.
public struct ToolResult: Equatable, Sendable {
    /// The call.
    public var callID: ByteString
    /// Texts and images.
    public var parts: [Part]
    /// Whether the tool failed.
    public var isError: Bool

    /// A result.
    public init(callID: ByteString, parts: [Part], isError: Bool = false) {
        self.callID = callID
        self.parts = parts
        self.isError = isError
    }
}

/// What the model thought. A signed or redacted block goes back byte for byte or not at all (peers C.3-21 to 23).
public enum Reasoning: Equatable, Sendable {
    /// Readable text, which may be empty, and the provider's signature over it.
    case text(ByteString, signature: ByteString?)
    /// Encrypted by the provider (Anthropic `redacted_thinking`).
    case redacted(ByteString)
}
