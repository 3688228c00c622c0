import Codecs

/// Reads a whole answer (`generative_service.proto`, `GenerateContentResponse`).
enum GeminiAnswer {
    static func decode(_ body: [UInt8]) throws(ModelError) -> Answer {
        let object = try ProviderBody.read(body)
        if let error = GeminiErrors.inBand(object) { throw error }
        var answer = Answer(
            id: object.string("responseId") ?? "", model: object.string("modelVersion") ?? "",
            usage: object.object("usageMetadata").map(GeminiUsage.decode) ?? TokenUsage())
        guard let candidate = object.array("candidates")?.first?.object else {
            guard object.object("promptFeedback")?.words("blockReason") != nil else {
                throw ModelError(.upstreamFailed, "the provider's answer has no candidate")
            }
            answer.end = .contentFilter
            return answer
        }
        // Content may be missing, empty, or without parts (peers C.3-37).
        for json in candidate.object("content")?.array("parts") ?? [] {
            answer.parts += GeminiPart.decode(json, callsBefore: answer.callCount)
        }
        let reason = candidate.string("finishReason") ?? "STOP"
        guard let end = GeminiEndReason.decode(reason) else {
            guard !answer.parts.isEmpty else { throw GeminiEndReason.failure(reason) }
            return answer
        }
        answer.end = end.normalized(hasToolCall: answer.hasToolCall)
        return answer
    }
}

extension Answer {
    fileprivate var callCount: Int {
        parts.count { if case .toolCall = $0.content { true } else { false } }
    }
}

/// Reads one part: text, a call, or both at once (peers C.3-8).
enum GeminiPart {
    static func decode(_ json: JSON, callsBefore: Int) -> [Part] {
        guard let object = json.object else { return [] }
        var parts: [Part] = []
        let signature = object.words("thoughtSignature")
        if let text = object.words("text") {
            let isThought = object.value(named: "thought")?.bool == true
            parts.append(Part(isThought ? .reasoning(.text(text, signature: nil)) : .text(text)))
        }
        if let call = object.object("functionCall"), let name = call.words("name") {
            let arguments = ByteString(utf8: JSONWriter.write(.object(call.object("args") ?? [:])))
            parts.append(
                Part(
                    .toolCall(
                        ToolCall(
                            id: call.words("id") ?? ByteString("call_\(callsBefore)"), name: name,
                            arguments: arguments, signature: signature))))
        }
        return parts
    }
}

/// `finishReason`.
enum GeminiEndReason {
    /// nil for ends that are failures.
    static func decode(_ reason: ByteString) -> EndReason? {
        switch reason {
        case "MAX_TOKENS": .length
        case "SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "RECITATION", "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
            .contentFilter
        case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "OTHER", "LANGUAGE", "NO_IMAGE",
            "IMAGE_OTHER":
            nil
        default: .stop
        }
    }

    static func failure(_ reason: ByteString) -> ModelError {
        ModelError(
            .upstreamFailed, .joined(["the provider ended without an answer: ", Excerpt.of(reason, limit: 64)], by: ""))
    }
}

/// `usageMetadata`: candidates exclude thoughts, the prompt includes what was cached.
enum GeminiUsage {
    static func decode(_ usage: JSONObject) -> TokenUsage {
        TokenUsage(
            input: TokenUsage.sum(usage.count("promptTokenCount"), usage.count("toolUsePromptTokenCount")),
            cacheRead: usage.count("cachedContentTokenCount"),
            output: TokenUsage.sum(usage.count("candidatesTokenCount"), usage.count("thoughtsTokenCount")),
            reasoning: usage.count("thoughtsTokenCount"))
    }
}

/// `{"error":{"code","message","status","details"}}` (`google/rpc/code.proto`).
enum GeminiErrors {
    static func inBand(_ object: JSONObject) -> ModelError? {
        guard let error = object.object("error") else { return nil }
        var result = ModelError.told(kind(error), error.message)
        for detail in error.array("details") ?? [] {
            guard let delay = detail.object?.words("retryDelay") else { continue }
            result.retryAfter = seconds(delay)
        }
        return result
    }

    private static func kind(_ error: JSONObject) -> ModelError.Kind {
        let reasons = (error.array("details") ?? []).compactMap { $0.object?.words("reason") }
        if reasons.contains("API_KEY_INVALID") { return .upstreamKeyRefused }
        switch error.string("status") {
        case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE": return .badRequest
        case "UNAUTHENTICATED", "PERMISSION_DENIED": return .upstreamKeyRefused
        case "NOT_FOUND": return .unknownModel
        case "RESOURCE_EXHAUSTED": return .rateLimited
        case "UNAVAILABLE": return .overloaded
        case "DEADLINE_EXCEEDED": return .timeout
        default: return .upstreamFailed
        }
    }

    /// A duration such as `17s` or `1.5s`, rounded up.
    private static func seconds(_ duration: ByteString) -> Int64? {
        guard duration.bytes.last == UInt8(ascii: "s"), duration.count < 20 else { return nil }
        let parts = duration.text.dropLast().split(separator: ".", maxSplits: 1)
        guard let whole = parts.first.flatMap({ Int64($0) }), whole >= 0 else { return nil }
        let hasFraction = parts.count == 2 && parts[1].contains { $0 != "0" }
        return hasFraction ? whole &+ 1 : whole
    }
}
