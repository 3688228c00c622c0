import Codecs
import Dialects

/// A model that says what can be foreseen: what it was told. It needs no key and no network, streams word by word, and counts
/// words as tokens.
///
/// Words in the last thing that was said change what it does: `call a tool` calls the first tool, `call every tool` all of
/// them, `slowly` pauses before each word.
enum DemoModel {
    static let capabilities: Capabilities = {
        var capabilities = Capabilities.of(.openAI)
        capabilities.features.formUnion([
            .imageInResult, .topK, .reasoningMode, .cacheControl, .foreignMember, .furtherMember,
        ])
        capabilities.features.subtract([.logitBias, .logProbabilities])
        return capabilities
    }()

    /// The answer to a conversation.
    /// - Parameter id: the answer's name.
    static func answer(to conversation: Conversation, id: String) -> DemoStream {
        let last = lastWords(of: conversation)
        var events: [AnswerEvent] = []
        var words = 0
        var end = EndReason.stop
        let calls = calls(in: conversation, last)
        if !calls.isEmpty {
            for (number, function) in calls.enumerated() {
                let arguments = JSONWriter.write(DemoValue.of(function.parameters ?? JSONObject()))
                events.append(
                    .toolCallBegin(
                        number: number, id: ByteString("call_demo\(number)"), name: function.name,
                        signature: nil))
                // In two pieces, as real ones come.
                let half = arguments.count / 2
                for piece in [arguments[..<half], arguments[half...]] where !piece.isEmpty {
                    events.append(.toolArgumentsDelta(number: number, ByteString(utf8: Array(piece))))
                }
                events.append(.toolCallEnd(number: number))
                words += 1
            }
            end = .toolCalls
        } else {
            let pieces = text(for: conversation, last).split(
                separator: " ", omittingEmptySubsequences: false)
            let most = Int(clamping: conversation.maximumTokens ?? .max)
            for (index, piece) in pieces.prefix(most).enumerated() {
                let text = index == 0 ? String(piece) : " \(piece)"
                if !text.isEmpty { events.append(.textDelta(ByteString(text))) }
                words += 1
            }
            if pieces.count > most { end = .length }
        }
        events.append(.usage(TokenUsage(input: tokens(of: conversation), output: Int64(words))))
        events.append(.end(end))
        return DemoStream(
            head: AnswerHead(id: ByteString(id), model: conversation.model), events: events,
            pause: last.contains("slowly") ? 50 : 0)
    }

    /// How many words a conversation has.
    static func tokens(of conversation: Conversation) -> Int64 {
        var count: Int64 = 0
        for part in conversation.system + conversation.messages.flatMap(\.parts) {
            count += words(in: part)
        }
        return max(count, 1)
    }

    /// Vectors of texts: numbers from -1 to 1 that depend on nothing but the text.
    static func vector(of text: ByteString, dimensions: Int) -> [Float] {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return (0..<dimensions).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
        }
    }

    private static func words(in part: Part) -> Int64 {
        switch part.content {
        case .text(let text), .refusal(let text):
            Int64(text.bytes.split(separator: UInt8(ascii: " ")).count)
        case .toolResult(let result): result.parts.reduce(0) { $0 + words(in: $1) }
        case .image: 85
        case .toolCall: 8
        case .reasoning, .other: 0
        }
    }

    private static func lastWords(of conversation: Conversation) -> String {
        guard let last = conversation.messages.last else { return "" }
        let parts = last.parts.flatMap { part in
            if case .toolResult(let result) = part.content { result.parts } else { [part] }
        }
        return parts.compactMap { $0.text?.text }.joined(separator: " ")
    }

    private static func calls(in conversation: Conversation, _ last: String) -> [Tool.Function] {
        let functions = conversation.tools.compactMap(\.function)
        guard conversation.messages.last?.role != .tool else { return [] }
        switch conversation.toolChoice {
        case ToolChoice.none?: return []
        case .function(let name)?: return functions.filter { $0.name == name }
        case .required?, .allowed(_, required: true)?: return Array(functions.prefix(1))
        case .automatic?, .allowed?, nil: break
        }
        if last.contains("call every tool"), conversation.parallelToolCalls != false {
            return functions
        }
        return last.contains("call a tool") ? Array(functions.prefix(1)) : []
    }

    private static func text(for conversation: Conversation, _ last: String) -> String {
        let said = String(last.prefix(2_000))
        switch conversation.responseFormat {
        case .jsonObject: return JSONWriter.text(["echo": .string(ByteString(said))])
        case .jsonSchema(_, _, let schema, _):
            return JSONWriter.text(DemoValue.of(schema ?? JSONObject()))
        case .text, nil: break
        }
        let images =
            conversation.messages.last?.parts.count {
                if case .image = $0.content { true } else { false }
            } ?? 0
        let seen = images == 0 ? "" : " I see \(images) image\(images == 1 ? "" : "s")."
        return conversation.messages.last?.role == .tool
            ? "The tool said: \(said)" : "This is the demo model of Signet.\(seen) You said: \(said)"
    }
}

/// The events of an answer of the demo model, word by word.
struct DemoStream {
    private let head: AnswerHead
    private let events: [AnswerEvent]
    /// Before each event, in milliseconds.
    private let pause: Int64
    private var position = -1

    init(head: AnswerHead, events: [AnswerEvent], pause: Int64) {
        self.head = head
        self.events = events
        self.pause = pause
    }

    /// Appends the next event.
    /// - Returns: whether more will come.
    mutating func next(into output: inout [AnswerEvent]) async throws -> Bool {
        defer { position += 1 }
        guard position >= 0 else {
            output.append(.begin(head))
            return true
        }
        if pause > 0 { try await Task.sleep(for: .milliseconds(pause)) }
        guard position < events.count else { return false }
        output.append(events[position])
        return position + 1 < events.count
    }
}
