import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import JOSE
import Logging
import OAuth
import Storage

/// `/account`: what a person sees of their own account, and changes: passkeys, the authenticator app, the password, where
/// they are signed in, and which applications have access.
struct AccountEndpoint: Sendable {
    static let path = "/account"
    /// How long ago the person may have proved who they are when they change how they do it, in seconds.
    static let freshness: Int64 = 900
    /// The shortest password that a person may choose, in characters (NIST SP 800-63B §5.1.1.2).
    static let shortestPassword = 8

    private let store: Store
    private let pages: PageTemplates
    private let clients: ClientDirectory
    private let sessions: Sessions
    private let browser: BrowserLogin
    private let transactions: LoginTransactions
    private let login: PasswordLogin
    private let passwords: PasswordHashing
    private let secondFactor: SecondFactor
    private let passkeys: PasskeyLogin
    private let sameOrigin: SameOrigin
    private let issuer: ByteString
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts) {
        store = parts.store
        pages = parts.pages
        clients = parts.clients
        sessions = parts.sessions
        browser = BrowserLogin(parts)
        transactions = LoginTransactions(store: parts.store, clock: parts.clock)
        login = PasswordLogin(parts)
        passwords = parts.passwords
        secondFactor = SecondFactor(parts)
        passkeys = PasskeyLogin(parts)
        sameOrigin = SameOrigin(issuer: parts.configuration.issuer)
        issuer = parts.configuration.issuer
        clock = parts.clock
    }

    func addRoutes<Context: RemoteAddressRequestContext>(to router: some RouterMethods<Context>) {
        router.endpoint(RouterPath(Self.path), [.get: { try await show($0, $1) }])
        router.endpoint("/account/password", [.post: { try await changePassword($0, $1) }])
        router.endpoint(
            "/account/authenticator",
            [.get: { try await beginAuthenticator($0, $1) }, .post: { try await confirmAuthenticator($0, $1) }])
        router.endpoint("/account/authenticator/remove", [.post: { try await removeAuthenticator($0, $1) }])
        router.endpoint("/account/recovery-codes", [.post: { try await renewRecoveryCodes($0, $1) }])
        router.endpoint(
            "/account/passkeys/new",
            [.get: { try await beginPasskey($0, $1) }, .post: { try await addPasskey($0, $1) }])
        router.endpoint("/account/passkeys/remove", [.post: { try await removePasskey($0, $1) }])
        router.endpoint("/account/sessions/end", [.post: { try await endSession($0, $1) }])
        router.endpoint("/account/access/end", [.post: { try await endAccess($0, $1) }])
    }

    /// Who asks, at which browser.
    private struct Person {
        let user: UserRecord
        let session: BrowserSessionRecord
        let actor: AuditActor
    }

    /// Answers for whoever is signed in; anybody else is led to signing in first, and then to the page.
    /// - Parameter isFresh: whether the person must have signed in a short time ago.
    private func answering(
        _ request: Request, _ context: some RemoteAddressRequestContext, isFresh: Bool = false,
        page: String = Self.path, _ body: (Person, RequestParameters) async throws -> Response
    ) async throws -> Response {
        try await pages.answering {
            var parameters = try RequestParameters([FormURLEncoded.Pair]())
            if request.method == .post {
                try sameOrigin.require(request)
                parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
            }
            guard let session = try await browser.session(of: request),
                let user = try await store.read({ try UserRecord.find(id: session.userID, in: $0) }), user.isActive,
                !isFresh || clock() - session.authenticated <= Self.freshness
            else {
                return try await transactions.begin(
                    .page(page), earlierSession: nil, page: SignInEndpoint.path, request)
            }
            let actor = AuditActor(.person(user.id), context)
            return try await body(Person(user: user, session: session, actor: actor), parameters)
        }
    }

    private static var home: Response { .seeOther(path) }

    private func changePassword(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        try await answering(request, context) { person, parameters in
            let current = parameters["current"] ?? ""
            let new = parameters["new"] ?? ""
            guard current.count <= PasswordHashing.maximumPasswordBytes,
                new.count <= PasswordHashing.maximumPasswordBytes, new.text.count >= Self.shortestPassword
            else {
                return try await page(
                    person, error: "The new password must have \(Self.shortestPassword) characters or more.")
            }
            do {
                _ = try await login.user(
                    name: person.user.name, password: current, address: context.remoteAddress, logger: context.logger)
            } catch let problem as ProblemBody {
                let isWrong = problem == ProblemOf.wrongCredentials
                return try await page(person, error: isWrong ? "That is not your password." : problem.detail)
            }
            let hash = try await passwords.hash(new.bytes)
            let now = clock()
            let revoked = try await store.write { transaction in
                try UserRecord.setPassword(hash, ofUser: person.user.id, now: now, in: transaction)
                try AuditEvent(.passwordChanged, by: person.actor, user: person.user.id)
                    .insert(now: now, in: transaction)
                let elsewhere = try BrowserSessionRecord.live(ofUser: person.user.id, now: now, in: transaction)
                for session in elsewhere where session.id != person.session.id {
                    _ = try BrowserSessionRecord.delete(id: session.id, in: transaction)
                }
                // Also what would go on without this browser: whoever has it may have it by the old password.
                return try FamilyRecord.live(ofUser: person.user.id, now: now, in: transaction)
                    .filter { $0.grant.outlivesSessions || $0.grant.browserSession != person.session.id }
                    .flatMap { try sessions.end($0, in: transaction) }
            }
            await sessions.publish(revoked, reason: "the user changed the password")
            return try await page(person, notice: "Your password is changed. You are signed out everywhere else.")
        }
    }

    private func beginAuthenticator(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        try await answering(request, context, isFresh: true, page: "/account/authenticator") { person, _ in
            guard try await !secondFactor.setup(ofUser: person.user.id).isActive else { return Self.home }
            return authenticatorPage(try await secondFactor.begin(user: person.user.id), person, problem: nil)
        }
    }

    private func confirmAuthenticator(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        try await answering(request, context, isFresh: true, page: "/account/authenticator") { person, parameters in
            guard let pending = try await secondFactor.pending(user: person.user.id) else { return Self.home }
            guard
                let codes = try await secondFactor.confirm(
                    parameters["code"] ?? "", user: person.user.id, by: person.actor)
            else {
                return authenticatorPage(
                    pending, person, problem: "That is not the code that the app should show now. Look again.")
            }
            return recoveryPage(codes)
        }
    }

    private func removeAuthenticator(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        try await answering(request, context, isFresh: true) { person, _ in
            try await secondFactor.remove(user: person.user.id, by: person.actor)
            return Self.home
        }
    }

    private func renewRecoveryCodes(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        try await answering(request, context, isFresh: true) { person, _ in
            guard try await secondFactor.setup(ofUser: person.user.id).isActive else { return Self.home }
            return recoveryPage(try await secondFactor.renewRecoveryCodes(user: person.user.id, by: person.actor))
        }
    }

    private func beginPasskey(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        let path = "/account/passkeys/new"
        return try await answering(request, context, isFresh: true, page: path) { person, _ in
            guard let relyingParty = passkeys.relyingParty else { return Self.home }
            let query = try RequestParameters(Array((request.uri.query ?? "").utf8))
            guard query["transaction"] != nil else {
                return try await transactions.begin(.page(path), earlierSession: nil, page: path, request)
            }
            let found = try await transactions.find(query["transaction"], request)
            let known = try await store.read { try PasskeyRecord.all(ofUser: person.user.id, in: $0) }
            return pages.answer(
                .passkey,
                [
                    "title": "Add a passkey", "transaction": found.name.text,
                    "challenge": Base64URL.encode(found.record.challenge), "relyingParty": relyingParty.text,
                    "user": person.user.id, "account": person.user.name.text,
                    "known": known.map { Base64URL.encode($0.credential) }.joined(separator: " "),
                ])
        }
    }

    private func addPasskey(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        try await answering(request, context, isFresh: true, page: "/account/passkeys/new") { person, parameters in
            let found = try await transactions.find(parameters["transaction"], request)
            let name = parameters["name"] ?? "A passkey"
            guard name.count <= 256, !name.hasControlCharacter else { throw ProblemOf.passkeyRefused }
            try await passkeys.register(
                parameters["credential"] ?? "", name: name, user: person.user.id, found, by: person.actor)
            return Self.home
        }
    }

    private func removePasskey(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        try await answering(request, context, isFresh: true) { person, parameters in
            let credential = (try? Base64URL.decode((parameters["passkey"] ?? "").bytes)) ?? []
            let now = clock()
            try await store.write { transaction in
                try PasskeyRecord.delete(credential, user: person.user.id, in: transaction)
                try AuditEvent(.passkeyRemoved, by: person.actor, user: person.user.id)
                    .insert(now: now, in: transaction)
            }
            return Self.home
        }
    }

    private func endSession(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        try await answering(request, context) { person, parameters in
            let now = clock()
            let wanted = parameters["session"]?.text
            let session = try await store.read { transaction in
                try BrowserSessionRecord.live(ofUser: person.user.id, now: now, in: transaction)
                    .first { $0.id == wanted }
            }
            if let session { try await browser.end(session, by: person.actor) }
            return Self.home
        }
    }

    private func endAccess(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        try await answering(request, context) { person, parameters in
            let now = clock()
            guard let client = parameters["client"] else { return Self.home }
            let revoked = try await store.write { transaction in
                try ConsentRecord.delete(user: person.user.id, client: client, in: transaction)
                try AuditEvent(.accessEnded, by: person.actor, user: person.user.id, client: client)
                    .insert(now: now, in: transaction)
                return try FamilyRecord.live(ofUser: person.user.id, now: now, in: transaction)
                    .filter { $0.grant.clientID == client }.flatMap { try sessions.end($0, in: transaction) }
            }
            await sessions.publish(revoked, reason: "its owner ended the application's access")
            return Self.home
        }
    }

    private func show(
        _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        try await answering(request, context) { person, _ in try await page(person) }
    }
}

