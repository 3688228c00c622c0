import Codecs

/// In what a provider's chat completions differ from OpenAI's. Differences in what can be asked for at all are
/// `Capabilities`; these are differences in how it is written.
struct ChatCompletionsVariant: Sendable {
    /// `max_completion_tokens` (OpenAI) or `max_tokens`, the only one that the others read.
    var maximumTokensName: ByteString = "max_tokens"
    /// `seed`, or Mistral's `random_seed`.
    var seedName: ByteString = "seed"
    /// Whether usage in a stream must be asked for.
    var asksForUsage = true
    /// Whether call identifiers must be nine letters and digits (Mistral; peers C.3-15).
    var hasShortCallIDs = false
    /// Whether an assistant's turn must stand between results and the user's next turn (Mistral code 3230; C.3-16).
    var separatesResultsFromUser = false
    /// Whether each text part becomes a message of its own, so that texts are better joined (Ollama; C.3-42).
    var joinsTexts = false
    /// Whether `tool_choice` is read; if not, `none` is said by leaving out the tools (Ollama; C.3-42).
    var readsToolChoice = true
    /// Whether `n` is read (Ollama always answers once).
    var readsCandidates = true
    /// Whether a function must have `parameters`, also where it takes none (Mistral).
    var requiresParameters = false
    /// Whether the model's earlier reasoning is sent back as `reasoning_content`.
    var replaysReasoning = false

    /// The one of a dialect; nil for those that are not chat completions.
    static func of(_ dialect: ProviderDialect) -> ChatCompletionsVariant? {
        switch dialect {
        case .openAI: ChatCompletionsVariant(maximumTokensName: "max_completion_tokens")
        case .mistral:
            ChatCompletionsVariant(
                seedName: "random_seed", asksForUsage: false, hasShortCallIDs: true, separatesResultsFromUser: true,
                requiresParameters: true)
        case .ollama: ChatCompletionsVariant(joinsTexts: true, readsToolChoice: false, readsCandidates: false)
        case .anthropic, .gemini: nil
        }
    }
}
