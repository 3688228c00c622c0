import Codecs
import Dialects
import Testing

@Suite struct StreamTests {
    static let corpus: [(ProviderDialect, String, [AnswerEvent])] = [
        (.anthropic, Corpus.anthropic, Corpus.anthropicEvents), (.openAI, Corpus.openAI, Corpus.openAIEvents),
        (.gemini, Corpus.gemini, Corpus.geminiEvents),
    ]

    @Test("each dialect's stream gives the events that it says, whole", arguments: corpus)
    func wholeStream(_ dialect: ProviderDialect, _ stream: String, _ expected: [AnswerEvent]) {
        #expect(Wire.events(dialect, Wire.bytes(stream)) == expected)
    }

    @Test("a stream cut at any byte gives the same events", arguments: corpus)
    func cutAnywhere(_ dialect: ProviderDialect, _ stream: String, _ expected: [AnswerEvent]) {
        let bytes = Wire.bytes(stream)
        for cut in bytes.indices {
            #expect(Wire.events(dialect, bytes, cutAt: [cut]) == expected, "cut at \(cut)")
        }
        #expect(Wire.events(dialect, bytes, cutAt: Array(bytes.indices)) == expected, "byte for byte")
    }

    @Test("lines that end with CR or CRLF give the same events at every cut", arguments: corpus, ["\r", "\r\n"])
    func otherLineEnds(_ entry: (ProviderDialect, String, [AnswerEvent]), _ end: String) {
        var bytes: [UInt8] = []
        for byte in entry.1.utf8 { bytes += byte == 0x0A ? Array(end.utf8) : [byte] }
        // Inside a line the end makes no difference.
        for cut in bytes.indices.dropFirst() where bytes[cut - 1] < 0x20 {
            #expect(Wire.events(entry.0, bytes, cutAt: [cut]) == entry.2, "cut at \(cut)")
        }
    }

    @Test("a stream that stops anywhere before its end is an error, never an end", arguments: corpus)
    func truncatedAnywhere(_ dialect: ProviderDialect, _ stream: String, _ expected: [AnswerEvent]) throws {
        let bytes = Wire.bytes(stream)
        let marker = dialect == .openAI ? "finish_reason\":\"" : dialect == .gemini ? "finishReason" : "message_stop"
        let text = try #require(stream.firstRange(of: marker))
        let safe = stream[..<text.lowerBound].utf8.count
        for length in 0..<safe {
            let events = Wire.events(dialect, Array(bytes[..<length]))
            #expect(events.last?.isError == true, "stopped at \(length)")
            #expect(!events.contains { if case .end = $0 { true } else { false } }, "stopped at \(length)")
        }
    }

    @Test(
        "what a caller's dialect streams is read back as the same events",
        arguments: [(CallerDialect.openAI, ProviderDialect.openAI), (.anthropic, .anthropic)])
    func readBack(_ caller: CallerDialect, _ provider: ProviderDialect) throws {
        for (dialect, stream, _) in Self.corpus {
            let answer = try Self.gather(Wire.events(dialect, Wire.bytes(stream)))
            let again = try Self.gather(Wire.events(provider, Wire.translate(dialect, caller, Wire.bytes(stream))))
            #expect(Self.comparable(again) == Self.comparable(answer), "\(dialect)")
        }
    }

    /// Without what one of the two dialects cannot say: signatures in a stream, writes to a cache, reasoning tokens.
    static func comparable(_ answer: Answer) -> [String] {
        var output = [
            "\(answer.end)", "\(answer.usage.input ?? 0) \(answer.usage.cacheRead ?? 0) \(answer.usage.output ?? 0)",
        ]
        for part in answer.parts {
            switch part.content {
            case .reasoning(.text(let text, _)): output.append("reasoning \(text)")
            case .toolCall(let call): output.append("call \(call.id) \(call.name) \(call.arguments)")
            default: output.append("\(part.content)")
            }
        }
        return output
    }

    static func gather(_ events: [AnswerEvent]) throws -> Answer {
        var gatherer = AnswerGatherer()
        for event in events { gatherer.take(event) }
        return try #require(gatherer.result).get()
    }

    @Test("the encoded OpenAI stream is the golden one")
    func openAIGolden() throws {
        let output = Wire.translate(.anthropic, .openAI, Wire.bytes(Corpus.anthropic))
        #expect(
            try Wire.deltas(output) == [
                #"{"role":"assistant","content":""}"#, #"{"reasoning_content":"hmm"}"#,
                #"{"thinking_blocks":[{"type":"thinking","thinking":"hmm","signature":"c2ln"}]}"#,
                #"{"content":"Grüße 🌍"}"#,
                #"{"tool_calls":[{"index":0,"id":"toolu_1","type":"function","function":{"name":"weather","arguments":""}}]}"#,
                #"{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}"#,
                #"{"tool_calls":[{"index":0,"function":{"arguments":"\"Bonn\"}"}}]}"#,
                #"{"tool_calls":[{"index":1,"id":"toolu_2","type":"function","function":{"name":"clock","arguments":""}}]}"#,
                #"{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}"#, "{}",
            ])
        let text = String(decoding: output, as: UTF8.self)
        #expect(
            text.hasSuffix(
                #""choices":[],"usage":{"prompt_tokens":10,"completion_tokens":42,"total_tokens":52,"prompt_tokens_details":{"cached_tokens":5,"cache_write_tokens":2}}}"#
                    + "\n\ndata: [DONE]\n\n"))
        #expect(
            text.hasPrefix(
                #"data: {"id":"msg_1","object":"chat.completion.chunk","created":9,"model":"a","choices":[{"index":0,"#)
        )
    }

    @Test("a caller who did not ask for usage gets none")
    func usageUnasked() throws {
        let events = Wire.events(.openAI, Wire.bytes(Corpus.openAI))
        #expect(!String(decoding: Wire.encode(.openAI, events, includesUsage: false), as: UTF8.self).contains("usage"))
    }

    @Test("the encoded Anthropic stream has blocks one after the other, each named and closed")
    func anthropicGolden() throws {
        let output = Wire.translate(.openAI, .anthropic, Wire.bytes(Corpus.openAI))
        let block = ["content_block_start", "content_block_delta", "content_block_stop"]
        #expect(
            try Wire.types(output) == ["message_start"] + block + block
                + ["content_block_start", "content_block_delta", "content_block_delta", "content_block_stop"] + block
                + ["message_delta", "message_stop"])
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        let names = lines.filter { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) }
        #expect(try names == Wire.types(output))
        let indices = try Wire.data(output).compactMap { $0.object?["index"]?.int64 }
        #expect(indices == [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3])
        let delta = try #require(try Wire.data(output).first { $0.object?["type"] == "message_delta" })
        #expect(
            JSONWriter.text(delta)
                == #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":5,"output_tokens":42,"cache_read_input_tokens":5}}"#
        )
    }
}
