public import Blueprint
import Edge
import NIOCore
import Synchronization
public import Telemetry
public import Tokens
import Traffic
import Upstreams

/// The gateway as a running thing: listeners, and one handler per event loop that is handed new snapshots.
public final class GatewayService: Sendable {
    private struct State {
        var snapshot = GatewaySnapshot(routes: .empty, revocations: .empty)
        /// One for each event loop, whatever listeners it serves.
        var handlers: [ObjectIdentifier: NIOLoopBound<GatewayHandler>] = [:]
    }

    /// What the routes are made from, to make them again when keys change. No event loop ever waits for it.
    private struct Source {
        var blueprint = Blueprint()
        var surroundings: Surroundings?
        /// The token service in this process, once it was heard of.
        var builtIn: TrustedIssuer?
        /// How often it was heard of: what was prepared before the last time has older keys.
        var trusts: UInt64 = 0
        /// How often another configuration was put to work.
        var installs: UInt64 = 0
    }

    private let state = Mutex(State())
    private let source = Mutex(Source())
    let shared: GatewayShared
    let published: PublishedKeys
    let numbers = LimitNumbers()

    /// A gateway without routes: it refuses everything until `load` gives it some.
    /// - Parameters:
    ///   - log: where the access log's lines go, once a configuration asks for them.
    ///   - wantsFlush: has that log flushed soon, off the caller's thread.
    ///   - clock: milliseconds since 1970.
    ///   - quotas: what an earlier process kept; to be restored once there is a configuration.
    ///   - problems: below which address each problem's code has a page.
    public init(
        explanations: ExplanationRing, metrics: Metrics, log: AccessLog, wantsFlush: @escaping @Sendable () -> Void,
        clock: @escaping @Sendable () -> Int64, keeping quotas: KeptQuotas? = nil, problems: String = "/problems/"
    ) {
        shared = GatewayShared(
            explanations: explanations, metrics: metrics, log: log, wantsFlush: wantsFlush, clock: clock,
            seed: quotas?.seed ?? .random(), problems: problems)
        published = PublishedKeys(clock: { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000_000) })
    }

    /// Opens a listener and starts serving.
    /// - Parameter route: what everything at it belongs to; nil looks for each request's route.
    func listen(
        host: String, port: Int, group: any EventLoopGroup, configuration: EdgeConfiguration,
        certificates: ListenerCertificates?, route: Route? = nil
    ) async throws -> Edge.Listener {
        try await Edge.Listener.bind(
            host: host, port: port, group: group, configuration: configuration, certificates: certificates
        ) { eventLoop in
            let handler = self.handler(on: eventLoop)
            guard let route else { return handler }
            return OneRouteHandler(handler, route)
        }
    }

    /// Returns when no asynchronous destination works any more, or when the time is over. The event loops must not end
    /// before that.
    func waitForTasks(within time: TimeAmount) async { await shared.tasks.wait(within: time) }

    // MARK: Configuration

    /// Looks whether a blueprint could be put to work, without a gateway that would; nothing is fetched.
    public static func check(
        _ blueprint: Blueprint, in surroundings: Surroundings
    ) throws(ConfigurationComplaints) -> PreparedConfiguration {
        try PreparedConfiguration(
            blueprint, in: surroundings, published: PublishedKeys(clock: { 0 }), numbers: LimitNumbers(), isTrial: true)
    }

    /// Makes everything that a blueprint needs to be put to work here; nothing is in force yet, and what is cannot fail any
    /// more.
    public func prepare(
        _ blueprint: Blueprint, in surroundings: Surroundings
    ) throws(ConfigurationComplaints) -> PreparedConfiguration {
        let (trusts, builtIn) = source.withLock { ($0.trusts, $0.builtIn) }
        var surroundings = surroundings
        if let builtIn { surroundings.builtIn = builtIn }
        var prepared = try PreparedConfiguration(
            blueprint, in: KeptFiles(surroundings).surroundings, published: published, numbers: numbers,
            earlier: upstreams)
        prepared.trusts = trusts
        return prepared
    }

    /// Puts a configuration to work; returns once every loop does.
    public func install(_ prepared: PreparedConfiguration) async {
        source.withLock { source in
            var prepared = prepared
            if prepared.trusts != source.trusts, let builtIn = source.builtIn {
                // Keys changed meanwhile. With others of the same issuer nothing else can be wrong.
                var surroundings = prepared.surroundings
                surroundings.builtIn = builtIn
                prepared =
                    (try? PreparedConfiguration(
                        prepared.blueprint, in: surroundings, published: published, numbers: numbers,
                        earlier: upstreams)) ?? prepared
            }
            source.installs &+= 1
            source.blueprint = prepared.blueprint
            source.surroundings = prepared.surroundings
            replaceRoutes(by: prepared.table, writesAccessLog: AccessLogPlace(prepared.blueprint) != .nowhere)
            published.keep(prepared.places)
            numbers.keep(prepared.limitNumbers)
            shared.traffic.retain(numbers: prepared.limitNumbers)
        }
        await deliver()
    }

    /// The upstreams in force.
    var upstreams: [String: UpstreamGroup] { state.withLock { $0.snapshot.routes.upstreams } }

    /// How many routes are served.
    public var routeCount: Int { state.withLock { $0.snapshot.routes.routes.count } }

    /// Makes what it takes to believe the token service of this process with other keys; nothing of it is in force yet.
    /// - Returns: what puts them to work, and returns once every loop does.
    public func prepare(_ builtIn: TrustedIssuer) throws(ConfigurationComplaints) -> @Sendable () async -> Void {
        let (table, installs) = try source.withLock { source throws(ConfigurationComplaints) in
            (try routes(of: source, trusting: builtIn), source.installs)
        }
        return { [self] in
            source.withLock { source in
                source.builtIn = builtIn
                source.trusts &+= 1
                // Another configuration came meanwhile: with other keys of the same issuer nothing else can be wrong.
                let table = installs == source.installs ? table : try? routes(of: source, trusting: builtIn)
                guard let table else { return }
                source.surroundings?.builtIn = builtIn
                replaceRoutes(by: table)
            }
            await deliver()
        }
    }

    /// The routes of what is served, with other keys of the token service; nil before there are any.
    private func routes(
        of source: Source, trusting builtIn: TrustedIssuer
    ) throws(ConfigurationComplaints) -> RouteTable? {
        // The files as they were: what changed on the disk meanwhile waits until somebody asks for it.
        guard var surroundings = source.surroundings else { return nil }
        surroundings.builtIn = builtIn
        var compiler = GatewayCompiler(
            source.blueprint, surroundings: surroundings, published: published, numbers: numbers,
            earlier: upstreams)
        return try compiler.compile()
    }

    /// Makes every loop refuse what this snapshot names; returns once every loop does.
    public func install(_ revocations: RevocationSnapshot) async {
        state.withLock { $0.snapshot.revocations = revocations }
        await deliver()
    }

    /// What each route would say to a token that came by itself, in the order of the document.
    public func verdicts(on token: [UInt8]) -> [RouteVerdict] {
        let snapshot = state.withLock { $0.snapshot }
        let now = shared.clock() / 1_000
        return snapshot.routes.routes.map {
            RouteVerdict(of: $0, on: token, now: now, revocations: snapshot.revocations)
        }
    }

    private func replaceRoutes(by table: RouteTable, writesAccessLog: Bool? = nil) {
        let (old, eventLoop) = state.withLock { state in
            let old = state.snapshot.routes
            state.snapshot.routes = table
            if let writesAccessLog { state.snapshot.writesAccessLog = writesAccessLog }
            return (old, state.handlers.values.first?.eventLoop)
        }
        guard let eventLoop else { return }
        for (name, group) in table.upstreams where old.upstreams[name] !== group { group.startChecks(on: eventLoop) }
        for (name, group) in old.upstreams where table.upstreams[name] !== group { group.stopChecks() }
    }

    private func deliver() async {
        let handlers = state.withLock { Array($0.handlers.values) }
        // Each loop fetches what is newest when its turn comes: two changes at once cannot overtake each other.
        for handler in handlers {
            try? await handler.eventLoop.submit { handler.value.install(self.state.withLock { $0.snapshot }) }.get()
        }
    }

    private func handler(on eventLoop: any EventLoop) -> GatewayHandler {
        state.withLock { state in
            if let known = state.handlers[ObjectIdentifier(eventLoop)] { return known.value }
            let handler = GatewayHandler(GatewayLoop(eventLoop: eventLoop, snapshot: state.snapshot, shared: shared))
            // The endpoints are watched from the first loop that there is.
            if state.handlers.isEmpty {
                for group in state.snapshot.routes.upstreams.values { group.startChecks(on: eventLoop) }
            }
            state.handlers[ObjectIdentifier(eventLoop)] = NIOLoopBound(handler, eventLoop: eventLoop)
            return handler
        }
    }
}

