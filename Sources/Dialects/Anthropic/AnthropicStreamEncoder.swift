import Codecs

/// Writes events as a messages stream (Anthropic `raw_*_event`): blocks one after the other, each closed, none empty.
struct AnthropicStreamEncoder: Sendable {
    private enum Block: Sendable {
        case text
        case reasoning
        case call
    }

    private var open: Block?
    private var index: Int64 = 0
    private var usage = TokenUsage()
    private var head: AnswerHead?
    private var sawCall = false

    mutating func encode(_ event: AnswerEvent, into output: inout JSONText) {
        // `message_start` carries the prompt's tokens, which many providers tell at once: it waits for what comes next.
        if let waiting = head {
            switch event {
            case .begin: break
            case .usage(let early): usage.update(early)
            default: break
            }
            head = nil
            start(waiting, &output)
        }
        switch event {
        case .begin(let answer): head = answer
        case .textDelta(let text), .refusalDelta(let text):
            begin(.text, &output) { $0.literal(#"{"type":"text","text":""}"#) }
            delta(&output) {
                $0.literal(#"{"type":"text_delta","text":"#)
                $0.string(text)
            }
        case .reasoningDelta(let text):
            begin(.reasoning, &output, Self.emptyThinking)
            delta(&output) {
                $0.literal(#"{"type":"thinking_delta","thinking":"#)
                $0.string(text)
            }
        case .reasoningSignature(let signature):
            begin(.reasoning, &output, Self.emptyThinking)
            delta(&output) {
                $0.literal(#"{"type":"signature_delta","signature":"#)
                $0.string(signature)
            }
            close(&output)
        case .redactedReasoning(let data):
            close(&output)
            begin(.reasoning, &output) {
                $0.literal(#"{"type":"redacted_thinking","data":"#)
                $0.string(data)
                $0.literal("}")
            }
            close(&output)
        case .toolCallBegin(_, let id, let name, _): call(id, name, &output)
        case .toolArgumentsDelta(_, let text):
            delta(&output) {
                $0.literal(#"{"type":"input_json_delta","partial_json":"#)
                $0.string(text)
            }
        case .toolCallEnd: close(&output)
        case .usage(let later): usage.update(later)
        case .keepAlive:
            output.literal("event: ping\ndata: {\"type\":\"ping\"}\n\n")
        case .end(let reason): end(reason, &output)
        case .error(let error):
            output.literal("event: error\ndata: ")
            output.json(AnthropicErrors.body(error))
            output.literal("\n\n")
        }
    }

    private static func emptyThinking(_ output: inout JSONText) {
        output.literal(#"{"type":"thinking","thinking":"","signature":""}"#)
    }

    private func start(_ head: AnswerHead, _ output: inout JSONText) {
        output.literal("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":")
        output.string(head.id)
        output.literal(#","type":"message","role":"assistant","model":"#)
        output.string(head.model)
        output.literal(#","content":[],"stop_reason":null,"stop_sequence":null,"usage":"#)
        output.json(.object(AnthropicUsage.encode(usage)))
        output.literal("}}\n\n")
    }

    private mutating func call(_ id: ByteString, _ name: ByteString, _ output: inout JSONText) {
        sawCall = true
        close(&output)
        begin(.call, &output) {
            $0.literal(#"{"type":"tool_use","id":"#)
            $0.string(CallIdentifier.identifier(id))
            $0.literal(#","name":"#)
            $0.string(name)
            $0.literal(#","input":{}}"#)
        }
    }

    private mutating func begin(_ block: Block, _ output: inout JSONText, _ content: (inout JSONText) -> Void) {
        if open == block, block != .call { return }
        close(&output)
        output.literal("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":")
        output.number(index)
        output.literal(#","content_block":"#)
        content(&output)
        output.literal("}\n\n")
        open = block
    }

    private func delta(_ output: inout JSONText, _ content: (inout JSONText) -> Void) {
        output.literal("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":")
        output.number(index)
        output.literal(#","delta":"#)
        content(&output)
        output.literal("}}\n\n")
    }

    private mutating func close(_ output: inout JSONText) {
        guard open != nil else { return }
        output.literal("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":")
        output.number(index)
        output.literal("}\n\n")
        index += 1
        open = nil
    }

    private mutating func end(_ reason: EndReason, _ output: inout JSONText) {
        close(&output)
        let reason = reason.normalized(hasToolCall: sawCall)
        output.literal("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":")
        output.string(AnthropicEndReason.encode(reason))
        output.literal(#","stop_sequence":"#)
        output.json(AnthropicEndReason.sequence(reason))
        output.literal(#"},"usage":"#)
        output.json(.object(AnthropicUsage.encode(usage)))
        output.literal("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
    }
}
