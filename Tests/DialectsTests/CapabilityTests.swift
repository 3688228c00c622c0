import Codecs
import Dialects
import Testing

@Suite struct CapabilityTests {
    private func conversation(_ more: String) throws -> Conversation {
        try CallerDialect.openAI.decode(request: Wire.bytes(#"{"model":"m","messages":[]\#(more)}"#))
    }

    @Test(
        "what a dialect lacks is found by name and place",
        arguments: [
            (#","n":2"#, Feature.severalCandidates, "/n"), (#","seed":1"#, .seed, "/seed"),
            (#","logprobs":true"#, .logProbabilities, "/logprobs"),
            (#","logit_bias":{"1":1}"#, .logitBias, "/logit_bias"),
            (#","presence_penalty":1"#, .penalties, "/presence_penalty"),
            (#","temperature":1.1"#, .temperatureAboveScale, "/temperature"),
            (#","response_format":{"type":"json_object"}"#, .jsonObject, "/response_format"),
            (#","metadata":{"a":"b"}"#, .metadata, "/metadata"), (#","verbosity":"low""#, .foreignMember, "/verbosity"),
            (#","tools":[{"type":"custom","custom":{"name":"x"}}]"#, .foreignTool, "/tools/0"),
        ])
    func found(_ more: String, _ feature: Feature, _ pointer: String) throws {
        let conversation = try conversation(more)
        #expect(
            Capabilities.of(.anthropic).judge(conversation) == [Finding(feature: feature, pointer: ByteString(pointer))]
        )
        let error = #expect(throws: ModelError.self) {
            try Capabilities.of(.anthropic).settle(conversation, policy: .strict)
        }
        #expect(error?.pointer?.text == pointer)
        #expect(error?.message.text.contains(feature.rawValue) == true)
    }

    @Test("what the standard policy leaves out is told and gone; what it does not is refused")
    func standard() throws {
        let tuning = try conversation(#","seed":1,"temperature":1.5,"logit_bias":{},"user":"u""#)
        let settled = try Capabilities.of(.mistral).settle(tuning)
        #expect(settled.dropped.map(\.feature) == [.logitBias, .user])
        #expect(settled.conversation.user == nil && settled.conversation.sampling.logitBias == nil)
        #expect(settled.conversation.sampling.seed == 1)
        let clamped = try Capabilities.of(.anthropic).settle(tuning).conversation.sampling.temperature
        #expect(clamped?.text == "1.0")
        let meaning = try conversation(#","n":2"#)
        #expect(throws: ModelError.self) { try Capabilities.of(.anthropic).settle(meaning) }
    }

    @Test(
        "members that may change who answers, or for how much, go to no provider that was not said to take them",
        arguments: [
            (CallerDialect.openAI, ProviderDialect.openAI, #""models":["dear"]"#, "/models"),
            (.openAI, .openAI, #""service_tier":"priority""#, "/service_tier"),
            (.anthropic, .anthropic, #""mcp_servers":[{"url":"https://x.example"}]"#, "/mcp_servers"),
        ])
    func further(_ caller: CallerDialect, _ provider: ProviderDialect, _ member: String, _ pointer: String) throws {
        let body = #"{"model":"m","max_tokens":9,"messages":[],"min_p":0.1,\#(member)}"#
        let asked = try caller.decode(request: Wire.bytes(body))
        let settled = try Capabilities.of(provider).settle(asked)
        #expect(settled.dropped == [Finding(feature: .furtherMember, pointer: ByteString(pointer))])
        #expect(settled.conversation.extensions.members.map(\.name) == ["min_p"])
        #expect(throws: ModelError.self) { try Capabilities.of(provider).settle(asked, policy: .strict) }
        var trusted = Capabilities.of(provider)
        trusted.features.insert(.furtherMember)
        #expect(try trusted.settle(asked).conversation.extensions.members.count == 2)
    }

    @Test("probabilities cannot be streamed: they are refused, not lost")
    func streamedProbabilities() throws {
        let whole = try conversation(#","logprobs":true"#)
        #expect(Capabilities.of(.openAI).judge(whole).isEmpty)
        let streamed = try conversation(#","logprobs":true,"stream":true"#)
        #expect(Capabilities.of(.openAI).judge(streamed).map(\.feature) == [.logProbabilities])
        #expect(throws: ModelError.self) { try Capabilities.of(.openAI).settle(streamed) }
    }

    @Test("a degree of reasoning is said as a budget, a budget as a degree, where there is only the other")
    func reasoning() throws {
        var capabilities = Capabilities.of(.anthropic)
        capabilities.features.remove(.reasoningEffort)
        let effort = try conversation(#","reasoning_effort":"high""#)
        #expect(try capabilities.settle(effort).conversation.reasoning.mode == .budget(4_096))
        let text = #"{"model":"m","max_tokens":9000,"messages":[],"thinking":{"type":"enabled","budget_tokens":8000}}"#
        let body = try Wire.request(.anthropic, .openAI, text)
        #expect(body.object?["reasoning_effort"] == "medium")
    }

    @Test("after settling nothing is left to find, whatever may be dropped", arguments: ProviderDialect.allCases)
    func nothingLeft(_ provider: ProviderDialect) throws {
        let everything = #"""
            {"model":"m","messages":[{"role":"user","name":"n","content":[
              {"type":"text","text":"a","cache_control":{"type":"ephemeral"}},
              {"type":"image_url","image_url":{"url":"https://x/y.png"}},
              {"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},
              {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}],
             "tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"x"}}],
             "tool_choice":"required","parallel_tool_calls":false,"n":2,"seed":1,"top_k":3,"temperature":2,
             "presence_penalty":1,"frequency_penalty":1,"logit_bias":{},"logprobs":true,"top_logprobs":2,
             "reasoning_effort":"high","user":"u","metadata":{"a":"b"},"verbosity":"low",
             "response_format":{"type":"json_object"}}
            """#
        let conversation = try CallerDialect.openAI.decode(request: Wire.bytes(everything))
        let capabilities = Capabilities.of(provider)
        let settled = try capabilities.settle(conversation, policy: SettlePolicy(dropped: Set(Feature.allCases)))
        #expect(capabilities.judge(settled.conversation).isEmpty)
        #expect(settled.dropped == capabilities.judge(conversation))
        #expect(!settled.dropped.isEmpty)
    }

    @Test("an image in a result follows as the user's where a result takes text alone")
    func imageInResult() throws {
        let text = #"""
            {"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t",
            "is_error":true,"content":[{"type":"text","text":"seen"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}]}]}]}
            """#
        let body = try Wire.request(.anthropic, .openAI, text)
        #expect(
            JSONWriter.text(body.object?["messages"] ?? .null)
                == #"[{"role":"tool","tool_call_id":"t","content":"Error:\nseen\n(The images of this result follow.)"},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}]"#
        )
    }

    @Test("the marks of what to cache survive from Anthropic to Anthropic")
    func cacheControl() throws {
        let text =
            #"{"model":"m","max_tokens":1,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],"messages":[],"tools":[{"name":"f","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}},{"type":"web_search_20250305","name":"web_search"}]}"#
        let body = try Wire.request(.anthropic, .anthropic, text)
        #expect(
            JSONWriter.text(body)
                == JSONWriter.text(try Wire.json(text)).replacing(
                    #""max_tokens":1,"system""#, with: #""max_tokens":1,"system""#))
    }
}
