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
    private var balancers: [String: UpstreamBalancer] = [:]
    /// The one that was asked last: often the next one too, and then no name is looked up.
    private var latest: UpstreamBalancer?

    init(_ loop: GatewayLoop) {
        self.loop = loop
        forwarder = Forwarder(observer: DeliveryObserver(loop))
        super.init()
    }

    /// Replaces what the phases look things up in, at once for every request after this one.
    func install(_ snapshot: GatewaySnapshot) {
        loop.snapshot = snapshot
        for (name, balancer) in balancers where snapshot.routes.upstreams[name] == nil {
            balancer.close()
            balancers[name] = nil
        }
        latest = nil
    }

    override func handle(_ exchange: Exchange) {
        loop.metrics.begin()
        let request = GatewayExchange(exchange, on: loop)
        exchange.attachment = request
        guard exchange.path.hasKeptSlashes else {
            begin(request, loop.snapshot.routes.match(exchange))
            return
        }
        do throws(WireDefect) {
            begin(request, try loop.snapshot.routes.settle(exchange))
        } catch {
            refuse(request, Refusal(phase: .match, status: error.status, code: error.code, detail: error.what))
        }
    }

    override var keepsSlashes: Bool { loop.snapshot.routes.keepsSlashes }

    private func begin(_ request: GatewayExchange, _ match: RouteMatcher<Route>.Match) {
        switch match {
        case .none: refuse(request, .notFound())
        case .otherMethods(let methods): refuse(request, .otherMethods(methods))
        case .route(let route, _):
            request.route = route
            ask(request, route, from: 0)
        }
    }

    /// The same for a request whose route is known beforehand.
    fileprivate func handle(_ exchange: Exchange, by route: Route) {
        loop.metrics.begin()
        let request = GatewayExchange(exchange, on: loop)
        exchange.attachment = request
        request.route = route
        ask(request, route, from: 0)
    }

    override func refusal(for defect: WireDefect, from peer: [UInt8]) -> LocalAnswer {
        loop.metrics.begin()
        let refusal = Refusal(phase: .match, status: defect.status, code: defect.code, detail: defect.what)
        let record = ExchangeRecord(
            hop: TraceHop(continuing: nil, using: &loop.random), start: loop.shared.clock(), duration: 0,
            method: .other(""), path: [], status: refusal.status, end: .refused, code: refusal.code,
            phase: refusal.phase.rawValue, address: peer)
        loop.take(record, refusal)
        return refusal.answer(trace: record.trace, problems: loop.shared.problems, closes: true)
    }

    /// Asks the route's policies, from one of them on.
    private func ask(_ request: GatewayExchange, _ route: Route, from start: Int) {
        let policies = route.policies
        for index in start..<policies.count {
            switch policies[index].judge(request) {
            case .proceed: continue
            case .answer(var answer):
                answer.add(request.answerFields)
                return respond(request, answer)
            case .refuse(let refusal): return refuse(request, refusal)
            case .wait(let waiting):
                request.hasWaited = true
                wait(request, waiting) { handler, request in handler.ask(request, route, from: index) }
                return
            }
        }
        deliver(request, route)
    }

    private func wait(
        _ request: GatewayExchange, _ waiting: Waiting,
        then goOn: @escaping @Sendable (GatewayHandler, GatewayExchange) -> Void
    ) {
        let bound = NIOLoopBound((handler: self, request: request), eventLoop: loop.eventLoop)
        waiting.future.hop(to: loop.eventLoop).whenComplete { _ in
            let (handler, request) = bound.value
            // Who went away meanwhile gets no answer.
            if request.exchange.isOver {
                handler.loop.take(request.record(.clientGone))
                request.end()
            } else {
                goOn(handler, request)
            }
        }
    }

    private func deliver(_ request: GatewayExchange, _ route: Route) {
        let exchange = request.exchange
        switch route.destination {
        case .upstream(let group):
            forward(request, route, to: group)
        case .asynchronous(let destination):
            AsyncDelivery(request, by: route.forwarding, changes: changes(of: request, route), on: loop)
                .start(destination) { Self.addLines(of: request, route, to: &$0) }
        case .redirect(let place, let behind):
            var target = place + exchange.path.bytes.dropFirst(behind)
            if let query = exchange.path.query { target += [UInt8(ascii: "?")] + query }
            var answer = LocalAnswer(status: 308, fields: [("Location", target)])
            answer.add(request.answerFields)
            respond(request, answer)
        }
    }

    /// Forwards by the route's rule, with what this request alone changes.
    private func forward(_ request: GatewayExchange, _ route: Route, to group: UpstreamGroup) {
        forwarder.forward(
            request.exchange, to: balancer(for: group), by: route.forwarding, changes: changes(of: request, route)
        ) { Self.addLines(of: request, route, to: &$0) }
    }

    /// What a request alone changes of its route's rule.
    private func changes(of request: GatewayExchange, _ route: Route) -> ForwardingChanges {
        let exchange = request.exchange
        var changes = ForwardingChanges()
        if let change = route.pathChange {
            changes.path = exchange.path.replacing(change.length, with: change.prefix)
        }
        if !request.hop.passesTraceState { changes.dropped = Self.traceState }
        if Self.stripsCookies(of: request, route) { changes.dropped = changes.dropped.union([.cookie]) }
        if !request.answerFields.isEmpty {
            changes.response = route.forwarding.response.changed(by: request.answerFields)
        }
        // What may last as long as it likes ends with the token that allowed it.
        if let expiry = request.identity.expiry, route.forwarding.mayLast || exchange.head.first(.upgrade) != nil {
            // A token may say that it ends with the world; a clock counts in nanoseconds.
            changes.endsAt = .now() + .seconds(min(max(0, expiry &- request.now), 315_360_000))
        }
        return changes
    }

    /// The lines that a request's head gets: who calls, the trace, cookies without the one that brought the token.
    private static func addLines(of request: GatewayExchange, _ route: Route, to head: inout [UInt8]) {
        request.appendLines(to: &head)
        if stripsCookies(of: request, route) { head += request.cookieLine(without: route.strippedCookies) }
    }

    private static func stripsCookies(of request: GatewayExchange, _ route: Route) -> Bool {
        !route.strippedCookies.isEmpty && request.exchange.head.first(.cookie) != nil
    }

    private static let traceState: FieldNameSet = [.tracestate]

    private func balancer(for group: UpstreamGroup) -> UpstreamBalancer {
        if let latest, latest.group === group { return latest }
        let earlier = balancers[group.name]
        if let earlier, earlier.group === group {
            latest = earlier
            return earlier
        }
        let balancer = UpstreamBalancer(group, eventLoop: loop.eventLoop, keeping: earlier)
        earlier?.close()
        balancers[group.name] = balancer
        latest = balancer
        return balancer
    }

    private func respond(_ request: GatewayExchange, _ answer: LocalAnswer) {
        request.exchange.respond(answer)
        loop.take(request.record(.complete, responseBytes: Int64(answer.body.count)))
        request.end()
    }

    private func refuse(_ request: GatewayExchange, _ refusal: Refusal) {
        var answer = refusal.answer(trace: request.hop.outgoing.trace, problems: loop.shared.problems)
        answer.add(request.answerFields)
        let record = request.record(.refused, refusal: refusal, responseBytes: Int64(answer.body.count))
        request.exchange.respond(answer)
        loop.take(record, refusal)
        request.end()
    }
}

