import Dialects
import NIOCore

/// Asks one candidate after the other until one begins to answer, as the plan says.
struct ProviderLoop {
    let gateway: ModelGateway
    let model: CatalogueModel

    /// What one attempt came to.
    enum Attempt<Value> {
        case answered(Value)
        case failed(ModelError)
        /// It cannot do what is asked, and was not asked.
        case unfit(ModelError)
    }

    /// - Parameter attempt: asks a deployment with a key of its provider's; it counts with the journal that it asks.
    /// - Throws: `ModelError` that the caller is told; `CancellationError`.
    func run<Value>(
        _ attempt: (_ deployment: CatalogueDeployment, _ key: Int, _ deadline: NIODeadline) async throws
            -> Attempt<
                Value
            >
    ) async throws -> Value {
        let deployments = model.deployments
        let order = CandidateOrder.of(deployments.map { ($0.order, $0.weight) }) {
            UInt64.random(in: 0..<$0)
        }
        let deadline = NIODeadline.now() + .milliseconds(model.timeout)
        var plan = AttemptPlan(
            count: order.count, retries: model.retries, deadline: Self.milliseconds(deadline))
        while true {
            let now = Self.milliseconds(.now())
            switch plan.next(now: now, readyAt: { deployments[order[$0]].provider.readyAt() }) {
            case .fail(let error): throw error
            case .wait(let until): try await Task.sleep(for: .milliseconds(max(1, until &- now)))
            case .ask(let candidate):
                let deployment = deployments[order[candidate]]
                // Somebody else may have taken the last one meanwhile; then its rest is waited for as any.
                guard let key = deployment.provider.takeKey(now: now) else { continue }
                switch try await attempt(deployment, key, deadline) {
                case .answered(let value): return value
                case .unfit(let error): plan.isUnfit(candidate, error)
                case .failed(let error):
                    let failedAt = Self.milliseconds(.now())
                    let provider = deployment.provider
                    if let rest = Self.rest(after: error) { provider.restKey(key, until: failedAt &+ rest) }
                    let hasOtherKey = Self.rest(after: error) != nil && provider.readyAt() <= failedAt
                    plan.failed(candidate, error, hasOtherKey: hasOtherKey, now: failedAt)
                }
            }
        }
    }

    /// How long a key rests after an error, in milliseconds; nil of errors that are none of the key's.
    static func rest(after error: ModelError) -> Int64? {
        switch error.kind {
        case .rateLimited: min(max(error.retryAfter ?? 1, 0), 3_600) * 1_000
        case .upstreamKeyRefused: 60_000
        default: nil
        }
    }

    private static func milliseconds(_ time: NIODeadline) -> Int64 {
        Int64(clamping: time.uptimeNanoseconds / 1_000_000)
    }
}
