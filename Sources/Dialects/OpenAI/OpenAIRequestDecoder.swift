import Codecs

/// Reads a chat completion request (OpenAPI `CreateChatCompletionRequest`).
struct OpenAIRequestDecoder {
    private var log: UnknownMemberLog

    init(_ policy: UnknownMembers) {
        log = UnknownMemberLog(policy)
    }

    mutating func decode(_ body: [UInt8]) throws(ModelError) -> Conversation {
        var reader = try RequestBody.read(body)
        var conversation = Conversation(model: try reader.require("model").string(), origin: .openAI)
        try limits(&reader, &conversation)
        try sampling(&reader, &conversation)
        let tools = OpenAIToolDecoder()
        try tools.decode(&reader, &conversation, &log)
        let messages = OpenAIMessageDecoder()
        try messages.decode(try reader.require("messages"), &conversation, &log)
        conversation.extensions = try log.extensions(reader)
        conversation.ignored = log.ignored
        return conversation
    }

    private mutating func limits(
        _ reader: inout MemberReader, _ conversation: inout Conversation
    ) throws(ModelError) {
        let older = try reader.take("max_tokens")?.count()
        conversation.maximumTokens = try reader.take("max_completion_tokens")?.count() ?? older
        conversation.candidates = try reader.take("n")?.count()
        if let stop = reader.take("stop") {
            conversation.stop = if let one = stop.value.string { [one] } else { try stop.strings() }
        }
        conversation.stream = try reader.take("stream")?.bool() ?? false
        if let options = reader.take("stream_options") {
            var options = try options.members()
            conversation.includesUsage = try options.take("include_usage")?.bool() ?? false
            options.pass("include_obfuscation")
            try log.close(options)
        }
        let user = try reader.take("user")?.string()
        conversation.user = try reader.take("safety_identifier")?.string() ?? user
        if let metadata = reader.take("metadata") { conversation.metadata = try metadata.object() }
        if let format = reader.take("response_format") { conversation.responseFormat = try responseFormat(format) }
        if let effort = reader.take("reasoning_effort") {
            guard let known = ReasoningSetting.Effort(rawValue: try effort.string().text) else {
                throw effort.refused("is none of none, minimal, low, medium, high, xhigh, max")
            }
            conversation.reasoning.effort = known
        }
    }

    private func sampling(
        _ reader: inout MemberReader, _ conversation: inout Conversation
    ) throws(ModelError) {
        conversation.sampling.temperature = try reader.take("temperature")?.number()
        conversation.sampling.topP = try reader.take("top_p")?.number()
        // Not OpenAI's, but what its clients send to models that have it.
        conversation.sampling.topK = try reader.take("top_k")?.count()
        conversation.sampling.seed = try reader.take("seed")?.integer()
        conversation.sampling.presencePenalty = try reader.take("presence_penalty")?.number()
        conversation.sampling.frequencyPenalty = try reader.take("frequency_penalty")?.number()
        if let bias = reader.take("logit_bias") { conversation.sampling.logitBias = .object(try bias.object()) }
        conversation.sampling.logProbabilities = try reader.take("logprobs")?.bool()
        conversation.sampling.topLogProbabilities = try reader.take("top_logprobs")?.count()
    }

    private mutating func responseFormat(_ field: Field) throws(ModelError) -> ResponseFormat {
        var reader = try field.members()
        let type = try reader.require("type")
        let format: ResponseFormat
        switch try type.string() {
        case "text": format = .text
        case "json_object": format = .jsonObject
        case "json_schema":
            var schema = try reader.require("json_schema").members()
            format = .jsonSchema(
                name: try schema.require("name").string(), description: try schema.take("description")?.string(),
                schema: try schema.take("schema")?.object(), strict: try schema.take("strict")?.bool())
            try log.close(schema)
        default: throw type.refused("is none of text, json_object, json_schema")
        }
        try log.close(reader)
        return format
    }
}
