import Codecs

/// What a model takes beside what its dialect says.
public struct ModelTraits: Equatable, Sendable {
    /// What `max_tokens` is when the caller named none and the dialect requires it (Anthropic).
    public var defaultMaximumTokens: Int64?
    /// Whether a Gemini model takes JSON Schema, and not only Google's own subset.
    public var takesJSONSchema = true
    /// Whether the model's earlier reasoning is sent back as `reasoning_content` (some OpenAI-shaped servers).
    public var replaysReasoning = false

    /// The usual.
    public init() {}
}

extension ProviderDialect {
    /// Writes a request for the next turn. `Capabilities.settle` comes first: what a provider cannot do is
    /// not looked for here.
    /// - Throws: `badRequest` for what has no form in the dialect, such as arguments that are no JSON object.
    public func encode(request conversation: Conversation, traits: ModelTraits) throws(ModelError) -> [UInt8] {
        switch self {
        case .anthropic:
            let encoder = AnthropicRequestEncoder(defaultMaximumTokens: traits.defaultMaximumTokens)
            return JSONWriter.write(.object(try encoder.encode(conversation)))
        case .gemini:
            let encoder = GeminiRequestEncoder(takesJSONSchema: traits.takesJSONSchema)
            return JSONWriter.write(.object(try encoder.encode(conversation)))
        case .openAI, .mistral, .ollama:
            guard var variant = ChatCompletionsVariant.of(self) else { return [] }
            variant.replaysReasoning = traits.replaysReasoning
            return JSONWriter.write(.object(try OpenAIRequestEncoder(variant: variant).encode(conversation)))
        }
    }

    /// Reads a whole answer of status 200.
    /// - Throws: `upstreamFailed` if it cannot be read, or the error that it holds.
    public func decode(answer body: [UInt8]) throws(ModelError) -> Answer {
        switch self {
        case .anthropic: try AnthropicAnswer.decode(body)
        case .gemini: try GeminiAnswer.decode(body)
        case .openAI, .mistral, .ollama: try OpenAIAnswer.decode(body)
        }
    }

    /// What an answer with another status than 200 means. The body may be anything: HTML, an array, nothing.
    /// - Parameter retryAfter: the field of that name, in seconds.
    public func decode(errorStatus status: Int, body: [UInt8], retryAfter: Int64?) -> ModelError {
        let json = try? JSONReader.read(body)
        let object = json?.object ?? json?.array?.first?.object ?? [:]
        let told: ModelError? =
            switch self {
            case .anthropic: AnthropicErrors.inBand(object)
            case .gemini: GeminiErrors.inBand(object)
            case .openAI, .mistral, .ollama: OpenAIErrors.inBand(object)
            }
        var error = ModelError(Self.kind(status), told?.message ?? "the provider failed")
        // What a status says of the key, no name in the body makes the caller's fault (OpenAI's 403 is an "invalid request").
        if let told, told.kind != .upstreamFailed, error.kind != .upstreamKeyRefused { error.kind = told.kind }
        // By its status alone, too: the words about a key can hold a piece of it.
        if error.kind == .upstreamKeyRefused { error.message = ModelError.keyRefused }
        error.retryAfter = retryAfter ?? told?.retryAfter
        return error
    }

    private static func kind(_ status: Int) -> ModelError.Kind {
        switch status {
        case 401, 402, 403: .upstreamKeyRefused
        case 404: .unknownModel
        case 408, 504: .timeout
        case 413: .tooLarge
        case 400, 409, 422: .badRequest
        case 429: .rateLimited
        case 503, 529: .overloaded
        default: .upstreamFailed
        }
    }
}
