import Codecs

extension Capabilities {
    /// What a conversation asks for and this provider does not have, in the order of the request.
    public func judge(_ conversation: Conversation) -> [Finding] {
        var findings: [Finding] = []
        func need(_ feature: Feature, at pointer: String, if asked: Bool = true) {
            guard asked, !features.contains(feature) else { return }
            findings.append(Finding(feature: feature, pointer: ByteString(pointer)))
        }
        let isForeign = conversation.origin != dialect
        for part in conversation.system { judge(part, at: "/system", isForeign, need) }
        for (index, message) in conversation.messages.enumerated() {
            let pointer = "/messages/\(index)"
            need(.speakerName, at: pointer + "/name", if: message.name != nil)
            for part in message.parts { judge(part, at: pointer, isForeign, need) }
        }
        need(.tools, at: "/tools", if: !conversation.tools.isEmpty)
        for (index, tool) in conversation.tools.enumerated() {
            switch tool {
            case .function(let function):
                need(.cacheControl, at: "/tools/\(index)/cache_control", if: function.cacheControl != nil)
            case .other:
                if isForeign { need(.foreignTool, at: "/tools/\(index)") }
            }
        }
        switch conversation.toolChoice {
        case .required: need(.requiredCall, at: "/tool_choice")
        case .function: need(.namedCall, at: "/tool_choice")
        case .allowed: need(.allowedCalls, at: "/tool_choice")
        case nil, .automatic, .some(.none): break
        }
        need(.singleCall, at: "/parallel_tool_calls", if: conversation.parallelToolCalls == false)
        need(.severalCandidates, at: "/n", if: (conversation.candidates ?? 1) != 1)
        switch conversation.responseFormat {
        case .jsonSchema: need(.jsonSchema, at: "/response_format")
        case .jsonObject: need(.jsonObject, at: "/response_format")
        case nil, .text: break
        }
        judge(conversation.sampling, need)
        // No event carries probabilities.
        if conversation.stream, conversation.sampling.logProbabilities == true, features.contains(.logProbabilities) {
            findings.append(Finding(feature: .logProbabilities, pointer: "/logprobs"))
        }
        need(.reasoningEffort, at: "/reasoning_effort", if: conversation.reasoning.effort != nil)
        need(.reasoningMode, at: "/thinking", if: conversation.reasoning.mode != nil)
        need(.user, at: "/user", if: conversation.user != nil)
        need(.metadata, at: "/metadata", if: !conversation.metadata.members.isEmpty)
        let feature: Feature = isForeign ? .foreignMember : .furtherMember
        for member in conversation.extensions.members
        where isForeign || !features.contains(feature) && !CallerDialect.tuningMembers.contains(member.name) {
            findings.append(Finding(feature: feature, pointer: JSONPointer.member(.root, member.name).text))
        }
        return findings
    }

    private func judge(_ sampling: Sampling, _ need: (Feature, String, Bool) -> Void) {
        let isAbove = sampling.temperature.map { Self.isAbove($0, maximumTemperature) } ?? false
        need(.temperatureAboveScale, "/temperature", isAbove)
        need(.topK, "/top_k", sampling.topK != nil)
        need(.seed, "/seed", sampling.seed != nil)
        need(.penalties, "/presence_penalty", sampling.presencePenalty != nil)
        need(.penalties, "/frequency_penalty", sampling.frequencyPenalty != nil)
        need(.logitBias, "/logit_bias", sampling.logitBias != nil)
        need(.logProbabilities, "/logprobs", sampling.logProbabilities == true || sampling.topLogProbabilities != nil)
    }

    private func judge(
        _ part: Part, at pointer: String, _ isForeign: Bool, _ need: (Feature, String, Bool) -> Void
    ) {
        need(.cacheControl, pointer, part.cacheControl != nil)
        switch part.content {
        case .image(let image):
            if case .url = image.source { need(.imageAddress, pointer, true) } else { need(.imageData, pointer, true) }
        case .toolResult(let result):
            for inner in result.parts {
                if case .image = inner.content { need(.imageInResult, pointer, true) }
                judge(inner, at: pointer, isForeign, need)
            }
        case .other: need(.foreignPart, pointer, isForeign)
        case .text, .toolCall, .reasoning, .refusal: break
        }
    }

    static func isAbove(_ number: JSONNumber, _ limit: Double) -> Bool {
        (Double(number.text.text) ?? .infinity) > limit
    }
}
