import Codecs
import Dialects
import Testing

/// Input that somebody sends to break something: always an error, never a trap, never more memory than the limit.
@Suite struct HostileStreamTests {
    private func outcome(_ dialect: ProviderDialect, _ bytes: [UInt8], limit: Int = 1 << 16) -> [AnswerEvent] {
        let events = Wire.events(dialect, bytes, limit: limit)
        // Nothing follows an end or an error.
        let ends = events.filter {
            switch $0 {
            case .end, .error: true
            default: false
            }
        }
        #expect(ends.count == 1)
        #expect(ends.last == events.last)
        return events
    }

    @Test("deep JSON is an error", arguments: ProviderDialect.allCases)
    func deep(_ dialect: ProviderDialect) {
        let deep = String(repeating: #"{"a":["#, count: 20_000)
        #expect(outcome(dialect, Wire.bytes("data: \(deep)\n\n"), limit: 1 << 20).last?.isError == true)
    }

    @Test("huge arrays are an error", arguments: ProviderDialect.allCases)
    func huge(_ dialect: ProviderDialect) {
        let list = String(repeating: "0,", count: 100_000) + "0"
        let events = outcome(dialect, Wire.bytes("data: {\"choices\":[\(list)]}\n\n"), limit: 1 << 20)
        #expect(events.last?.isError == true)
    }

    @Test("invalid UTF-8 is an error", arguments: ProviderDialect.allCases)
    func utf8(_ dialect: ProviderDialect) {
        let bytes = Wire.bytes(#"data: {"id":""#) + [0xC3, 0x28, 0xFF] + Wire.bytes("\"}\n\n")
        #expect(outcome(dialect, bytes).last?.isError == true)
    }

    @Test("a line without end is an error at the limit, and nothing is kept", arguments: ProviderDialect.allCases)
    func endlessLine(_ dialect: ProviderDialect) {
        var decoder = AnswerStreamDecoder(dialect, limit: 10_000)
        var events: [AnswerEvent] = []
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000)
        decoder.consume(Wire.bytes("data: "), into: &events)
        var taken = 0
        while !decoder.isOver, taken < 100 {
            decoder.consume(piece, into: &events)
            taken += 1
        }
        #expect(taken == 10)
        decoder.consume(piece, into: &events)
        decoder.finish(into: &events)
        #expect(events.count == 1 && events.first?.isError == true)
    }

    @Test("an event of many lines is an error at the limit", arguments: ProviderDialect.allCases)
    func endlessEvent(_ dialect: ProviderDialect) {
        let lines = String(repeating: "data: \(String(repeating: "x", count: 1_000))\n", count: 100)
        #expect(
            outcome(dialect, Wire.bytes(lines), limit: 10_000) == [
                .error(ModelError(.upstreamFailed, "an event of the provider's is too large"))
            ])
    }

