import Codecs
import Dialects
import Testing

@Suite struct ErrorTests {
    private static let table: [(ModelError.Kind, Int, String, String?, Int, String)] = [
        (.badRequest, 400, "invalid_request_error", "invalid_value", 400, "invalid_request_error"),
        (.contextTooLong, 400, "invalid_request_error", "context_length_exceeded", 400, "invalid_request_error"),
        (.unauthorized, 401, "authentication_error", "invalid_api_key", 401, "authentication_error"),
        (.forbiddenModel, 403, "permission_error", "model_not_allowed", 403, "permission_error"),
        (.unknownModel, 404, "invalid_request_error", "model_not_found", 404, "not_found_error"),
        (.tooLarge, 413, "invalid_request_error", "request_too_large", 413, "request_too_large"),
        (.rateLimited, 429, "rate_limit_error", "rate_limit_exceeded", 429, "rate_limit_error"),
        (.budgetSpent, 429, "insufficient_quota", "insufficient_quota", 429, "rate_limit_error"),
        (.upstreamKeyRefused, 502, "server_error", "upstream_error", 502, "api_error"),
        (.upstreamFailed, 502, "server_error", "upstream_error", 502, "api_error"),
        (.overloaded, 503, "service_unavailable_error", "server_is_overloaded", 529, "overloaded_error"),
        (.timeout, 504, "server_error", "timeout", 504, "timeout_error"),
    ]

    @Test("each error has its form in both dialects, with all members")
    func forms() throws {
        #expect(Set(Self.table.map(\.0)) == Set(ModelError.Kind.allCases))
        for (kind, status, type, code, otherStatus, otherType) in Self.table {
            let error = ModelError(kind, "words")
            let openAI = CallerDialect.openAI.encode(error: error)
            #expect(openAI.status == status)
            #expect(
                String(decoding: openAI.body, as: UTF8.self)
                    == #"{"error":{"message":"words","type":"\#(type)","param":null,"code":"\#(code ?? "")"}}"#)
            let anthropic = CallerDialect.anthropic.encode(error: error)
            #expect(anthropic.status == otherStatus)
            #expect(
                String(decoding: anthropic.body, as: UTF8.self)
                    == #"{"type":"error","error":{"type":"\#(otherType)","message":"words"}}"#)
        }
    }

    @Test("a bad request says where")
    func pointer() throws {
        let error = ModelError(.badRequest, "is required", pointer: "/messages/0/content")
        let openAI = try Wire.json(CallerDialect.openAI.encode(error: error).body)
        #expect(openAI.object?["error"]?.object?["param"] == "/messages/0/content")
        let anthropic = try Wire.json(CallerDialect.anthropic.encode(error: error).body)
        #expect(anthropic.object?["error"]?.object?["message"] == "/messages/0/content: is required")
    }

    @Test("34: retry-after keeps its name; a spent budget says that trying again does not help")
    func fields() {
        let limited = CallerDialect.openAI.encode(error: ModelError(.rateLimited, "", retryAfter: 7))
        #expect(limited.fields.map { "\($0.name): \($0.value)" } == ["retry-after: 7"])
        let spent = CallerDialect.anthropic.encode(error: ModelError(.budgetSpent, "", retryAfter: 60))
        #expect(
            spent.fields.map { "\($0.name): \($0.value)" } == [
                "retry-after: 60", "x-should-retry: false", "anthropic-ratelimit-unified-status: rejected",
            ])
        #expect(
            CallerDialect.openAI.encode(error: ModelError(.budgetSpent, "")).fields.map(\.name) == ["x-should-retry"])
    }

    @Test(
        "a provider's error is read from its names, else from its status",
        arguments: [
            (
                ProviderDialect.openAI, 400,
                #"{"error":{"message":"m","type":"invalid_request_error","param":null,"code":"context_length_exceeded"}}"#,
                ModelError.Kind.contextTooLong
            ),
            (
                .openAI, 429, #"{"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}}"#,
                .upstreamKeyRefused
            ),
            (.openAI, 503, "<html>", .overloaded), (.openAI, 500, "", .upstreamFailed),
            (.openAI, 418, "[]", .upstreamFailed),
            (
                .openAI, 403, #"{"error":{"message":"m","type":"invalid_request_error","code":null}}"#,
                .upstreamKeyRefused
            ),
            (.anthropic, 529, #"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#, .overloaded),
            (.anthropic, 402, #"{"type":"error","error":{"type":"billing_error","message":"m"}}"#, .upstreamKeyRefused),
            (
                .gemini, 400,
                #"{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
                .upstreamKeyRefused
            ),
            (.gemini, 503, #"[{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}]"#, .overloaded),
            (.mistral, 422, #"{"detail":[{"loc":["body"],"msg":"m","type":"t"}]}"#, .badRequest),
            (
                .mistral, 400, #"{"object":"error","message":"m","type":"invalid_request_error","code":"3230"}"#,
                .badRequest
            ),
            (
                .ollama, 404, #"{"error":{"message":"m","type":"not_found_error","param":null,"code":null}}"#,
                .unknownModel
            ),
            (.ollama, 503, #"{"error":"server busy"}"#, .overloaded),
        ])
    func provider(_ dialect: ProviderDialect, _ status: Int, _ body: String, _ kind: ModelError.Kind) {
        #expect(dialect.decode(errorStatus: status, body: Wire.bytes(body), retryAfter: nil).kind == kind)
    }

    @Test("a piece of the gateway's key in a provider's words goes no further")
    func keyInWords() {
        let body = #"{"error":{"message":"Incorrect API key provided: sk-ab*yz","code":"invalid_api_key"}}"#
        let error = ProviderDialect.openAI.decode(errorStatus: 401, body: Wire.bytes(body), retryAfter: nil)
        #expect(error.kind == .upstreamKeyRefused)
        for caller in CallerDialect.allCases {
            let answer = caller.encode(error: error)
            #expect(answer.status == 502)
            #expect(!String(decoding: answer.body, as: UTF8.self).contains("sk-"))
        }
    }

    @Test("a key refused inside a stream does not name the key either")
    func keyInStream() {
        let upstream = Wire.stream(#"{"error":{"message":"bad key sk-ab*yz","code":"invalid_api_key"}}"#)
        for caller in CallerDialect.allCases {
            #expect(!String(decoding: Wire.translate(.openAI, caller, upstream), as: UTF8.self).contains("sk-"))
        }
    }

    @Test("a provider's endless message is cut between characters")
    func longMessage() {
        let words = String(repeating: "é", count: 5_000)
        let error = ProviderDialect.openAI.decode(
            errorStatus: 500, body: Wire.bytes(#"{"error":{"message":"\#(words)"}}"#), retryAfter: nil)
        #expect(error.message.text == String(repeating: "é", count: 500) + "…")
    }
}
