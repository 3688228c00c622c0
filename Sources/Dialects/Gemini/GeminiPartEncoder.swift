import Codecs

/// Writes turns and parts (`content.proto`, `Content` and `Part`).
struct GeminiPartEncoder {
    /// Results name the function, not the call alone.
    private var nameOfCall: [ByteString: ByteString] = [:]

    init(_ conversation: Conversation) {
        for message in conversation.messages {
            for part in message.parts {
                if case .toolCall(let call) = part.content { nameOfCall[call.id] = call.name }
            }
        }
    }

    /// Neighbours of one role are one turn: all results of one step must stand together.
    func contents(_ conversation: Conversation) throws(ModelError) -> [JSON] {
        var turns: [(role: ByteString, parts: [JSON])] = []
        for (index, message) in conversation.messages.enumerated() where message.role != .system {
            let role: ByteString = message.role == .assistant ? "model" : "user"
            var parts: [JSON] = []
            for part in message.parts { parts += try encode(part, at: "/messages/\(index)") }
            guard !parts.isEmpty else { continue }
            if let last = turns.indices.last, turns[last].role == role {
                turns[last].parts += parts
            } else {
                turns.append((role, parts))
            }
        }
        return turns.map { ["role": .string($0.role), "parts": .array($0.parts)] }
    }

    private func encode(_ part: Part, at pointer: String) throws(ModelError) -> [JSON] {
        switch part.content {
        case .text(let text), .refusal(let text): return [["text": .string(text)]]
        case .image(let image):
            guard case .base64(let mediaType, let data) = image.source else { return [] }
            return [["inlineData": ["mimeType": .string(mediaType), "data": .string(data)]]]
        case .toolCall(let call):
            var object: JSONObject = [
                "functionCall": [
                    "name": .string(call.name), "args": .object(try CallArguments.read(call, at: pointer)),
                ]
            ]
            if let signature = call.signature { object["thoughtSignature"] = .string(signature) }
            return [.object(object)]
        case .toolResult(let result): return try self.result(result, at: pointer)
        case .other(_, let json): return [json]
        case .reasoning: return []
        }
    }

    private func result(_ result: ToolResult, at pointer: String) throws(ModelError) -> [JSON] {
        guard let name = nameOfCall[result.callID] else {
            throw ModelError(
                .badRequest, .joined(["no call has the identifier ", Excerpt.of(result.callID, limit: 64)], by: ""),
                pointer: ByteString(pointer))
        }
        // The response must be an object.
        let text = ByteString.joined(result.parts.compactMap(\.text), by: "\n")
        let response: JSON = result.isError ? ["error": .string(text)] : ["output": .string(text)]
        var parts: [JSON] = [["functionResponse": ["name": .string(name), "response": response]]]
        for part in result.parts where part.text == nil { parts += try encode(part, at: pointer) }
        return parts
    }
}
