import Codecs

/// Reads the messages of a chat completion request (OpenAPI `ChatCompletionRequestMessage`).
struct OpenAIMessageDecoder {
    func decode(
        _ field: Field, _ conversation: inout Conversation, _ log: inout UnknownMemberLog
    ) throws(ModelError) {
        for field in try field.elements() {
            var reader = try field.members()
            let role = try reader.require("role")
            let name = try reader.take("name")?.string()
            switch try role.string() {
            case "system", "developer":
                let parts = try content(reader.require("content"), &log)
                if conversation.messages.isEmpty {
                    conversation.system += parts
                } else {
                    conversation.messages.append(Message(.system, parts, name: name))
                }
            case "user":
                let parts = try content(reader.require("content"), &log)
                conversation.messages.append(Message(.user, parts, name: name))
            case "assistant":
                let parts = try assistant(&reader, &log)
                conversation.messages.append(Message(.assistant, parts, name: name))
            case "tool":
                let result = ToolResult(
                    callID: try reader.require("tool_call_id").string(),
                    parts: try content(reader.require("content"), &log))
                append(Part(.toolResult(result)), to: &conversation.messages)
            default: throw role.refused("is none of system, developer, user, assistant, tool")
            }
            try log.close(reader)
        }
    }

    /// Results that follow one another are one turn.
    private func append(_ result: Part, to messages: inout [Message]) {
        if let last = messages.indices.last, messages[last].role == .tool {
            messages[last].parts.append(result)
        } else {
            messages.append(Message(.tool, [result]))
        }
    }

    private func assistant(
        _ reader: inout MemberReader, _ log: inout UnknownMemberLog
    ) throws(ModelError) -> [Part] {
        var parts = try reasoning(&reader, &log)
        if let field = reader.take("content") { parts += try content(field, &log) }
        if let refusal = try reader.take("refusal")?.string(), !refusal.isEmpty {
            parts.append(Part(.refusal(refusal)))
        }
        for field in try reader.take("tool_calls")?.elements() ?? [] {
            parts.append(try call(field, &log))
        }
        reader.pass("annotations")
        return parts
    }

    /// `thinking_blocks` are the whole; `reasoning_content` and `reasoning` are its text alone (peers C.3-25).
    private func reasoning(
        _ reader: inout MemberReader, _ log: inout UnknownMemberLog
    ) throws(ModelError) -> [Part] {
        let newer = try reader.take("reasoning")?.string()
        let text = try reader.take("reasoning_content")?.string() ?? newer
        guard let blocks = reader.take("thinking_blocks") else {
            guard let text, !text.isEmpty else { return [] }
            return [Part(.reasoning(.text(text, signature: nil)))]
        }
        var parts: [Part] = []
        for field in try blocks.elements() {
            var block = try field.members()
            if try block.require("type").string() == "redacted_thinking" {
                parts.append(Part(.reasoning(.redacted(try block.require("data").string()))))
            } else {
                let text = try block.require("thinking").string()
                parts.append(Part(.reasoning(.text(text, signature: try block.take("signature")?.string()))))
            }
            try log.close(block)
        }
        return parts
    }

    private func call(_ field: Field, _ log: inout UnknownMemberLog) throws(ModelError) -> Part {
        var reader = try field.members()
        if let type = try reader.take("type")?.string(), type != "function" {
            return Part(.other(type: type, field.value))
        }
        let id = try reader.require("id").string()
        var function = try reader.require("function").members()
        let name = try function.require("name").string()
        let arguments = try function.take("arguments")?.string() ?? ""
        let signature = signature(&reader)
        reader.pass("index")
        try log.close(function)
        try log.close(reader)
        return Part(.toolCall(ToolCall(id: id, name: name, arguments: arguments, signature: signature)))
    }

    /// Google's own OpenAI endpoint has `extra_content.google.thought_signature`, others `provider_specific_fields`.
    private func signature(_ reader: inout MemberReader) -> ByteString? {
        let google = reader.take("extra_content")?.value.object?.object("google")
        let specific = reader.take("provider_specific_fields")?.value.object
        return google?.words("thought_signature") ?? specific?.words("thought_signature")
    }

    /// A string, or parts.
    private func content(_ field: Field, _ log: inout UnknownMemberLog) throws(ModelError) -> [Part] {
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
        let content: Part.Content
        switch type {
        case "text":
            let text = try reader.require("text").string()
            guard !text.isEmpty else { return nil }
            content = .text(text)
        case "refusal": content = .refusal(try reader.require("refusal").string())
        case "image_url":
            let image = try reader.require("image_url")
            // Mistral's clients send the address alone.
            if image.value.string != nil {
                content = .image(Image(try source(image)))
            } else {
                var members = try image.members()
                content = .image(
                    Image(try source(try members.require("url")), detail: try members.take("detail")?.string()))
                try log.close(members)
            }
        default: return Part(.other(type: type, field.value))
        }
        let cacheControl = reader.take("cache_control")?.value
        try log.close(reader)
        return Part(content, cacheControl: cacheControl)
    }

    private func source(_ field: Field) throws(ModelError) -> Image.Source {
        let url = try field.string()
        guard url.bytes.starts(with: "data:".utf8) else { return .url(url) }
        guard let parsed = DataURL.parse(url) else { throw field.refused("is not data:TYPE;base64,DATA") }
        return parsed
    }
}

/// `data:` addresses with base64 (RFC 2397).
enum DataURL {
    static func parse(_ url: ByteString) -> Image.Source? {
        guard let comma = url.bytes.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let head = url.bytes[5..<comma]
        let ending = Array(";base64".utf8)
        guard head.count > ending.count, head.suffix(ending.count).elementsEqual(ending) else { return nil }
        let data = url.bytes[(comma + 1)...]
        guard !data.isEmpty else { return nil }
        return .base64(
            mediaType: ByteString(utf8: Array(head.dropLast(ending.count))), data: ByteString(utf8: Array(data)))
    }

    static func write(mediaType: ByteString, data: ByteString) -> ByteString {
        ByteString(utf8: Array("data:".utf8) + mediaType.bytes + Array(";base64,".utf8) + data.bytes)
    }
}
