import AIGateway
import Analytics
import Blueprint
import Codecs
import ConfigurationStore
import Console
import ControlPlane
import Fetching
import Gateway
import HTTPWire
import Hummingbird
import JOSE
public import Logging
import NIOCore
import NIOPosix
import OAuth
import ServiceLifecycle
import Storage
import Studio
import Telemetry
import TokenService
import Tokens
import UnixSignals

/// The long-running process: opens the store, starts the token service, hands its keys and revocations to the gateway,
/// and serves until it is told to stop. The one place where the parts meet.
public struct SignetDaemon: Sendable {
    let configuration: DaemonConfiguration
    let logger: Logger
    /// Prints a line for the person at the terminal.
    let announce: @Sendable (String) -> Void

    /// A daemon.
    public init(
        configuration: DaemonConfiguration, logger: Logger, announce: @escaping @Sendable (String) -> Void
    ) {
        self.configuration = configuration
        self.logger = logger
        self.announce = announce
    }

    /// Serves until SIGTERM or SIGINT; then lets what is under way finish, and returns.
    public func run() async throws {
        OpenFiles.raiseLimit()
        let folder = try DataFolder.claim(configuration.dataFolder)
        let store = try await Store.open(folder, environment: configuration.masterKey)
        do {
            try await serve(store)
        } catch {
            try? store.close()
            throw error
        }
        try store.close()
    }

    /// Puts into force what is stored and what the file says.
    private static func load(_ live: ConfigurationService) async throws -> ConfigurationService.Outcome {
        do {
            return try await live.load(by: ConfigurationService.Author(actor: .server, note: "start"))
        } catch let error as ConfigurationError {
            guard case .objectsOwnedByOther = error else { throw error }
            throw StartFailure(
                "\(error)\nto give them to the file of --config: start without it, signet apply -f FILE --take-over, and"
                    + " start as before")
        }
    }

