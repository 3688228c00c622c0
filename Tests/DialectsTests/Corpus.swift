import Codecs
import Dialects

/// Streams that hold everything at once, written for these tests after the published shapes.
enum Corpus {
    static let anthropic = #"""
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"a","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"cache_read_input_tokens":5,"cache_creation_input_tokens":2,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        event: ping
        data: {"type":"ping"}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hmm"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: content_block_start
        data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Grüße 🌍"}}      

        event: content_block_stop
        data: {"type":"content_block_stop","index":1}

        event: content_block_start
        data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"\"Bonn\"}"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":2}

        event: content_block_start
        data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_2","name":"clock","input":{}}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":3}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":42}}

        event: message_stop
        data: {"type":"message_stop"}


        """#

    static let anthropicEvents: [AnswerEvent] = [
        .begin(AnswerHead(id: "msg_1", model: "a")),
        .usage(TokenUsage(input: 10, cacheRead: 5, cacheWrite: 2, output: 1)),
        .keepAlive,
        .reasoningDelta("hmm"), .reasoningSignature("c2ln"), .textDelta("Grüße 🌍"),
        .toolCallBegin(number: 0, id: "toolu_1", name: "weather", signature: nil),
        .toolArgumentsDelta(number: 0, #"{"city":"#), .toolArgumentsDelta(number: 0, #""Bonn"}"#),
        .toolCallEnd(number: 0),
        .toolCallBegin(number: 1, id: "toolu_2", name: "clock", signature: nil), .toolCallEnd(number: 1),
        .usage(TokenUsage(input: 10, cacheRead: 5, cacheWrite: 2, output: 42)), .end(.toolCalls),
    ]

    static let openAI = """
        data: \(Wire.chunk(#"{"role":"assistant","content":""}"#))

        : keep-alive

        data: \(Wire.chunk(#"{"reasoning_content":"hmm"}"#))

        data: \(Wire.chunk(#"{"content":"Grüße 🌍"}"#))

        data: \(Wire.chunk(#"{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":""}}]}"#))

        data: \(Wire.chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}"#))

        data: \(Wire.chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"\"Bonn\"}"}}]}"#))

        data: \(Wire.chunk(#"{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"clock","arguments":"{}"}}]}"#))

        data: \(Wire.chunk("{}", #""tool_calls""#))

        data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":42,"total_tokens":52,"prompt_tokens_details":{"cached_tokens":5}}}

        data: [DONE]


        """

    static let openAIEvents: [AnswerEvent] = [
        .begin(AnswerHead(id: "c1", model: "m", created: 7)), .reasoningDelta("hmm"), .textDelta("Grüße 🌍"),
        .toolCallBegin(number: 0, id: "call_1", name: "weather", signature: nil),
        .toolArgumentsDelta(number: 0, #"{"city":"#), .toolArgumentsDelta(number: 0, #""Bonn"}"#),
        .toolCallEnd(number: 0),
        .toolCallBegin(number: 1, id: "call_2", name: "clock", signature: nil),
        .toolArgumentsDelta(number: 1, "{}"),
        .usage(TokenUsage(input: 10, cacheRead: 5, output: 42)),
        .toolCallEnd(number: 1), .end(.toolCalls),
    ]

    static let gemini = """
        data: {"candidates":[{"content":{"role":"model","parts":[{"text":"hmm","thought":true}]}}],"usageMetadata":{"promptTokenCount":10,"totalTokenCount":10},"modelVersion":"g","responseId":"r1"}

        data: {"candidates":[{"content":{"role":"model","parts":[{"text":"Grüße 🌍"}]}}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":4}}

        data: {"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"weather","args":{"city":"Bonn"}},"thoughtSignature":"c2ln"}]}}]}

        data: {"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":40,"thoughtsTokenCount":2,"cachedContentTokenCount":5}}


        """

    static let geminiEvents: [AnswerEvent] = [
        .begin(AnswerHead(id: "r1", model: "g")), .reasoningDelta("hmm"), .textDelta("Grüße 🌍"),
        .toolCallBegin(number: 0, id: "call_0", name: "weather", signature: "c2ln"),
        .toolArgumentsDelta(number: 0, #"{"city":"Bonn"}"#), .toolCallEnd(number: 0),
        .usage(TokenUsage(input: 10, cacheRead: 5, output: 42, reasoning: 2)), .end(.toolCalls),
    ]
}
