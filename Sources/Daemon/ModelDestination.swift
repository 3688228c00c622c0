import AIGateway
import Blueprint
import Gateway
import NIOCore
import Telemetry

/// The language models as a destination of the gateway's routes.
struct ModelDestination: Sendable {
    let gateway: ModelGateway

    /// Answers one request of an API.
    /// - Parameter segments: how many of the path stand before the place of the models.
    func answer(_ exchange: AsyncExchange, api: String, offer: ModelOffer, behind segments: Int) async throws {
        // One reader over all calls: a second one would go on where the first stopped, too.
        let body = exchange.body
        let answer = exchange.answer
        let request = ModelExchange(
            method: exchange.head.method, path: Self.path(exchange.head.path, behind: segments),
            bodyLength: exchange.head.bodyLength,
            caller: ModelCaller(
                consumer: exchange.caller?.consumer, subject: exchange.caller?.subject, client: exchange.caller?.client,
                claims: exchange.claims),
            api: api, trace: exchange.trace.trace.description,
            field: { exchange.head.first($0) },
            nextPiece: {
                var pieces = body.makeAsyncIterator()
                return try await pieces.next()
            },
            begin: { head, piece in
                try await answer.begin(
                    AsyncAnswerHead(
                        status: head.status, fields: head.fields.map { (Array($0.name.utf8), Array($0.value.utf8)) },
                        length: head.length), with: piece)
            },
            write: { try await answer.write($0) },
            finish: { try await answer.finish() },
            told: { record in
                answer.tell(
                    asked: record.provider, attempts: record.attempts, model: ModelFacts(record),
                    reason: record.code.map { AnswerReason(code: $0, detail: record.reason ?? "") })
            })
        try await gateway.answer(request, offer: offer)
    }

    /// What of a path is left behind so many segments, with its slash; empty when there are not as many.
    static func path(_ path: String, behind segments: Int) -> String {
        let slashes = path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }
        return segments < slashes.count ? String(path[slashes[segments]...]) : ""
    }
}

extension ModelFacts {
    /// What the access log has of a request for a model.
    convenience init(_ record: ModelRecord) {
        self.init(
            name: record.model, providerModel: record.providerModel, inputTokens: record.inputTokens,
            outputTokens: record.outputTokens, cost: record.costText)
    }
}

extension ModelRecord {
    /// One line for the log of the server, of what went wrong alone.
    var complaint: String? {
        guard outcome == .failed else { return nil }
        return
            "model \(model): \(code ?? "failed") at \(provider ?? "nobody") after \(attempts) attempts, trace \(trace)"
    }
}
