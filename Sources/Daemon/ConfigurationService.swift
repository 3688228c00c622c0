import AIGateway
import Blueprint
import Codecs
import ConfigurationStore
import ControlPlane
import Foundation
import Gateway
import Logging
import NIOPosix
import Synchronization
import TokenService

/// The one way in for everything that is configured: read, checked as a whole, looked at by the gateway, written with its
/// history in one transaction, in force on every event loop, and only then acknowledged. What fails on the way changes
/// nothing.
actor ConfigurationService {
    let store: BlueprintStore
    private let gateway: GatewayService
    let tokens: AuthorizationService
    private let fetch: KeyFetch
    private let listeners: GatewayListeners
    private let controlPlane: ControlPlaneDestination
    private let models: ModelGateway
    private let accessLog: AccessLogFile
    private let metrics: MetricsEndpoint
    private let logger: Logger
    /// The demo's objects, which are never stored.
    nonisolated let demo: Blueprint
    /// The document that `--config` names.
    private let file: ConfigurationFile?
    /// The change that is under way: the next one waits for it.
    private var last: Task<Void, Never>?

    init(
        store: BlueprintStore, gateway: GatewayService, tokens: AuthorizationService, fetch: KeyFetch,
        listeners: GatewayListeners, controlPlane: ControlPlaneDestination, models: ModelGateway,
        accessLog: AccessLogFile, metrics: MetricsEndpoint, demo: Blueprint,
        file: ConfigurationFile?, logger: Logger
    ) {
        self.store = store
        self.gateway = gateway
        self.tokens = tokens
        self.fetch = fetch
        self.listeners = listeners
        self.controlPlane = controlPlane
        self.models = models
        self.accessLog = accessLog
        self.metrics = metrics
        self.demo = demo
        self.file = file
        self.logger = logger
    }

    /// Who changes something, and why.
    struct Author: Sendable {
        let actor: AuditActor
        var note = ""
    }

    /// What a change did, and what the gateway serves since.
    struct Outcome: Sendable {
        let change: Change
        let routes: Int
    }

    /// What is made of a whole configuration before it is in force.
    struct Prepared: Sendable {
        let gateway: PreparedConfiguration
        let models: ModelCatalogue
    }

    /// Puts into force what is stored and what `--config` says now, with all the files that it names read again.
    func load(by author: Author) async throws -> Outcome {
        guard let file else {
            return try await inTurn { [self] in
                let state = try await store.current()
                let routes = await install(try await prepare(state.blueprint))
                return Outcome(
                    change: Change(revision: state.revision, isWritten: false, objects: []), routes: routes)
            }
        }
        return try await apply(.file(file), by: author)
    }

    /// Makes a file's objects exactly what it lists.
    func apply(
        _ source: ConfigurationSource, isDryRun: Bool = false, takesOver: Bool = false,
        expecting revision: Int64? = nil, by author: Author
    ) async throws -> Outcome {
        let document = try source.read()
        return try await inTurn { [self] in
            try await decide(author, isDryRun: isDryRun, document) { request in
                try await self.store.apply(
                    document.blueprint, places: document.node, file: source.owner, takeOver: self.takeOver(takesOver),
                    expecting: revision, for: request)
            }
        }
    }

    /// Puts every object of a document for the console, all of them or none.
    func put(
        _ document: ConfigurationFile.Document, isDryRun: Bool, takesOver: Bool,
        when state: BlueprintStore.ListedState, by author: Author
    ) async throws -> Outcome {
        try await inTurn { [self] in
            try await decide(author, isDryRun: isDryRun, document) { request in
                try await self.store.put(
                    document.blueprint, places: document.node, owner: .console,
                    takeOver: self.takeOver(takesOver), when: state, for: request)
            }
        }
    }

    /// What the document of `--config` lists stays its own: the next start would be refused otherwise.
    private func takeOver(_ isWanted: Bool) -> TakeOver {
        isWanted ? .allowed(except: file.map { .file($0.owner) }) : .refused
    }

    /// Makes an object, or replaces it whole.
    func put(
        _ object: ObjectReference, _ content: JSON, isDryRun: Bool, when precondition: Precondition, by author: Author
    ) async throws -> Outcome {
        try await inTurn { [self] in
            try await decide(author, isDryRun: isDryRun, nil) { request in
                let revision = try await self.revision(of: object, asked: precondition)
                return try await self.store.put(object, content, owner: .console, ifMatch: revision, for: request)
            }
        }
    }

    /// Deletes an object.
    func delete(
        _ object: ObjectReference, isDryRun: Bool, when precondition: Precondition, by author: Author
    ) async throws -> Outcome {
        try await inTurn { [self] in
            try await decide(author, isDryRun: isDryRun, nil) { request in
                let revision = try await self.revision(of: object, asked: precondition)
                return try await self.store.delete(object, owner: .console, ifMatch: revision, for: request)
            }
        }
    }

    /// The revision that an object must have for a change: changes come one after the other here, so it stays what it is
    /// until the store looks.
    private func revision(of object: ObjectReference, asked precondition: Precondition) async throws -> Int64? {
        guard precondition != .none else { return nil }
        let record = try await store.current().records[object]
        try precondition.require(record.map { EntityTag(revision: $0.revision) })
        return record?.revision ?? 0
    }

    /// Makes an older revision the current one again.
    func rollback(to revision: Int64, by author: Author) async throws -> Outcome {
        try await inTurn { [self] in
            try await decide(author, isDryRun: false, nil) { request in
                try await self.store.rollback(to: revision, for: request)
            }
        }
    }

    private func decide(
        _ author: Author, isDryRun: Bool, _ document: ConfigurationFile.Document?,
        _ change: (ChangeRequest) async throws -> Change
    ) async throws -> Outcome {
        let now = WallClock.seconds()
        let approved = Mutex<Prepared?>(nil)
        let request = ChangeRequest(
            actor: author.actor.title, note: author.note, time: now, isDryRun: isDryRun,
            approve: { [self] whole in
                let prepared = try await prepare(whole)
                approved.withLock { $0 = prepared }
            },
            record: { [tokens] transaction, change in
                try tokens.recordConfigurationChange(
                    change.summary, by: author.actor, now: now, in: transaction)
            })
        do {
            let made = try await change(request)
            guard !isDryRun else {
                return Outcome(change: made, routes: approved.withLock { $0?.gateway.routes } ?? gateway.routeCount)
            }
            // Where nothing differs, files may be others than when they were read.
            let prepared: Prepared
            if let looked = approved.withLock({ $0 }) {
                prepared = looked
            } else {
                prepared = try await prepare(try await store.current().blueprint)
            }
            let routes = await install(prepared)
            if made.isWritten { await prune(prepared.gateway.blueprint.keptRevisions) }
            return Outcome(change: made, routes: routes)
        } catch let complaints as ConfigurationComplaints {
            guard let document else { throw complaints }
            throw document.refused(complaints)
        } catch ConfigurationError.blueprintRefused(let complaints) {
            guard let document else { throw ConfigurationError.blueprintRefused(complaints) }
            throw document.refused(complaints)
        }
    }

    /// What the gateway makes of a whole configuration, on a thread that may wait for files and name servers.
    /// - Parameter secrets: what is about to be stored under names.
    nonisolated func prepare(_ stored: Blueprint, with secrets: [String: [UInt8]] = [:]) async throws -> Prepared {
        let whole = stored.withDemo(demo)
        let known = try await store.secretValues(of: Set(whole.storedSecrets.keys).subtracting(secrets.keys))
        let values = known.merging(secrets) { _, next in next }
        return try await NIOThreadPool.singleton.runIfActive { try self.prepareNow(whole, secrets: values) }
    }

    private nonisolated func prepareNow(
        _ whole: Blueprint, secrets: [String: [UInt8]]
    ) throws(ConfigurationComplaints) -> Prepared {
        var surroundings = Surroundings(
            builtIn: TrustedIssuer(issuer: tokens.configuration.issuer, keys: tokens.keySet),
            readFile: { ConfigurationFile.content(of: $0) },
            environment: { [variables = ProcessInfo.processInfo.environment] in variables[$0] }, now: WallClock.seconds,
            fetchKeys: fetch.keys,
            discoverKeys: fetch.discovered)
        surroundings.storedSecret = { secrets[$0] }
        surroundings.controlPlane = { [controlPlane] in try await controlPlane.answer($0) }
        surroundings.models = { [models] api, offer, segments in
            { try await ModelDestination(gateway: models).answer($0, api: api, offer: offer, behind: segments) }
        }
        let catalogue = try ModelCatalogue.read(whole, keeping: models.catalogue, in: surroundings)
        let prepared = try gateway.prepare(whole, in: surroundings)
        for listener in prepared.listeners where !listeners.isOpen(port: listener.port) {
            let address = DaemonConfiguration.Address(host: listener.host, port: listener.port)
            do {
                try ListenCheck.check(address, "it", flag: "\"address\"")
            } catch {
                throw ConfigurationComplaints(complaints: [
                    ConfigurationComplaint(pointer: "/listeners/\(listener.name)/address", message: "\(error)")
                ])
            }
        }
        return Prepared(gateway: prepared, models: catalogue)
    }

    func install(_ whole: Prepared) async -> Int {
        let prepared = whole.gateway
        // Before the routes that lead to them.
        models.install(whole.models)
        for warning in prepared.warnings { logger.warning("configuration: \(warning.description)") }
        metrics.admit(MetricsNetworks.read(prepared.blueprint))
        await gateway.install(prepared)
        await listeners.change(to: prepared.listeners)
        do {
            try accessLog.open(AccessLogPlace(prepared.blueprint))
        } catch {
            // Requests are served all the same; that they are not written down is said.
            logger.error("\(error)")
        }
        return prepared.routes
    }

    /// Forgets the oldest revisions. The change is made, whatever becomes of this.
    private func prune(_ count: Int) async {
        do {
            try await store.prune(keeping: count)
        } catch {
            logger.error("the configuration's history could not be pruned: \(error)")
        }
    }

    /// One change after the other, so that what is in force is always the last one that was written.
    func inTurn<Done: Sendable>(_ work: @escaping @Sendable () async throws -> Done) async throws -> Done {
        let before = last
        let task = Task {
            await before?.value
            return try await work()
        }
        last = Task { _ = await task.result }
        return try await task.value
    }
}

extension Change {
    /// A few words for the audit log: counts and names, never a value.
    var summary: String {
        let names = objects.prefix(5).map { "\($0.object)" }.joined(separator: ", ")
        return "revision \(revision): \(names)" + (objects.count > 5 ? " and \(objects.count - 5) more" : "")
    }
}

extension Blueprint {
    /// With the demo's objects beside one's own; one's own of the same name stand before them.
    func withDemo(_ demo: Blueprint) -> Blueprint {
        let own = objects
        return replacing(demo.objects.all.filter { !own.contains($0) }, from: demo)
    }
}
