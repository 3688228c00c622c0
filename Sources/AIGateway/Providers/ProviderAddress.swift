import Blueprint

/// Where a provider's services are, and what it is sent beside the body.
extension ModelProvider {
    /// What is asked of it.
    enum Service {
        case chat(model: String, isStream: Bool)
        case embeddings
        case tokenCount
        /// Which models there are.
        case models
    }

    /// The address of a service.
    func address(of service: Service) -> String {
        switch (kind, service) {
        case (.openAI, .chat): address + "/chat/completions"
        case (.openAI, .embeddings): address + "/embeddings"
        case (.mistral, .chat), (.ollama, .chat): address + "/v1/chat/completions"
        case (.mistral, .embeddings), (.ollama, .embeddings): address + "/v1/embeddings"
        case (.anthropic, .chat): address + "/v1/messages"
        case (.anthropic, .tokenCount): address + "/v1/messages/count_tokens"
        case (.gemini, .chat(let model, let isStream)):
            address + "/v1beta/models/" + Self.escaped(model)
                + (isStream ? ":streamGenerateContent?alt=sse" : ":generateContent")
        case (.openAI, .models): address + "/models"
        case (.mistral, .models): address + "/v1/models"
        case (.ollama, .models): address + "/api/tags"
        // As many as a page may have.
        case (.anthropic, .models): address + "/v1/models?limit=1000"
        case (.gemini, .models): address + "/v1beta/models?pageSize=1000"
        case (.demo, _), (_, .tokenCount), (_, .embeddings): address
        }
    }

    /// Whether embeddings can be asked of it.
    var embeds: Bool {
        switch kind {
        case .openAI, .mistral, .ollama, .demo: true
        case .anthropic, .gemini: false
        }
    }

    /// The fields of a request, with the key that it goes out with.
    func fields(key number: Int) -> [(String, String)] {
        var fields = [("content-type", "application/json"), ("user-agent", "signet")]
        if kind == .anthropic { fields.append(("anthropic-version", "2023-06-01")) }
        guard keys.indices.contains(number) else { return fields }
        switch kind {
        case .anthropic: fields.append(("x-api-key", keys[number]))
        case .gemini: fields.append(("x-goog-api-key", keys[number]))
        case .openAI, .mistral, .ollama: fields.append(("authorization", "Bearer \(keys[number])"))
        case .demo: break
        }
        return fields
    }

    /// A model's name as a segment of a path (RFC 3986 §3.3).
    private static func escaped(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = Array("0123456789ABCDEF".unicodeScalars)
                text += "%"
                text.unicodeScalars.append(digits[Int(byte >> 4)])
                text.unicodeScalars.append(digits[Int(byte & 15)])
            }
        }
        return text
    }
}
