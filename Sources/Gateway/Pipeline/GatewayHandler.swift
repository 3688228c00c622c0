import Edge
import HTTPWire
import NIOCore
import Telemetry
import Upstreams

/// A request's way through the gateway, on the one event loop that its client's connection lives on: its route is found,
/// the route's policies are asked one after the other, and whoever may pass is delivered. The first refusal ends it.
final class GatewayHandler: ExchangeHandler {
    private let loop: GatewayLoop
    private let forwarder: Forwarder
    private var pools: [UpstreamEndpoint: UpstreamPool] = [:]

    init(_ loop: GatewayLoop) {
        self.loop = loop
        forwarder = Forwarder(observer: UpstreamFailureAnswers(loop))
        super.init()
    }

    /// Replaces what the phases look things up in, at once for every request after this one.
    func install(_ snapshot: GatewaySnapshot) {
        loop.snapshot = snapshot
        for (endpoint, pool) in pools where !snapshot.routes.upstreams.contains(endpoint) {
            pool.close()
            pools[endpoint] = nil
        }
    }

    override func handle(_ exchange: Exchange) {
        switch loop.snapshot.routes.match(exchange) {
        case .none: refuse(exchange, .notFound())
        case .otherMethods(let methods): refuse(exchange, .otherMethods(methods))
        case .route(let route, _):
            let request = GatewayExchange(exchange, on: loop, route: route)
            exchange.attachment = request
            ask(request, from: 0)
        }
    }

    override func refusal(for defect: WireDefect, from peer: [UInt8]) -> LocalAnswer {
        let refusal = Refusal(phase: .match, status: defect.status, code: defect.code, detail: defect.what)
        return loop.record(refusal, method: "", path: "", route: nil).answer(closes: true)
    }

    /// Asks the route's policies, from one of them on.
    private func ask(_ request: GatewayExchange, from start: Int) {
        let policies = request.route.policies
        for index in start..<policies.count {
            switch policies[index].judge(request) {
            case .proceed: continue
            case .answer(var answer):
                answer.add(request.answerFields)
                return request.exchange.respond(answer)
            case .refuse(let refusal): return refuse(request, refusal)
            case .wait(let waiting):
                request.hasWaited = true
                let bound = NIOLoopBound((handler: self, request: request), eventLoop: loop.eventLoop)
                waiting.future.hop(to: loop.eventLoop).whenComplete { _ in
                    let (handler, request) = bound.value
                    guard !request.exchange.isOver else { return }
                    handler.ask(request, from: index)
                }
                return
            }
        }
        deliver(request)
    }

    private func deliver(_ request: GatewayExchange) {
        let exchange = request.exchange
        switch request.route.destination {
        case .upstream(let endpoint):
            var rewrite = request.route.rewrite
            if !request.identity.fields.isEmpty { rewrite.added += request.identity.fields }
            forwarder.forward(
                exchange, to: pool(for: endpoint), path: exchange.path.dropping(request.route.strippedPrefix),
                rewrite: rewrite)
        case .redirect(let place, let behind):
            var target = place + exchange.path.bytes.dropFirst(behind)
            if let query = exchange.path.query { target += [UInt8(ascii: "?")] + query }
            var answer = LocalAnswer(status: 308, fields: [("Location", target)])
            answer.add(request.answerFields)
            exchange.respond(answer)
        }
    }

    private func pool(for endpoint: UpstreamEndpoint) -> UpstreamPool {
        if let pool = pools[endpoint] { return pool }
        let pool = UpstreamPool(endpoint: endpoint, eventLoop: loop.eventLoop)
        pools[endpoint] = pool
        return pool
    }

    private func refuse(_ exchange: Exchange, _ refusal: Refusal) {
        exchange.respond(loop.record(refusal, of: exchange, route: nil).answer())
    }

    private func refuse(_ request: GatewayExchange, _ refusal: Refusal) {
        var answer = loop.record(refusal, of: request.exchange, route: request.route).answer()
        answer.add(request.answerFields)
        request.exchange.respond(answer)
    }
}

/// Turns what an upstream did wrong into an answer that says whose fault it was and nothing about the upstream.
final class UpstreamFailureAnswers: ForwardingObserver {
    private let loop: GatewayLoop

    init(_ loop: GatewayLoop) {
        self.loop = loop
        super.init()
    }

    override func refusal(for failure: UpstreamFailure, of exchange: Exchange) -> LocalAnswer {
        let outside =
            switch failure.status {
            case 503: "The service behind this route has too much to do."
            case 504: "The service behind this route did not answer in time."
            default: "The service behind this route cannot be reached or answered wrongly."
            }
        var refusal = Refusal(phase: .deliver, status: failure.status, code: failure.code, detail: outside)
        refusal.inside = failure.detail
        if failure.status == 503 { refusal.fields.append(("Retry-After", Array("1".utf8))) }
        let request = exchange.attachment as? GatewayExchange
        var answer = loop.record(refusal, of: exchange, route: request?.route).answer()
        if let request { answer.add(request.answerFields) }
        return answer
    }
}

extension LocalAnswer {
    mutating func add(_ fields: [(name: String, value: [UInt8])]) {
        for (name, value) in fields { self.fields.append((Array(name.utf8), value)) }
    }
}
