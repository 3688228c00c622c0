import Codecs

/// Turns the events of a messages stream (Anthropic `raw_*_event`) into events.
struct AnthropicStreamDecoder: Sendable {
    private enum Block: Sendable {
        case text
        case reasoning
        /// The arguments that stood in the block's start, and whether any came later.
        case call(input: ByteString?, sawArguments: Bool)
        case other
    }

    /// More blocks than an answer may have open.
    private static let maximumBlocks = 1_024

    private var sequencer: PartSequencer
    private var usage = AnthropicUsage()
    private var end: EndReason?
    private var hasBegun = false
    /// What is open, by the block's index: a delta belongs to its own block, never to the last one.
    private var blocks: [Int64: Block] = [:]

    init(limit: Int) {
        sequencer = PartSequencer(limit: limit)
    }

    /// One event's data. Returns whether the answer is over.
    mutating func take(_ data: [UInt8], into events: inout [AnswerEvent]) throws(ModelError) -> Bool {
        guard let json = try? JSONReader.read(data), let event = json.object else {
            throw ModelError(.upstreamFailed, "an event of the provider's is not a JSON object")
        }
        let type = event.string("type") ?? ""
        do {
            switch type {
            case "message_start": begin(event.object("message") ?? [:], into: &events)
            case "content_block_start" where !hasBegun, "message_delta" where !hasBegun:
                throw ModelError(.upstreamFailed, "the provider's answer starts before its start")
            case "content_block_start": try start(event, into: &events)
            case "content_block_delta": try delta(event, into: &events)
            case "content_block_stop": try stop(event.value(named: "index")?.int64 ?? 0, into: &events)
            case "message_delta": try messageDelta(event, into: &events)
            case "message_stop":
                try finish(into: &events)
                return true
            case "ping": events.append(.keepAlive)
            default: if let error = AnthropicErrors.inBand(event) { throw error }
            }
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError(.upstreamFailed, "the provider's answer has too many calls, or too much out of order")
        }
        return false
    }

    /// The stream is over: whole only after `message_stop`.
    mutating func finish(into events: inout [AnswerEvent]) throws(ModelError) {
        guard let end, hasBegun else {
            throw ModelError(.upstreamFailed, "the provider's answer ends before its end")
        }
        sequencer.finish(into: &events)
        events.append(.usage(usage.total))
        events.append(.end(end.normalized(hasToolCall: sequencer.begunCount > 0)))
    }

    private mutating func begin(_ message: JSONObject, into events: inout [AnswerEvent]) {
        guard !hasBegun else { return }
        hasBegun = true
        events.append(
            .begin(AnswerHead(id: message.string("id") ?? "", model: message.string("model") ?? "")))
        if let reported = message.object("usage") {
            usage.update(reported)
            events.append(.usage(usage.total))
        }
    }

    private mutating func start(
        _ event: JSONObject, into events: inout [AnswerEvent]
    ) throws(PartSequencer.TooMuch) {
        let index = event.value(named: "index")?.int64 ?? 0
        let block = event.object("content_block") ?? [:]
        guard blocks.count < Self.maximumBlocks else { throw PartSequencer.TooMuch() }
        switch block.string("type") {
        case "text":
            blocks[index] = .text
            if let text = block.words("text") { try sequencer.pass(.textDelta(text), size: text.count, into: &events) }
        case "thinking":
            blocks[index] = .reasoning
            if let text = block.words("thinking") {
                try sequencer.pass(.reasoningDelta(text), size: text.count, into: &events)
            }
        case "redacted_thinking":
            blocks[index] = .other
            if let data = block.words("data") {
                try sequencer.pass(.redactedReasoning(data), size: data.count, into: &events)
            }
        case "tool_use":
            let input = block.object("input").flatMap { $0.members.isEmpty ? nil : JSONWriter.write(.object($0)) }
            blocks[index] = .call(input: input.map { ByteString(utf8: $0) }, sawArguments: false)
            try sequencer.call(
                key: index, id: block.words("id"), name: block.words("name"), arguments: nil, into: &events)
        default: blocks[index] = .other
        }
    }

    private mutating func delta(
        _ event: JSONObject, into events: inout [AnswerEvent]
    ) throws(PartSequencer.TooMuch) {
        let index = event.value(named: "index")?.int64 ?? 0
        guard let delta = event.object("delta"), let block = blocks[index] else { return }
        switch (delta.string("type"), block) {
        case ("text_delta", _):
            if let text = delta.words("text") { try sequencer.pass(.textDelta(text), size: text.count, into: &events) }
        case ("thinking_delta", _):
            if let text = delta.words("thinking") {
                try sequencer.pass(.reasoningDelta(text), size: text.count, into: &events)
            }
        case ("signature_delta", _):
            if let text = delta.words("signature") {
                try sequencer.pass(.reasoningSignature(text), size: text.count, into: &events)
            }
        case ("input_json_delta", .call(let input, _)):
            guard let text = delta.words("partial_json") else { return }
            blocks[index] = .call(input: input, sawArguments: true)
            try sequencer.call(key: index, id: nil, name: nil, arguments: text, into: &events)
        default: break
        }
    }

    private mutating func stop(
        _ index: Int64, into events: inout [AnswerEvent]
    ) throws(PartSequencer.TooMuch) {
        guard let block = blocks.removeValue(forKey: index) else { return }
        guard case .call(let input, let sawArguments) = block else { return }
        if !sawArguments, let input {
            try sequencer.call(key: index, id: nil, name: nil, arguments: input, into: &events)
        }
        sequencer.callEnd(key: index, into: &events)
    }

    private mutating func messageDelta(
        _ event: JSONObject, into events: inout [AnswerEvent]
    ) throws(PartSequencer.TooMuch) {
        // A stream cut by `max_tokens` may leave its last block open (peers C.3-14).
        for index in blocks.keys.sorted() { try stop(index, into: &events) }
        if let delta = event.object("delta"), let reason = delta.words("stop_reason") {
            end = AnthropicEndReason.decode(reason, sequence: delta.string("stop_sequence"))
            if end == .contentFilter, let words = delta.object("stop_details")?.words("explanation") {
                try sequencer.pass(.refusalDelta(words), size: words.count, into: &events)
            }
        }
        if let reported = event.object("usage") { usage.update(reported) }
    }
}
