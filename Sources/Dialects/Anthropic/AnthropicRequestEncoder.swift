import Codecs

/// Writes a messages request (Anthropic `message_create_params`).
struct AnthropicRequestEncoder {
    /// What `max_tokens` is when the caller named none: the model's own, never one for all (peers C.3-41).
    let defaultMaximumTokens: Int64?

    func encode(_ conversation: Conversation, counting: Bool = false) throws(ModelError) -> JSONObject {
        var body: JSONObject = ["model": .string(conversation.model)]
        if !counting {
            guard let maximum = conversation.maximumTokens ?? defaultMaximumTokens else {
                throw ModelError(.badRequest, "is required for this model", pointer: "/max_tokens")
            }
            body["max_tokens"] = .number(JSONNumber(maximum))
        }
        let parts = AnthropicPartEncoder()
        // Instructions in the middle of the conversation go to its start.
        let system = conversation.system + conversation.messages.filter { $0.role == .system }.flatMap(\.parts)
        let instructions = try parts.content(system, at: "/system")
        if instructions != [] { body["system"] = instructions }
        body["messages"] = .array(try messages(conversation, parts))
        tools(conversation, &body)
        reasoning(conversation, &body)
        guard !counting else { return body }
        body["temperature"] = conversation.sampling.temperature.map { .number($0) }
        body["top_p"] = conversation.sampling.topP.map { .number($0) }
        body["top_k"] = conversation.sampling.topK.map { .number(JSONNumber($0)) }
        let stop = conversation.stop.filter { !$0.isBlank }
        if !stop.isEmpty { body["stop_sequences"] = .array(stop.map { .string($0) }) }
        if let user = conversation.user { body["metadata"] = ["user_id": .string(user)] }
        if conversation.stream { body["stream"] = true }
        for member in conversation.extensions.members where body[member.name] == nil {
            body[member.name] = member.value
        }
        return body
    }

    /// Neighbours of one role are one turn; results stand before what the user says next.
    private func messages(
        _ conversation: Conversation, _ encoder: AnthropicPartEncoder
    ) throws(ModelError) -> [JSON] {
        var turns: [(isUser: Bool, parts: [Part], index: Int)] = []
        for (index, message) in conversation.messages.enumerated() {
            guard message.role != .system, !message.parts.isEmpty else { continue }
            let isUser = message.role != .assistant
            if let last = turns.indices.last, turns[last].isUser == isUser {
                turns[last].parts += message.parts
            } else {
                turns.append((isUser, message.parts, index))
            }
        }
        var messages: [JSON] = []
        for turn in turns {
            let content = try encoder.content(turn.parts, at: "/messages/\(turn.index)")
            // A turn of nothing but reasoning that may not go back is none.
            guard content != [] else { continue }
            messages.append(["role": turn.isUser ? "user" : "assistant", "content": content])
        }
        return messages
    }

    private func tools(_ conversation: Conversation, _ body: inout JSONObject) {
        guard !conversation.tools.isEmpty else { return }
        var tools = conversation.tools
        var choice = conversation.toolChoice
        if case .allowed(let names, let required) = choice {
            tools = tools.filter { $0.function.map { names.contains($0.name) } ?? false }
            choice = required ? .required : .automatic
        }
        body["tools"] = .array(tools.map(tool))
        var object: JSONObject
        switch choice {
        case nil where conversation.parallelToolCalls != false: return
        case nil, .automatic, .allowed: object = ["type": "auto"]
        case .required: object = ["type": "any"]
        case .some(.none): object = ["type": "none"]
        case .function(let name): object = ["type": "tool", "name": .string(name)]
        }
        if conversation.parallelToolCalls == false, choice != ToolChoice.none {
            object["disable_parallel_tool_use"] = true
        }
        body["tool_choice"] = .object(object)
    }

    private func tool(_ tool: Tool) -> JSON {
        switch tool {
        case .other(_, let json): return json
        case .function(let function):
            var object: JSONObject = ["name": .string(function.name)]
            object["description"] = function.description.map { .string($0) }
            var schema = function.parameters ?? [:]
            // `type` must be there; a function without parameters has none.
            if schema["type"] == nil {
                schema = JSONObject(distinct: [.init(name: "type", value: "object")] + schema.members)
            }
            object["input_schema"] = .object(schema)
            object["strict"] = function.strict.map { .bool($0) }
            object["cache_control"] = function.cacheControl
            return .object(object)
        }
    }

    private func reasoning(_ conversation: Conversation, _ body: inout JSONObject) {
        var mode = conversation.reasoning.mode
        var output = JSONObject()
        switch conversation.reasoning.effort {
        case nil: break
        case .some(.none): mode = mode ?? .off
        case .minimal: output["effort"] = "low"
        case .some(let effort): output["effort"] = .string(ByteString(effort.rawValue))
        }
        if case .jsonSchema(_, _, let schema, _) = conversation.responseFormat {
            output["format"] = ["type": "json_schema", "schema": .object(schema ?? ["type": "object"])]
        }
        if !output.members.isEmpty { body["output_config"] = .object(output) }
        guard let mode else { return }
        var thinking: JSONObject
        switch mode {
        case .budget(let tokens): thinking = ["type": "enabled", "budget_tokens": .number(JSONNumber(tokens))]
        case .adaptive: thinking = ["type": "adaptive"]
        case .off: thinking = ["type": "disabled"]
        }
        if mode != .off { thinking["display"] = conversation.reasoning.display.map { .string($0) } }
        body["thinking"] = .object(thinking)
    }
}

extension ByteString {
    /// Whether there is nothing but white space.
    var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) } }
}
