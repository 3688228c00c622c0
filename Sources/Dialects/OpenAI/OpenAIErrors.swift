import Codecs

/// OpenAI's errors: `{"error":{"message","type","param","code"}}`, all four always there (OpenAPI `Error`).
enum OpenAIErrors {
    static func body(_ error: ModelError) -> JSON {
        let (type, code) = names(error.kind)
        return [
            "error": [
                "message": .string(error.text), "type": .string(type),
                "param": error.pointer.map { .string($0) } ?? .null, "code": code.map { .string($0) } ?? .null,
            ]
        ]
    }

    static func status(_ kind: ModelError.Kind) -> Int {
        switch kind {
        case .badRequest, .contextTooLong: 400
        case .unauthorized: 401
        case .forbiddenModel: 403
        case .unknownModel: 404
        case .tooLarge: 413
        case .rateLimited, .budgetSpent: 429
        case .upstreamKeyRefused, .upstreamFailed: 502
        case .overloaded: 503
        case .timeout: 504
        }
    }

    private static func names(_ kind: ModelError.Kind) -> (type: ByteString, code: ByteString?) {
        switch kind {
        case .badRequest: ("invalid_request_error", "invalid_value")
        case .contextTooLong: ("invalid_request_error", "context_length_exceeded")
        case .unauthorized: ("authentication_error", "invalid_api_key")
        case .forbiddenModel: ("permission_error", "model_not_allowed")
        case .unknownModel: ("invalid_request_error", "model_not_found")
        case .tooLarge: ("invalid_request_error", "request_too_large")
        case .rateLimited: ("rate_limit_error", "rate_limit_exceeded")
        case .budgetSpent: ("insufficient_quota", "insufficient_quota")
        case .upstreamKeyRefused, .upstreamFailed: ("server_error", "upstream_error")
        case .overloaded: ("service_unavailable_error", "server_is_overloaded")
        case .timeout: ("server_error", "timeout")
        }
    }

    /// The error that a body or an event holds, if it holds one. Also Mistral's flat object and Ollama's string.
    static func inBand(_ object: JSONObject) -> ModelError? {
        switch object.value(named: "error") {
        case .object(let error):
            return .told(kind(error.words("code"), error.words("type")), error.message)
        case .string(let text): return .told(nil, text)
        default:
            guard object.string("object") == "error" else { return nil }
            return .told(kind(object.words("code"), object.words("type")), object.message)
        }
    }

    /// What the names say, where they say more than the status.
    static func kind(_ code: ByteString?, _ type: ByteString?) -> ModelError.Kind? {
        switch code {
        case "context_length_exceeded": return .contextTooLong
        case "model_not_found": return .unknownModel
        case "invalid_api_key": return .upstreamKeyRefused
        case "rate_limit_exceeded", "slow_down": return .rateLimited
        case "insufficient_quota", "credit_balance_exhausted": return .upstreamKeyRefused
        case "server_is_overloaded": return .overloaded
        default: break
        }
        switch type {
        case "rate_limit_error", "requests", "tokens": return .rateLimited
        case "insufficient_quota", "authentication_error": return .upstreamKeyRefused
        case "service_unavailable_error": return .overloaded
        case "invalid_request_error": return .badRequest
        case "not_found_error": return .unknownModel
        default: return nil
        }
    }
}

extension JSONObject {
    /// An error's words.
    var message: ByteString { words("message") ?? "the provider failed" }
}

extension ModelError {
    /// What a provider told: not at any length, and not about the gateway's key, of which it can hold a piece.
    static func told(_ kind: Kind?, _ words: ByteString) -> ModelError {
        guard kind != .upstreamKeyRefused else { return ModelError(.upstreamKeyRefused, keyRefused) }
        return ModelError(kind ?? .upstreamFailed, Excerpt.of(words, limit: 1_000))
    }

    static let keyRefused: ByteString = "the provider refuses the gateway's key"

    /// The words with the place before them.
    var text: ByteString {
        guard let pointer, !pointer.isEmpty else { return message }
        return .joined([pointer, message], by: ": ")
    }
}
