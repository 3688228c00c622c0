import Edge
import HTTPWire

/// How much a request may bring.
struct BodySizePolicy: Sendable {
    /// Bytes.
    let most: Int64

    func judge(_ exchange: GatewayExchange) -> Judgement {
        if let length = exchange.exchange.declaredBodyLength, length > most { return .refuse(.bodyTooLarge(most)) }
        exchange.exchange.limitBody(to: most)
        return .proceed
    }
}
