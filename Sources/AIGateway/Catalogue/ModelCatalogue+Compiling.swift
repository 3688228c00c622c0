public import Blueprint
import Dialects

/// What is wrong with something of a blueprint.
public struct ModelComplaint: Sendable, Equatable {
    /// Where, as a JSON pointer (RFC 6901).
    public let pointer: String
    /// One sentence; holds no secret.
    public let message: String
}

extension ModelCatalogue {
    /// What a blueprint says of models, and everything that is wrong with it.
    /// - Parameters:
    ///   - earlier: the one in use: providers that stay as they are stay the same.
    ///   - secret: what a secret's source holds; nil when there is nothing.
    public static func compile(
        _ blueprint: Blueprint, keeping earlier: ModelCatalogue? = nil,
        secret: (SecretSource) -> [UInt8]?
    ) -> (catalogue: ModelCatalogue, complaints: [ModelComplaint]) {
        var catalogue = ModelCatalogue()
        var complaints: [ModelComplaint] = []
        for (name, provider) in blueprint.providers.entries {
            let made = Self.provider(name, provider, secret: secret, &complaints)
            let kept = earlier?.providers[name].flatMap { $0.isSame(as: made) ? $0 : nil }
            catalogue.providers[name] = kept ?? made
        }
        for (name, model) in blueprint.models.entries {
            catalogue.models[name] = CatalogueModel(
                name: name, deployments: catalogue.deployments(of: name, model, &complaints),
                retries: Int(clamping: model.retries), timeout: model.timeout.milliseconds,
                repair: model.toolResults == .mend ? .mend : .refuse)
            catalogue.names.append(name)
        }
        catalogue.readMoney(blueprint, &complaints)
        return (catalogue, complaints)
    }

    private static func provider(
        _ name: String, _ provider: Provider, secret: (SecretSource) -> [UInt8]?,
        _ complaints: inout [ModelComplaint]
    ) -> ModelProvider {
        var keys: [String] = []
        for (index, source) in provider.keys.enumerated() {
            let pointer = "/providers/\(name)/keys/\(index)"
            guard let bytes = secret(source) else {
                complaints.append(ModelComplaint(pointer: pointer, message: source.absence))
                continue
            }
            guard bytes.count <= 4_096, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                complaints.append(
                    ModelComplaint(
                        pointer: pointer, message: "what is in \(source.words) cannot stand in a field"))
                continue
            }
            keys.append(String(decoding: bytes, as: UTF8.self))
        }
        var address = provider.address ?? usualAddress(provider.kind)
        while address.hasSuffix("/") { address.removeLast() }
        return ModelProvider(
            name: name, kind: provider.kind, address: address, keys: keys,
            patience: ProviderPatience(
                connecting: provider.connectTimeout.milliseconds,
                silence: provider.responseTimeout.milliseconds))
    }

    private func deployments(
        of name: String, _ model: Model, _ complaints: inout [ModelComplaint]
    ) -> [CatalogueDeployment] {
        var deployments: [CatalogueDeployment] = []
        for (index, deployment) in model.deployments.enumerated() {
            // One that is missing has been complained about where references are checked.
            guard let provider = providers[deployment.provider] else { continue }
            var capabilities = provider.dialect.map { Capabilities.of($0) } ?? DemoModel.capabilities
            let pointer = "/models/\(name)/deployments/\(index)"
            capabilities.features.formUnion(Self.features(deployment.can, "\(pointer)/can", &complaints))
            capabilities.features.subtract(
                Self.features(deployment.cannot, "\(pointer)/cannot", &complaints))
            var traits = ModelTraits()
            // Anthropic must be told; what most of its models can write is not refused by any.
            traits.defaultMaximumTokens = deployment.maximumTokens ?? 4_096
            deployments.append(
                CatalogueDeployment(
                    provider: provider, model: deployment.model, order: deployment.order,
                    weight: deployment.weight,
                    capabilities: capabilities, traits: traits,
                    settling: model.unsupported == .drop ? .standard : .strict))
        }
        return deployments
    }

    private static func features(
        _ names: [String], _ pointer: String, _ complaints: inout [ModelComplaint]
    ) -> Set<Feature> {
        var features: Set<Feature> = []
        for (index, name) in names.enumerated() {
            if let feature = Feature(rawValue: name) {
                features.insert(feature)
            } else {
                let known = Feature.allCases.map(\.rawValue).joined(separator: ", ")
                complaints.append(
                    ModelComplaint(
                        pointer: "\(pointer)/\(index)", message: "there is no \"\(name)\"; there are \(known)"))
            }
        }
        return features
    }

    /// The place that everybody knows, as the provider's own client library takes it.
    static func usualAddress(_ kind: Provider.Kind) -> String {
        switch kind {
        case .openAI: "https://api.openai.com/v1"
        case .anthropic: "https://api.anthropic.com"
        case .gemini: "https://generativelanguage.googleapis.com"
        case .mistral: "https://api.mistral.ai"
        case .ollama: "http://127.0.0.1:11434"
        case .demo: ""
        }
    }
}
