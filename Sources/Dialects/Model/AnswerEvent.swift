public import Codecs

/// One event of an answer that comes in pieces, in no provider's words.
///
/// The grammar, which every decoder keeps and every encoder may rely on:
/// `keepAlive* begin (text | reasoning | refusal | call | usage | keepAlive)* (end | error)`, where a call is
/// `toolCallBegin toolArgumentsDelta* toolCallEnd` with nothing but usage and keep-alives in between: calls never
/// overlap. An error may also come before `begin`. Nothing follows `end` or `error`.
public enum AnswerEvent: Equatable, Sendable {
    /// The answer starts.
    case begin(AnswerHead)
    /// More text, never empty.
    case textDelta(ByteString)
    /// More of what the model thinks, never empty.
    case reasoningDelta(ByteString)
    /// The provider's signature over the reasoning since the last signature; that block of reasoning is over.
    case reasoningSignature(ByteString)
    /// A whole block of reasoning that only the provider can read.
    case redactedReasoning(ByteString)
    /// More of the model's words for not answering.
    case refusalDelta(ByteString)
    /// A call starts; calls count 0, 1, 2.
    case toolCallBegin(number: Int, id: ByteString, name: ByteString, signature: ByteString?)
    /// More JSON text of the open call's arguments.
    case toolArgumentsDelta(number: Int, ByteString)
    /// The open call's arguments are all there; none at all means `{}`.
    case toolCallEnd(number: Int)
    /// Running totals; the last one before `end` counts.
    case usage(TokenUsage)
    /// The provider is alive.
    case keepAlive
    /// The answer is whole.
    case end(EndReason)
    /// The answer will not be whole.
    case error(ModelError)
}

/// What is known of an answer when it starts.
public struct AnswerHead: Equatable, Sendable {
    /// The provider's name for the answer; empty if it gave none.
    public var id: ByteString
    /// The model that answers, as the provider names it.
    public var model: ByteString
    /// When, in seconds since 1970; nil if the provider did not say.
    public var created: Int64?

    /// A head.
    public init(id: ByteString, model: ByteString, created: Int64? = nil) {
        self.id = id
        self.model = model
        self.created = created
    }
}