/// Answers everything at a listener by one route.
final class OneRouteHandler: ExchangeHandler {
    private let gateway: GatewayHandler
    private let route: Route

    init(_ gateway: GatewayHandler, _ route: Route) {
        self.gateway = gateway
        self.route = route
        super.init()
    }

    override func handle(_ exchange: Exchange) { gateway.handle(exchange, by: route) }

    override func refusal(for defect: WireDefect, from peer: [UInt8]) -> LocalAnswer {
        gateway.refusal(for: defect, from: peer)
    }
}

/// Hears how deliveries end: turns what an upstream did wrong into an answer that says whose fault it was and nothing about
/// the upstream, and has every end written down.
final class DeliveryObserver: ForwardingObserver {
    private let loop: GatewayLoop

    init(_ loop: GatewayLoop) {
        self.loop = loop
        super.init()
    }

    override func refusal(for failure: UpstreamFailure, of exchange: Exchange) -> LocalAnswer {
        let outside =
            switch failure.kind {
            case .busy: "The service behind this route has too much to do."
            case .exhausted: "This gateway has too much to do."
            case .timeout: "The service behind this route did not answer in time."
            case .unreachable, .protocolError: "The service behind this route cannot be reached or answered wrongly."
            }
        var refusal = Refusal(phase: .deliver, status: failure.status, code: failure.code, detail: outside)
        refusal.inside = failure.detail
        if failure.status == 503 { refusal.fields.append(("Retry-After", Array("1".utf8))) }
        guard let request = exchange.attachment as? GatewayExchange else { return LocalAnswer(status: failure.status) }
        request.failure = refusal
        var answer = refusal.answer(trace: request.hop.outgoing.trace, problems: loop.shared.problems)
        answer.add(request.answerFields)
        return answer
    }

    override func finished(_ exchange: Exchange, _ outcome: ForwardingOutcome) {
        guard let request = exchange.attachment as? GatewayExchange else { return }
        let end: ExchangeEnd =
            switch outcome.ending {
            case .complete: .complete
            case .clientGone: .clientGone
            case .upstreamFailed: .upstreamFailed
            case .expired, .idle: .cutOff
            }
        let record = request.record(
            end, refusal: request.failure, requestBytes: outcome.requestBytes, responseBytes: outcome.responseBytes,
            firstByte: outcome.nanosecondsToFirstByte, upstream: outcome.endpoint.isEmpty ? nil : outcome.endpoint,
            attempts: outcome.attempts)
        if let failure = request.failure { loop.take(record, failure) } else { loop.take(record) }
        request.end()
    }
}

extension ResponseRewrite {
    /// The same with our own answer's fields.
    fileprivate func changed(by fields: [(name: String, value: [UInt8])]) -> ResponseRewrite {
        var changed = self
        for (name, value) in fields {
            // What the upstream's answer varies by stays true beside what ours does.
            if name == "Vary" {
                changed.add(Array(name.utf8), value)
            } else {
                changed.replace(Array(name.utf8), value)
            }
        }
        return changed
    }
}

extension LocalAnswer {
    mutating func add(_ fields: [(name: String, value: [UInt8])]) {
        for (name, value) in fields { self.fields.append((Array(name.utf8), value)) }
    }
}
