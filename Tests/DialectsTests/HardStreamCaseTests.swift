import Codecs
import Dialects
import Testing

/// The hard cases of streams, each named by its row in the list of peers' failures.
@Suite struct HardStreamCaseTests {
    private func call(_ index: String, _ id: String?, _ name: String?, _ arguments: String) -> String {
        let id = id.map { #""id":"\#($0)","type":"function","# } ?? ""
        let name = name.map { #""name":"\#($0)","# } ?? ""
        return Wire.chunk(
            #"{"tool_calls":[{"index":\#(index),\#(id)"function":{\#(name)"arguments":\#(arguments)}}]}"#)
    }

    private let done = [Wire.chunk("{}", #""tool_calls""#), "[DONE]"]

    private func stream(_ data: [String]) -> [UInt8] { Wire.bytes(data.map { "data: \($0)\n\n" }.joined()) }

    private func calls(_ events: [AnswerEvent]) -> [String] {
        var output: [String] = []
        for event in events {
            switch event {
            case .toolCallBegin(let number, let id, let name, _): output.append("\(number) \(id) \(name) ")
            case .toolArgumentsDelta(_, let text): output[output.count - 1] += text.text
            case .toolCallEnd(let number): output[output.count - 1] += " end \(number)"
            default: break
            }
        }
        return output
    }

    @Test("1: parallel calls that all carry index 0 stay two calls")
    func case1() {
        let events = Wire.events(
            .openAI, stream([call("0", "a", "f", #""{}""#), call("0", "b", "g", #""{\"x\":1}""#)] + done))
        #expect(calls(events) == ["0 a f {} end 0", #"1 b g {"x":1} end 1"#])
    }

    @Test("1: fragments after the second head of a reused index belong to the second call")
    func case1Fragments() {
        let events = Wire.events(
            .openAI,
            stream(
                [call("0", "a", "f", #""{}""#), call("0", "b", "g", #""{\"x\"""#), call("0", nil, nil, #"":1}""#)]
                    + done))
        #expect(calls(events) == ["0 a f {} end 0", #"1 b g {"x":1} end 1"#])
    }

    @Test("1: Anthropic's block indices become tool indices 0 and 1")
    func case1Anthropic() throws {
        let deltas = try Wire.deltas(Wire.translate(.anthropic, .openAI, Wire.bytes(Corpus.anthropic)))
        let indices = deltas.compactMap { delta in
            try? Wire.json(delta).object?["tool_calls"]?.array?.first?.object?["index"]?.int64
        }
        #expect(indices == [0, 0, 0, 1, 1])
    }

    @Test("2: an empty call is none")
    func case2() {
        let events = Wire.events(
            .openAI, stream([call("0", "a", "f", #""{}""#), call("1", "", "", #""""#)] + done))
        #expect(calls(events) == ["0 a f {} end 0"])
    }

    @Test("2: an empty call does not hold up the text after it")
    func case2Text() {
        var decoder = AnswerStreamDecoder(.openAI)
        var events: [AnswerEvent] = []
        decoder.consume(stream([call("1", "", "", #""""#), Wire.chunk(#"{"content":"t"}"#)]), into: &events)
        #expect(events.last == .textDelta("t"))
    }

    @Test("3: arguments before the head wait for it, an index of -1 is no index")
    func case3() {
        let late = Wire.events(
            .openAI, stream([call("0", nil, nil, #""{\"a\"""#), call("0", "a", "f", #"":1}""#)] + done))
        #expect(calls(late) == [#"0 a f {"a":1} end 0"#])
        let negative = Wire.events(
            .openAI, stream([call("-1", "a", "f", #""{\"a\"""#), call("-1", nil, nil, #"":1}""#)] + done))
        #expect(calls(negative) == [#"0 a f {"a":1} end 0"#])
    }

    @Test("3: a call without identifier gets one at the end")
    func case3NoIdentifier() {
        let events = Wire.events(.openAI, stream([call("0", nil, "f", #""{}""#)] + done))
        #expect(calls(events) == ["0 call_0 f {} end 0"])
    }

    @Test("4: Gemini's STOP in a later event than the call is tool_calls, once")
    func case4() throws {
        #expect(
            try Wire.reason(Wire.translate(.gemini, .openAI, Wire.bytes(Corpus.gemini))) == ["tool_calls"])
    }

    @Test("5: an OpenAI-shaped stop after a streamed call is tool_calls")
    func case5() throws {
        let upstream = stream([call("0", "a", "f", #""{}""#), Wire.chunk("{}", #""stop""#), "[DONE]"])
        #expect(try Wire.reason(Wire.translate(.openAI, .openAI, upstream)) == ["tool_calls"])
    }

    @Test("6: a call that was cut stays length, a filter stays content_filter")
    func case6() throws {
        for (reason, expected) in [("MAX_TOKENS", "length"), ("SAFETY", "content_filter"), ("STOP", "tool_calls")] {
            let upstream = Wire.stream(
                #"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]},"finishReason":"\#(reason)"}]}"#)
            #expect(try Wire.reason(Wire.translate(.gemini, .openAI, upstream)) == [expected])
        }
    }

    @Test("7: a reason on every event, or null, ends once and at the end")
    func case7() throws {
        let upstream = Wire.stream(
            #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}"#,
            #"{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":null}]}"#,
            #"{"candidates":[{"content":{"parts":[{"text":"c"}]},"finishReason":"STOP"}]}"#)
        let events = Wire.events(.gemini, upstream)
        #expect(events.dropFirst() == [.textDelta("a"), .textDelta("b"), .textDelta("c"), .end(.stop)])
    }

    @Test("8: a part with both text and call gives both")
    func case8() {
        let upstream = Wire.stream(
            #"{"candidates":[{"content":{"parts":[{"text":"a","functionCall":{"name":"f","args":{}}}]},"finishReason":"STOP"}]}"#
        )
        let events = Wire.events(.gemini, upstream)
        #expect(events.contains(.textDelta("a")))
        #expect(calls(events) == ["0 call_0 f {} end 0"])
    }

    @Test("9: Gemini's whole call reaches an Anthropic caller with its arguments")
    func case9() throws {
        let output = Wire.translate(.gemini, .anthropic, Wire.bytes(Corpus.gemini))
        let pieces = try Wire.data(output).compactMap { $0.object?["delta"]?.object?["partial_json"]?.string }
        #expect(pieces == [#"{"city":"Bonn"}"#])
    }

    @Test("10: interleaved calls become blocks one after the other, and the late fragment is not lost")
    func case10() throws {
        let upstream = stream(
            [
                call("0", "a", "f", #""{\"x\"""#), call("1", "b", "g", #""{\"y\"""#), call("0", nil, nil, #"":1}""#),
                call("1", nil, nil, #"":2}""#),
            ] + done)
        #expect(calls(Wire.events(.openAI, upstream)) == [#"0 a f {"x":1} end 0"#, #"1 b g {"y":2} end 1"#])
        var open: Int64?
        for event in try Wire.data(Wire.translate(.openAI, .anthropic, upstream)) {
            let index = event.object?["index"]?.int64
            switch event.object?["type"]?.string {
            case "content_block_start":
                #expect(open == nil)
                open = index
            case "content_block_delta": #expect(open == index)
            case "content_block_stop":
                #expect(open == index)
                open = nil
            default: #expect(open == nil)
            }
        }
    }

    @Test("10: text between two fragments of a call waits, and is not lost")
    func case10Text() {
        let upstream = stream(
            [call("0", "a", "f", #""{\"x\"""#), Wire.chunk(#"{"content":"t"}"#), call("0", nil, nil, #"":1}""#)] + done)
        let events = Wire.events(.openAI, upstream)
        #expect(calls(events) == [#"0 a f {"x":1} end 0"#])
        #expect(events.contains(.textDelta("t")))
    }

    @Test("10: no text means no text block: the call is block 0")
    func case10Empty() throws {
        let upstream = stream(
            [Wire.chunk(#"{"role":"assistant","content":""}"#), call("0", "a", "f", #""""#)] + done)
        let starts = try Wire.data(Wire.translate(.openAI, .anthropic, upstream)).filter {
            $0.object?["type"] == "content_block_start"
        }
        #expect(
            starts.map { JSONWriter.text($0) } == [
                #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}"#
            ])
    }

    @Test("11: text, then a call, ends with tool_use")
    func case11() throws {
        let upstream = stream([Wire.chunk(#"{"content":"t"}"#), call("0", "a", "f", #""{}""#)] + done)
        let output = try Wire.data(Wire.translate(.openAI, .anthropic, upstream))
        #expect(output.contains { $0.object?["delta"]?.object?["stop_reason"] == "tool_use" })
    }

    @Test("12: each fragment goes out with the bytes that complete it")
    func case12() {
        var decoder = AnswerStreamDecoder(.openAI)
        for (data, expected) in [
            (call("0", "a", "f", #""""#), 2), (call("0", nil, nil, #""{""#), 1), (call("0", nil, nil, #""}""#), 1),
        ] {
            var events: [AnswerEvent] = []
            decoder.consume(stream([data]), into: &events)
            #expect(events.count == expected, "\(events)")
        }
    }

    @Test("13: a call without arguments goes out as {}")
    func case13() throws {
        let upstream = stream([call("0", "a", "f", #""""#)] + done)
        let deltas = try Wire.deltas(Wire.translate(.openAI, .openAI, upstream))
        #expect(deltas.contains(#"{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}"#))
    }

    @Test("14: a call cut by max_tokens without a block stop is closed, length, and nothing is sent twice")
    func case14() throws {
        let upstream = try Wire.named(
            #"{"type":"message_start","message":{"id":"m","model":"a","usage":{"input_tokens":1,"output_tokens":1}}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":9}}"#,
            #"{"type":"message_stop"}"#)
        #expect(calls(Wire.events(.anthropic, upstream)) == [#"0 t f {"a": end 0"#])
        let output = Wire.translate(.anthropic, .openAI, upstream)
        #expect(try Wire.reason(output) == ["length"])
        #expect(try Wire.deltas(output).filter { $0.contains("tool_calls") }.count == 2)
        let blocks = try Wire.types(Wire.translate(.anthropic, .anthropic, upstream))
        #expect(blocks.filter { $0 == "content_block_stop" }.count == 1)
    }

    @Test("14: arguments that stood in the start of a block without stop are not lost")
    func case14Input() throws {
        let upstream = try Wire.named(
            #"{"type":"message_start","message":{"id":"m","model":"a"}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"a":1}}}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#, #"{"type":"message_stop"}"#)
        #expect(calls(Wire.events(.anthropic, upstream)) == [#"0 t f {"a":1} end 0"#])
    }

    @Test("22: a signed block with empty text is passed on, and a redacted one")
    func case22() throws {
        let upstream = try Wire.named(
            #"{"type":"message_start","message":{"id":"m","model":"a"}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}"#,
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"d"}}"#,
            #"{"type":"content_block_stop","index":1}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#, #"{"type":"message_stop"}"#)
        let deltas = try Wire.deltas(Wire.translate(.anthropic, .openAI, upstream))
        #expect(deltas.contains(#"{"thinking_blocks":[{"type":"thinking","thinking":"","signature":"s"}]}"#))
        #expect(deltas.contains(#"{"thinking_blocks":[{"type":"redacted_thinking","data":"d"}]}"#))
        let again = Wire.events(.anthropic, Wire.translate(.anthropic, .anthropic, upstream))
        #expect(again.contains(.reasoningSignature("s")))
        #expect(again.contains(.redactedReasoning("d")))
    }

    @Test("25: reasoning and reasoning_content are both read, reasoning_content is written, and not both")
    func case25() throws {
        for delta in [
            #"{"reasoning":"r"}"#, #"{"reasoning_content":"r"}"#, #"{"reasoning":"r","reasoning_content":"r"}"#,
        ] {
            let upstream = stream([Wire.chunk(delta), Wire.chunk("{}", #""stop""#), "[DONE]"])
            let deltas = try Wire.deltas(Wire.translate(.ollama, .openAI, upstream))
            #expect(deltas.filter { $0.contains("reasoning") } == [#"{"reasoning_content":"r"}"#])
        }
    }

    @Test("27: 9888 prompt tokens of which 6752 cached are 3136 and 6752 for Anthropic, and back")
    func case27() throws {
        let upstream = stream([
            Wire.chunk("{}", #""stop""#),
            #"{"choices":[],"usage":{"prompt_tokens":9888,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":6752}}}"#,
            "[DONE]",
        ])
        let output = Wire.translate(.openAI, .anthropic, upstream)
        let usage = try #require(try Wire.data(output).last { $0.object?["usage"] != nil }?.object?["usage"])
        #expect(
            JSONWriter.text(usage) == #"{"input_tokens":3136,"output_tokens":1,"cache_read_input_tokens":6752}"#)
        let back = Wire.events(.anthropic, output).last { if case .usage = $0 { true } else { false } }
        #expect(back == .usage(TokenUsage(input: 9888, cacheRead: 6752, output: 1)))
    }

    @Test("28: counts are running totals, and a later event without them erases nothing")
    func case28() throws {
        let upstream = try Wire.named(
            #"{"type":"message_start","message":{"id":"m","model":"a","usage":{"input_tokens":3,"cache_read_input_tokens":5,"output_tokens":1}}}"#,
            #"{"type":"message_delta","delta":{},"usage":{"output_tokens":7}}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"#,
            #"{"type":"message_delta","delta":{}}"#, #"{"type":"message_stop"}"#)
        let last = Wire.events(.anthropic, upstream).last { if case .usage = $0 { true } else { false } }
        #expect(last == .usage(TokenUsage(input: 8, cacheRead: 5, output: 9)))
    }

    @Test("31: an error after 200 is an error event, without an end, in both dialects")
    func case31() throws {
        let upstream = stream([
            Wire.chunk(#"{"content":"t"}"#), #"{"error":{"message":"boom","type":"server_error","code":null}}"#,
            Wire.chunk(#"{"content":"never"}"#), "[DONE]",
        ])
        let openAI = String(decoding: Wire.translate(.openAI, .openAI, upstream), as: UTF8.self)
        #expect(!openAI.contains("[DONE]") && !openAI.contains("never"))
        #expect(
            openAI.hasSuffix(
                #"data: {"error":{"message":"boom","type":"server_error","param":null,"code":"upstream_error"}}"#
                    + "\n\n"))
        let anthropic = String(decoding: Wire.translate(.openAI, .anthropic, upstream), as: UTF8.self)
        #expect(!anthropic.contains("message_stop"))
        #expect(
            anthropic.hasSuffix(
                "event: error\n" + #"data: {"type":"error","error":{"type":"api_error","message":"boom"}}"# + "\n\n"))
    }

    @Test("35: overloaded as an event can be tried again")
    func case35() throws {
        let upstream = try Wire.named(#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#)
        #expect(Wire.events(.anthropic, upstream) == [.error(ModelError(.overloaded, "Overloaded"))])
        #expect(ModelError(.overloaded, "").isRetryable)
        #expect(ProviderDialect.anthropic.decode(errorStatus: 529, body: [], retryAfter: 3).kind == .overloaded)
    }

    @Test("37: a candidate without content keeps its usage; a failure without output is an error")
    func case37() throws {
        let length = Wire.stream(
            #"{"candidates":[{"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":1,"thoughtsTokenCount":8}}"#
        )
        let output = try Wire.data(Wire.translate(.gemini, .openAI, length))
        #expect(output.last?.object?["usage"]?.object?["completion_tokens"]?.int64 == 8)
        #expect(try Wire.reason(Wire.translate(.gemini, .openAI, length)) == ["length"])
        let malformed = Wire.stream(#"{"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL"}]}"#)
        #expect(Wire.events(.gemini, malformed).last?.isError == true)
        let blocked = Wire.stream(#"{"promptFeedback":{"blockReason":"SAFETY"}}"#)
        #expect(Wire.events(.gemini, blocked).last == .end(.contentFilter))
    }

    @Test("38: every reason is in the table, and one that nobody knows is a stop")
    func case38() throws {
        for (reason, expected) in [
            ("end_turn", "stop"), ("stop_sequence", "stop"), ("max_tokens", "length"),
            ("model_context_window_exceeded", "length"), ("refusal", "content_filter"), ("pause_turn", "stop"),
            ("something_later", "stop"),
        ] {
            let upstream = try Wire.named(
                #"{"type":"message_start","message":{"id":"m","model":"a"}}"#,
                #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)"}}"#, #"{"type":"message_stop"}"#)
            #expect(try Wire.reason(Wire.translate(.anthropic, .openAI, upstream)) == [expected], "\(reason)")
        }
        for reason in ["RECITATION", "SPII", "BLOCKLIST", "IMAGE_SAFETY"] {
            let upstream = Wire.stream(#"{"candidates":[{"content":{"parts":[]},"finishReason":"\#(reason)"}]}"#)
            #expect(Wire.events(.gemini, upstream).last == .end(.contentFilter))
        }
    }

    @Test("Mistral's reasoning comes as a list of chunks, then as strings")
    func mistralReasoning() {
        let upstream = stream([
            Wire.chunk(#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hmm"}]}]}"#),
            Wire.chunk(#"{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"a"}]}"#),
            Wire.chunk(#"{"content":"b"}"#), Wire.chunk("{}", #""stop""#), "[DONE]",
        ])
        #expect(
            Wire.events(.mistral, upstream).dropFirst()
                == [.reasoningDelta("hmm"), .textDelta("a"), .textDelta("b"), .end(.stop)])
    }
}
