import Codecs

/// The rule of all dialects that each call has its result in the next turn, and each result its call in the turn before
/// (llm-wire §3.2): histories that were cut or stopped break it, and providers then refuse every later request
/// (peers C.3-17).
public enum ToolPairing {
    /// What is done about calls without result and results without call.
    public enum Repair: String, Sendable {
        /// The first one is a `badRequest` that names it.
        case refuse
        /// A missing result is made up as an error; a result without call is left out.
        case mend
    }

    /// Checks a conversation, and mends it if that is wanted.
    public static func check(_ conversation: inout Conversation, _ repair: Repair) throws(ModelError) {
        var messages: [Message] = []
        messages.reserveCapacity(conversation.messages.count)
        var open: [ByteString] = []
        for (index, message) in conversation.messages.enumerated() {
            var message = message
            if message.role == .tool {
                message.parts = try results(message.parts, &open, repair, index)
                if repair == .mend { message.parts += open.map(missing) } else { try refuse(open, index) }
                open = []
                if !message.parts.isEmpty { messages.append(message) }
                continue
            }
            if !open.isEmpty {
                if repair == .refuse { try refuse(open, index) }
                messages.append(Message(.tool, open.map(missing)))
                open = []
            }
            messages.append(message)
            for case .toolCall(let call) in message.parts.map(\.content) { open.append(call.id) }
        }
        if !open.isEmpty {
            if repair == .refuse { try refuse(open, conversation.messages.count) }
            messages.append(Message(.tool, open.map(missing)))
        }
        conversation.messages = messages
    }

    private static func results(
        _ parts: [Part], _ open: inout [ByteString], _ repair: Repair, _ index: Int
    ) throws(ModelError) -> [Part] {
        var kept: [Part] = []
        for part in parts {
            guard case .toolResult(let result) = part.content else { continue }
            if let place = open.firstIndex(of: result.callID) {
                open.remove(at: place)
                kept.append(part)
            } else if repair == .refuse {
                throw fault("a result has no call before it: ", [result.callID], index)
            }
        }
        return kept
    }

    private static func refuse(_ open: [ByteString], _ index: Int) throws(ModelError) {
        guard !open.isEmpty else { return }
        throw fault("calls have no result in the next turn: ", open, index)
    }

    private static func fault(_ words: ByteString, _ ids: [ByteString], _ index: Int) -> ModelError {
        let names = ByteString.joined(ids.prefix(8).map { Excerpt.of($0, limit: 64) }, by: ", ")
        return ModelError(.badRequest, .joined([words, names], by: ""), pointer: ByteString("/messages/\(index)"))
    }

    private static func missing(_ id: ByteString) -> Part {
        Part(.toolResult(ToolResult(callID: id, parts: [Part(.text("No result was given."))], isError: true)))
    }
}
