import Codecs

/// Reads and writes a whole answer (Anthropic `message`).
enum AnthropicAnswer {
    static func decode(_ body: [UInt8]) throws(ModelError) -> Answer {
        let object = try ProviderBody.read(body)
        if let error = AnthropicErrors.inBand(object) { throw error }
        guard let blocks = object.array("content") else {
            throw ModelError(.upstreamFailed, "the provider's answer has no content")
        }
        var usage = AnthropicUsage()
        if let reported = object.object("usage") { usage.update(reported) }
        var answer = Answer(
            id: object.string("id") ?? "", model: object.string("model") ?? "", parts: blocks.compactMap(part),
            usage: usage.total)
        let reason = AnthropicEndReason.decode(
            object.string("stop_reason") ?? "end_turn", sequence: object.string("stop_sequence"))
        answer.end = reason.normalized(hasToolCall: answer.hasToolCall)
        if reason == .contentFilter, let words = object.object("stop_details")?.words("explanation") {
            answer.parts.append(Part(.refusal(words)))
        }
        return answer
    }

    /// Blocks of types that nobody knows yet are passed over.
    private static func part(_ json: JSON) -> Part? {
        guard let block = json.object else { return nil }
        switch block.string("type") {
        case "text": return block.words("text").map { Part(.text($0)) }
        case "tool_use":
            guard let id = block.words("id"), let name = block.words("name") else { return nil }
            let input = ByteString(utf8: JSONWriter.write(.object(block.object("input") ?? [:])))
            return Part(.toolCall(ToolCall(id: id, name: name, arguments: input)))
        case "thinking":
            return Part(.reasoning(.text(block.string("thinking") ?? "", signature: block.words("signature"))))
        case "redacted_thinking": return block.string("data").map { Part(.reasoning(.redacted($0))) }
        default: return nil
        }
    }

    static func encode(_ answer: Answer) -> JSON {
        var blocks: [JSON] = []
        for part in answer.parts {
            switch part.content {
            case .text(let text), .refusal(let text): blocks.append(["type": "text", "text": .string(text)])
            case .toolCall(let call):
                // What the provider wrote cannot be mended; the caller's own parser would have failed on it.
                let input = try? CallArguments.read(call, at: "")
                blocks.append([
                    "type": "tool_use", "id": .string(CallIdentifier.identifier(call.id)), "name": .string(call.name),
                    "input": .object(input ?? ["invalid_arguments": .string(call.arguments)]),
                ])
            case .reasoning(.text(let text, let signature)):
                blocks.append([
                    "type": "thinking", "thinking": .string(text), "signature": .string(signature ?? ""),
                ])
            case .reasoning(.redacted(let data)):
                blocks.append(["type": "redacted_thinking", "data": .string(data)])
            case .image, .toolResult, .other: break
            }
        }
        let end = answer.end.normalized(hasToolCall: answer.hasToolCall)
        return [
            "id": .string(answer.id), "type": "message", "role": "assistant", "model": .string(answer.model),
            "content": .array(blocks), "stop_reason": .string(AnthropicEndReason.encode(end)),
            "stop_sequence": AnthropicEndReason.sequence(end), "usage": .object(AnthropicUsage.encode(answer.usage)),
        ]
    }
}

/// `stop_reason` (Anthropic `stop_reason`).
enum AnthropicEndReason {
    static func decode(_ reason: ByteString, sequence: ByteString?) -> EndReason {
        switch reason {
        case "stop_sequence": .stopSequence(sequence)
        case "max_tokens", "model_context_window_exceeded": .length
        case "tool_use": .toolCalls
        case "refusal": .contentFilter
        case "pause_turn": .pause
        default: .stop
        }
    }

    static func encode(_ reason: EndReason) -> ByteString {
        switch reason {
        case .stop, .stopSequence(nil): "end_turn"
        case .stopSequence: "stop_sequence"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        case .contentFilter: "refusal"
        case .pause: "pause_turn"
        }
    }

    static func sequence(_ reason: EndReason) -> JSON {
        if case .stopSequence(.some(let text)) = reason { .string(text) } else { .null }
    }
}

/// `usage` (Anthropic `usage`): `input_tokens` is what was neither read from nor written to a cache (peers C.3-27).
struct AnthropicUsage: Sendable {
    private var uncached: Int64?
    private var known = TokenUsage()

    /// Takes a report; what it does not say stays.
    mutating func update(_ usage: JSONObject) {
        uncached = usage.count("input_tokens") ?? uncached
        known.update(
            TokenUsage(
                cacheRead: usage.count("cache_read_input_tokens"),
                cacheWrite: usage.count("cache_creation_input_tokens"),
                cacheWriteHour: usage.object("cache_creation")?.count("ephemeral_1h_input_tokens"),
                output: usage.count("output_tokens"),
                reasoning: usage.object("output_tokens_details")?.count("thinking_tokens")))
    }

    /// The counts as everybody else counts.
    var total: TokenUsage {
        var total = known
        total.input = uncached.flatMap { TokenUsage.sum(TokenUsage.sum($0, known.cacheRead), known.cacheWrite) }
        return total
    }

    static func encode(_ usage: TokenUsage) -> JSONObject {
        func number(_ count: Int64?) -> JSON { .number(JSONNumber(count ?? 0)) }
        var object: JSONObject = [
            "input_tokens": number(
                TokenUsage.difference(TokenUsage.difference(usage.input, usage.cacheRead), usage.cacheWrite)),
            "output_tokens": number(usage.output),
        ]
        if let written = usage.cacheWrite { object["cache_creation_input_tokens"] = number(written) }
        if let read = usage.cacheRead { object["cache_read_input_tokens"] = number(read) }
        if let hour = usage.cacheWriteHour {
            object["cache_creation"] = [
                "ephemeral_5m_input_tokens": number(TokenUsage.difference(usage.cacheWrite, hour)),
                "ephemeral_1h_input_tokens": number(hour),
            ]
        }
        if let reasoning = usage.reasoning { object["output_tokens_details"] = ["thinking_tokens": number(reasoning)] }
        return object
    }
}
