import Codecs

/// Turns the events of streamGenerateContent (`alt=sse`) into events. Each is a whole response that holds what is new;
/// the end is the stream's end.
struct GeminiStreamDecoder: Sendable {
    private var hasBegun = false
    private var calls = 0
    private var sawPart = false
    private var usage: TokenUsage?
    private var reason: ByteString?
    private var isBlocked = false

    mutating func take(_ data: [UInt8], into events: inout [AnswerEvent]) throws(ModelError) {
        guard let json = try? JSONReader.read(data), let object = json.object else {
            throw ModelError(.upstreamFailed, "an event of the provider's is not a JSON object")
        }
        if let error = GeminiErrors.inBand(object) { throw error }
        if !hasBegun {
            hasBegun = true
            events.append(
                .begin(AnswerHead(id: object.string("responseId") ?? "", model: object.string("modelVersion") ?? "")))
        }
        if object.object("promptFeedback")?.words("blockReason") != nil { isBlocked = true }
        if let candidate = object.array("candidates")?.first?.object {
            for part in candidate.object("content")?.array("parts") ?? [] {
                for part in GeminiPart.decode(part, callsBefore: calls) { try take(part, into: &events) }
            }
            // Some models put a reason on every event; the last one counts, at the end (peers C.3-4, 7).
            if let reason = candidate.words("finishReason") { self.reason = reason }
        }
        if let reported = object.object("usageMetadata") {
            var usage = usage ?? TokenUsage()
            usage.update(GeminiUsage.decode(reported))
            self.usage = usage
        }
    }

    private mutating func take(_ part: Part, into events: inout [AnswerEvent]) throws(ModelError) {
        sawPart = true
        switch part.content {
        case .text(let text): events.append(.textDelta(text))
        case .reasoning(.text(let text, _)): events.append(.reasoningDelta(text))
        case .toolCall(let call):
            guard calls < PartSequencer.maximumCalls else {
                throw ModelError(.upstreamFailed, "the provider's answer has too many calls")
            }
            events.append(.toolCallBegin(number: calls, id: call.id, name: call.name, signature: call.signature))
            events.append(.toolArgumentsDelta(number: calls, call.arguments))
            events.append(.toolCallEnd(number: calls))
            calls += 1
        default: break
        }
    }

    mutating func finish(into events: inout [AnswerEvent]) throws(ModelError) {
        if let usage { events.append(.usage(usage)) }
        if isBlocked, hasBegun { return events.append(.end(.contentFilter)) }
        guard let reason, hasBegun else {
            throw ModelError(.upstreamFailed, "the provider's answer ends before its end")
        }
        guard let end = GeminiEndReason.decode(reason) else {
            guard sawPart else { throw GeminiEndReason.failure(reason) }
            return events.append(.end(EndReason.stop.normalized(hasToolCall: calls > 0)))
        }
        events.append(.end(end.normalized(hasToolCall: calls > 0)))
    }
}
