import Codecs

/// An error as a caller's dialect has it.
public struct ErrorAnswer: Equatable, Sendable {
    /// The HTTP status.
    public let status: Int
    /// Fields beside the content type, names in lower case.
    public let fields: [(name: String, value: String)]
    /// JSON text.
    public let body: [UInt8]

    /// Compares all three.
    public static func == (left: ErrorAnswer, right: ErrorAnswer) -> Bool {
        left.status == right.status && left.body == right.body
            && left.fields.elementsEqual(right.fields) { $0 == $1 }
    }
}

extension CallerDialect {
    /// Reads a request for the next turn.
    /// - Throws: `badRequest` with the pointer of what is wrong.
    public func decode(
        request body: [UInt8], unknownMembers: UnknownMembers = .keep
    ) throws(ModelError) -> Conversation {
        switch self {
        case .openAI:
            var decoder = OpenAIRequestDecoder(unknownMembers)
            return try decoder.decode(body)
        case .anthropic:
            var decoder = AnthropicRequestDecoder(unknownMembers)
            return try decoder.decode(body)
        }
    }

    /// Writes a whole answer.
    /// - Parameter now: seconds since 1970, for providers that do not say when they answered.
    public func encode(answer: Answer, now: Int64) -> [UInt8] {
        switch self {
        case .openAI: JSONWriter.write(OpenAIAnswer.encode(answer, now: now))
        case .anthropic: JSONWriter.write(AnthropicAnswer.encode(answer))
        }
    }

    /// Writes an error: its status, its body, and what tells clients whether to try again (llm-wire §2.6, §3.6).
    public func encode(error: ModelError) -> ErrorAnswer {
        var fields: [(name: String, value: String)] = []
        if let seconds = error.retryAfter { fields.append(("retry-after", "\(max(seconds, 0))")) }
        if error.kind == .budgetSpent {
            // Clients of both kinds retry every 429 unless they are told not to.
            fields.append(("x-should-retry", "false"))
            if self == .anthropic { fields.append(("anthropic-ratelimit-unified-status", "rejected")) }
        }
        switch self {
        case .openAI:
            return ErrorAnswer(
                status: OpenAIErrors.status(error.kind), fields: fields,
                body: JSONWriter.write(OpenAIErrors.body(error)))
        case .anthropic:
            return ErrorAnswer(
                status: AnthropicErrors.status(error.kind), fields: fields,
                body: JSONWriter.write(AnthropicErrors.body(error)))
        }
    }
}