/// A configuration that the gateway has looked at and can put to work.
public struct PreparedConfiguration: Sendable {
    /// What was looked at.
    public let blueprint: Blueprint
    /// What is no fault and worth a warning.
    public let warnings: [ConfigurationComplaint]
    let surroundings: Surroundings
    let table: RouteTable
    /// The key sets that it names.
    let places: Set<PublishedKeys.Place>
    /// The limits that it has.
    let limitNumbers: Set<UInt32>
    /// The gateway's listeners; none means the one of the command line.
    public let listeners: [PreparedListener]
    /// How often the token service had been heard of before.
    var trusts: UInt64 = 0

    /// How many routes.
    public var routes: Int { table.routes.count }

    init(
        _ blueprint: Blueprint, in surroundings: Surroundings, published: PublishedKeys, numbers: LimitNumbers,
        earlier: [String: UpstreamGroup] = [:], isTrial: Bool = false
    ) throws(ConfigurationComplaints) {
        var compiler = GatewayCompiler(
            blueprint, surroundings: surroundings, published: published, numbers: numbers, earlier: earlier,
            isTrial: isTrial)
        table = try compiler.compile()
        self.blueprint = blueprint
        self.surroundings = surroundings
        warnings = compiler.warnings
        places = compiler.places
        limitNumbers = compiler.limitNumbers
        listeners = compiler.listeners
    }
}

/// The files that a configuration names, as they were when it was read.
private final class KeptFiles: Sendable {
    private let given: Surroundings
    private let files = Mutex<[String: [UInt8]?]>([:])

    init(_ surroundings: Surroundings) { given = surroundings }

    var surroundings: Surroundings {
        var kept = given
        kept.readFile = { name in
            self.files.withLock { files in
                if let known = files[name] { return known }
                let read = self.given.readFile(name)
                files[name] = .some(read)
                return read
            }
        }
        return kept
    }
}
