/// A dialect that callers speak.
public enum CallerDialect: String, Sendable, CaseIterable {
    /// OpenAI chat completions.
    case openAI
    /// Anthropic messages.
    case anthropic
}

/// A dialect that providers speak.
public enum ProviderDialect: String, Sendable, CaseIterable {
    /// OpenAI chat completions.
    case openAI
    /// Anthropic messages.
    case anthropic
    /// Gemini generateContent.
    case gemini
    /// Mistral chat completions: OpenAI's with differences (`ChatCompletionsVariant`).
    case mistral
    /// Ollama's chat completions: OpenAI's with differences (`ChatCompletionsVariant`).
    case ollama
}
