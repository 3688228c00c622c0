import Codecs

/// Turns a provider's stream into events: bytes in, in pieces cut anywhere, events out. Every cut gives the same
/// events.
///
/// Whatever goes wrong (no JSON, a line above the limit, too many calls, an end that is none) becomes one `error`
/// event, after which nothing is read and nothing follows: an event that cannot be read is never skipped.
public struct AnswerStreamDecoder: Sendable {
    private enum Dialect: Sendable {
        case openAI(OpenAIStreamDecoder)
        case anthropic(AnthropicStreamDecoder)
        case gemini(GeminiStreamDecoder)
    }

    private var framing: ServerSentEventDecoder
    private var dialect: Dialect
    private let limit: Int
    /// A body that is no stream of events but one JSON value: errors, mostly.
    private var wholeBody: [UInt8]?
    private var sawFirstByte = false

    /// Whether `end` or `error` has been given.
    public private(set) var isOver = false

    /// - Parameter limit: the most bytes that one event may have, and that may be held back for order.
    public init(_ dialect: ProviderDialect, limit: Int = 16 << 20) {
        framing = ServerSentEventDecoder(limit: limit)
        self.limit = limit
        self.dialect =
            switch dialect {
            case .openAI, .mistral, .ollama: .openAI(OpenAIStreamDecoder(limit: limit))
            case .anthropic: .anthropic(AnthropicStreamDecoder(limit: limit))
            case .gemini: .gemini(GeminiStreamDecoder())
            }
    }

    /// Takes bytes and appends the events that they complete.
    public mutating func consume(_ bytes: some Collection<UInt8>, into events: inout [AnswerEvent]) {
        guard !isOver, !bytes.isEmpty else { return }
        let bytes = Array(bytes)
        if !sawFirstByte, let first = bytes.first(where: { $0 > 0x20 }) {
            sawFirstByte = true
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { wholeBody = [] }
        }
        if let kept = wholeBody?.count {
            guard kept + bytes.count <= limit else { return fail(Self.tooLarge, into: &events) }
            wholeBody?.append(contentsOf: bytes)
            return
        }
        var whole: [ServerSentEventDecoder.Event] = []
        let result = Result { () throws(ServerSentEventDecoder.TooLarge) in
            try framing.consume(bytes[...]) { whole.append($0) }
        }
        take(whole, into: &events)
        if case .failure = result, !isOver { fail(Self.tooLarge, into: &events) }
    }

    /// The provider closed the stream. Appends `end` if the answer was whole, else `error`.
    public mutating func finish(into events: inout [AnswerEvent]) {
        guard !isOver else { return }
        if let body = wholeBody { return fail(Self.error(in: body), into: &events) }
        var whole: [ServerSentEventDecoder.Event] = []
        let result = Result { () throws(ServerSentEventDecoder.TooLarge) in
            try framing.finish { whole.append($0) }
        }
        take(whole, into: &events)
        guard !isOver else { return }
        if case .failure = result { return fail(Self.tooLarge, into: &events) }
        do throws(ModelError) {
            switch dialect {
            case .openAI(var decoder): try decoder.finish(into: &events)
            // Anthropic says itself when it is over.
            case .anthropic: throw ModelError(.upstreamFailed, "the provider's answer ends before its end")
            case .gemini(var decoder): try decoder.finish(into: &events)
            }
            isOver = true
        } catch {
            fail(error, into: &events)
        }
    }

    private mutating func take(_ whole: [ServerSentEventDecoder.Event], into events: inout [AnswerEvent]) {
        for event in whole where !isOver {
            do throws(ModelError) {
                switch dialect {
                case .openAI(var decoder):
                    // The decoder is moved out and back, so that its arrays keep one owner.
                    dialect = .gemini(GeminiStreamDecoder())
                    defer { dialect = .openAI(decoder) }
                    isOver = try decoder.take(event.data, into: &events)
                case .anthropic(var decoder):
                    dialect = .gemini(GeminiStreamDecoder())
                    defer { dialect = .anthropic(decoder) }
                    isOver = try decoder.take(event.data, into: &events)
                case .gemini(var decoder):
                    try decoder.take(event.data, into: &events)
                    dialect = .gemini(decoder)
                }
            } catch {
                fail(error, into: &events)
            }
        }
    }

    private mutating func fail(_ error: ModelError, into events: inout [AnswerEvent]) {
        isOver = true
        wholeBody = nil
        framing = ServerSentEventDecoder(limit: limit)
        events.append(.error(error))
    }

    private static let tooLarge = ModelError(.upstreamFailed, "an event of the provider's is too large")

    private static func error(in body: [UInt8]) -> ModelError {
        let json = try? JSONReader.read(body)
        let object = json?.object ?? json?.array?.first?.object
        return object.flatMap { GeminiErrors.inBand($0) ?? OpenAIErrors.inBand($0) }
            ?? ModelError(.upstreamFailed, "the provider's answer is not a stream of events")
    }
}
