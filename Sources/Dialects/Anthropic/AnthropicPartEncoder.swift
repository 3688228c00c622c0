import Codecs

/// Writes content blocks (Anthropic `*_block_param`).
struct AnthropicPartEncoder {
    /// One plain text is a string; anything more is blocks, none of them without a visible character, which would be
    /// refused.
    func content(_ parts: [Part], at pointer: String) throws(ModelError) -> JSON {
        if parts.count == 1, parts[0].cacheControl == nil, let text = parts[0].text, !text.isBlank {
            return .string(text)
        }
        var blocks: [JSON] = []
        for part in parts {
            guard var block = try block(part, at: pointer) else { continue }
            if let cacheControl = part.cacheControl { block["cache_control"] = cacheControl }
            blocks.append(.object(block))
        }
        return .array(blocks)
    }

    private func block(_ part: Part, at pointer: String) throws(ModelError) -> JSONObject? {
        switch part.content {
        case .text(let text), .refusal(let text):
            return text.isBlank ? nil : ["type": "text", "text": .string(text)]
        case .image(let image):
            switch image.source {
            case .url(let url): return ["type": "image", "source": ["type": "url", "url": .string(url)]]
            case .base64(let mediaType, let data):
                return [
                    "type": mediaType == "application/pdf" ? "document" : "image",
                    "source": ["type": "base64", "media_type": .string(mediaType), "data": .string(data)],
                ]
            }
        case .toolCall(let call):
            return [
                "type": "tool_use", "id": .string(CallIdentifier.identifier(call.id)), "name": .string(call.name),
                "input": .object(try CallArguments.read(call, at: pointer)),
            ]
        case .toolResult(let result):
            var block: JSONObject = [
                "type": "tool_result", "tool_use_id": .string(CallIdentifier.identifier(result.callID)),
            ]
            let content = try content(result.parts, at: pointer)
            if content != [] { block["content"] = content }
            if result.isError { block["is_error"] = true }
            return block
        // What nobody signed cannot go back.
        case .reasoning(.text(_, nil)): return nil
        case .reasoning(.text(let text, .some(let signature))):
            return ["type": "thinking", "thinking": .string(text), "signature": .string(signature)]
        case .reasoning(.redacted(let data)): return ["type": "redacted_thinking", "data": .string(data)]
        case .other(_, let json): return json.object
        }
    }
}

/// A call's arguments as the object that some dialects want.
enum CallArguments {
    /// No text at all is `{}` (peers C.3-13).
    static func read(_ call: ToolCall, at pointer: String) throws(ModelError) -> JSONObject {
        if call.arguments.isBlank { return JSONObject() }
        guard let json = try? JSONReader.read(call.arguments.bytes), let object = json.object else {
            throw ModelError(
                .badRequest,
                .joined(["the arguments of call ", Excerpt.of(call.id, limit: 64), " are not a JSON object"], by: ""),
                pointer: ByteString(pointer))
        }
        return object
    }
}