    @Test("megabytes in one line are read when the limit allows")
    func largeLine() {
        let text = String(repeating: "é", count: 1 << 20)
        let stream = Wire.stream(Wire.chunk(#"{"content":"\#(text)"}"#), Wire.chunk("{}", #""stop""#), "[DONE]")
        #expect(Wire.events(.openAI, stream, limit: 4 << 20).contains(.textDelta(ByteString(text))))
        #expect(outcome(.openAI, stream).last?.isError == true)
    }

    @Test("comments without end keep nothing")
    func comments() {
        let noise = String(repeating: ": ping\n\n", count: 50_000)
        let stream = Wire.bytes(noise) + Wire.bytes(Corpus.openAI)
        #expect(outcome(.openAI, stream, limit: 4_096) == Corpus.openAIEvents)
    }

    @Test("calls without end, and fragments that wait without end, are an error")
    func manyCalls() {
        var calls = ""
        for index in 0..<2_000 {
            calls += "data: "
            calls += Wire.chunk(#"{"tool_calls":[{"index":\#(index),"function":{"arguments":"x"}}]}"#)
            calls += "\n\n"
        }
        #expect(outcome(.openAI, Wire.bytes(calls)).last?.isError == true)
        var whole = ""
        for index in 0..<2_000 {
            whole += "data: "
            whole += Wire.chunk(
                #"{"tool_calls":[{"index":\#(index),"id":"a","function":{"name":"f","arguments":"{}"}}]}"#)
            whole += "\n\n"
        }
        whole += "data: \(Wire.chunk("{}", #""tool_calls""#))\n\ndata: [DONE]\n\n"
        #expect(outcome(.openAI, Wire.bytes(whole), limit: 1 << 20).last?.isError == true)
        var waiting =
            "data: \(Wire.chunk(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]}"#))\n\n"
        for _ in 0..<2_000 { waiting += "data: \(Wire.chunk(#"{"content":"x"}"#))\n\n" }
        waiting += "data: \(Wire.chunk("{}", #""tool_calls""#))\n\ndata: [DONE]\n\n"
        #expect(outcome(.openAI, Wire.bytes(waiting)).last?.isError == true)
        var blocks = "data: {\"type\":\"message_start\",\"message\":{}}\n\n"
        for index in 0..<2_000 {
            blocks +=
                "data: {\"type\":\"content_block_start\",\"index\":\(index),\"content_block\":{\"type\":\"text\"}}\n\n"
        }
        #expect(outcome(.anthropic, Wire.bytes(blocks)).last?.isError == true)
    }

    @Test(
        "counts and indices at the ends of 64 bits do not trap",
        arguments: ["9223372036854775807", "-9223372036854775808", "-1", "1e300", "1.5", "\"7\"", "null", "[]"])
    func numbers(_ number: String) {
        let openAI = Wire.stream(
            #"{"id":"c","created":\#(number),"choices":[{"index":\#(number),"delta":{"tool_calls":[{"index":\#(number),"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]}"#,
            #"{"choices":[],"usage":{"prompt_tokens":\#(number),"completion_tokens":\#(number),"prompt_tokens_details":{"cached_tokens":\#(number)}}}"#,
            "[DONE]")
        let anthropic = Wire.stream(
            #"{"type":"message_start","message":{"usage":{"input_tokens":\#(number),"cache_read_input_tokens":\#(number),"cache_creation_input_tokens":\#(number),"cache_creation":{"ephemeral_1h_input_tokens":\#(number)}}}}"#,
            #"{"type":"content_block_start","index":\#(number),"content_block":{"type":"tool_use","id":"t","name":"f","input":{"x":1}}}"#,
            #"{"type":"content_block_stop","index":\#(number)}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":\#(number)}}"#,
            #"{"type":"message_stop"}"#)
        let gemini = Wire.stream(
            #"{"candidates":[{"index":\#(number),"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":\#(number),"toolUsePromptTokenCount":\#(number),"candidatesTokenCount":\#(number),"thoughtsTokenCount":\#(number)}}"#
        )
        for (dialect, stream) in [(ProviderDialect.openAI, openAI), (.anthropic, anthropic), (.gemini, gemini)] {
            let events = outcome(dialect, stream)
            for caller in CallerDialect.allCases { #expect(!Wire.encode(caller, events).isEmpty) }
            for case .usage(let usage) in events {
                #expect((usage.input ?? 0) >= 0 && (usage.output ?? 0) >= 0)
            }
        }
    }

    @Test("content before the start of an Anthropic answer is an error")
    func noStart() {
        let stream = Wire.stream(
            #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"x"}}"#,
            #"{"type":"message_stop"}"#)
        #expect(outcome(.anthropic, stream).map(\.isError) == [true])
    }

    @Test("a body that is no stream is the error that it holds", arguments: [1, 7, 400])
    func wholeBody(_ size: Int) {
        let body = Wire.bytes(
            #"[{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"17s"}]}}]"#
        )
        var decoder = AnswerStreamDecoder(.gemini)
        var events: [AnswerEvent] = []
        for start in stride(from: 0, to: body.count, by: size) {
            decoder.consume(body[start..<min(start + size, body.count)], into: &events)
        }
        decoder.finish(into: &events)
        #expect(events == [.error(ModelError(.rateLimited, "slow", retryAfter: 17))])
    }

    @Test("every byte of a good stream turned into another never traps", arguments: StreamTests.corpus)
    func anyByteChanged(_ dialect: ProviderDialect, _ stream: String, _ expected: [AnswerEvent]) {
        let bytes = Wire.bytes(stream)
        for place in bytes.indices {
            for value in [0x00, 0x0A, 0x22, 0x7B, 0x5D, 0xFF] as [UInt8] {
                var changed = bytes
                changed[place] = value
                let events = Wire.events(dialect, changed)
                guard let last = events.last else {
                    Issue.record("nothing at \(place)")
                    continue
                }
                let isEnd = if case .end = last { true } else { last.isError }
                #expect(isEnd, "byte \(place) as \(value)")
            }
        }
    }

    @Test("control characters in text come out escaped: nobody can write into the caller's framing")
    func injection() throws {
        let text = #"a\n\ndata: [DONE]\r\n\n\u0000\u001b\u007f\"\\"#
        let upstream = Wire.stream(
            Wire.chunk(#"{"content":"\#(text)"}"#), Wire.chunk("{}", #""stop""#), "[DONE]")
        for (caller, provider) in [(CallerDialect.openAI, ProviderDialect.openAI), (.anthropic, .anthropic)] {
            let output = Wire.translate(.openAI, caller, upstream)
            #expect(Wire.events(provider, output).contains(.textDelta("a\n\ndata: [DONE]\r\n\n\u{0}\u{1B}\u{7F}\"\\")))
        }
    }
}
