/// Whose plan opens an API: callers of an API that plans name need a subscription to one of them.
struct PlanPolicy: Sendable {
    let api: String

    func judge(_ exchange: GatewayExchange) -> Judgement {
        let plans = exchange.identity.consumer?.plans(opening: api, at: exchange.now) ?? []
        return plans.isEmpty ? .refuse(.subscriptionMissing()) : .proceed
    }
}
