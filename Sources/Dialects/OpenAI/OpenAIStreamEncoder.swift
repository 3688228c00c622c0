import Codecs

/// Writes events as the chunks of a chat completion stream (OpenAPI `CreateChatCompletionStreamResponse`).
struct OpenAIStreamEncoder: Sendable {
    private let includesUsage: Bool
    private let now: Int64
    /// `data: {"id":…,"model":…`, the same in every chunk.
    private var opening: [UInt8] = []
    private var usage = TokenUsage()
    private var callHasArguments = false
    /// The reasoning since the last signature, to be sent back whole; nil when it is more than anybody keeps.
    private var reasoning: [UInt8]? = []
    private static let reasoningLimit = 1 << 20

    /// - Parameters:
    ///   - includesUsage: whether the caller asked for usage.
    ///   - now: seconds since 1970, for providers that do not say when they answer.
    init(includesUsage: Bool, now: Int64) {
        self.includesUsage = includesUsage
        self.now = now
    }

    mutating func encode(_ event: AnswerEvent, into output: inout JSONText) {
        switch event {
        case .begin(let head): begin(head, &output)
        case .textDelta(let text):
            chunk(&output) {
                $0.literal(#"{"content":"#)
                $0.string(text)
            }
        case .reasoningDelta(let text):
            keep(text)
            chunk(&output) {
                $0.literal(#"{"reasoning_content":"#)
                $0.string(text)
            }
        case .reasoningSignature(let signature):
            if let text = reasoning { block(.text(ByteString(utf8: text), signature: signature), &output) }
            reasoning = []
        case .redactedReasoning(let data): block(.redacted(data), &output)
        case .refusalDelta(let text):
            chunk(&output) {
                $0.literal(#"{"refusal":"#)
                $0.string(text)
            }
        case .toolCallBegin(let number, let id, let name, let signature):
            callHasArguments = false
            callHead(number, id, name, signature, &output)
        case .toolArgumentsDelta(let number, let text):
            callHasArguments = callHasArguments || !text.isEmpty
            arguments(number, text, &output)
        case .toolCallEnd(let number):
            if !callHasArguments { arguments(number, "{}", &output) }
        case .usage(let later): usage.update(later)
        case .keepAlive: output.literal(": \n\n")
        case .end(let reason): end(reason, &output)
        case .error(let error):
            output.literal("data: ")
            output.json(OpenAIErrors.body(error))
            output.literal("\n\n")
        }
    }

    private mutating func begin(_ head: AnswerHead, _ output: inout JSONText) {
        var text = JSONText()
        text.literal(#"data: {"id":"#)
        text.string(head.id)
        text.literal(#","object":"chat.completion.chunk","created":"#)
        text.number(head.created ?? now)
        text.literal(#","model":"#)
        text.string(head.model)
        opening = text.bytes
        chunk(&output) { $0.literal(#"{"role":"assistant","content":"""#) }
    }

    /// One chunk; `delta` leaves its closing brace to this.
    private func chunk(
        _ output: inout JSONText, reason: ByteString? = nil, _ delta: (inout JSONText) -> Void
    ) {
        output.raw(opening)
        output.literal(#","choices":[{"index":0,"delta":"#)
        delta(&output)
        output.literal(#"},"logprobs":null,"finish_reason":"#)
        if let reason { output.string(reason) } else { output.literal("null") }
        output.literal("}]")
        output.literal(includesUsage ? ",\"usage\":null}\n\n" : "}\n\n")
    }

    private func callHead(
        _ number: Int, _ id: ByteString, _ name: ByteString, _ signature: ByteString?, _ output: inout JSONText
    ) {
        chunk(&output) {
            $0.literal(#"{"tool_calls":[{"index":"#)
            $0.number(Int64(number))
            $0.literal(#","id":"#)
            $0.string(id)
            $0.literal(#","type":"function","function":{"name":"#)
            $0.string(name)
            $0.literal(#","arguments":""}"#)
            if let signature {
                $0.literal(#","extra_content":{"google":{"thought_signature":"#)
                $0.string(signature)
                $0.literal("}}")
            }
            $0.literal("}]")
        }
    }

    private func arguments(_ number: Int, _ text: ByteString, _ output: inout JSONText) {
        chunk(&output) {
            $0.literal(#"{"tool_calls":[{"index":"#)
            $0.number(Int64(number))
            $0.literal(#","function":{"arguments":"#)
            $0.string(text)
            $0.literal("}}]")
        }
    }

    private func block(_ reasoning: Reasoning, _ output: inout JSONText) {
        guard let block = ThinkingBlock.encode(reasoning) else { return }
        chunk(&output) {
            $0.literal(#"{"thinking_blocks":["#)
            $0.json(block)
            $0.literal("]")
        }
    }

    private mutating func keep(_ text: ByteString) {
        guard let kept = reasoning?.count, kept + text.count <= Self.reasoningLimit else { return reasoning = nil }
        reasoning?.append(contentsOf: text.bytes)
    }

    private func end(_ reason: EndReason, _ output: inout JSONText) {
        chunk(&output, reason: OpenAIEndReason.encode(reason)) { $0.literal("{") }
        if includesUsage {
            output.raw(opening)
            output.literal(#","choices":[],"usage":"#)
            output.json(.object(OpenAIUsage.encode(usage)))
            output.literal("}\n\n")
        }
        output.literal("data: [DONE]\n\n")
    }
}
