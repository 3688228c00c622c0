import Codecs
import Dialects
import Testing

/// Short ways to put wire text in and to read it out.
enum Wire {
    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    static func json(_ bytes: [UInt8]) throws -> JSON { try JSONReader.read(bytes) }

    static func json(_ text: String) throws -> JSON { try JSONReader.read(Array(text.utf8)) }

    /// A stream of data-only events.
    static func stream(_ data: String...) -> [UInt8] {
        bytes(data.map { "data: \($0)\n\n" }.joined())
    }

    /// An OpenAI chunk with this delta and reason.
    static func chunk(_ delta: String, _ reason: String = "null") -> String {
        #"{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(reason)}]}"#
    }

    /// A stream of named events, each named after its `type`.
    static func named(_ data: String...) throws -> [UInt8] {
        var output = ""
        for data in data {
            let type = try json(data).object?["type"]?.string?.text ?? ""
            output += "event: \(type)\ndata: \(data)\n\n"
        }
        return bytes(output)
    }

    static func events(
        _ dialect: ProviderDialect, _ stream: [UInt8], cutAt cuts: [Int] = [], limit: Int = 1 << 20
    ) -> [AnswerEvent] {
        var decoder = AnswerStreamDecoder(dialect, limit: limit)
        var events: [AnswerEvent] = []
        var start = 0
        for cut in cuts + [stream.count] {
            decoder.consume(stream[start..<cut], into: &events)
            start = cut
        }
        decoder.finish(into: &events)
        if let fault = Grammar.fault(events) { Issue.record("\(fault): \(events.suffix(5))") }
        return events
    }

    static func encode(
        _ dialect: CallerDialect, _ events: [AnswerEvent], includesUsage: Bool = true
    ) -> [UInt8] {
        var encoder = AnswerStreamEncoder(dialect, includesUsage: includesUsage, now: 9)
        var output: [UInt8] = []
        for event in events { encoder.encode(event, into: &output) }
        return output
    }

    /// The data of an encoded stream, each as JSON, without `[DONE]`.
    static func data(_ stream: [UInt8]) throws -> [JSON] {
        var output: [JSON] = []
        for line in String(decoding: stream, as: UTF8.self).split(separator: "\n") where line.hasPrefix("data: ") {
            if line != "data: [DONE]" { output.append(try json(String(line.dropFirst(6)))) }
        }
        return output
    }

    /// The deltas of an OpenAI stream, as text.
    static func deltas(_ stream: [UInt8]) throws -> [String] {
        try data(stream).compactMap {
            ($0.object?["choices"]?.array?.first?.object?["delta"]).map { JSONWriter.text($0) }
        }
    }

    static func reason(_ stream: [UInt8]) throws -> [String] {
        try data(stream).compactMap {
            $0.object?["choices"]?.array?.first?.object?["finish_reason"]?.string?.text
        }
    }

    /// The types of an Anthropic stream.
    static func types(_ stream: [UInt8]) throws -> [String] {
        try data(stream).compactMap { $0.object?["type"]?.string?.text }
    }

    static func translate(_ from: ProviderDialect, _ to: CallerDialect, _ stream: [UInt8]) -> [UInt8] {
        encode(to, events(from, stream))
    }

    static func request(
        _ from: CallerDialect, _ to: ProviderDialect, _ text: String, _ traits: ModelTraits = ModelTraits()
    ) throws -> JSON {
        let conversation = try from.decode(request: bytes(text))
        let settled = try Capabilities.of(to).settle(conversation).conversation
        return try json(try to.encode(request: settled, traits: traits))
    }
}

extension AnswerEvent {
    var isError: Bool { if case .error = self { true } else { false } }
}

/// What every decoder promises of its events.
enum Grammar {
    static func fault(_ events: [AnswerEvent]) -> String? {
        var hasBegun = false
        var open: Int?
        var calls = 0
        var isOver = false
        for event in events {
            if isOver { return "something follows the end" }
            switch event {
            case .keepAlive: continue
            case .error: isOver = true
            case .begin:
                if hasBegun { return "two beginnings" }
                hasBegun = true
            case _ where !hasBegun: return "something stands before the beginning"
            case .usage: continue
            case .toolCallBegin(let number, _, let name, _):
                if open != nil || number != calls || name.isEmpty { return "a call begins wrongly" }
                (open, calls) = (number, calls + 1)
            case .toolArgumentsDelta(let number, let text):
                if open != number || text.isEmpty { return "arguments outside of their call" }
            case .toolCallEnd(let number):
                if open != number { return "a call ends that is not open" }
                open = nil
            case .textDelta(let text), .reasoningDelta(let text), .refusalDelta(let text):
                if open != nil || text.isEmpty { return "text inside a call, or empty" }
            case .reasoningSignature, .redactedReasoning: if open != nil { return "reasoning inside a call" }
            case .end:
                if open != nil { return "a call does not end" }
                isOver = true
            }
        }
        return isOver ? nil : "no end"
    }
}
