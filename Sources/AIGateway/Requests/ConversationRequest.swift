import Blueprint
import Codecs
import Dialects
import NIOCore

/// One request for the next turn of a conversation, from its bytes to the last byte of its answer.
struct ConversationRequest: ModelRequest {
    let gateway: ModelGateway
    private let exchange: ModelExchange
    private let offer: ModelOffer
    private let dialect: CallerDialect
    var journal: RequestJournal
    var spending: Spending?

    init(
        _ gateway: ModelGateway, _ exchange: ModelExchange, _ offer: ModelOffer,
        _ dialect: CallerDialect
    ) {
        self.gateway = gateway
        self.exchange = exchange
        self.offer = offer
        self.dialect = dialect
        journal = RequestJournal(exchange, dialect, .chat, gateway.clock)
    }

    mutating func run() async throws {
        let body = try await exchange.wholeBody(limit: ModelGateway.largestRequest)
        var conversation = try dialect.decode(request: body)
        journal.record.isStream = conversation.stream
        journal.record.model = String(decoding: conversation.model.bytes.prefix(256), as: UTF8.self)
        let catalogue = gateway.catalogue
        let model = try gateway.model(
            conversation.model, in: catalogue, for: exchange.caller, offer: offer)
        try ToolPairing.check(&conversation, model.repair)
        let usual = model.deployments.compactMap(\.traits.defaultMaximumTokens).max() ?? 0
        try await reserve(
            model, in: catalogue, bytes: body.count, output: conversation.maximumTokens ?? usual)
        // What is set aside is enough only for as long an answer.
        if spending?.isLimited == true { conversation.maximumTokens = conversation.maximumTokens ?? usual }
        if conversation.stream {
            try await stream(conversation, model)
        } else {
            try await whole(conversation, model)
        }
    }

    // MARK: Attempts

    /// What a deployment said, before it is read.
    private enum Reply {
        case provider(ProviderAnswer, ProviderDialect)
        case demo(DemoStream)
    }

    /// Asks one deployment, and reads what it says.
    private mutating func attempt<Value>(
        _ conversation: Conversation, _ deployment: CatalogueDeployment, key: Int, deadline: NIODeadline,
        read: (Reply) async throws -> ProviderLoop.Attempt<Value>
    ) async throws -> ProviderLoop.Attempt<Value> {
        do {
            let settled = try settle(conversation, for: deployment)
            journal.asks(deployment)
            guard let dialect = deployment.provider.dialect else {
                return try await read(.demo(DemoModel.answer(to: settled, id: exchange.trace)))
            }
            let body = try dialect.encode(request: settled, traits: deployment.traits)
            let response = try await ProviderAnswer.ask(
                deployment.provider, .chat(model: deployment.model, isStream: conversation.stream), body, key: key,
                gateway.clients, deadline: deadline)
            let attempt = try await read(.provider(response, dialect))
            if case .failed = attempt { journal.isOwed = false }
            return attempt
        } catch let unfit as Unfit {
            return .unfit(unfit.error)
        } catch let error as ModelError {
            journal.isOwed = false
            return .failed(error)
        }
    }

    // MARK: Whole answers

    private mutating func whole(_ conversation: Conversation, _ model: CatalogueModel) async throws {
        let loop = ProviderLoop(gateway: gateway, model: model)
        let answer: Answer = try await loop.run { deployment, key, deadline in
            try await attempt(conversation, deployment, key: key, deadline: deadline) { reply in
                switch reply {
                case .provider(let response, let dialect):
                    .answered(try dialect.decode(answer: try await response.whole()))
                case .demo(let stream): .answered(try await Self.gather(stream))
                }
            }
        }
        let bytes = dialect.encode(answer: answer, now: gateway.clock.seconds())
        journal.record.usage = answer.usage
        journal.spoken = bytes.count
        price(spending)
        journal.begins(200)
        try await exchange.send(bytes, status: 200, fields: journal.wholeFields)
        journal.ends(.answered)
    }

    private static func gather(_ stream: DemoStream) async throws -> Answer {
        var stream = stream
        var gatherer = AnswerGatherer()
        var goesOn = true
        while goesOn {
            var events: [AnswerEvent] = []
            goesOn = try await stream.next(into: &events)
            for event in events { gatherer.take(event) }
        }
        guard let result = gatherer.result else {
            throw ModelError(.upstreamFailed, "the demo model said nothing")
        }
        return try result.get()
    }

