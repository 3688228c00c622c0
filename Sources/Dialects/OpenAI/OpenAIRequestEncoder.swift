import Codecs

/// Writes a chat completion request, OpenAI's or a variant's. What the provider cannot do has been judged before
/// (`Capabilities.settle`): what still stands in the conversation is written.
struct OpenAIRequestEncoder {
    let variant: ChatCompletionsVariant

    func encode(_ conversation: Conversation) throws(ModelError) -> JSONObject {
        var body = JSONObject()
        body["model"] = .string(conversation.model)
        body["messages"] = .array(OpenAIMessageEncoder(variant: variant).encode(conversation))
        body[variant.maximumTokensName] = conversation.maximumTokens.map { .number(JSONNumber($0)) }
        if variant.readsCandidates { body["n"] = conversation.candidates.map { .number(JSONNumber($0)) } }
        if !conversation.stop.isEmpty { body["stop"] = .array(conversation.stop.map { .string($0) }) }
        sampling(conversation.sampling, &body)
        tools(conversation, &body)
        body["response_format"] = conversation.responseFormat.map(responseFormat)
        body["reasoning_effort"] = conversation.reasoning.effort.map { .string(ByteString($0.rawValue)) }
        body["user"] = conversation.user.map { .string($0) }
        if !conversation.metadata.members.isEmpty { body["metadata"] = .object(conversation.metadata) }
        if conversation.stream {
            body["stream"] = true
            // Usage is always wanted, for the ledger; the encoder leaves it out for callers who did not ask.
            if variant.asksForUsage { body["stream_options"] = ["include_usage": true] }
        }
        for member in conversation.extensions.members where body[member.name] == nil {
            body[member.name] = member.value
        }
        return body
    }

    private func sampling(_ sampling: Sampling, _ body: inout JSONObject) {
        body["temperature"] = sampling.temperature.map { .number($0) }
        body["top_p"] = sampling.topP.map { .number($0) }
        body["top_k"] = sampling.topK.map { .number(JSONNumber($0)) }
        body[variant.seedName] = sampling.seed.map { .number(JSONNumber($0)) }
        body["presence_penalty"] = sampling.presencePenalty.map { .number($0) }
        body["frequency_penalty"] = sampling.frequencyPenalty.map { .number($0) }
        body["logit_bias"] = sampling.logitBias
        body["logprobs"] = sampling.logProbabilities.map { .bool($0) }
        body["top_logprobs"] = sampling.topLogProbabilities.map { .number(JSONNumber($0)) }
    }

    private func tools(_ conversation: Conversation, _ body: inout JSONObject) {
        guard !conversation.tools.isEmpty else { return }
        guard variant.readsToolChoice else {
            if conversation.toolChoice != ToolChoice.none { body["tools"] = .array(conversation.tools.map(tool)) }
            return
        }
        body["tools"] = .array(conversation.tools.map(tool))
        body["tool_choice"] = conversation.toolChoice.map(toolChoice)
        body["parallel_tool_calls"] = conversation.parallelToolCalls.map { .bool($0) }
    }

    private func tool(_ tool: Tool) -> JSON {
        switch tool {
        case .other(_, let json): return json
        case .function(let function):
            var object: JSONObject = ["name": .string(function.name)]
            object["description"] = function.description.map { .string($0) }
            object["parameters"] =
                function.parameters.map { .object($0) }
                ?? (variant.requiresParameters ? ["type": "object", "properties": [:]] : nil)
            object["strict"] = function.strict.map { .bool($0) }
            return ["type": "function", "function": .object(object)]
        }
    }

    private func toolChoice(_ choice: ToolChoice) -> JSON {
        switch choice {
        case .automatic: return "auto"
        case .none: return "none"
        case .required: return "required"
        case .function(let name): return ["type": "function", "function": ["name": .string(name)]]
        case .allowed(let names, let required):
            let tools = names.map { JSON.object(["type": "function", "function": ["name": .string($0)]]) }
            return [
                "type": "allowed_tools",
                "allowed_tools": ["mode": required ? "required" : "auto", "tools": .array(tools)],
            ]
        }
    }

    private func responseFormat(_ format: ResponseFormat) -> JSON {
        switch format {
        case .text: return ["type": "text"]
        case .jsonObject: return ["type": "json_object"]
        case .jsonSchema(let name, let description, let schema, let strict):
            var object: JSONObject = ["name": .string(name ?? "answer")]
            object["description"] = description.map { .string($0) }
            object["schema"] = schema.map { .object($0) }
            object["strict"] = strict.map { .bool($0) }
            return ["type": "json_schema", "json_schema": .object(object)]
        }
    }
}
