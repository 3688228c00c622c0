/// Somebody who runs language models.
public struct Provider: Described {
    /// How they are spoken to.
    public enum Kind: String, Sendable, CaseIterable {
        /// OpenAI, and whoever speaks as they do: vLLM, llama.cpp, Groq and others.
        case openAI = "openai"
        /// Anthropic.
        case anthropic
        /// Google's Gemini.
        case gemini
        /// Mistral.
        case mistral
        /// Ollama.
        case ollama
        /// A model in this process that needs no key and says what can be foreseen.
        case demo
    }

    /// How they are spoken to.
    public var kind = Kind.openAI
    /// Where; nil is the place that everybody knows.
    public var address: String?
    /// The keys that requests go out with, in turn.
    public var keys: [SecretSource] = []
    /// How long a connection may take to be made.
    public var connectTimeout = TimeSpan.seconds(5)
    /// How long they may say nothing: before an answer and within it.
    public var responseTimeout = TimeSpan.seconds(120)

    /// OpenAI without a key.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Provider>(
        "a provider", "Somebody who runs language models.", short: "kind",
        judge: { provider in
            guard provider.kind == .demo, provider.address != nil || !provider.keys.isEmpty else { return nil }
            return "the demo model is in this process: it has no address and no keys"
        }
    ) {
        Field(
            "kind", \.kind, .choice(), example: "anthropic", isRequired: true,
            "How they are spoken to. openai is also whoever speaks as OpenAI does, demo a model in this process.")
        Field(
            "address", optional: \.address, .providerAddress, example: "http://127.0.0.1:8080/v1",
            "Where, as their own client library takes it. Without it, the place that everybody knows.")
        Field(
            "keys", \.keys, .list(of: .secret, 1...64), example: "[{ env: OPENAI_API_KEY }]", isSecret: true,
            "The keys that requests go out with, in turn. One that is refused or has too much to do rests.")
        Field(
            "connect-timeout", \.connectTimeout, .span(TimeSpan(milliseconds: 10)...TimeSpan.seconds(60)),
            example: "2s", "How long a connection may take to be made.")
        Field(
            "response-timeout", \.responseTimeout, .span(TimeSpan(milliseconds: 10)...TimeSpan.seconds(3_600)),
            example: "30s", "How long they may say nothing, before an answer and within it.")
    }
}

/// A name that callers know a model by, and who answers under it.
public struct Model: Described {
    /// What is done about something that a model does not take.
    public enum Unsupported: String, Sendable, CaseIterable {
        /// What only tunes an answer is left out, and told; what changes its meaning is refused.
        case drop
        /// Everything is refused.
        case refuse
    }

    /// What is done about calls of tools without results.
    public enum ToolResults: String, Sendable, CaseIterable {
        /// Refused.
        case refuse
        /// A missing result is made up, one without a call left out.
        case mend
    }

    /// Who answers.
    public var deployments: [ModelDeployment] = []
    /// How often a request is sent again, to the next deployment where there is one.
    public var retries: Int64 = 2
    /// How long all of it may take until an answer begins.
    public var timeout = TimeSpan.seconds(600)
    /// What is done about something that a model does not take.
    public var unsupported = Unsupported.drop
    /// What is done about calls of tools without results.
    public var toolResults = ToolResults.refuse

    /// Nobody.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Model>(
        "a model", "A name that callers know a model by, and who answers under it.", short: "deployments"
    ) {
        Field(
            "deployments", \.deployments, .list(of: .object(), 1...64),
            example: "[{ provider: openai, model: gpt-5-mini }, { provider: local, model: qwen3, order: 1 }]",
            isRequired: true, "Who answers.")
        Field(
            "retries", \.retries, .integer(0...10), example: "1",
            "How often a request is sent again while no answer has begun, to the next deployment where there is one.")
        Field(
            "timeout", \.timeout, .span(TimeSpan(milliseconds: 10)...TimeSpan.seconds(3_600)), example: "1m",
            "How long all of it may take until an answer begins, and a whole answer until it is there.")
        Field(
            "unsupported", \.unsupported, .choice(), example: "refuse",
            "What is done about something a model does not take: drop leaves out what only tunes an answer, and refuses the rest."
        )
        Field(
            "tool-results", \.toolResults, .choice(), example: "mend",
            "What is done about calls of tools without results: refuse, or mend by making them up as failed.")
    }
}

/// One model of a provider that answers under a name.
public struct ModelDeployment: Described {
    /// Whose.
    public var provider = ""
    /// What the provider calls it.
    public var model = ""
    /// Those of the lowest order are asked first.
    public var order: Int64 = 0
    /// How much of the traffic it gets beside others of its order.
    public var weight: Int64 = 1
    /// What it can do beside what its provider's kind can.
    public var can: [String] = []
    /// What it cannot do of that.
    public var cannot: [String] = []
    /// The most tokens of an answer where the caller says nothing and the provider must be told.
    public var maximumTokens: Int64?

    /// Nobody's.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<ModelDeployment>(
        "a deployment", "One model of a provider that answers under a name."
    ) {
        Field("provider", \.provider, .reference(to: .provider), example: "openai", isRequired: true, "Whose it is.")
        Field(
            "model", \.model, .text(1...256), example: "gpt-5-mini", isRequired: true, "What the provider calls it.")
        Field(
            "order", \.order, .integer(0...100), example: "1",
            "Those of the lowest order are asked first, the others when these fail.")
        Field(
            "weight", \.weight, .integer(0...1_000), example: "3",
            "How much of the traffic it gets beside others of its order; 0 is asked only when those fail.")
        Field(
            "can", \.can, .list(of: .text(1...64), 1...64), example: "[topK]",
            "What it can do beside what its provider's kind can.")
        Field("cannot", \.cannot, .list(of: .text(1...64), 1...64), example: "[tools]", "What it cannot do of that.")
        Field(
            "maximum-tokens", optional: \.maximumTokens, .integer(1...10_000_000), example: "8192",
            "The most tokens of an answer where the caller says nothing: Anthropic must be told, and budgets reserve it."
        )
    }
}

extension FieldType where Value == String {
    /// `https://host/path`, without a name, a query or a fragment.
    static var providerAddress: Self {
        .text("an http address", example: "http://127.0.0.1:8080/v1") { text in
            guard let path = text.utf8.dropFirst(8).firstIndex(of: UInt8(ascii: "/")) else {
                return Endpoint.isOrigin(text)
            }
            let origin = String(text[..<path])
            return Endpoint.isOrigin(origin)
                && text.utf8[path...].allSatisfy { $0 > 0x20 && $0 < 0x7F && !"?#@\\\"<>{}|^`".utf8.contains($0) }
        }
    }
}
