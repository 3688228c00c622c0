import Codecs

/// Writes turns and parts (`content.proto`, `Content` and `Part`).
struct GeminiPartEncoder {
    /// The calls so far, by identifier. Results name the function and not the call, so those of one step stand in the order
    /// of its calls; an identifier that comes again means the last call that had it.
    private var calls: [ByteString: (name: ByteString, place: Int)] = [:]
    private var count = 0

    /// What stands for the signature of a call that comes without one, as Google documents it: Gemini 3 refuses a step whose
    /// first call has none, and Anthropic's clients cannot send one back.
    private static let unsigned: ByteString = "skip_thought_signature_validator"

    /// Whether a model looks for signatures: all since Gemini 3.
    private static func readsSignatures(_ model: ByteString) -> Bool {
        !["gemini-1", "gemini-2"].contains { model.bytes.starts(with: $0.utf8) }
    }

    /// Neighbours of one role are one turn: all results of one step must stand together.
    mutating func contents(_ conversation: Conversation) throws(ModelError) -> [JSON] {
        var turns: [(role: ByteString, parts: [JSON])] = []
        for step in steps(conversation) {
            var parts: [JSON] = []
            var lacksCall = Self.readsSignatures(conversation.model)
            let ordered = step.parts.enumerated().sorted {
                (place(of: $0.element.part), $0.offset) < (place(of: $1.element.part), $1.offset)
            }
            for (part, index) in ordered.map(\.element) {
                var part = part
                if case .toolCall(var call) = part.content {
                    calls[call.id] = (call.name, count)
                    count += 1
                    if lacksCall { call.signature = call.signature ?? Self.unsigned }
                    lacksCall = false
                    part.content = .toolCall(call)
                }
                parts += try encode(part, at: "/messages/\(index)")
            }
            guard !parts.isEmpty else { continue }
            if let last = turns.indices.last, turns[last].role == step.role {
                turns[last].parts += parts
            } else {
                turns.append((step.role, parts))
            }
        }
        return turns.map { ["role": .string($0.role), "parts": .array($0.parts)] }
    }

    /// The messages, neighbours that hold results as one; each part with its message's place.
    private func steps(_ conversation: Conversation) -> [(role: ByteString, parts: [(part: Part, index: Int)])] {
        var steps: [(role: ByteString, parts: [(part: Part, index: Int)])] = []
        var holdsResults = false
        for (index, message) in conversation.messages.enumerated() where message.role != .system {
            let parts = message.parts.map { (part: $0, index: index) }
            if holdsResults, message.role == .tool, let last = steps.indices.last {
                steps[last].parts += parts
            } else {
                steps.append((message.role == .assistant ? "model" : "user", parts))
            }
            holdsResults = message.role == .tool
        }
        return steps
    }

    /// Where a result belongs; what is none stays where it is.
    private func place(of part: Part) -> Int {
        guard case .toolResult(let result) = part.content else { return 0 }
        return calls[result.callID]?.place ?? 0
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
        guard let name = calls[result.callID]?.name else {
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
