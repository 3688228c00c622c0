import Blueprint
import Codecs
import Dialects

/// A request for vectors of texts.
struct EmbeddingsCall: ModelRequest {
    let gateway: ModelGateway
    private let exchange: ModelExchange
    private let offer: ModelOffer
    var journal: RequestJournal
    var spending: Spending?

    init(_ gateway: ModelGateway, _ exchange: ModelExchange, _ offer: ModelOffer) {
        self.gateway = gateway
        self.exchange = exchange
        self.offer = offer
        journal = RequestJournal(exchange, .openAI, .embeddings, gateway.clock)
    }

    mutating func run() async throws {
        let body = try await exchange.wholeBody(limit: ModelGateway.largestRequest)
        let asked = try EmbeddingsRequest.decode(body)
        journal.record.model = String(decoding: asked.model.bytes.prefix(256), as: UTF8.self)
        let catalogue = gateway.catalogue
        let model = try gateway.model(asked.model, in: catalogue, for: exchange.caller, offer: offer)
        try await reserve(model, in: catalogue, bytes: body.count, output: 0)
        let loop = ProviderLoop(gateway: gateway, model: model)
        let answer: EmbeddingsAnswer = try await loop.run { deployment, key, deadline in
            guard deployment.provider.embeds else {
                return .unfit(ModelError(.badRequest, "this model gives no embeddings"))
            }
            journal.asks(deployment)
            do {
                guard deployment.provider.kind != .demo else { return .answered(try Self.demo(asked)) }
                var sent = asked
                sent.model = ByteString(deployment.model)
                let response = try await ProviderAnswer.ask(
                    deployment.provider, .embeddings, sent.encode(), key: key, gateway.clients,
                    deadline: deadline)
                return .answered(try EmbeddingsAnswer.decode(try await response.whole()))
            } catch let error as ModelError {
                journal.isOwed = false
                return .failed(error)
            }
        }
        journal.record.usage = answer.usage
        journal.record.usage.output = answer.usage.output ?? 0
        price(spending)
        journal.begins(200)
        try await exchange.send(answer.encode(), status: 200, fields: journal.wholeFields)
        journal.ends(.answered)
    }

    private static func demo(_ asked: EmbeddingsRequest) throws(ModelError) -> EmbeddingsAnswer {
        guard case .texts(let texts) = asked.input else {
            throw ModelError(.badRequest, "the demo model takes texts and no tokens", pointer: "/input")
        }
        let dimensions = Int(min(max(asked.dimensions ?? 64, 1), 1_024))
        var words: Int64 = 0
        let vectors = texts.map { text -> JSON in
            words += Int64(text.bytes.split(separator: UInt8(ascii: " ")).count)
            let vector = DemoModel.vector(of: text, dimensions: dimensions)
            guard asked.format == .base64 else {
                return .array(vector.map { (try? JSONReader.read(Array("\($0)".utf8))) ?? .null })
            }
            let bytes = vector.flatMap { number in
                (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> ($0 * 8)) }
            }
            return .string(ByteString(Base64.encode(bytes)))
        }
        return EmbeddingsAnswer(model: asked.model, vectors: vectors, usage: TokenUsage(input: words))
    }
}
