import Codecs
public import ControlPlane
public import Hummingbird
public import JOSE
public import Logging
import OAuth
public import Storage
import Tokens

/// The token service as one thing: logs users in, passes sessions on, ends them, and publishes its keys.
///
/// `start` brings the tables forward and loads keys and revocations; from then on nothing is half there.
public final class AuthorizationService: Sendable {
    /// What was decided about the tokens.
    public let configuration: AuthorizationConfiguration

    /// The public keys of this issuer, for whoever verifies its tokens in the same process.
    public var keySet: KeySet { keyring.keys.keySet }

    /// What has been revoked, for whoever judges tokens in the same process.
    public let revocations: RevocationFeed

    /// Makes the accounts of a new installation.
    public let firstStart: FirstStart

    let store: Store
    let clock: @Sendable () -> Int64
    /// Who is signed in at which browser.
    let browser: BrowserLogin
    private let routes: AuthorizationRoutes
    private let logger: Logger

    /// The registered clients, for whoever manages them in the same process.
    let clients: ClientDirectory

    private let users: UserOperations
    private let sessions: Sessions
    private let notices: LogoutNotices
    private let management: ManagementAuthentication
    private let refusals: RefusalLog

    /// The signing keys, for whoever changes them in the same process.
    let keyring: SigningKeyring

    /// The password work, for tests that count it.
    let passwords: PasswordHashing

    /// Brings the tables forward, makes the first signing key if there is none, and loads what the service needs.
    /// - Parameters:
    ///   - store: the open store; the caller closes it after the last request.
    ///   - configuration: what was decided about the tokens.
    ///   - clock: seconds since 1970.
    ///   - logger: for what happens outside requests.
    public static func start(
        store: Store,
        configuration: AuthorizationConfiguration,
        clock: @escaping @Sendable () -> Int64,
        logger: Logger
    ) async throws -> AuthorizationService {
        try await prepare(store)
        // From here on a log without a head is one that somebody took the head from.
        try await store.write { _ = try AuditLog.open(now: clock(), in: $0) }
        let service = AuthorizationService(
            try await .assemble(store: store, configuration: configuration, clock: clock, logger: logger))
        try await service.sweep()
        return service
    }

    /// Brings the tables forward, for whoever works on them without the service.
    public static func prepare(_ store: Store) async throws {
        try await store.migrate(feature: "token-service", TokenServiceTables.migrations)
    }

    /// Tells the audit log that the operator gives the data folder another master key, in the change that does so.
    public static func noteMasterKeyRotation(now: Int64, in transaction: Transaction) throws(StoreError) {
        try AuditEvent(.masterKeyRotated, by: AuditActor(.operator)).insert(now: now, in: transaction)
    }

    /// Adds every address of the service to a router.
    public func addRoutes<Context: RemoteAddressRequestContext>(to router: some RouterMethods<Context>) {
        routes.add(to: router)
    }

    /// What can be managed here: clients, users, sessions, keys, the audit log.
    public var operations: [Operation] {
        let clients = ClientOperations(clients: clients, keyring: keyring, sessions: sessions, clock: clock)
        let tokens = TokenOperations(users: users, sessions: sessions, configuration: configuration, clock: clock)
        let sessions = SessionOperations(users: users, sessions: sessions, clock: clock)
        let features = [
            clients.all, users.all, sessions.all, tokens.all, SigningKeyOperations(keyring: keyring).all,
            AuditOperations(store: store).all,
        ]
        return features.flatMap(\.self).map { $0.translating { ($0 as? OAuthError).map(ProblemOf.management) } }
    }

    /// The door of everything that is managed over HTTP.
    public var managementDoor: ManagementDoor { ManagementDoor(authentication: management) }

    /// What `/readyz` should ask: the store takes writes.
    public var healthChecks: [HealthCheck] {
        [HealthCheck("database") { [store] in try await store.checkWritable() }]
    }

    /// Tells clients that sessions of theirs are over, until its task is cancelled.
    /// - Parameter deliver: sends a form to an address that the operator registered.
    public func runLogoutNotices(_ deliver: @escaping FormDelivery) async {
        await notices.run(deliver)
    }

