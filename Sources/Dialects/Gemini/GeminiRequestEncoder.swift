import Codecs

/// Writes a generateContent request (`generative_service.proto`, `GenerateContentRequest`, proto-JSON).
struct GeminiRequestEncoder {
    /// Whether the model takes JSON Schema (`parametersJsonSchema`), or only Google's own subset.
    let takesJSONSchema: Bool

    func encode(_ conversation: Conversation) throws(ModelError) -> JSONObject {
        var body = JSONObject()
        let system = conversation.system + conversation.messages.filter { $0.role == .system }.flatMap(\.parts)
        let texts = system.compactMap(\.text)
        if !texts.isEmpty {
            body["systemInstruction"] = ["parts": .array(texts.map { ["text": .string($0)] })]
        }
        var parts = GeminiPartEncoder()
        body["contents"] = .array(try parts.contents(conversation))
        tools(conversation, &body)
        let generation = generation(conversation)
        if !generation.members.isEmpty { body["generationConfig"] = .object(generation) }
        for member in conversation.extensions.members where body[member.name] == nil {
            body[member.name] = member.value
        }
        return body
    }

    private func tools(_ conversation: Conversation, _ body: inout JSONObject) {
        // All functions in one entry: some models refuse several.
        let functions = conversation.tools.compactMap(\.function)
        guard !functions.isEmpty else { return }
        body["tools"] = [["functionDeclarations": .array(functions.map(declaration))]]
        guard let choice = conversation.toolChoice else { return }
        var calling: JSONObject
        switch choice {
        case .automatic: calling = ["mode": "AUTO"]
        case .none: calling = ["mode": "NONE"]
        case .required: calling = ["mode": "ANY"]
        case .function(let name): calling = ["mode": "ANY", "allowedFunctionNames": [.string(name)]]
        case .allowed(let names, let required):
            calling = [
                "mode": required ? "ANY" : "VALIDATED", "allowedFunctionNames": .array(names.map { .string($0) }),
            ]
        }
        body["toolConfig"] = ["functionCallingConfig": .object(calling)]
    }

    private func declaration(_ function: Tool.Function) -> JSON {
        var object: JSONObject = ["name": .string(function.name)]
        object["description"] = .string(function.description ?? function.name)
        if let parameters = function.parameters {
            if takesJSONSchema {
                object["parametersJsonSchema"] = .object(GeminiJSONSchema.reduce(parameters))
            } else {
                object["parameters"] = .object(GeminiSchema.convert(parameters))
            }
        }
        return .object(object)
    }

    private func generation(_ conversation: Conversation) -> JSONObject {
        let sampling = conversation.sampling
        var object = JSONObject()
        func number(_ value: Int64?) -> JSON? { value.map { .number(JSONNumber($0)) } }
        object["candidateCount"] = number(conversation.candidates)
        if !conversation.stop.isEmpty { object["stopSequences"] = .array(conversation.stop.map { .string($0) }) }
        object["maxOutputTokens"] = number(conversation.maximumTokens)
        object["temperature"] = sampling.temperature.map { .number($0) }
        object["topP"] = sampling.topP.map { .number($0) }
        object["topK"] = number(sampling.topK)
        object["seed"] = number(sampling.seed.map { Int64(Int32(truncatingIfNeeded: $0)) })
        object["presencePenalty"] = sampling.presencePenalty.map { .number($0) }
        object["frequencyPenalty"] = sampling.frequencyPenalty.map { .number($0) }
        switch conversation.responseFormat {
        case nil, .text: break
        case .jsonObject: object["responseMimeType"] = "application/json"
        case .jsonSchema(_, _, let schema, _):
            object["responseMimeType"] = "application/json"
            guard let schema else { break }
            if takesJSONSchema {
                object["responseJsonSchema"] = .object(GeminiJSONSchema.reduce(schema))
            } else {
                object["responseSchema"] = .object(GeminiSchema.convert(schema))
            }
        }
        if let thinking = thinking(conversation.reasoning) { object["thinkingConfig"] = .object(thinking) }
        return object
    }

    /// A level for named degrees (Gemini 3), a budget for budgets (2.5); the two exclude each other.
    private func thinking(_ reasoning: ReasoningSetting) -> JSONObject? {
        switch reasoning.mode {
        case .budget(let tokens): return ["includeThoughts": true, "thinkingBudget": .number(JSONNumber(tokens))]
        case .off: return ["thinkingBudget": 0]
        case .adaptive, nil: break
        }
        switch reasoning.effort {
        case nil: return reasoning.mode == .adaptive ? ["includeThoughts": true, "thinkingBudget": -1] : nil
        case .some(.none): return ["thinkingBudget": 0]
        case .minimal: return ["includeThoughts": true, "thinkingLevel": "MINIMAL"]
        case .low: return ["includeThoughts": true, "thinkingLevel": "LOW"]
        case .medium: return ["includeThoughts": true, "thinkingLevel": "MEDIUM"]
        case .high, .xhigh, .max: return ["includeThoughts": true, "thinkingLevel": "HIGH"]
        }
    }
}
