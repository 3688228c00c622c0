import Codecs

/// Anthropic `POST /v1/messages/count_tokens`: a request without its `max_tokens`, answered by one number.
public enum TokenCount {
    /// Reads a request.
    public static func decode(
        request body: [UInt8], unknownMembers: UnknownMembers = .keep
    ) throws(ModelError) -> Conversation {
        var decoder = AnthropicRequestDecoder(unknownMembers)
        return try decoder.decode(body, counting: true)
    }

    /// Writes a request for Anthropic.
    public static func encode(request conversation: Conversation) throws(ModelError) -> [UInt8] {
        let encoder = AnthropicRequestEncoder(defaultMaximumTokens: nil)
        return JSONWriter.write(.object(try encoder.encode(conversation, counting: true)))
    }

    /// Reads an answer: the prompt's tokens.
    public static func decode(answer body: [UInt8]) throws(ModelError) -> Int64 {
        let object = try ProviderBody.read(body)
        if let error = AnthropicErrors.inBand(object) { throw error }
        guard let count = object.count("input_tokens") else {
            throw ModelError(.upstreamFailed, "the provider's answer has no count")
        }
        return count
    }

    /// Writes an answer.
    public static func encode(answer tokens: Int64) -> [UInt8] {
        JSONWriter.write(["input_tokens": .number(JSONNumber(tokens))])
    }
}
