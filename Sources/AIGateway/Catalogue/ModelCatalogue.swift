import Blueprint
import Dialects
import Synchronization

/// The models that there are and who answers under their names: a value that is replaced, never changed in part.
public struct ModelCatalogue: Sendable {
    var providers: [String: ModelProvider] = [:]
    var models: [String: CatalogueModel] = [:]
    var prices = PriceTable()
    var budgets: [CatalogueBudget] = []
    /// The names of the models, in the order of the blueprint.
    var names: [String] = []

    /// None.
    public init() {}
}

/// A name that callers know, and who answers under it.
struct CatalogueModel: Sendable {
    let name: String
    let deployments: [CatalogueDeployment]
    let retries: Int
    /// In milliseconds.
    let timeout: Int64
    let repair: ToolPairing.Repair
}

/// A model of a provider.
struct CatalogueDeployment: Sendable {
    let provider: ModelProvider
    let model: String
    let order: Int64
    let weight: Int64
    let capabilities: Capabilities
    let traits: ModelTraits
    let settling: SettlePolicy
}

/// A provider as requests find it. The same one stays over changes of the configuration that do not concern it, and so do
/// the rests of its keys.
final class ModelProvider: Sendable {
    let name: String
    let kind: Provider.Kind
    /// Without a slash at its end; empty of the demo model.
    let address: String
    /// As they stand in a field. They go to the provider and nowhere else.
    let keys: [String]
    let patience: ProviderPatience
    private let ring: Mutex<KeyRing>

    init(
        name: String, kind: Provider.Kind, address: String, keys: [String], patience: ProviderPatience
    ) {
        self.name = name
        self.kind = kind
        self.address = address
        self.keys = keys
        self.patience = patience
        ring = Mutex(KeyRing(count: keys.count))
    }

    /// How it is spoken to; nil of the demo model, which is not.
    var dialect: ProviderDialect? { Self.dialect(kind) }

    static func dialect(_ kind: Provider.Kind) -> ProviderDialect? {
        switch kind {
        case .openAI: .openAI
        case .anthropic: .anthropic
        case .gemini: .gemini
        case .mistral: .mistral
        case .ollama: .ollama
        case .demo: nil
        }
    }

    /// Whether another one is asked in the same way.
    func isSame(as other: ModelProvider) -> Bool {
        name == other.name && kind == other.kind && address == other.address && keys == other.keys
            && patience == other.patience
    }

    func takeKey(now: Int64) -> Int? { ring.withLock { $0.take(now: now) } }
    func readyAt() -> Int64 { ring.withLock { $0.readyAt } }
    func restKey(_ number: Int, until: Int64) { ring.withLock { $0.rest(number, until: until) } }
}

/// How long a provider may take.
struct ProviderPatience: Hashable, Sendable {
    /// For a connection to be made, in milliseconds.
    let connecting: Int64
    /// To say nothing, in milliseconds.
    let silence: Int64
}
