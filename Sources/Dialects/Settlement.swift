import Codecs

/// A conversation as a provider can take it, and what was left out for that.
public struct Settlement: Equatable, Sendable {
    /// What may be encoded.
    public var conversation: Conversation
    /// What was left out: to be logged, and told in a field of the answer.
    public var dropped: [Finding]
}

extension Capabilities {
    /// Judges a conversation and leaves out what the policy allows to leave out.
    /// - Throws: `badRequest` that names the first feature that may not be left out, and its place.
    public func settle(
        _ conversation: Conversation, policy: SettlePolicy = .standard
    ) throws(ModelError) -> Settlement {
        let findings = judge(conversation)
        for finding in findings where !policy.dropped.contains(finding.feature) {
            throw ModelError(
                .badRequest, ByteString("this model does not take it (\(finding.feature.rawValue))"),
                pointer: finding.pointer)
        }
        let missing = Set(findings.map(\.feature))
        guard !missing.isEmpty else { return Settlement(conversation: conversation, dropped: []) }
        var settled = conversation
        drop(missing, from: &settled)
        dropParts(missing, from: &settled)
        return Settlement(conversation: settled, dropped: findings)
    }

    private func drop(_ missing: Set<Feature>, from settled: inout Conversation) {
        for feature in missing {
            switch feature {
            case .tools: (settled.tools, settled.toolChoice, settled.parallelToolCalls) = ([], nil, nil)
            case .requiredCall, .namedCall, .allowedCalls: settled.toolChoice = nil
            case .singleCall: settled.parallelToolCalls = nil
            case .severalCandidates: settled.candidates = nil
            case .jsonSchema, .jsonObject: settled.responseFormat = nil
            case .temperatureAboveScale: settled.sampling.temperature = highestTemperature
            case .topK: settled.sampling.topK = nil
            case .seed: settled.sampling.seed = nil
            case .penalties: (settled.sampling.presencePenalty, settled.sampling.frequencyPenalty) = (nil, nil)
            case .logitBias: settled.sampling.logitBias = nil
            case .logProbabilities:
                (settled.sampling.logProbabilities, settled.sampling.topLogProbabilities) = (nil, nil)
            case .reasoningEffort:
                if features.contains(.reasoningMode) { settled.reasoning.sayEffortByMode() }
                settled.reasoning.effort = nil
            case .reasoningMode:
                if features.contains(.reasoningEffort) { settled.reasoning.sayModeByEffort() }
                (settled.reasoning.mode, settled.reasoning.display) = (nil, nil)
            case .user: settled.user = nil
            case .metadata: settled.metadata = JSONObject()
            case .foreignMember: settled.extensions = JSONObject()
            case .furtherMember:
                settled.extensions = JSONObject(
                    distinct: settled.extensions.members.filter { CallerDialect.tuningMembers.contains($0.name) })
            case .foreignTool: settled.tools.removeAll { $0.function == nil }
            case .imageAddress, .imageData, .imageInResult, .cacheControl, .speakerName, .foreignPart: break
            }
        }
    }

    private var highestTemperature: JSONNumber? {
        guard case .number(let number)? = try? JSONReader.read(Array("\(maximumTemperature)".utf8)) else { return nil }
        return number
    }

    private func dropParts(_ missing: Set<Feature>, from settled: inout Conversation) {
        let ofParts: Set<Feature> = [.imageAddress, .imageData, .cacheControl, .speakerName, .foreignPart]
        guard !missing.isDisjoint(with: ofParts) else { return }
        settled.system = kept(settled.system, missing)
        for index in settled.messages.indices {
            settled.messages[index].parts = kept(settled.messages[index].parts, missing)
            if missing.contains(.speakerName) { settled.messages[index].name = nil }
        }
        guard missing.contains(.cacheControl) else { return }
        settled.tools = settled.tools.map { tool in
            guard case .function(var function) = tool else { return tool }
            function.cacheControl = nil
            return .function(function)
        }
    }

    /// Images in results are not taken out here: encoders without a form for them let them follow as the user's.
    private func kept(_ parts: [Part], _ missing: Set<Feature>) -> [Part] {
        parts.compactMap { part in
            var part = part
            if missing.contains(.cacheControl) { part.cacheControl = nil }
            switch part.content {
            case .image(let image):
                let isAddress = if case .url = image.source { true } else { false }
                return missing.contains(isAddress ? .imageAddress : .imageData) ? nil : part
            case .toolResult(var result):
                result.parts = kept(result.parts, missing)
                part.content = .toolResult(result)
            case .other where missing.contains(.foreignPart): return nil
            default: break
            }
            return part
        }
    }
}