    private func serve(_ store: Store) async throws {
        // Said before anything is made: the other process would otherwise be found only after the first start's
        // password has been printed.
        guard configuration.control.port == 0 || configuration.control.description != configuration.gateway.description,
            configuration.control.port == 0 || configuration.control.port != configuration.gateway.port
                || configuration.control.bindHost != configuration.gateway.bindHost
        else { throw StartFailure("--control and --gateway name the same address") }
        try ListenCheck.check(configuration.control, "the control plane", flag: "--control")
        try ListenCheck.check(configuration.gateway, "the gateway", flag: "--gateway")
        let clock = WallClock.seconds
        var authorization = AuthorizationConfiguration(
            issuer: ByteString(configuration.issuer), audiences: configuration.audiences.map { ByteString($0) })
        if let folder = configuration.mailFolder {
            let host = configuration.issuer.split(separator: "/").last.map { $0.prefix { $0 != ":" } } ?? "localhost"
            let mail = try MailFolder(path: folder, sender: "signet@\(host)")
            authorization.mail = { try mail.put($0) }
        }
        let tokens = try await AuthorizationService.start(
            store: store, configuration: authorization, clock: clock, logger: logger)
        let ledger = try await SpendLedger.open(in: store, now: clock())
        let analytics = try await AnalyticsRecorder.open(in: store, now: clock())
        let explanations = ExplanationRing()
        let accessLog = AccessLogFile(logger: logger)
        let readings = ListenerReadings()
        let modelTally = ModelTally()
        let metrics = Metrics(version: SignetVersion.current) { [log = accessLog.log] in
            MetricsReadings(
                listeners: readings.read(), droppedLines: log.dropped, process: ProcessReadings.read(),
                models: modelTally.read())
        }
        let quotas = QuotaFile.read(in: store.folder, logger: logger)
        let gateway = GatewayService(
            explanations: explanations, metrics: metrics, log: accessLog.log, wantsFlush: accessLog.flushSoon,
            clock: WallClock.milliseconds, keeping: quotas,
            problems: "\(configuration.issuer)\(ProblemPages.path)/")
        try await tokens.revocations.subscribe { revoked in { await gateway.install(revoked) } }
        try await tokens.subscribeToKeys { [issuer = tokens.configuration.issuer] keys in
            try gateway.prepare(TrustedIssuer(issuer: issuer, keys: keys))
        }

        let loops = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        var fallback = PreparedListener(
            name: "gateway", host: configuration.gateway.bindHost, port: configuration.gateway.port)
        fallback.trustedProxies = configuration.proxies
        let listeners = GatewayListeners(
            gateway: gateway, group: loops, fallback: fallback, descriptors: OpenFiles.limit
        ) { [logger] in logger.warning("\($0)") }
        readings.watch(listeners)
        let metricsEndpoint = MetricsEndpoint(metrics: metrics)
        let demo = configuration.demo ? try await DemoUpstream.open() : nil
        let controlPlane = ControlPlaneDestination(logger: logger)
        let clients = ProviderClients(group: loops)
        let models = ModelGateway(
            clients: clients,
            clock: ModelGateway.Clock(seconds: WallClock.seconds, milliseconds: WallClock.milliseconds), ledger: ledger
        ) { [logger] record, isKnown in
            modelTally.count(record, isKnown: isKnown)
            if let complaint = record.complaint { logger.notice("\(complaint)") }
        }
        let live = ConfigurationService(
            store: try await BlueprintStore(store: store), gateway: gateway, tokens: tokens,
            fetch: KeyFetch(guardedFetch), listeners: listeners, controlPlane: controlPlane, models: models,
            accessLog: accessLog, metrics: metricsEndpoint,
            demo: try demo.map {
                try DemoConfiguration.blueprint(port: $0.port, audience: configuration.audiences.first ?? "")
            } ?? Blueprint(), file: configuration.configurationFile.map { ConfigurationFile(path: $0) },
            logger: logger)
        let loaded = try await Self.load(live)
        if let quotas { gateway.restore(quotas) }
        if loaded.routes == 0 {
            announce("there are no APIs: the gateway refuses every request; signet apply -f FILE gives it some")
        }

        // After the routes: a first start that fails on them has not yet shown the password that is shown only once.
        if let admin = try await tokens.firstStart.makeAdmin() {
            announce("first start: the user \(admin.name.text) has the password \(admin.password) (shown only now)")
        }
        var demoUser: FirstStart.Account?
        if configuration.demo {
            demoUser = try await tokens.firstStart.resetDemoUser(password: configuration.demoPassword)
        }

        let tour = demoUser.map { Tour(configuration: configuration, account: $0) }
        let doors = Doors(count: 3) { [announce, consoleAddress] in
            announce("signet is ready: control plane on \(configuration.control), gateway on \(configuration.gateway)")
            announce("the console is at \(consoleAddress), for users with a role on this server")
            if let tour { announce(tour.text) }
        }
        let operations = OperationTable(
            tokens.operations + ConfigurationOperations(configuration: live).all
                + ObjectOperations(configuration: live).all + SecretOperations(configuration: live).all
                + GatewayOperations(gateway: gateway, listeners: listeners).all
                + [ProviderTrialOperation(models: models).operation]
                + ExplanationOperations(explanations: explanations).all
                + AnalyticsOperations(recorder: analytics, ledger: ledger, clock: clock).all
                + SpendingOperations(models: models, ledger: ledger, clock: clock).all,
            shared: Blueprint.sharedSchemas, kept: try await KeptAnswers(store: store, clock: clock))
        let socketPath = store.folder.path + "/signet.sock"
        var services: [any Service] = [UpkeepService(tokens: tokens), LogoutNoticeService(tokens: tokens)]
        if let demo { services.append(demo) }
        services.append(
            try ControlSocket(path: socketPath, operations: operations).service(doors))
        services.append(accessLog)
        // Services stop in the reverse order: these after the gateway's listeners.
        services.append(
            AnalyticsService(recorder: analytics, metrics: metrics, clock: clock, logger: logger))
        services.append(LedgerService(ledger: ledger, clock: clock, logger: logger))
        services.append(QuotaFile(in: store.folder, gateway: gateway, logger: logger))
        let responder = controlPlaneRouter(tokens, operations, gateway, metricsEndpoint, explanations).buildResponder()
        controlPlane.open(responder)
        services.append(
            HummingbirdListener.application(
                responder, address: .hostname(configuration.control.bindHost, port: configuration.control.port),
                logger: logger, onOpen: doors.opened))
        services.append(
            GatewayListenerService(listeners: listeners, group: loops, providers: clients, doors: doors))
        services.append(ReloadService(configuration: live, logger: logger))
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: group).run()
    }

    private func controlPlaneRouter(
        _ tokens: AuthorizationService, _ operations: OperationTable, _ gateway: GatewayService,
        _ metrics: MetricsEndpoint, _ explanations: ExplanationRing
    ) -> Router<ControlPlaneContext> {
        let router = Router.controlPlane(
            trustedProxies: configuration.proxies, explain: { $0.explained(in: explanations) })
        tokens.addRoutes(to: router)
        operations.addRoutes(to: router.group().add(middleware: tokens.managementDoor))
        operations.addDescription(to: router, version: SignetVersion.current)
        ProblemPages().addRoutes(to: router)
        HealthEndpoints(checks: tokens.healthChecks).addRoutes(to: router)
        metrics.addRoutes(to: router)
        StudioPages.addRoutes(to: router, online: onlineStudio(tokens, gateway))
        ConsolePages.addRoutes(to: router)
        return router
    }
}

extension SignetDaemon {
    private var consoleAddress: ByteString {
        ServerMetadata.address(of: ByteString(ConsolePages.path), at: ByteString(configuration.issuer))
    }

    private var guardedFetch: GuardedFetch {
        GuardedFetch(FetchGuard(networks: configuration.fetchNetworks.compactMap { IPNetwork($0) }))
    }

    /// The parts of this server that the Studio's online page asks.
    private func onlineStudio(_ tokens: AuthorizationService, _ gateway: GatewayService) -> OnlineStudio {
        let fetch = guardedFetch
        let connections = OnlineStudio.Connections(
            issuer: tokens.configuration.issuer, ownKeys: { tokens.keySet.publicJWKS },
            fetch: { try await fetch.document(at: $0).body },
            visitor: { request in
                try await tokens.person(at: request).map {
                    OnlineStudio.Visitor(name: $0.name, isAdmin: $0.serverRole.map { $0 >= .admin } ?? false)
                }
            },
            signIn: { try await tokens.signIn($0, thenTo: OnlineStudio.path) },
            routes: { token in gateway.verdicts(on: token).map(\.json) })
        return OnlineStudio(connections, sameOrigin: tokens.sameOrigin, clock: WallClock.seconds)
    }
}

extension DaemonConfiguration.Address: CustomStringConvertible {
    /// `host:port`.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The address to bind: every client that resolves `localhost` tries 127.0.0.1.
    var bindHost: String { host == "localhost" ? "127.0.0.1" : host }
}
