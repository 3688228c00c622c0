public import Codecs

/// Something that a request may ask for and a provider may not have.
public enum Feature: String, Sendable, CaseIterable {
    /// An image by address, for the provider to fetch.
    case imageAddress
    /// An image by value.
    case imageData
    /// An image in a tool's result.
    case imageInResult
    /// Tools at all.
    case tools
    /// A call that must be made: `required`.
    case requiredCall
    /// One function that must be called.
    case namedCall
    /// A choice among some of the functions.
    case allowedCalls
    /// One call at a time.
    case singleCall
    /// More than one answer.
    case severalCandidates
    /// JSON that follows a schema.
    case jsonSchema
    /// Any JSON object.
    case jsonObject
    /// More randomness than the provider's scale has.
    case temperatureAboveScale
    /// `top_k`.
    case topK
    /// `seed`.
    case seed
    /// Presence and frequency penalties.
    case penalties
    /// `logit_bias`.
    case logitBias
    /// Probabilities with the answer.
    case logProbabilities
    /// Named degrees of reasoning.
    case reasoningEffort
    /// A budget of reasoning tokens, or reasoning switched on or off.
    case reasoningMode
    /// The caller's user.
    case user
    /// Pairs kept with the answer.
    case metadata
    /// Marks of what to cache.
    case cacheControl
    /// Names of speakers.
    case speakerName
    /// A part that only another dialect has.
    case foreignPart
    /// A tool that only another dialect has.
    case foreignTool
    /// A top-level member that only another dialect has.
    case foreignMember
    /// A top-level member of the provider's own dialect that is not read here, and does more than tune an answer as far as
    /// anybody knows: it may name other models, or another price.
    case furtherMember
}

/// What is done about a feature that the provider does not have.
public struct SettlePolicy: Equatable, Sendable {
    /// The features that are left out, each told by name; all others are refused.
    public var dropped: Set<Feature>

    /// What only tunes an answer is left out; what changes its meaning is refused.
    public static let standard = SettlePolicy(dropped: [
        .temperatureAboveScale, .topK, .seed, .penalties, .logitBias, .reasoningEffort, .reasoningMode, .user,
        .metadata, .cacheControl, .speakerName, .singleCall, .imageInResult, .foreignMember,
        .furtherMember,
    ])
    /// Nothing is left out.
    public static let strict = SettlePolicy(dropped: [])

    /// A policy.
    public init(dropped: Set<Feature>) {
        self.dropped = dropped
    }
}

/// A feature that a request uses and a provider does not have.
public struct Finding: Equatable, Sendable {
    /// Which.
    public let feature: Feature
    /// Where in the request, as a JSON pointer in the caller's dialect where it has one, else empty.
    public let pointer: ByteString

    /// A finding.
    public init(feature: Feature, pointer: ByteString) {
        self.feature = feature
        self.pointer = pointer
    }
}

extension CallerDialect {
    /// Top-level members that are passed on to a provider of the same dialect without being read: they tune an answer, and
    /// change neither who gives it nor what it costs.
    static let tuningMembers: Set<ByteString> = [
        "chat_template_kwargs", "min_p", "prediction", "prompt_cache_key", "repetition_penalty", "verbosity",
    ]
}

/// What a provider can do. A dialect's is the start; a model's differs by what is added or taken away.
public struct Capabilities: Equatable, Sendable {
    /// The dialect, whose own extensions it takes.
    public var dialect: ProviderDialect
    /// What it can do.
    public var features: Set<Feature>
    /// The end of its scale of randomness.
    public var maximumTemperature: Double

    /// What a dialect can say (llm-wire §8.1).
    public static func of(_ dialect: ProviderDialect) -> Capabilities {
        switch dialect {
        case .openAI:
            Capabilities(
                dialect: dialect,
                features: [
                    .imageAddress, .imageData, .tools, .requiredCall, .namedCall, .allowedCalls, .singleCall,
                    .jsonSchema, .jsonObject, .seed, .penalties, .logitBias, .logProbabilities, .reasoningEffort, .user,
                    .metadata, .speakerName,
                ], maximumTemperature: 2)
        case .anthropic:
            Capabilities(
                dialect: dialect,
                features: [
                    .imageAddress, .imageData, .imageInResult, .tools, .requiredCall, .namedCall, .allowedCalls,
                    .singleCall, .jsonSchema, .topK, .reasoningEffort, .reasoningMode, .user, .cacheControl,
                ], maximumTemperature: 1)
        case .gemini:
            Capabilities(
                dialect: dialect,
                features: [
                    .imageData, .imageInResult, .tools, .requiredCall, .namedCall, .allowedCalls, .jsonSchema,
                    .jsonObject, .topK, .seed, .penalties, .reasoningEffort, .reasoningMode,
                ], maximumTemperature: 2)
        case .mistral:
            Capabilities(
                dialect: dialect,
                features: [
                    .imageAddress, .imageData, .tools, .requiredCall, .namedCall, .singleCall, .jsonSchema, .jsonObject,
                    .seed, .penalties, .metadata,
                ], maximumTemperature: 1.5)
        case .ollama:
            Capabilities(
                dialect: dialect,
                features: [.imageData, .tools, .jsonSchema, .jsonObject, .seed, .penalties, .reasoningEffort],
                maximumTemperature: 2)
        }
    }
}
