import AIGateway
import Synchronization
import Telemetry

/// What requests for language models were since the start, for `/metrics`.
final class ModelTally: Sendable {
    /// Names go on being counted when their models are gone, but no more than so many.
    private static let mostModels = 1_000
    /// What is counted of names that are no model, and of those beyond the most.
    private static let other = "other"

    private let models = Mutex<[String: MetricsReadings.Model]>([:])

    /// Counts a request that is over.
    /// - Parameter isKnown: whether its name is a model's: names of callers' own choice are not kept.
    func count(_ record: ModelRecord, isKnown: Bool) {
        models.withLock { models in
            let fits = models[record.model] != nil || models.count < Self.mostModels
            let name = isKnown && fits ? record.model : Self.other
            var model = models[name] ?? MetricsReadings.Model(name: name)
            model.requests[record.outcome.rawValue, default: 0] &+= 1
            model.inputTokens &+= UInt64(clamping: record.inputTokens ?? 0)
            model.outputTokens &+= UInt64(clamping: record.outputTokens ?? 0)
            if let cost = record.cost, let currency = record.currency {
                model.nanos[currency, default: 0] &+= UInt64(clamping: cost)
            }
            models[name] = model
        }
    }

    /// The counts, in the order of the names.
    func read() -> [MetricsReadings.Model] {
        models.withLock { Array($0.values) }.sorted { $0.name < $1.name }
    }
}
