import Codecs

/// Puts the events of an answer together again: for a caller that wants it whole, for the cache, for the ledger.
public struct AnswerGatherer: Sendable {
    private var answer = Answer(id: "", model: "")
    private var text: [UInt8] = []
    private var kind = Kind.none
    private var call: ToolCall?
    private var count = 0
    private let limit: Int

    private enum Kind {
        case none, text, reasoning, refusal
    }

    /// The whole answer once `end` has come, or why there is none; nil before that.
    public private(set) var result: Result<Answer, ModelError>?

    /// - Parameter limit: the most bytes of the answer's texts.
    public init(limit: Int = 64 << 20) {
        self.limit = limit
    }

    /// Takes the next event.
    public mutating func take(_ event: AnswerEvent) {
        guard result == nil else { return }
        switch event {
        case .begin(let head): (answer.id, answer.model, answer.created) = (head.id, head.model, head.created)
        case .textDelta(let text): append(text, .text)
        case .reasoningDelta(let text): append(text, .reasoning)
        case .refusalDelta(let text): append(text, .refusal)
        case .reasoningSignature(let signature):
            let text = kind == .reasoning ? self.text : []
            if kind != .reasoning { close() }
            (self.text, kind) = ([], .none)
            answer.parts.append(Part(.reasoning(.text(ByteString(utf8: text), signature: signature))))
        case .redactedReasoning(let data):
            close()
            answer.parts.append(Part(.reasoning(.redacted(data))))
        case .toolCallBegin(_, let id, let name, let signature):
            close()
            call = ToolCall(id: id, name: name, arguments: "", signature: signature)
        case .toolArgumentsDelta(_, let text): append(text, .none)
        case .toolCallEnd:
            if var call {
                call.arguments = text.isEmpty ? "{}" : ByteString(utf8: text)
                answer.parts.append(Part(.toolCall(call)))
            }
            (call, text) = (nil, [])
        case .usage(let usage): answer.usage.update(usage)
        case .keepAlive: break
        case .end(let reason):
            close()
            answer.end = reason
            result = .success(answer)
        case .error(let error): result = .failure(error)
        }
    }

    private mutating func append(_ more: ByteString, _ kind: Kind) {
        if self.kind != kind { close() }
        self.kind = kind
        count += more.count
        guard count <= limit else {
            result = .failure(ModelError(.upstreamFailed, "the provider's answer is too large"))
            return
        }
        text.append(contentsOf: more.bytes)
    }

    private mutating func close() {
        let whole = ByteString(utf8: text)
        switch kind {
        case .none: return
        case .text: answer.parts.append(Part(.text(whole)))
        case .reasoning: answer.parts.append(Part(.reasoning(.text(whole, signature: nil))))
        case .refusal: answer.parts.append(Part(.refusal(whole)))
        }
        (text, kind) = ([], .none)
    }
}
