import Codecs

/// Turns the chunks of a chat completion stream (OpenAPI `CreateChatCompletionStreamResponse`) into events:
/// OpenAI's, and those of the providers that write the same with less care.
struct OpenAIStreamDecoder: Sendable {
    private var sequencer: PartSequencer
    private var hasBegun = false
    private var end: EndReason?
    /// The provider gave a reason that is a failure.
    private var isFailed = false
    private var lastKey: Int64 = 0
    /// Keys of calls that came without a usable index count down from here.
    private var inventedKey: Int64 = -1
    /// What a wire index stands for now: providers reuse 0 for every call (peers C.3-1).
    private var keyOfIndex: [Int64: Int64] = [:]

    init(limit: Int) {
        sequencer = PartSequencer(limit: limit)
    }

    /// One event's data. Returns whether the answer is over.
    mutating func take(_ data: [UInt8], into events: inout [AnswerEvent]) throws(ModelError) -> Bool {
        if data.starts(with: "[DONE]".utf8) {
            try finish(into: &events)
            return true
        }
        guard let chunk = try? JSONReader.read(data), let object = chunk.object else {
            throw ModelError(.upstreamFailed, "an event of the provider's is not a JSON object")
        }
        if let error = OpenAIErrors.inBand(object) { throw error }
        if !hasBegun {
            hasBegun = true
            events.append(
                .begin(
                    AnswerHead(
                        id: object.string("id") ?? "", model: object.string("model") ?? "",
                        created: object.count("created"))))
        }
        do {
            // One choice: others are not asked for.
            if let choice = object.array("choices")?.first?.object { try take(choice, into: &events) }
        } catch {
            throw ModelError(.upstreamFailed, "the provider's answer has too many calls, or too much out of order")
        }
        if isFailed { throw ModelError(.upstreamFailed, "the provider ended with an error") }
        if let usage = object.object("usage") { events.append(.usage(OpenAIUsage.decode(usage))) }
        return false
    }

    /// The stream is over: whole if there was a reason (C.3-31: a cut is never a stop).
    mutating func finish(into events: inout [AnswerEvent]) throws(ModelError) {
        guard let end else { throw ModelError(.upstreamFailed, "the provider's answer ends before its end") }
        sequencer.finish(into: &events)
        events.append(.end(end.normalized(hasToolCall: sequencer.begunCount > 0)))
    }

    private mutating func take(
        _ choice: JSONObject, into events: inout [AnswerEvent]
    ) throws(PartSequencer.TooMuch) {
        if let delta = choice.object("delta") {
            if let text = delta.words("reasoning_content") ?? delta.words("reasoning") {
                try sequencer.pass(.reasoningDelta(text), size: text.count, into: &events)
            }
            switch delta.value(named: "content") {
            case .string(let text) where !text.isEmpty:
                try sequencer.pass(.textDelta(text), size: text.count, into: &events)
            case .array(let chunks):
                for chunk in chunks { try take(OpenAIAnswerParts.chunk(chunk), into: &events) }
            default: break
            }
            if let text = delta.words("refusal") {
                try sequencer.pass(.refusalDelta(text), size: text.count, into: &events)
            }
            for call in delta.array("tool_calls") ?? [] {
                if let call = call.object { try take(call: call, into: &events) }
            }
        }
        // Null and missing are the same, and only the end ends (C.3-7).
        if let reason = choice.words("finish_reason") {
            end = OpenAIEndReason.decode(reason)
            isFailed = end == nil
        }
    }

    private mutating func take(
        _ parts: [Part], into events: inout [AnswerEvent]
    ) throws(PartSequencer.TooMuch) {
        for part in parts {
            switch part.content {
            case .text(let text): try sequencer.pass(.textDelta(text), size: text.count, into: &events)
            case .reasoning(.text(let text, _)):
                try sequencer.pass(.reasoningDelta(text), size: text.count, into: &events)
            default: break
            }
        }
    }

    private mutating func take(
        call: JSONObject, into events: inout [AnswerEvent]
    ) throws(PartSequencer.TooMuch) {
        let function = call.object("function")
        let id = OpenAIAnswerParts.callID(call)
        let name = function?.words("name")
        let arguments = function.flatMap { OpenAIAnswerParts.arguments($0) }
        // An empty call is none (C.3-2).
        guard id != nil || name != nil || arguments?.isEmpty == false else { return }
        let key = key(of: call.value(named: "index")?.int64, id: id, isHead: name != nil)
        try sequencer.call(
            key: key, id: id, name: name, signature: OpenAIAnswerParts.signature(call), arguments: arguments,
            into: &events)
    }

    /// Which call a fragment belongs to: by its index, unless that stands for a call with another identifier already.
    private mutating func key(of index: Int64?, id: ByteString?, isHead: Bool) -> Int64 {
        let index = index.flatMap { $0 < 0 ? nil : $0 }
        var key = index.map { keyOfIndex[$0] ?? $0 } ?? lastKey
        if isHead, let id, sequencer.isOther(key: key, id: id) || (index == nil && sequencer.callCount > 0) {
            key = inventedKey
            inventedKey -= 1
            if let index { keyOfIndex[index] = key }
        }
        lastKey = key
        return key
    }
}
