import Codecs

/// Writes events as the caller's dialect streams them.
public struct AnswerStreamEncoder: Sendable {
    private enum Dialect: Sendable {
        case openAI(OpenAIStreamEncoder)
        case anthropic(AnthropicStreamEncoder)
    }

    private var dialect: Dialect
    private var text = JSONText()

    /// - Parameters:
    ///   - includesUsage: whether an OpenAI caller asked for usage (`Conversation.includesUsage`).
    ///   - now: seconds since 1970, for providers that do not say when they answer.
    public init(_ dialect: CallerDialect, includesUsage: Bool, now: Int64) {
        self.dialect =
            switch dialect {
            case .openAI: .openAI(OpenAIStreamEncoder(includesUsage: includesUsage, now: now))
            case .anthropic: .anthropic(AnthropicStreamEncoder())
            }
    }

    /// Appends the bytes of one event, which may be none. They are to be sent at once (peers C.3-12).
    public mutating func encode(_ event: AnswerEvent, into output: inout [UInt8]) {
        text.removeAll()
        switch dialect {
        case .openAI(var encoder):
            encoder.encode(event, into: &text)
            dialect = .openAI(encoder)
        case .anthropic(var encoder):
            encoder.encode(event, into: &text)
            dialect = .anthropic(encoder)
        }
        output.append(contentsOf: text.bytes)
    }
}
