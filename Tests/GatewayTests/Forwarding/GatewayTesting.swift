import Edge
import Gateway
import HTTPWire
import NIOCore
import NIOPosix
import TestSupport
import Upstreams

/// A listener that forwards everything to one group, and what came of it.
struct TestGateway: Sendable {
    let listener: Listener
    let group: UpstreamGroup
    /// How each exchange ended, as one line each.
    let endings: Recorder<String>
    let outcomes: Recorder<ForwardingOutcome>

    func client(receiveBuffer: Int32? = nil) throws -> RawSocket {
        try RawSocket(port: listener.port, receiveBuffer: receiveBuffer)
    }

    /// Limits that are looked at often and that no test reaches by accident.
    static func settings(tick: TimeAmount = .milliseconds(20)) -> UpstreamGroup.Settings {
        var settings = UpstreamGroup.Settings()
        settings.limits.tick = tick
        // An endpoint that is out stays out, however slow the machine is.
        settings.ejection.time = .seconds(3_600)
        settings.ejection.longest = .seconds(3_600)
        return settings
    }

    static func endpoint(_ port: Int, _ name: String = "test") -> UpstreamEndpoint {
        UpstreamEndpoint(name: name, host: "127.0.0.1", port: port)
    }

    /// Runs `body` with a gateway before these endpoints.
    static func with(
        _ members: [UpstreamGroup.Member], settings: UpstreamGroup.Settings = settings(),
        edge: EdgeConfiguration = edge(), rule: @escaping @Sendable () -> ForwardingRule = { ForwardingRule() },
        changes: @escaping @Sendable () -> ForwardingChanges = { ForwardingChanges() },
        _ body: (TestGateway) async throws -> Void
    ) async throws {
        let group = UpstreamGroup(name: "group", members: members, settings: settings)
        let endings = Recorder<String>()
        let outcomes = Recorder<ForwardingOutcome>()
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await Listener.bind(host: "127.0.0.1", port: 0, group: loops, configuration: edge) { loop in
            RuleHandler(
                loop, group: group, rule: rule, changes: changes, observer: OutcomeObserver(endings, outcomes))
        }
        let gateway = TestGateway(listener: listener, group: group, endings: endings, outcomes: outcomes)
        do { try await body(gateway) } catch {
            await listener.shutDown(within: .zero)
            throw error
        }
        group.stopChecks()
        await listener.shutDown(within: .zero)
        try await loops.shutdownGracefully()
    }

    /// Runs `body` with a gateway before one scripted upstream.
    static func with(
        rule: @escaping @Sendable () -> ForwardingRule = { ForwardingRule() },
        changes: @escaping @Sendable () -> ForwardingChanges = { ForwardingChanges() },
        settings: UpstreamGroup.Settings = settings(), edge: EdgeConfiguration = edge(),
        upstream script: @escaping @Sendable (RawSocket, Int) throws -> Void,
        _ body: (TestGateway, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try ScriptedServer(script)
        try await with([.init(endpoint(server.port))], settings: settings, edge: edge, rule: rule, changes: changes) {
            gateway in
            try await body(gateway, server)
        }
    }

    static func edge() -> EdgeConfiguration {
        var configuration = EdgeConfiguration()
        configuration.tick = .milliseconds(20)
        return configuration
    }

    /// A port of the loopback interface on which nobody listens.
    static func deadPort() throws -> Int { try { try ScriptedServer { _, _ in }.port }() }
}

private final class RuleHandler: ExchangeHandler {
    private let forwarder: Forwarder
    private let upstream: UpstreamBalancer
    private let rule: @Sendable () -> ForwardingRule
    private let changes: @Sendable () -> ForwardingChanges

    init(
        _ loop: any EventLoop, group: UpstreamGroup, rule: @escaping @Sendable () -> ForwardingRule,
        changes: @escaping @Sendable () -> ForwardingChanges, observer: ForwardingObserver
    ) {
        forwarder = Forwarder(observer: observer)
        upstream = UpstreamBalancer(group, eventLoop: loop)
        self.rule = rule
        self.changes = changes
    }

    override func handle(_ exchange: Exchange) {
        forwarder.forward(exchange, to: upstream, by: rule(), changes: changes())
    }
}

private final class OutcomeObserver: ForwardingObserver {
    private let endings: Recorder<String>
    private let outcomes: Recorder<ForwardingOutcome>

    init(_ endings: Recorder<String>, _ outcomes: Recorder<ForwardingOutcome>) {
        self.endings = endings
        self.outcomes = outcomes
    }

    override func refusal(for failure: UpstreamFailure, of exchange: Exchange) -> LocalAnswer {
        LocalAnswer(status: failure.status, body: [UInt8](failure.code.utf8))
    }

    override func finished(_ exchange: Exchange, _ outcome: ForwardingOutcome) {
        let ending =
            switch outcome.ending {
            case .complete: "complete"
            case .clientGone: "client gone"
            case .upstreamFailed(let failure): failure.code
            case .expired: "expired"
            case .idle: "idle"
            }
        outcomes.add(outcome)
        endings.add("\(ending) \(outcome.status) \(outcome.requestBytes) \(outcome.responseBytes)")
    }
}

/// What upstreams say in these tests.
enum Say {
    static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    static let get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
    static let upgrade =
        "GET /chat HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n"
    static let switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-A: b\r\n\r\n"

    /// Answers every request with `text` until the client ends.
    static func always(_ text: String) -> @Sendable (RawSocket, Int) throws -> Void {
        { socket, _ in
            while try !socket.receive(until: "\r\n\r\n").isEmpty { try socket.send(text) }
        }
    }
}