    /// Tells somebody about the public keys now and whenever they change, before a change is stored: whoever throws refuses
    /// it. A change is acknowledged when everybody has taken it over.
    public func subscribeToKeys(_ subscriber: @escaping SnapshotFeed<KeySet>.Subscriber) async throws {
        try await keyring.subscribe(subscriber)
    }

    /// Sweeps once a minute until its task is cancelled.
    public func runUpkeep() async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .seconds(60))
                try await sweep()
            } catch is CancellationError {
                return
            } catch {
                logger.error("sweeping the token service's records failed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Ends what is over by itself, and deletes what no answer depends on any more.
    public func sweep() async throws {
        let now = clock()
        let margin = configuration.revocationMargin
        let over = try await store.write { [sessions, refusals] transaction in
            try refusals.tellLeftOut(now: now, in: transaction)
            try RevocationRecord.deleteExpired(before: now, in: transaction)
            try FamilyRecord.deleteExpired(before: now - margin, in: transaction)
            try AuthorizationCodeRecord.deleteExpired(
                before: now - AuthorizationCodeRecord.memory, in: transaction)
            try LoginTransactionRecord.deleteExpired(before: now, in: transaction)
            try DeviceAuthorizationRecord.deleteExpired(before: now, in: transaction)
            try RegistrationTokenRecord.deleteExpired(before: now, in: transaction)
            try ResetLinkRecord.deleteExpired(before: now, in: transaction)
            try PushedRequestRecord.deleteExpired(before: now, in: transaction)
            try UsedAssertionRecord.deleteExpired(before: now, in: transaction)
            try RefreshTokenRecord.forgetSuccessors(spentBefore: now - RefreshTokenRecord.grace, in: transaction)
            return try sessions.endExpiredBrowserSessions(now: now, in: transaction)
        }
        await sessions.publish(over, reason: "its session at a browser was over")
        try await keyring.advance()
    }

    private init(_ parts: AuthorizationParts) {
        store = parts.store
        configuration = parts.configuration
        revocations = parts.revocations
        passwords = parts.passwords
        clock = parts.clock
        logger = parts.logger
        clients = parts.clients
        browser = BrowserLogin(parts)
        sessions = parts.sessions
        notices = parts.notices
        management = ManagementAuthentication(parts)
        refusals = parts.refusals
        users = UserOperations(
            store: parts.store, sessions: parts.sessions, passwords: parts.passwords, reset: PasswordReset(parts),
            clock: parts.clock)
        keyring = parts.keyring
        firstStart = FirstStart(store: parts.store, passwords: parts.passwords, clock: parts.clock)
        routes = AuthorizationRoutes(parts)
    }
}

extension AuthorizationParts {
    /// Brings the parts together over a store whose tables are there.
    static func assemble(
        store: Store, configuration: AuthorizationConfiguration, clock: @escaping @Sendable () -> Int64, logger: Logger
    ) async throws -> AuthorizationParts {
        let clients = try await ClientDirectory.load(from: store, configuration: configuration, clock: clock)
        let revocations = try await RevocationFeed.open(in: store)
        let keyring = try await SigningKeyring.load(
            from: store, configuration, algorithms: clients.algorithms, clock: clock, logger: logger)
        let notices = LogoutNotices(
            clients: clients, keyring: keyring, configuration: configuration, clock: clock, logger: logger)
        let refusals = RefusalLog()
        let accessTokens = TokenIssuer(keyring: keyring, configuration: configuration)
        return AuthorizationParts(
            store: store, configuration: configuration, refusals: refusals, clients: clients, keyring: keyring,
            accessTokens: accessTokens,
            idTokens: IDTokenIssuer(keyring: keyring, configuration: configuration),
            sessions: Sessions(
                store: store, issuer: accessTokens, configuration: configuration, notices: notices,
                refusals: refusals, clock: clock, logger: logger), notices: notices,
            revocations: revocations, passwords: PasswordHashing(cost: configuration.passwordCost),
            pages: try PageTemplates(issuer: configuration.issuer, logger: logger),
            bearer: BearerAuthentication(revocations: revocations, clock: clock) { keyring.keys.verifiers.forUs },
            clock: clock, logger: logger)
    }
}
