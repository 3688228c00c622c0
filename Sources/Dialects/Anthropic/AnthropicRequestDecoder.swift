import Codecs

/// Reads a messages request (Anthropic `message_create_params`).
struct AnthropicRequestDecoder {
    private var log: UnknownMemberLog

    init(_ policy: UnknownMembers) {
        log = UnknownMemberLog(policy)
    }

    /// - Parameter counting: for `count_tokens`, which has no `max_tokens`.
    mutating func decode(_ body: [UInt8], counting: Bool = false) throws(ModelError) -> Conversation {
        var reader = try RequestBody.read(body)
        var conversation = Conversation(model: try reader.require("model").string(), origin: .anthropic)
        if counting {
            conversation.maximumTokens = try reader.take("max_tokens")?.count()
        } else {
            conversation.maximumTokens = try reader.require("max_tokens").count()
        }
        let parts = AnthropicPartDecoder()
        if let system = reader.take("system") { conversation.system = try parts.content(system, &log) }
        for field in try reader.require("messages").elements() {
            try message(field, parts, &conversation)
        }
        conversation.sampling.temperature = try reader.take("temperature")?.number()
        conversation.sampling.topP = try reader.take("top_p")?.number()
        conversation.sampling.topK = try reader.take("top_k")?.count()
        if let stop = reader.take("stop_sequences") { conversation.stop = try stop.strings() }
        conversation.stream = try reader.take("stream")?.bool() ?? false
        conversation.includesUsage = true
        try tools(&reader, &conversation)
        try reasoning(&reader, &conversation)
        if let metadata = reader.take("metadata") {
            var members = try metadata.members()
            conversation.user = try members.take("user_id")?.string()
            try log.close(members)
        }
        conversation.extensions = try log.extensions(reader)
        conversation.ignored = log.ignored
        return conversation
    }

    /// Results stand in a user's turn before what the user says: here they are a turn of their own.
    private mutating func message(
        _ field: Field, _ decoder: AnthropicPartDecoder, _ conversation: inout Conversation
    ) throws(ModelError) {
        var reader = try field.members()
        let role = try reader.require("role")
        let parts = try decoder.content(try reader.require("content"), &log)
        try log.close(reader)
        switch try role.string() {
        case "assistant": conversation.messages.append(Message(.assistant, parts))
        case "system": conversation.messages.append(Message(.system, parts))
        case "user":
            let results = parts.filter { if case .toolResult = $0.content { true } else { false } }
            let rest = parts.filter { if case .toolResult = $0.content { false } else { true } }
            if !results.isEmpty { conversation.messages.append(Message(.tool, results)) }
            if !rest.isEmpty || results.isEmpty { conversation.messages.append(Message(.user, rest)) }
        default: throw role.refused("is none of user, assistant, system")
        }
    }

    private mutating func tools(
        _ reader: inout MemberReader, _ conversation: inout Conversation
    ) throws(ModelError) {
        for field in try reader.take("tools")?.elements() ?? [] {
            var tool = try field.members()
            if let type = try tool.take("type")?.string(), type != "custom" {
                conversation.tools.append(.other(type: type, field.value))
                continue
            }
            conversation.tools.append(
                .function(
                    Tool.Function(
                        name: try tool.require("name").string(), description: try tool.take("description")?.string(),
                        parameters: try tool.require("input_schema").object(), strict: try tool.take("strict")?.bool(),
                        cacheControl: tool.take("cache_control")?.value)))
            try log.close(tool)
        }
        guard let field = reader.take("tool_choice") else { return }
        var choice = try field.members()
        let type = try choice.require("type")
        switch try type.string() {
        case "auto": conversation.toolChoice = .automatic
        case "any": conversation.toolChoice = .required
        case "none": conversation.toolChoice = ToolChoice.none
        case "tool": conversation.toolChoice = .function(try choice.require("name").string())
        default: throw type.refused("is none of auto, any, tool, none")
        }
        conversation.parallelToolCalls = try choice.take("disable_parallel_tool_use")?.bool() == true ? false : nil
        try log.close(choice)
    }

    private mutating func reasoning(
        _ reader: inout MemberReader, _ conversation: inout Conversation
    ) throws(ModelError) {
        if let field = reader.take("thinking") {
            var thinking = try field.members()
            let type = try thinking.require("type")
            switch try type.string() {
            case "enabled": conversation.reasoning.mode = .budget(try thinking.require("budget_tokens").count())
            case "adaptive": conversation.reasoning.mode = .adaptive
            case "disabled": conversation.reasoning.mode = .off
            default: throw type.refused("is none of enabled, adaptive, disabled")
            }
            conversation.reasoning.display = try thinking.take("display")?.string()
            try log.close(thinking)
        }
        guard let field = reader.take("output_config") else { return }
        var output = try field.members()
        if let effort = output.take("effort") {
            guard let known = ReasoningSetting.Effort(rawValue: try effort.string().text) else {
                throw effort.refused("is none of low, medium, high, xhigh, max")
            }
            conversation.reasoning.effort = known
        }
        if let format = output.take("format") {
            var members = try format.members()
            guard try members.require("type").string() == "json_schema" else {
                throw format.refused("only json_schema is known")
            }
            conversation.responseFormat = .jsonSchema(
                name: nil, description: nil, schema: try members.require("schema").object(), strict: nil)
            try log.close(members)
        }
        try log.close(output)
    }
}
