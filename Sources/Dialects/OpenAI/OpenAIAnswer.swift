import Codecs

/// Reads and writes a whole chat completion (OpenAPI `CreateChatCompletionResponse`).
enum OpenAIAnswer {
    static func decode(_ body: [UInt8]) throws(ModelError) -> Answer {
        let object = try ProviderBody.read(body)
        if let error = OpenAIErrors.inBand(object) { throw error }
        guard let choice = object.array("choices")?.first?.object, let message = choice.object("message") else {
            throw ModelError(.upstreamFailed, "the provider's answer has no choice")
        }
        let parts = OpenAIAnswerParts.of(message)
        var answer = Answer(
            id: object.string("id") ?? "", model: object.string("model") ?? "", created: object.count("created"),
            parts: parts, usage: object.object("usage").map(OpenAIUsage.decode) ?? TokenUsage())
        guard let end = OpenAIEndReason.decode(choice.string("finish_reason") ?? "stop") else {
            throw ModelError(.upstreamFailed, "the provider ended with an error")
        }
        answer.end = end.normalized(hasToolCall: answer.hasToolCall)
        if let probabilities = choice.value(named: "logprobs"), probabilities != .null {
            answer.logProbabilities = probabilities
        }
        return answer
    }

    /// - Parameter now: seconds since 1970, for providers that do not say when they answered.
    static func encode(_ answer: Answer, now: Int64) -> JSON {
        var message: JSONObject = ["role": "assistant", "content": .null, "refusal": .null]
        let texts = answer.parts.compactMap(\.text)
        if !texts.isEmpty { message["content"] = .string(.joined(texts, by: "")) }
        var calls: [JSON] = []
        var reasoning: [ByteString] = []
        var blocks: [JSON] = []
        for part in answer.parts {
            switch part.content {
            case .refusal(let text): message["refusal"] = .string(text)
            case .toolCall(let call): calls.append(self.call(call))
            case .reasoning(let thought):
                if case .text(let text, _) = thought, !text.isEmpty { reasoning.append(text) }
                if let block = ThinkingBlock.encode(thought) { blocks.append(block) }
            default: break
            }
        }
        // A turn that neither says nor calls anything has empty content, not none (peers C.3-37).
        if texts.isEmpty, calls.isEmpty, message["refusal"] == .null { message["content"] = "" }
        if !calls.isEmpty { message["tool_calls"] = .array(calls) }
        if !reasoning.isEmpty { message["reasoning_content"] = .string(.joined(reasoning, by: "\n")) }
        if !blocks.isEmpty { message["thinking_blocks"] = .array(blocks) }
        return [
            "id": .string(answer.id), "object": "chat.completion",
            "created": .number(JSONNumber(answer.created ?? now)), "model": .string(answer.model),
            "choices": [
                [
                    "index": 0, "message": .object(message), "logprobs": answer.logProbabilities ?? .null,
                    "finish_reason": .string(
                        OpenAIEndReason.encode(answer.end.normalized(hasToolCall: answer.hasToolCall))),
                ]
            ],
            "usage": .object(OpenAIUsage.encode(answer.usage)),
        ]
    }

    private static func call(_ call: ToolCall) -> JSON {
        var object: JSONObject = [
            "id": .string(call.id), "type": "function",
            "function": [
                "name": .string(call.name), "arguments": .string(call.arguments.isEmpty ? "{}" : call.arguments),
            ],
        ]
        if let signature = call.signature {
            object["extra_content"] = ["google": ["thought_signature": .string(signature)]]
        }
        return .object(object)
    }
}

/// What a message of an answer holds, tolerantly.
enum OpenAIAnswerParts {
    static func of(_ message: JSONObject) -> [Part] {
        var parts: [Part] = []
        if let text = message.words("reasoning_content") ?? message.words("reasoning") {
            parts.append(Part(.reasoning(.text(text, signature: nil))))
        }
        switch message.value(named: "content") {
        case .string(let text): if !text.isEmpty { parts.append(Part(.text(text))) }
        case .array(let chunks):
            for chunk in chunks { parts += Self.chunk(chunk) }
        default: break
        }
        if let refusal = message.words("refusal") { parts.append(Part(.refusal(refusal))) }
        for (number, json) in (message.array("tool_calls") ?? []).enumerated() {
            guard let call = json.object, let function = call.object("function"), let name = function.words("name")
            else { continue }
            parts.append(
                Part(
                    .toolCall(
                        ToolCall(
                            id: Self.callID(call) ?? ByteString("call_\(number)"), name: name,
                            arguments: Self.arguments(function) ?? "", signature: Self.signature(call)))))
        }
        return parts
    }

