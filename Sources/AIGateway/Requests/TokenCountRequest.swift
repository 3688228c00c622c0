import Blueprint
import Codecs
import Dialects

/// Anthropic's question how many tokens a conversation has. Only Anthropic itself answers it exactly; of everybody else it
/// is estimated, and said to be.
struct TokenCountRequest: ModelRequest {
    let gateway: ModelGateway
    private let exchange: ModelExchange
    private let offer: ModelOffer
    var journal: RequestJournal
    var spending: Spending?

    init(_ gateway: ModelGateway, _ exchange: ModelExchange, _ offer: ModelOffer) {
        self.gateway = gateway
        self.exchange = exchange
        self.offer = offer
        journal = RequestJournal(exchange, .anthropic, .tokenCount, gateway.clock)
    }

    mutating func run() async throws {
        let body = try await exchange.wholeBody(limit: ModelGateway.largestRequest)
        let conversation = try TokenCount.decode(request: body)
        journal.record.model = String(decoding: conversation.model.bytes.prefix(256), as: UTF8.self)
        let model = try gateway.model(
            conversation.model, in: gateway.catalogue, for: exchange.caller, offer: offer)
        let loop = ProviderLoop(gateway: gateway, model: model)
        var isEstimated = false
        let tokens: Int64 = try await loop.run { deployment, key, deadline in
            journal.asks(deployment)
            switch deployment.provider.kind {
            case .demo: return .answered(DemoModel.tokens(of: conversation))
            case .anthropic:
                do {
                    var asked = conversation
                    asked.model = ByteString(deployment.model)
                    let response = try await ProviderAnswer.ask(
                        deployment.provider, .tokenCount, try TokenCount.encode(request: asked), key: key,
                        gateway.clients, deadline: deadline)
                    return .answered(try TokenCount.decode(answer: try await response.whole()))
                } catch let error as ModelError {
                    return .failed(error)
                }
            case .openAI, .gemini, .mistral, .ollama:
                isEstimated = true
                return .answered(TokenEstimate.tokens(inBytes: body.count))
            }
        }
        journal.record.usage.input = tokens
        journal.begins(200)
        let estimated = isEstimated ? [(name: "x-signet-estimated", value: "true")] : []
        try await exchange.send(
            TokenCount.encode(answer: tokens), status: 200, fields: journal.wholeFields + estimated)
        journal.ends(.answered)
    }
}

/// How many tokens a text may have, by its length alone.
enum TokenEstimate {
    /// Four bytes are a token of most English text; other texts have more tokens, and JSON has bytes that are no text.
    static func tokens(inBytes count: Int) -> Int64 { Int64(max(count, 0) / 4) &+ 1 }
}
