import Codecs

/// Writes the messages of a chat completion request.
struct OpenAIMessageEncoder {
    let variant: ChatCompletionsVariant

    func encode(_ conversation: Conversation) -> [JSON] {
        var messages: [JSON] = []
        if !conversation.system.isEmpty { messages.append(message("system", conversation.system)) }
        var afterResults = false
        for turn in conversation.messages {
            switch turn.role {
            case .system: messages.append(message("system", turn.parts, turn.name))
            case .user:
                if afterResults, variant.separatesResultsFromUser {
                    messages.append(["role": "assistant", "content": "Understood."])
                }
                messages.append(message("user", turn.parts, turn.name))
            case .assistant: messages.append(assistant(turn))
            case .tool: results(turn, &messages)
            }
            afterResults = turn.role == .tool
        }
        return messages
    }

    private func message(_ role: ByteString, _ parts: [Part], _ name: ByteString? = nil) -> JSON {
        var object: JSONObject = ["role": .string(role), "content": content(parts)]
        object["name"] = name.map { .string($0) }
        return .object(object)
    }

    /// One text is a string; anything more is parts.
    private func content(_ parts: [Part]) -> JSON {
        if parts.isEmpty { return "" }
        let texts = parts.compactMap(\.text)
        if texts.count == parts.count, texts.count == 1 || variant.joinsTexts {
            return .string(.joined(texts, by: "\n\n"))
        }
        return .array(parts.compactMap(part))
    }

    private func part(_ part: Part) -> JSON? {
        switch part.content {
        case .text(let text): return ["type": "text", "text": .string(text)]
        case .refusal(let text): return ["type": "refusal", "refusal": .string(text)]
        case .image(let image):
            var object = JSONObject()
            switch image.source {
            case .url(let url): object["url"] = .string(url)
            case .base64(let mediaType, let data):
                object["url"] = .string(DataURL.write(mediaType: mediaType, data: data))
            }
            object["detail"] = image.detail.map { .string($0) }
            return ["type": "image_url", "image_url": .object(object)]
        case .other(_, let json): return json
        case .toolCall, .toolResult, .reasoning: return nil
        }
    }

    private func assistant(_ turn: Message) -> JSON {
        var said: [Part] = []
        var calls: [JSON] = []
        var reasoning: [ByteString] = []
        var refusal: ByteString?
        for part in turn.parts {
            switch part.content {
            case .toolCall(let call): calls.append(self.call(call))
            case .other(_, let json) where json.object?.value(named: "id") != nil: calls.append(json)
            case .reasoning(.text(let text, _)): reasoning.append(text)
            case .reasoning(.redacted): break
            case .refusal(let text): refusal = text
            default: said.append(part)
            }
        }
        var object: JSONObject = ["role": "assistant"]
        object["content"] = said.isEmpty && (!calls.isEmpty || refusal != nil) ? .null : content(said)
        object["refusal"] = refusal.map { .string($0) }
        if variant.replaysReasoning, !reasoning.isEmpty {
            object["reasoning_content"] = .string(.joined(reasoning, by: "\n"))
        }
        if !calls.isEmpty { object["tool_calls"] = .array(calls) }
        object["name"] = turn.name.map { .string($0) }
        return .object(object)
    }

    private func call(_ call: ToolCall) -> JSON {
        let arguments: ByteString = call.arguments.isEmpty ? "{}" : call.arguments
        return [
            "id": .string(callID(call.id)), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(arguments)],
        ]
    }

    private func callID(_ id: ByteString) -> ByteString {
        variant.hasShortCallIDs ? CallIdentifier.nineCharacters(id) : id
    }

    /// A message for each result. A `tool` message takes text alone, so images follow as the user's.
    private func results(_ turn: Message, _ messages: inout [JSON]) {
        var images: [Part] = []
        for part in turn.parts {
            guard case .toolResult(let result) = part.content else { continue }
            var texts = result.parts.compactMap(\.text)
            let pictures = result.parts.filter { $0.text == nil }
            if !pictures.isEmpty {
                texts.append("(The images of this result follow.)")
                images += pictures
            }
            if result.isError { texts.insert("Error:", at: 0) }
            messages.append([
                "role": "tool", "tool_call_id": .string(callID(result.callID)),
                "content": .string(.joined(texts, by: "\n")),
            ])
        }
        if !images.isEmpty {
            if variant.separatesResultsFromUser { messages.append(["role": "assistant", "content": "Understood."]) }
            messages.append(message("user", images))
        }
    }
}

/// Call identifiers for providers that do not take any.
enum CallIdentifier {
    /// Nine letters and digits (Mistral): as it is if it is so, else the same nine for the same identifier each time.
    /// What Mistral itself gives is so already, and needs no way back.
    static func nineCharacters(_ id: ByteString) -> ByteString {
        if id.count == 9, id.bytes.allSatisfy(Names.isLetterOrDigit) { return id }
        // FNV-1a, 64 bits: spread, not secrecy, is wanted.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        var output: [UInt8] = []
        for _ in 0..<9 {
            output.append(letters[Int(hash % 62)])
            hash /= 62
        }
        return ByteString(utf8: output)
    }

    /// `[A-Za-z0-9_-]+` (Anthropic): other bytes become `_`, with a hash behind so that two stay two.
    static func identifier(_ id: ByteString) -> ByteString {
        if !id.isEmpty, id.bytes.allSatisfy(Names.isIdentifierByte) { return id }
        let plain = id.bytes.prefix(40).map { Names.isIdentifierByte($0) ? $0 : UInt8(ascii: "_") }
        return ByteString(utf8: plain + [UInt8(ascii: "_")] + nineCharacters(id).bytes)
    }
}
