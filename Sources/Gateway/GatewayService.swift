import Edge
public import HTTPWire
public import NIOCore
import Synchronization
public import Telemetry
public import Tokens

/// The gateway as a running thing: a listener, and one handler per event loop that is handed new snapshots.
public final class GatewayService: Sendable {
    private struct State {
        var snapshot = GatewaySnapshot(routes: .empty, revocations: .empty)
        var handlers: [NIOLoopBound<GatewayHandler>] = []
    }

    /// What the routes are made from, to make them again when keys change. No event loop ever waits for it.
    private struct Source {
        var builtIn: TrustedIssuer?
        /// The routes document.
        var text: String?
        /// The files that it names, as they were read.
        var files: [String: [UInt8]] = [:]
    }

    private let state = Mutex(State())
    private let source: Mutex<Source>
    private let proofs = RequestProofs()
    private let explanations: ExplanationRing
    private let now: @Sendable () -> Int64

    /// A gateway without routes: it refuses everything until `load` gives it some.
    /// - Parameters:
    ///   - builtIn: the token service in this process, for routes that say `keys: built-in`.
    ///   - now: seconds since 1970.
    public init(builtIn: TrustedIssuer?, explanations: ExplanationRing, now: @escaping @Sendable () -> Int64) {
        source = Mutex(Source(builtIn: builtIn))
        self.explanations = explanations
        self.now = now
    }

    /// Opens the listener and starts serving.
    /// - Parameter trustedProxies: who may say for whom it asks.
    public func listen(
        host: String, port: Int, group: any EventLoopGroup, trustedProxies: TrustedProxies = .none
    ) async throws -> GatewayListener {
        var configuration = EdgeConfiguration()
        configuration.trustedProxies = trustedProxies
        let listener = try await Listener.bind(host: host, port: port, group: group, configuration: configuration) {
            eventLoop in
            self.makeHandler(on: eventLoop)
        }
        return GatewayListener(listener: listener)
    }

    /// Reads a routes document and puts it to work on every loop; a bad one changes nothing.
    /// - Parameters:
    ///   - text: the YAML text.
    ///   - readFile: reads a file that the document names; nil when it cannot be read.
    /// - Returns: the number of routes, and the keys of the files that are no good and were passed over.
    public func load(
        _ text: String, readFile: @escaping (String) -> [UInt8]?
    ) async throws -> (routes: Int, passedOver: [RouteComplaint]) {
        let loaded = try source.withLock { source in
            var files: [String: [UInt8]] = [:]
            var compiler = RouteTableCompiler(builtIn: source.builtIn) { name in
                let content = readFile(name)
                files[name] = content
                return content
            }
            let table = try compiler.compile(text)
            source.text = text
            source.files = files
            state.withLock { $0.snapshot.routes = table }
            return (table.count, compiler.passedOver)
        }
        await deliver()
        return loaded
    }

    /// Believes the token service of this process with other keys from now on; returns once every loop does.
    public func trust(_ builtIn: TrustedIssuer) async throws {
        try source.withLock { source in
            source.builtIn = builtIn
            guard let text = source.text else { return }
            // The files as they were: what changed on the disk meanwhile waits until somebody asks for it.
            let files = source.files
            var compiler = RouteTableCompiler(builtIn: builtIn) { files[$0] }
            let table = try compiler.compile(text)
            state.withLock { $0.snapshot.routes = table }
        }
        await deliver()
    }

    /// Makes every loop refuse what this snapshot names; returns once every loop does.
    public func install(_ revocations: RevocationSnapshot) async {
        state.withLock { $0.snapshot.revocations = revocations }
        await deliver()
    }

    /// What each route would say to a token that came by itself, in the order of the routes document.
    public func verdicts(on token: [UInt8]) -> [RouteVerdict] {
        let snapshot = state.withLock { $0.snapshot }
        let now = now()
        return snapshot.routes.routes.map {
            RouteVerdict(of: $0, on: token, now: now, revocations: snapshot.revocations)
        }
    }

    private func deliver() async {
        let handlers = state.withLock { $0.handlers }
        // Each loop fetches what is newest when its turn comes: two changes at once cannot overtake each other.
        for handler in handlers {
            try? await handler.eventLoop.submit { handler.value.install(self.state.withLock { $0.snapshot }) }.get()
        }
    }

    private func makeHandler(on eventLoop: any EventLoop) -> GatewayHandler {
        state.withLock { state in
            let handler = GatewayHandler(
                eventLoop: eventLoop, snapshot: state.snapshot, proofs: proofs, explanations: explanations, now: now)
            state.handlers.append(NIOLoopBound(handler, eventLoop: eventLoop))
            return handler
        }
    }
}

/// The gateway's open door.
public struct GatewayListener: Sendable {
    private let listener: Listener

    init(listener: Listener) {
        self.listener = listener
    }

    /// The port it listens on.
    public var port: Int { listener.port }

    /// Stops accepting, lets what is under way finish, and closes what has not finished by then.
    public func shutDown(within grace: TimeAmount) async {
        await listener.shutDown(within: grace)
    }
}
