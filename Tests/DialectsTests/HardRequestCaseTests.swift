import Codecs
import Dialects
import Testing

/// The hard cases of requests and whole answers, each named by its row in the list of peers' failures.
@Suite struct HardRequestCaseTests {
    private func messages(_ json: JSON) -> [JSON] { json.object?["messages"]?.array ?? [] }

    private func openAI(_ messages: String, _ more: String = "") -> String {
        #"{"model":"m","max_tokens":5,"messages":[\#(messages)]\#(more)}"#
    }

    private let call =
        #"{"role":"assistant","tool_calls":[{"id":"call_abcdefghijk","type":"function","function":{"name":"f","arguments":"{}"}}]}"#
    private let result = #"{"role":"tool","tool_call_id":"call_abcdefghijk","content":"r"}"#

    @Test("13: empty arguments are {} for Anthropic and Gemini, others that are no object are named")
    func case13() throws {
        let empty = call.replacing(#""{}""#, with: #""""#)
        let body = try Wire.request(.openAI, .anthropic, openAI(empty))
        let block = messages(body)[0].object?["content"]?.array?[0].object
        #expect(block?["input"] == [:])
        let broken = call.replacing(#""{}""#, with: #""{\"a\"""#)
        for provider in [ProviderDialect.anthropic, .gemini] {
            let error = #expect(throws: ModelError.self) { try Wire.request(.openAI, provider, openAI(broken)) }
            #expect(error?.message == "the arguments of call call_abcdefghijk are not a JSON object")
            #expect(error?.pointer == "/messages/0")
        }
    }

    @Test("Gemini gets the results of one step in the order of its calls, each under its call's name")
    func resultsInTheOrderOfCalls() throws {
        func call(_ id: String, _ name: String) -> String {
            #"{"id":"\#(id)","type":"function","function":{"name":"\#(name)","arguments":"{}"}}"#
        }
        func result(_ id: String, _ text: String) -> String {
            #"{"role":"tool","tool_call_id":"\#(id)","content":"\#(text)"}"#
        }
        let first = #"{"role":"assistant","tool_calls":[\#(call("a", "f")),\#(call("b", "g"))]}"#
        // The identifier a comes again and means another function.
        let second = #"{"role":"assistant","tool_calls":[\#(call("a", "g")),\#(call("c", "f"))]}"#
        let steps = [first, result("b", "2"), result("a", "1"), second, result("c", "4"), result("a", "3")]
        let body = try Wire.request(.openAI, .gemini, openAI(steps.joined(separator: ",")))
        let turns = (body.object?["contents"]?.array ?? []).map { $0.object?["parts"]?.array ?? [] }
        let responses = turns.map { parts in
            parts.compactMap { part -> String? in
                guard let response = part.object?["functionResponse"]?.object else { return nil }
                let output = response["response"]?.object?["output"]?.string
                return "\(response["name"]?.string ?? "") \(output ?? "")"
            }
        }
        #expect(responses == [[], ["f 1", "g 2"], [], ["g 3", "f 4"]])
    }

    @Test("24: the first call of a step that came without a signature says so to Gemini 3, and to no older model")
    func case24Unsigned() throws {
        func signatures(_ model: String) throws -> [String?] {
            let text = openAI("\(call),\(result)").replacing(#""model":"m""#, with: #""model":"\#(model)""#)
            let body = try Wire.request(.openAI, .gemini, text)
            let parts = body.object?["contents"]?.array?[0].object?["parts"]?.array ?? []
            return parts.map { $0.object?["thoughtSignature"]?.string.map { "\($0)" } }
        }
        #expect(try signatures("gemini-3-pro") == ["skip_thought_signature_validator"])
        #expect(try signatures("gemini-2.5-flash") == [nil])
    }

    @Test("Anthropic gets no text without a visible character, and no turn of nothing else")
    func blankTexts() throws {
        let calling = call.replacing(#""role":"assistant""#, with: #""role":"assistant","content":" \n""#)
        let blank = #"{"role":"user","content":"\t "}"#
        let body = try Wire.request(
            .openAI, .anthropic, openAI(#"{"role":"system","content":" "},\#(blank),\#(calling),\#(result)"#))
        #expect(body.object?["system"] == nil)
        #expect(messages(body).compactMap { $0.object?["role"]?.string } == ["assistant", "user"])
        #expect(messages(body)[0].object?["content"]?.array?.count == 1)
    }

    @Test("Ollama, which does not read it, gets no n") func oneAnswer() throws {
        let text = openAI(#"{"role":"user","content":"x"}"#, #","n":1"#)
        let toOllama = try Wire.request(.openAI, .ollama, text)
        let toOpenAI = try Wire.request(.openAI, .openAI, text)
        #expect(toOllama.object?["n"] == nil)
        #expect(toOpenAI.object?["n"] != nil)
    }

    @Test("15: Mistral's identifiers are nine letters and digits, the same in call and result, others untouched")
    func case15() throws {
        let body = try Wire.request(.openAI, .mistral, openAI("\(call),\(result)"))
        let id = messages(body)[0].object?["tool_calls"]?.array?[0].object?["id"]?.string
        #expect(id?.count == 9)
        #expect(messages(body)[1].object?["tool_call_id"]?.string == id)
        let own = call.replacing("call_abcdefghijk", with: "D681PevKs")
        let kept = try Wire.request(.openAI, .mistral, openAI(own))
        #expect(messages(kept)[0].object?["tool_calls"]?.array?[0].object?["id"] == "D681PevKs")
    }

    @Test("16: for Mistral a turn of the assistant's stands between results and user")
    func case16() throws {
        let text = openAI(#"\#(call),\#(result),{"role":"user","content":"x"}"#)
        let roles = messages(try Wire.request(.openAI, .mistral, text)).compactMap { $0.object?["role"]?.string }
        #expect(roles == ["assistant", "tool", "assistant", "user"])
        let others = messages(try Wire.request(.openAI, .openAI, text)).compactMap { $0.object?["role"]?.string }
        #expect(others == ["assistant", "tool", "user"])
    }

    @Test("17: calls and results without each other are named, or mended")
    func case17() throws {
        let user = #"{"role":"user","content":"x"}"#
        for (text, named) in [
            ("\(call),\(user)", "calls have no result in the next turn: call_abcdefghijk"),
            (call, "calls have no result in the next turn: call_abcdefghijk"),
            ("\(user),\(result)", "a result has no call before it: call_abcdefghijk"),
        ] {
            var conversation = try CallerDialect.openAI.decode(request: Wire.bytes(openAI(text)))
            let error = #expect(throws: ModelError.self) { try ToolPairing.check(&conversation, .refuse) }
            #expect(error?.message.text == named)
            try ToolPairing.check(&conversation, .mend)
            try ToolPairing.check(&conversation, .refuse)
        }
        var good = try CallerDialect.openAI.decode(request: Wire.bytes(openAI("\(call),\(result)")))
        let before = good
        try ToolPairing.check(&good, .refuse)
        #expect(good == before)
    }

    @Test("19: words that Gemini refuses are left out, properties of the same names survive")
    func case19() throws {
        let schema =
            ##"{"$schema":"s","type":"object","additionalProperties":false,"properties":{"const":{"type":"string","const":"a"},"properties":{"type":"integer","exclusiveMinimum":0,"multipleOf":2},"r":{"$ref":"#/$defs/R"},"all":{"allOf":[{"type":"string"},{"maxLength":3}]}},"$defs":{"R":{"type":"array","uniqueItems":true,"items":{"type":"number"}}},"required":["const"]}"##
        let tools = #","tools":[{"type":"function","function":{"name":"f","parameters":\#(schema)}}]"#
        var traits = ModelTraits()
        traits.takesJSONSchema = false
        let body = try Wire.request(.openAI, .gemini, openAI("", tools), traits)
        let declaration = body.object?["tools"]?.array?[0].object?["functionDeclarations"]?.array?[0].object
        #expect(
            JSONWriter.text(declaration?["parameters"] ?? .null)
                == #"{"type":"OBJECT","properties":{"const":{"type":"STRING","enum":["a"]},"properties":{"type":"INTEGER","minimum":1},"r":{"type":"ARRAY","items":{"type":"NUMBER"}},"all":{"type":"STRING","maxLength":3}},"required":["const"]}"#
        )
    }

    @Test("19: a schema that refers to itself has an end")
    func case19Recursive() throws {
        let four = ["a", "b", "c", "d"].map { ##""\##($0)":{"$ref":"#/$defs/N"}"## }.joined(separator: ",")
        let node = ##"{"type":"object","properties":{\##(four)}"##
        let schema = ##"\##(node),"$defs":{"N":\##(node)}}}"##
        var traits = ModelTraits()
        traits.takesJSONSchema = false
        let tools = #","tools":[{"type":"function","function":{"name":"f","parameters":\#(schema)}}]"#
        let body = try Wire.request(.openAI, .gemini, openAI("", tools), traits)
        #expect(JSONWriter.write(body).count < 1 << 20)
    }

    @Test("20: unions with null are nullable")
    func case20() throws {
        let schema =
            ##"{"type":"object","properties":{"a":{"type":["string","null"]},"b":{"anyOf":[{"type":"integer"},{"type":"null"}]}}}"##
        var traits = ModelTraits()
        traits.takesJSONSchema = false
        let format = #","response_format":{"type":"json_schema","json_schema":{"name":"r","schema":\#(schema)}}"#
        let body = try Wire.request(.openAI, .gemini, openAI("", format), traits)
        #expect(
            JSONWriter.text(body.object?["generationConfig"]?.object?["responseSchema"] ?? .null)
                == #"{"type":"OBJECT","properties":{"a":{"nullable":true,"type":"STRING"},"b":{"nullable":true,"type":"INTEGER"}}}"#
        )
    }

    @Test("21 to 23: signed and redacted reasoning goes back byte for byte and first, unsigned goes nowhere")
    func case21() throws {
        let blocks =
            #"[{"type":"thinking","thinking":"","signature":"s="},{"type":"redacted_thinking","data":"d"},{"type":"thinking","thinking":"t"}]"#
        let text = openAI(#"{"role":"assistant","content":"a","reasoning_content":"t","thinking_blocks":\#(blocks)}"#)
        let body = try Wire.request(.openAI, .anthropic, text)
        #expect(
            messages(body)[0].object?["content"] == [
                ["type": "thinking", "thinking": "", "signature": "s="], ["type": "redacted_thinking", "data": "d"],
                ["type": "text", "text": "a"],
            ])
        for provider in [ProviderDialect.openAI, .mistral, .ollama, .gemini] {
            let other = JSONWriter.text(try Wire.request(.openAI, provider, text))
            #expect(!other.contains("s=") && !other.contains("thinking"), "\(provider)")
        }
    }

    @Test("24: Gemini's signature goes out with the call and comes back on it")
    func case24() throws {
        let answer = try ProviderDialect.gemini.decode(
            answer: Wire.bytes(
                #"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]}"#
            ))
        let wire = try Wire.json(CallerDialect.openAI.encode(answer: answer, now: 0))
        let message = try #require(wire.object?["choices"]?.array?[0].object?["message"])
        let body = try Wire.request(.openAI, .gemini, openAI(JSONWriter.text(message)))
        let part = body.object?["contents"]?.array?[0].object?["parts"]?.array?[0]
        #expect(part == ["functionCall": ["name": "f", "args": [:]], "thoughtSignature": "c2ln"])
    }

    @Test("37: a whole answer without content is one choice with empty content, its reason and usage")
    func case37() throws {
        let answer = try ProviderDialect.gemini.decode(
            answer: Wire.bytes(
                #"{"candidates":[{"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":2,"thoughtsTokenCount":3}}"#
            ))
        #expect(
            String(decoding: CallerDialect.openAI.encode(answer: answer, now: 4), as: UTF8.self)
                == #"{"id":"","object":"chat.completion","created":4,"model":"","choices":[{"index":0,"message":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5,"completion_tokens_details":{"reasoning_tokens":3}}}"#
        )
    }

    @Test("39: max_tokens is renamed for each provider")
    func case39() throws {
        for (provider, name) in [
            (ProviderDialect.openAI, "max_completion_tokens"), (.anthropic, "max_tokens"), (.mistral, "max_tokens"),
            (.ollama, "max_tokens"),
        ] {
            let text = #"{"model":"m","messages":[],"max_completion_tokens":7}"#
            let body = try Wire.request(.openAI, provider, text)
            let names = (body.object?.members ?? []).map(\.name.text).filter { $0.hasPrefix("max_") }
            #expect(names == [name])
        }
    }

    @Test("40: empty texts are left out on the way in", arguments: CallerDialect.allCases)
    func case40(_ caller: CallerDialect) throws {
        let content = #"[{"type":"text","text":""},{"type":"text","text":"a"}]"#
        let text = openAI(#"{"role":"assistant","content":\#(content)},{"role":"assistant","content":""}"#)
        let body = try Wire.request(caller, .anthropic, text)
        #expect(messages(body) == [["role": "assistant", "content": "a"]])
    }

    @Test("41: max_tokens missing for Anthropic is the model's own default, or refused")
    func case41() throws {
        let text = #"{"model":"m","messages":[]}"#
        var traits = ModelTraits()
        let error = #expect(throws: ModelError.self) { try Wire.request(.openAI, .anthropic, text, traits) }
        #expect(error?.pointer == "/max_tokens")
        traits.defaultMaximumTokens = 64_000
        #expect(try Wire.request(.openAI, .anthropic, text, traits).object?["max_tokens"]?.int64 == 64_000)
    }

    @Test("42: what Ollama's endpoint ignores or splits is refused by name, or joined")
    func case42() throws {
        let image = #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}"#
        for (text, pointer) in [
            (openAI(image), "/messages/0"), (openAI("", #","tool_choice":"required""#), "/tool_choice"),
            (openAI("", #","n":2"#), "/n"),
        ] {
            let error = #expect(throws: ModelError.self) { try Wire.request(.openAI, .ollama, text) }
            #expect(error?.kind == .badRequest)
            #expect(error?.pointer?.text == pointer)
        }
        let none = openAI("", #","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none""#)
        #expect(try Wire.request(.openAI, .ollama, none).object?["tools"] == nil)
        #expect(try Wire.request(.openAI, .mistral, none).object?["tool_choice"] == "none")
        let texts = openAI(#"{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#)
        #expect(messages(try Wire.request(.openAI, .ollama, texts)) == [["role": "user", "content": "a\n\nb"]])
    }
}
