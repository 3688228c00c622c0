import Codecs
import Dialects
import Testing

@Suite struct RequestTests {
    static let openAI = #"""
        {"model":"m","messages":[
          {"role":"developer","content":"Be brief."},
          {"role":"user","content":[{"type":"text","text":"What is this?"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}}]},
          {"role":"assistant","content":null,"tool_calls":[
            {"id":"call_1","type":"function","function":{"name":"look","arguments":"{\"x\":1.50}"}},
            {"id":"call_2","type":"function","function":{"name":"look","arguments":""}}]},
          {"role":"tool","tool_call_id":"call_1","content":"a cat"},
          {"role":"tool","tool_call_id":"call_2","content":"a dog"},
          {"role":"user","content":"So?"}],
         "tools":[{"type":"function","function":{"name":"look","description":"Looks.",
           "parameters":{"type":"object","properties":{"x":{"type":"number"}},"$defs":{}},"strict":true}}],
         "tool_choice":{"type":"function","function":{"name":"look"}},"parallel_tool_calls":false,
         "response_format":{"type":"json_schema","json_schema":{"name":"r","schema":{"type":"object"}}},
         "temperature":0.70,"top_p":1,"stop":["END"],"max_completion_tokens":100,"stream":true,
         "stream_options":{"include_usage":true},"user":"u1"}
        """#

    static let anthropic = #"""
        {"model":"m","max_tokens":100,"system":[{"type":"text","text":"Be brief."}],
         "messages":[
          {"role":"user","content":[{"type":"text","text":"What is this?"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}]},
          {"role":"assistant","content":[
            {"type":"tool_use","id":"call_1","name":"look","input":{"x":1.50}},
            {"type":"tool_use","id":"call_2","name":"look","input":{}}]},
          {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"call_1","content":"a cat"},
            {"type":"tool_result","tool_use_id":"call_2","content":"a dog"},{"type":"text","text":"So?"}]}],
         "tools":[{"name":"look","description":"Looks.",
           "input_schema":{"type":"object","properties":{"x":{"type":"number"}},"$defs":{}},"strict":true}],
         "tool_choice":{"type":"tool","name":"look","disable_parallel_tool_use":true},
         "output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}},
         "temperature":0.70,"top_p":1,"stop_sequences":["END"],"stream":true,"metadata":{"user_id":"u1"}}
        """#

    /// Without what one dialect cannot say: the schema's name, `{}` against nothing, where it comes from.
    static func comparable(_ conversation: Conversation) -> Conversation {
        var conversation = conversation
        conversation.origin = .openAI
        conversation.includesUsage = true
        if case .jsonSchema(_, let description, let schema, let strict) = conversation.responseFormat {
            conversation.responseFormat = .jsonSchema(
                name: nil, description: description, schema: schema, strict: strict)
        }
        for (message, turn) in conversation.messages.enumerated() {
            for (part, content) in turn.parts.enumerated() {
                guard case .toolCall(var call) = content.content, call.arguments.isEmpty else { continue }
                call.arguments = "{}"
                conversation.messages[message].parts[part].content = .toolCall(call)
            }
        }
        return conversation
    }

    @Test("the same request in both dialects is the same conversation")
    func sameConversation() throws {
        let first = try CallerDialect.openAI.decode(request: Wire.bytes(Self.openAI), unknownMembers: .refuse)
        let second = try CallerDialect.anthropic.decode(request: Wire.bytes(Self.anthropic), unknownMembers: .refuse)
        #expect(Self.comparable(first) == Self.comparable(second))
        #expect(first.messages.map(\.role) == [.user, .assistant, .tool, .user])
    }

    @Test("in, model, out, in again is the same conversation, for every pair", arguments: CallerDialect.allCases)
    func roundTrip(_ caller: CallerDialect) throws {
        let text = caller == .openAI ? Self.openAI : Self.anthropic
        let conversation = try caller.decode(request: Wire.bytes(text), unknownMembers: .refuse)
        for (provider, back) in [
            (ProviderDialect.openAI, CallerDialect.openAI), (.anthropic, .anthropic), (.mistral, .openAI),
            (.ollama, .openAI),
        ] {
            var policy = SettlePolicy.standard
            policy.dropped.insert(.namedCall)
            let settled = try Capabilities.of(provider).settle(conversation, policy: policy).conversation
            let bytes = try provider.encode(request: settled, traits: ModelTraits())
            var again = try back.decode(request: bytes, unknownMembers: provider == .mistral ? .keep : .refuse)
            again.includesUsage = settled.includesUsage
            if provider == .mistral {
                // Nine-character identifiers, and the assistant's turn between results and user.
                #expect(again.messages.count == settled.messages.count + 1)
                #expect(again.tools == settled.tools)
            } else {
                #expect(Self.comparable(again) == Self.comparable(settled), "\(provider)")
            }
        }
    }

    @Test("OpenAI's request as Anthropic takes it")
    func toAnthropic() throws {
        let body = try Wire.request(.openAI, .anthropic, Self.openAI)
        #expect(
            JSONWriter.text(body)
                == #"{"model":"m","max_tokens":100,"system":"Be brief.","messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}]},{"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"look","input":{"x":1.50}},{"type":"tool_use","id":"call_2","name":"look","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"a cat"},{"type":"tool_result","tool_use_id":"call_2","content":"a dog"},{"type":"text","text":"So?"}]}],"tools":[{"name":"look","description":"Looks.","input_schema":{"type":"object","properties":{"x":{"type":"number"}},"$defs":{}},"strict":true}],"tool_choice":{"type":"tool","name":"look","disable_parallel_tool_use":true},"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}},"temperature":0.70,"top_p":1,"stop_sequences":["END"],"metadata":{"user_id":"u1"},"stream":true}"#
        )
    }

    @Test("Anthropic's request as OpenAI takes it")
    func toOpenAI() throws {
        let body = try Wire.request(.anthropic, .openAI, Self.anthropic)
        #expect(
            JSONWriter.text(body)
                == #"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"look","arguments":"{\"x\":1.50}"}},{"id":"call_2","type":"function","function":{"name":"look","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"a cat"},{"role":"tool","tool_call_id":"call_2","content":"a dog"},{"role":"user","content":"So?"}],"max_completion_tokens":100,"stop":["END"],"temperature":0.70,"top_p":1,"tools":[{"type":"function","function":{"name":"look","description":"Looks.","parameters":{"type":"object","properties":{"x":{"type":"number"}},"$defs":{}},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"look"}},"parallel_tool_calls":false,"response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}},"user":"u1","stream":true,"stream_options":{"include_usage":true}}"#
        )
    }

    @Test("OpenAI's request as Gemini takes it: results name their function, neighbours are one turn")
    func toGemini() throws {
        let body = try Wire.request(.openAI, .gemini, Self.openAI)
        #expect(
            JSONWriter.text(body)
                == #"{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"What is this?"},{"inlineData":{"mimeType":"image/png","data":"iVBO"}}]},{"role":"model","parts":[{"functionCall":{"name":"look","args":{"x":1.50}},"thoughtSignature":"skip_thought_signature_validator"},{"functionCall":{"name":"look","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"look","response":{"output":"a cat"}}},{"functionResponse":{"name":"look","response":{"output":"a dog"}}},{"text":"So?"}]}],"tools":[{"functionDeclarations":[{"name":"look","description":"Looks.","parametersJsonSchema":{"type":"object","properties":{"x":{"type":"number"}},"$defs":{}}}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["look"]}},"generationConfig":{"stopSequences":["END"],"maxOutputTokens":100,"temperature":0.70,"topP":1,"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}}}"#
        )
    }

    @Test(
        "what is wrong is named with its pointer",
        arguments: [
            (CallerDialect.openAI, #"{"messages":[]}"#, "/model"), (.openAI, #"{"model":1,"messages":[]}"#, "/model"),
            (.openAI, #"{"model":"m","messages":[{"role":"x"}]}"#, "/messages/0/role"),
            (
                .openAI, #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":1}]}]}"#,
                "/messages/0/content/0/text"
            ),
            (.openAI, #"{"model":"m","messages":[],"max_tokens":-1}"#, "/max_tokens"),
            (
                .openAI, #"{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"a b"}}]}"#,
                "/tools/0/function/name"
            ),
            (.anthropic, #"{"model":"m","messages":[]}"#, "/max_tokens"),
            (
                .anthropic,
                #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result"}]}]}"#,
                "/messages/0/content/0/tool_use_id"
            ),
            (.anthropic, "[]", ""), (.openAI, "{", ""),
        ])
    func pointers(_ caller: CallerDialect, _ body: String, _ pointer: String) throws {
        let error = #expect(throws: ModelError.self) { try caller.decode(request: Wire.bytes(body)) }
        #expect(error?.kind == .badRequest)
        #expect(error?.pointer?.text == pointer)
    }

    @Test("unknown members are kept and named, or refused by name")
    func unknownMembers() throws {
        let body = Wire.bytes(#"{"model":"m","messages":[{"role":"user","content":"x","odd~/":1}],"verbosity":"low"}"#)
        let kept = try CallerDialect.openAI.decode(request: body)
        #expect(kept.extensions == ["verbosity": "low"])
        #expect(kept.ignored == ["/messages/0/odd~0~1"])
        let same = try Wire.json(try ProviderDialect.openAI.encode(request: kept, traits: ModelTraits()))
        #expect(same.object?["verbosity"] == "low")
        let settled = try Capabilities.of(.anthropic).settle(kept)
        #expect(settled.dropped == [Finding(feature: .foreignMember, pointer: "/verbosity")])
        #expect(settled.conversation.extensions == [:])
        let error = #expect(throws: ModelError.self) {
            try CallerDialect.openAI.decode(request: body, unknownMembers: .refuse)
        }
        #expect(error?.pointer == "/messages/0/odd~0~1")
    }

    @Test("hostile requests are refused, never a trap", arguments: CallerDialect.allCases)
    func hostile(_ caller: CallerDialect) {
        let deep = String(repeating: "[", count: 100_000)
        let many = String(repeating: "{},", count: 20_000) + "{}"
        for body in [
            "", "null", deep, #"{"model":"m","messages":\#(deep)"#, #"{"model":"m","messages":[\#(many)]}"#,
            #"{"model":"m","max_tokens":1,"messages":[\#(many)]}"#, #"{"model":"m","model":"m"}"#,
        ] {
            #expect(throws: ModelError.self) { try caller.decode(request: Wire.bytes(body)) }
        }
        let invalid = Wire.bytes(#"{"model":""#) + [0xED, 0xA0, 0x80] + Wire.bytes(#"","messages":[]}"#)
        #expect(throws: ModelError.self) { try caller.decode(request: invalid) }
    }

    @Test("every byte of a good request turned into another never traps", arguments: CallerDialect.allCases)
    func anyByteChanged(_ caller: CallerDialect) throws {
        let bytes = Wire.bytes(caller == .openAI ? Self.openAI : Self.anthropic)
        var read = 0
        for place in bytes.indices {
            for value in [0x00, 0x22, 0x2D, 0x39, 0x5D, 0xFF] as [UInt8] {
                var changed = bytes
                changed[place] = value
                guard let conversation = try? caller.decode(request: changed) else { continue }
                read += 1
                for provider in ProviderDialect.allCases {
                    guard let settled = try? Capabilities.of(provider).settle(conversation) else { continue }
                    _ = try? provider.encode(request: settled.conversation, traits: ModelTraits())
                }
            }
        }
        #expect(read > 0)
    }
}
