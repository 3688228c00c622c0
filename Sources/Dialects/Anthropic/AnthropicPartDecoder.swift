import Codecs

/// Reads content blocks (Anthropic `*_block_param`).
struct AnthropicPartDecoder {
    /// A string, or blocks.
    func content(_ field: Field, _ log: inout UnknownMemberLog) throws(ModelError) -> [Part] {
        if let text = field.value.string { return text.isEmpty ? [] : [Part(.text(text))] }
        var parts: [Part] = []
        for element in try field.elements() {
            if let part = try part(element, &log) { parts.append(part) }
        }
        return parts
    }

    private func part(_ field: Field, _ log: inout UnknownMemberLog) throws(ModelError) -> Part? {
        var reader = try field.members()
        let type = try reader.require("type").string()
        let cacheControl = reader.take("cache_control")?.value
        let content: Part.Content
        switch type {
        case "text":
            let text = try reader.require("text").string()
            reader.pass("citations")
            guard !text.isEmpty else { return nil }
            content = .text(text)
        case "image":
            guard let image = try image(try reader.require("source"), &log) else {
                return Part(.other(type: type, field.value))
            }
            content = .image(image)
        case "tool_use":
            let input = try reader.require("input").object()
            reader.pass("caller")
            content = .toolCall(
                ToolCall(
                    id: try reader.require("id").string(), name: try reader.require("name").string(),
                    arguments: ByteString(utf8: JSONWriter.write(.object(input)))))
        case "tool_result":
            let callID = try reader.require("tool_use_id").string()
            let isError = try reader.take("is_error")?.bool() ?? false
            var parts: [Part] = []
            if let field = reader.take("content") { parts = try self.content(field, &log) }
            content = .toolResult(ToolResult(callID: callID, parts: parts, isError: isError))
        case "thinking":
            let text = try reader.require("thinking").string()
            content = .reasoning(.text(text, signature: try reader.take("signature")?.string()))
        case "redacted_thinking": content = .reasoning(.redacted(try reader.require("data").string()))
        default: return Part(.other(type: type, field.value))
        }
        try log.close(reader)
        return Part(content, cacheControl: cacheControl)
    }

    /// nil for sources that no other dialect knows, such as files.
    private func image(_ field: Field, _ log: inout UnknownMemberLog) throws(ModelError) -> Image? {
        var reader = try field.members()
        let image: Image
        switch try reader.require("type").string() {
        case "base64":
            image = Image(
                .base64(
                    mediaType: try reader.require("media_type").string(), data: try reader.require("data").string()))
        case "url": image = Image(.url(try reader.require("url").string()))
        default: return nil
        }
        try log.close(reader)
        return image
    }
}
