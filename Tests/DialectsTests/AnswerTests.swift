import Codecs
import Dialects
import Testing

@Suite struct AnswerTests {
    static let openAI =
        #"{"id":"c1","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":6},"completion_tokens_details":{"reasoning_tokens":1}}}"#

    static let anthropic =
        #"{"id":"c1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"},{"type":"tool_use","id":"a","name":"f","input":{"x":1}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":4,"output_tokens":4,"cache_read_input_tokens":6,"output_tokens_details":{"thinking_tokens":1}}}"#

    @Test("an answer in one dialect is the golden one in the other, and itself in its own")
    func goldens() throws {
        let first = try ProviderDialect.openAI.decode(answer: Wire.bytes(Self.openAI))
        let second = try ProviderDialect.anthropic.decode(answer: Wire.bytes(Self.anthropic))
        #expect(first.parts == second.parts && first.usage == second.usage && first.end == second.end)
        for answer in [first, second] {
            #expect(String(decoding: CallerDialect.openAI.encode(answer: answer, now: 7), as: UTF8.self) == Self.openAI)
            #expect(
                String(decoding: CallerDialect.anthropic.encode(answer: answer, now: 7), as: UTF8.self)
                    == Self.anthropic)
        }
    }

    @Test("Gemini's answer")
    func gemini() throws {
        let body =
            #"{"candidates":[{"content":{"role":"model","parts":[{"text":"t","thought":true},{"text":"Hi"},{"functionCall":{"id":"a","name":"f","args":{"x":1}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":3,"thoughtsTokenCount":1,"cachedContentTokenCount":6},"modelVersion":"m","responseId":"c1"}"#
        var answer = try ProviderDialect.gemini.decode(answer: Wire.bytes(body))
        #expect(answer.parts.first == Part(.reasoning(.text("t", signature: nil))))
        answer.parts.removeFirst()
        #expect(String(decoding: CallerDialect.openAI.encode(answer: answer, now: 7), as: UTF8.self) == Self.openAI)
    }

    @Test("Mistral's arguments may be an object, its content a list")
    func mistral() throws {
        let body =
            #"{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"h"}]},{"type":"text","text":"a"}],"tool_calls":[{"id":"null","function":{"name":"f","arguments":{"x":1}}}]},"finish_reason":"model_length"}]}"#
        let answer = try ProviderDialect.mistral.decode(answer: Wire.bytes(body))
        #expect(
            answer.parts == [
                Part(.reasoning(.text("h", signature: nil))), Part(.text("a")),
                Part(.toolCall(ToolCall(id: "call_0", name: "f", arguments: #"{"x":1}"#))),
            ])
        #expect(answer.end == .length)
    }

    @Test("signed reasoning and a refusal's explanation survive a whole answer")
    func reasoning() throws {
        let body =
            #"{"id":"m","type":"message","role":"assistant","model":"a","content":[{"type":"thinking","thinking":"","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"later_block"}],"stop_reason":"refusal","stop_details":{"type":"refusal","explanation":"No."},"usage":{"input_tokens":1,"output_tokens":1}}"#
        let answer = try ProviderDialect.anthropic.decode(answer: Wire.bytes(body))
        let output = try Wire.json(CallerDialect.openAI.encode(answer: answer, now: 0))
        let choice = output.object?["choices"]?.array?[0].object
        #expect(choice?["finish_reason"] == "content_filter")
        #expect(choice?["message"]?.object?["refusal"] == "No.")
        #expect(
            choice?["message"]?.object?["thinking_blocks"] == [
                ["type": "thinking", "thinking": "", "signature": "s"], ["type": "redacted_thinking", "data": "d"],
            ])
    }

    @Test("an answer that cannot be read is an error", arguments: ProviderDialect.allCases)
    func unreadable(_ dialect: ProviderDialect) {
        for body in ["", "<html>", "[]", "{}", #"{"choices":[]}"#, #"{"content":1}"#, #"{"candidates":[]}"#] {
            let error = #expect(throws: ModelError.self) { try dialect.decode(answer: Wire.bytes(body)) }
            #expect(error?.kind == .upstreamFailed)
        }
    }

    @Test("a stream gathered is the whole answer")
    func gathered() throws {
        let events = Wire.events(.openAI, Wire.bytes(Corpus.openAI))
        let answer = try StreamTests.gather(events)
        #expect(
            answer
                == Answer(
                    id: "c1", model: "m", created: 7,
                    parts: [
                        Part(.reasoning(.text("hmm", signature: nil))), Part(.text("Grüße 🌍")),
                        Part(.toolCall(ToolCall(id: "call_1", name: "weather", arguments: #"{"city":"Bonn"}"#))),
                        Part(.toolCall(ToolCall(id: "call_2", name: "clock", arguments: "{}"))),
                    ], end: .toolCalls, usage: TokenUsage(input: 10, cacheRead: 5, output: 42)))
        var gatherer = AnswerGatherer(limit: 3)
        for event in events { gatherer.take(event) }
        #expect(throws: ModelError.self) { try gatherer.result?.get() }
    }
}