    // MARK: Streams

    /// An answer that has begun, with what has come of it so far.
    private struct Opened {
        var source: AnswerSource
        var events: [AnswerEvent]
        var goesOn: Bool
    }

    private mutating func stream(_ conversation: Conversation, _ model: CatalogueModel) async throws {
        let loop = ProviderLoop(gateway: gateway, model: model)
        var opened: Opened = try await loop.run { deployment, key, deadline in
            try await attempt(conversation, deployment, key: key, deadline: deadline) { reply in
                switch reply {
                case .provider(let response, let dialect): try await Self.open(AnswerSource(response, dialect))
                case .demo(let stream): try await Self.open(AnswerSource(stream))
                }
            }
        }
        try await relay(&opened, includesUsage: conversation.includesUsage)
    }

    /// Waits for the first thing that is said: until then nothing has been sent, and somebody else may be asked.
    private static func open(_ source: AnswerSource) async throws -> ProviderLoop.Attempt<Opened> {
        var opened = Opened(source: source, events: [], goesOn: true)
        while opened.goesOn {
            var events: [AnswerEvent] = []
            opened.goesOn = try await opened.source.next(into: &events)
            var isSpoken = false
            for event in events {
                switch event {
                case .error(let error) where !isSpoken: return .failed(error)
                case .keepAlive where !isSpoken: continue
                case .begin, .usage: break
                default: isSpoken = true
                }
                opened.events.append(event)
            }
            if isSpoken { return .answered(opened) }
        }
        return .failed(ModelError(.upstreamFailed, "the provider's answer ends before its end"))
    }

    private mutating func relay(_ opened: inout Opened, includesUsage: Bool) async throws {
        var encoder = AnswerStreamEncoder(
            dialect, includesUsage: includesUsage, now: gateway.clock.seconds())
        let head = ModelAnswerHead(
            status: 200,
            fields: [("content-type", "text/event-stream"), ("cache-control", "no-cache")]
                + journal.fields,
            length: nil)
        journal.begins(200)
        var output: [UInt8] = []
        var outcome = take(opened.events, &encoder, &output)
        try await exchange.begin(head, ByteBuffer(bytes: output))
        while opened.goesOn {
            opened.events.removeAll(keepingCapacity: true)
            output.removeAll(keepingCapacity: true)
            opened.goesOn = try await opened.source.next(into: &opened.events)
            outcome = take(opened.events, &encoder, &output)
            // What came may be nothing to this dialect.
            if !output.isEmpty { try await exchange.write(ByteBuffer(bytes: output)) }
        }
        journal.ends(outcome)
        price(spending)
        exchange.told(journal.record)
        try await exchange.finish()
        await settle()
        await opened.source.drain()
    }

    /// Writes events as the caller's dialect has them.
    /// - Returns: how it would end if these were the last.
    private mutating func take(
        _ events: [AnswerEvent], _ encoder: inout AnswerStreamEncoder, _ output: inout [UInt8]
    ) -> ModelRecord.Outcome {
        var outcome = ModelRecord.Outcome.failed
        for event in events {
            switch event {
            case .usage(let usage): journal.record.usage.update(usage)
            case .end: outcome = .answered
            case .textDelta(let text), .reasoningDelta(let text), .refusalDelta(let text):
                journal.spoken += text.count
            case .toolArgumentsDelta(_, let text): journal.spoken += text.count
            case .error(let error):
                journal.record.code = ModelProblem(error.kind).rawValue
                encoder.encode(.error(journal.traced(error)), into: &output)
                continue
            default: break
            }
            encoder.encode(event, into: &output)
        }
        return outcome
    }

    // MARK: Settling

    /// A deployment that cannot do what is asked.
    private struct Unfit: Error {
        let error: ModelError
    }

    private mutating func settle(
        _ conversation: Conversation, for deployment: CatalogueDeployment
    ) throws -> Conversation {
        let settlement: Settlement
        do {
            settlement = try deployment.capabilities.settle(conversation, policy: deployment.settling)
        } catch {
            throw Unfit(error: error)
        }
        journal.dropped = settlement.dropped
        var settled = settlement.conversation
        settled.model = ByteString(deployment.model)
        return settled
    }
}
