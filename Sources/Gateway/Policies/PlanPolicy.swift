/// Whose plan opens an API: callers of an API that plans name need a subscription to one of them.
struct PlanPolicy: Sendable {
    let api: String

    func judge(_ exchange: GatewayExchange) -> Judgement {
        guard let consumer = exchange.identity.consumer else { return .refuse(.subscriptionMissing()) }
        let isOpen = consumer.subscriptions.contains { subscription in
            subscription.plan.opens(api) && (subscription.ends.map { exchange.now < $0 } ?? true)
        }
        return isOpen ? .proceed : .refuse(.subscriptionMissing())
    }
}
