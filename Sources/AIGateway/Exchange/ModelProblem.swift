import Codecs
import Dialects

/// The stable names of what can go wrong with a model, beside what its caller's dialect calls it.
enum ModelProblem: String, CaseIterable {
    /// The request is no request of its dialect, or asks for something that the model does not take.
    case requestInvalid = "model-request-invalid"
    /// The conversation does not fit into the model's window.
    case contextExceeded = "model-context-exceeded"
    /// The caller brings nothing that lets it in.
    case unauthorized = "model-unauthorized"
    /// The caller may not use this model.
    case forbidden = "model-forbidden"
    /// There is no such model here.
    case unknown = "model-unknown"
    /// The request is too large.
    case tooLarge = "model-request-too-large"
    /// The provider wants fewer requests.
    case rateLimited = "model-rate-limited"
    /// The caller's budget is spent.
    case budgetSpent = "model-budget-spent"
    /// The provider refuses the gateway's key.
    case keyRefused = "model-key-refused"
    /// The provider failed.
    case failed = "model-provider-failed"
    /// The provider has too much to do.
    case overloaded = "model-provider-overloaded"
    /// The provider took too long.
    case late = "model-provider-late"
    /// Nothing is served at this path.
    case pathUnknown = "model-path-unknown"
}

extension ModelProblem {
    init(_ kind: ModelError.Kind) {
        self =
            switch kind {
            case .badRequest: .requestInvalid
            case .contextTooLong: .contextExceeded
            case .unauthorized: .unauthorized
            case .forbiddenModel: .forbidden
            case .unknownModel: .unknown
            case .tooLarge: .tooLarge
            case .rateLimited: .rateLimited
            case .budgetSpent: .budgetSpent
            case .upstreamKeyRefused: .keyRefused
            case .upstreamFailed: .failed
            case .overloaded: .overloaded
            case .timeout: .late
            }
    }
}

extension CallerDialect {
    /// The field that clients of the dialect look for a request's name in.
    var requestNameField: String {
        switch self {
        case .openAI: "x-request-id"
        case .anthropic: "request-id"
        }
    }
}
