import Codecs
import Dialects
import Testing

@Suite struct NeighbourTests {
    @Test(
        "an embeddings request goes out as it came in",
        arguments: [
            #"{"model":"e","input":"a"}"#,
            #"{"model":"e","input":["a","b"],"encoding_format":"base64","dimensions":3,"user":"u"}"#,
            #"{"model":"e","input":[1,2]}"#, #"{"model":"e","input":[[1],[2,3]]}"#,
        ])
    func embeddingsRequest(_ text: String) throws {
        let request = try EmbeddingsRequest.decode(Wire.bytes(text), unknownMembers: .refuse)
        #expect(String(decoding: request.encode(), as: UTF8.self) == text)
    }

    @Test(
        "an embeddings request that is wrong is named",
        arguments: [
            (#"{"input":"a"}"#, "/model"), (#"{"model":"e"}"#, "/input"), (#"{"model":"e","input":[]}"#, "/input"),
            (#"{"model":"e","input":[1,"a"]}"#, "/input/1"), (#"{"model":"e","input":[[1],["a"]]}"#, "/input/1/0"),
            (#"{"model":"e","input":"a","encoding_format":"x"}"#, "/encoding_format"),
        ])
    func embeddingsFault(_ text: String, _ pointer: String) {
        let error = #expect(throws: ModelError.self) { try EmbeddingsRequest.decode(Wire.bytes(text)) }
        #expect(error?.pointer?.text == pointer)
    }

    @Test("embeddings keep their digits, in the order of the input")
    func embeddingsAnswer() throws {
        let body =
            #"{"object":"list","data":[{"object":"embedding","index":1,"embedding":"AAAA"},{"object":"embedding","index":0,"embedding":[0.10,-1e-3]}],"model":"e","usage":{"prompt_tokens":2,"total_tokens":2}}"#
        let answer = try EmbeddingsAnswer.decode(Wire.bytes(body))
        #expect(
            String(decoding: answer.encode(), as: UTF8.self)
                == #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10,-1e-3]},{"object":"embedding","index":1,"embedding":"AAAA"}],"model":"e","usage":{"prompt_tokens":2,"total_tokens":2}}"#
        )
    }

    @Test("the list of models in both shapes")
    func models() {
        let models = [
            ModelEntry(id: "a", created: 1_709_210_096, owner: "o"),
            ModelEntry(id: "b", displayName: "B", created: -1, owner: "o"),
        ]
        #expect(
            String(decoding: CallerDialect.openAI.encode(models: models), as: UTF8.self)
                == #"{"object":"list","data":[{"id":"a","object":"model","created":1709210096,"owned_by":"o"},{"id":"b","object":"model","created":-1,"owned_by":"o"}]}"#
        )
        #expect(
            String(decoding: CallerDialect.anthropic.encode(models: models), as: UTF8.self)
                == #"{"data":[{"type":"model","id":"a","display_name":"a","created_at":"2024-02-29T12:34:56Z"},{"type":"model","id":"b","display_name":"B","created_at":"1969-12-31T23:59:59Z"}],"has_more":false,"first_id":"a","last_id":"b"}"#
        )
        let extremes = [Int64.min, .max].map { ModelEntry(id: "x", created: $0, owner: "o") }
        let text = String(decoding: CallerDialect.anthropic.encode(models: extremes), as: UTF8.self)
        #expect(text.contains("0001-01-01T00:00:00Z") && text.contains("9999-12-31T23:59:59Z"))
    }

    @Test("count_tokens is a request without max_tokens, answered by a number")
    func count() throws {
        let text = #"{"model":"m","system":"s","messages":[{"role":"user","content":"x"}]}"#
        let conversation = try TokenCount.decode(request: Wire.bytes(text), unknownMembers: .refuse)
        #expect(String(decoding: try TokenCount.encode(request: conversation), as: UTF8.self) == text)
        #expect(try TokenCount.decode(answer: TokenCount.encode(answer: 12)) == 12)
        #expect(throws: ModelError.self) { try TokenCount.decode(answer: Wire.bytes("{}")) }
    }
}
