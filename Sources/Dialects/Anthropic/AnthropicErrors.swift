import Codecs

/// Anthropic's errors: `{"type":"error","error":{"type","message"}}`; the list of types is closed in its SDKs.
enum AnthropicErrors {
    static func body(_ error: ModelError) -> JSON {
        ["type": "error", "error": ["type": .string(type(error.kind)), "message": .string(error.text)]]
    }

    static func status(_ kind: ModelError.Kind) -> Int {
        kind == .overloaded ? 529 : OpenAIErrors.status(kind)
    }

    private static func type(_ kind: ModelError.Kind) -> ByteString {
        switch kind {
        case .badRequest, .contextTooLong: "invalid_request_error"
        case .unauthorized: "authentication_error"
        case .forbiddenModel: "permission_error"
        case .unknownModel: "not_found_error"
        case .tooLarge: "request_too_large"
        case .rateLimited, .budgetSpent: "rate_limit_error"
        case .upstreamKeyRefused, .upstreamFailed: "api_error"
        case .overloaded: "overloaded_error"
        case .timeout: "timeout_error"
        }
    }

    /// The error that a body or an event holds, if it holds one.
    static func inBand(_ object: JSONObject) -> ModelError? {
        guard let error = object.object("error") else { return nil }
        return .told(kind(error.words("type")), error.message)
    }

    static func kind(_ type: ByteString?) -> ModelError.Kind? {
        switch type {
        case "invalid_request_error": .badRequest
        case "authentication_error", "permission_error", "billing_error": .upstreamKeyRefused
        case "not_found_error": .unknownModel
        case "request_too_large": .tooLarge
        case "rate_limit_error": .rateLimited
        case "overloaded_error": .overloaded
        case "timeout_error": .timeout
        case "api_error": .upstreamFailed
        default: nil
        }
    }
}