extension AccountEndpoint {
    private func page(_ person: Person, notice: String? = nil, error: String? = nil) async throws -> Response {
        let now = clock()
        let id = person.user.id
        let (sessions, families, keys) = try await store.read { transaction in
            (
                try BrowserSessionRecord.live(ofUser: id, now: now, in: transaction),
                try FamilyRecord.live(ofUser: id, now: now, in: transaction),
                try PasskeyRecord.all(ofUser: id, in: transaction)
            )
        }
        let setup = try await secondFactor.setup(ofUser: id)
        var values: [String: any Sendable] = [
            "title": "Your account", "name": person.user.name.text,
            "passkeysArePossible": passkeys.relyingParty != nil, "hasAuthenticator": setup.isActive,
            "recoveryCodes": setup.recoveryCodes,
            "passkeys": keys.map { key -> [String: String] in
                let used = key.used.map { ", used \(PlainTime.ago(now - $0))" } ?? ""
                return [
                    "id": Base64URL.encode(key.credential), "name": key.name.text,
                    "detail": "added \(PlainTime.ago(now - key.created))\(used)",
                ]
            },
            "sessions": sessions.map { session -> [String: any Sendable] in
                let isCurrent = session.id == person.session.id
                let seen = isCurrent ? "this browser" : "last here \(PlainTime.ago(now - session.seen))"
                return [
                    "id": session.id, "agent": BrowserName.of(session.agent), "current": isCurrent,
                    "detail": "\(seen), signed in \(PlainTime.ago(now - session.authenticated))",
                ]
            },
            "applications": applications(families, now: now),
        ]
        if let email = person.user.profile["email"]?.string { values["email"] = email.text }
        if let notice { values["notice"] = notice }
        if let error { values["error"] = error }
        return pages.answer(.account, values, status: error == nil ? .ok : .badRequest)
    }

    private func applications(_ families: [FamilyRecord], now: Int64) -> [[String: String]] {
        Dictionary(grouping: families, by: \.grant.clientID).sorted { $0.key < $1.key }.map { client, families in
            let isShort = client == TokenIssuer.firstParty
            let since = families.map(\.grant.authenticated).min() ?? now
            return [
                "id": client.text,
                "name": isShort
                    ? "Signed in by name and password" : clients.record(client)?.client.name.text ?? client.text,
                "detail": "\(families.count == 1 ? "one session" : "\(families.count) sessions"), "
                    + "the oldest \(PlainTime.ago(now - since))",
            ]
        }
    }

    private func authenticatorPage(_ code: TimedCode, _ person: Person, problem: String?) -> Response {
        var values: [String: any Sendable] = [
            "title": "Set up an authenticator app", "secret": code.secretInGroups,
            "address": code.address(issuer: issuer, account: person.user.name),
        ]
        if let problem { values["error"] = problem }
        return pages.answer(.authenticator, values, status: problem == nil ? .ok : .forbidden)
    }

    private func recoveryPage(_ codes: [RecoveryCode]) -> Response {
        pages.answer(.recoveryCodes, ["title": "Your recovery codes", "codes": codes.map(\.text)])
    }
}
