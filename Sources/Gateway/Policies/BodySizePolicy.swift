import Edge
import HTTPWire

/// How much a request may bring.
struct BodySizePolicy: Sendable {
    /// Bytes.
    let most: Int64

    func judge(_ exchange: GatewayExchange) -> Judgement {
        if case .length(let length) = exchange.exchange.head.framing, length > most {
            return .refuse(.bodyTooLarge(most))
        }
        return .proceed
    }
}