    /// Mistral's reasoning: a list of `thinking` and `text` chunks instead of a string.
    static func chunk(_ json: JSON) -> [Part] {
        guard let chunk = json.object else { return [] }
        if let text = chunk.words("text") { return [Part(.text(text))] }
        return (chunk.array("thinking") ?? []).compactMap { $0.object?.words("text") }.map {
            Part(.reasoning(.text($0, signature: nil)))
        }
    }

    /// Mistral's `"null"` is none.
    static func callID(_ call: JSONObject) -> ByteString? {
        call.words("id").flatMap { $0 == "null" ? nil : $0 }
    }

    /// A string, or (Mistral) an object.
    static func arguments(_ function: JSONObject) -> ByteString? {
        switch function.value(named: "arguments") {
        case .string(let text): text
        case .object(let object): ByteString(utf8: JSONWriter.write(.object(object)))
        default: nil
        }
    }

    static func signature(_ call: JSONObject) -> ByteString? {
        call.object("extra_content")?.object("google")?.words("thought_signature")
    }
}

/// The block that a client sends back so that signed reasoning survives (LiteLLM's convention).
enum ThinkingBlock {
    /// nil for reasoning that nobody signed: there is nothing to send back.
    static func encode(_ reasoning: Reasoning) -> JSON? {
        switch reasoning {
        case .text(_, nil): nil
        case .text(let text, .some(let signature)):
            ["type": "thinking", "thinking": .string(text), "signature": .string(signature)]
        case .redacted(let data): ["type": "redacted_thinking", "data": .string(data)]
        }
    }
}

/// `finish_reason` (OpenAPI `CreateChatCompletionResponse`; its list is closed).
enum OpenAIEndReason {
    /// nil for Mistral's `error`.
    static func decode(_ reason: ByteString) -> EndReason? {
        switch reason {
        case "length", "model_length": .length
        case "tool_calls", "function_call": .toolCalls
        case "content_filter": .contentFilter
        case "error": nil
        default: .stop
        }
    }

    static func encode(_ reason: EndReason) -> ByteString {
        switch reason {
        case .stop, .stopSequence, .pause: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter: "content_filter"
        }
    }
}

/// `usage` (OpenAPI `CompletionUsage`): the prompt includes what was cached, the completion the reasoning.
enum OpenAIUsage {
    static func decode(_ usage: JSONObject) -> TokenUsage {
        let prompt = usage.object("prompt_tokens_details") ?? usage.object("prompt_token_details")
        return TokenUsage(
            input: usage.count("prompt_tokens"),
            cacheRead: prompt?.count("cached_tokens") ?? usage.count("num_cached_tokens"),
            cacheWrite: prompt?.count("cache_write_tokens"), output: usage.count("completion_tokens"),
            reasoning: usage.object("completion_tokens_details")?.count("reasoning_tokens"))
    }

    static func encode(_ usage: TokenUsage) -> JSONObject {
        func number(_ count: Int64?) -> JSON { .number(JSONNumber(count ?? 0)) }
        var object: JSONObject = [
            "prompt_tokens": number(usage.input), "completion_tokens": number(usage.output),
            "total_tokens": number(TokenUsage.sum(usage.input, usage.output)),
        ]
        if usage.cacheRead != nil || usage.cacheWrite != nil {
            var details: JSONObject = ["cached_tokens": number(usage.cacheRead)]
            if let written = usage.cacheWrite { details["cache_write_tokens"] = number(written) }
            object["prompt_tokens_details"] = .object(details)
        }
        if let reasoning = usage.reasoning {
            object["completion_tokens_details"] = ["reasoning_tokens": number(reasoning)]
        }
        return object
    }
}
