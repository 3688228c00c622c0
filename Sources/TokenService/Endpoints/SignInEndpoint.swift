import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import Storage

/// `/sign-in`: who are you? A password and, where one was set up, a second factor; or a passkey.
///
/// Whoever is right gets a new browser session and goes on to where they wanted to go.
struct SignInEndpoint: Sendable {
    static let path = "/sign-in"

    private let store: Store
    private let pages: PageTemplates
    private let flow: AuthorizationFlow
    private let transactions: LoginTransactions
    private let passwords: PasswordLogin
    private let secondFactor: SecondFactor
    private let passkeys: PasskeyLogin
    private let reset: PasswordReset
    private let browser: BrowserLogin
    private let sameOrigin: SameOrigin

    init(_ parts: AuthorizationParts) {
        store = parts.store
        pages = parts.pages
        flow = AuthorizationFlow(parts)
        transactions = LoginTransactions(store: parts.store, clock: parts.clock)
        passwords = PasswordLogin(parts)
        secondFactor = SecondFactor(parts)
        passkeys = PasskeyLogin(parts)
        reset = PasswordReset(parts)
        browser = BrowserLogin(parts)
        sameOrigin = SameOrigin(issuer: parts.configuration.issuer)
    }

    /// `GET /sign-in`: the page that is due.
    func show(_ request: Request) async throws -> Response {
        try await pages.answering {
            let parameters = try RequestParameters(Array((request.uri.query ?? "").utf8))
            let found = try await transactions.find(parameters["transaction"], request)
            return try page(found, name: nil, problem: nil)
        }
    }

    /// `POST /sign-in/password`: a name and a password.
    func password(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        try await answering(request) { found, parameters in
            let name = parameters["name"] ?? ""
            let password = parameters["password"] ?? ""
            guard name.count <= 256, password.count <= PasswordHashing.maximumPasswordBytes else {
                throw Refusal(name: nil, problem: ProblemOf.wrongCredentials)
            }
            let user: UserRecord
            do {
                user = try await passwords.user(
                    name: name, password: password, address: context.remoteAddress, logger: context.logger)
            } catch let problem as ProblemBody {
                throw Refusal(name: UserRecord.isName(name) ? name : nil, problem: problem)
            }
            guard try await secondFactor.setup(ofUser: user.id).isActive else {
                return try await enter(found, user, methods: ["pwd"], request, context)
            }
            try await store.write {
                try LoginTransactionRecord.note(halfLoggedIn: user.id, of: found.name, in: $0)
            }
            return .seeOther(LoginTransactions.path(Self.path, found.name))
        }
    }

    /// `POST /sign-in/code`: the second factor.
    func code(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        try await answering(request) { found, parameters in
            guard let id = found.record.halfLoggedIn,
                let user = try await store.read({ try UserRecord.find(id: id, in: $0) }), user.isActive
            else { throw ProblemOf.transactionUnknown }
            let methods: [ByteString]
            do {
                methods = try await secondFactor.judge(
                    parameters["code"] ?? "", ofUser: id, address: context.remoteAddress)
            } catch let problem as ProblemBody {
                throw Refusal(name: nil, problem: problem)
            }
            return try await enter(found, user, methods: ["pwd"] + methods, request, context)
        }
    }

    /// `POST /sign-in/passkey`: what an authenticator signed.
    func passkey(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        try await answering(request) { found, parameters in
            do {
                let user = try await passkeys.user(
                    of: parameters["credential"] ?? "", found, address: context.remoteAddress)
                return try await enter(found, user, methods: ["pop", "user", "mfa"], request, context)
            } catch let problem as ProblemBody {
                throw Refusal(name: nil, problem: problem)
            }
        }
    }

    /// Why somebody is asked again.
    private struct Refusal: Error {
        /// What the name's field begins with.
        let name: ByteString?
        let problem: ProblemBody
    }

    private func answering(
        _ request: Request, _ body: (LoginTransactions.Found, RequestParameters) async throws -> Response
    ) async throws -> Response {
        try await pages.answering {
            try sameOrigin.require(request)
            let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
            let found = try await transactions.find(parameters["transaction"], request)
            do {
                return try await body(found, parameters)
            } catch let refusal as Refusal {
                // Found again: a challenge that was answered is another now.
                let found = try await transactions.find(parameters["transaction"], request)
                return try page(found, name: refusal.name, problem: refusal.problem)
            }
        }
    }

    private func enter(
        _ found: LoginTransactions.Found, _ user: UserRecord, methods: [ByteString], _ request: Request,
        _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        let cookie = try await browser.open(
            for: user, methods: methods, request, address: context.remoteAddress)
        switch found.record.goal {
        case .authorization:
            return .seeOther(LoginTransactions.path(AuthorizationFlow.continuePath, found.name), cookie: cookie)
        case .page(let path):
            _ = try await store.write { try LoginTransactionRecord.delete(found.name, in: $0) }
            return .seeOther(path, cookie: cookie)
        }
    }

    private func page(
        _ found: LoginTransactions.Found, name: ByteString?, problem: ProblemBody?
    ) throws -> Response {
        let isHalfWay = found.record.halfLoggedIn != nil
        let title = isHalfWay ? "Enter a code" : "Sign in"
        var values: [String: any Sendable] = [
            "title": problem == nil ? title : "That did not work: \(title.lowercased())",
            "transaction": found.name.text,
        ]
        var formAction = PageTemplates.FormAction.here
        var name = name
        switch found.record.goal {
        case .authorization(let client, _):
            let accepted = try flow.accepted(found.record)
            values["client"] = flow.clients.active(client)?.client.name.text ?? client.text
            formAction = .onTheWay(to: accepted.redirectURI)
            name = name ?? accepted.loginHint
        case .page:
            values["account"] = true
        }
        if let name { values["name"] = name.text }
        if let problem { values["error"] = problem.detail }
        if reset.isOffered { values["forgot"] = ResetEndpoint.askingPath }
        if !isHalfWay, let relyingParty = passkeys.relyingParty {
            values["passkey"] = [
                "challenge": Base64URL.encode(found.record.challenge), "relyingParty": relyingParty.text,
            ]
        }
        let status: HTTPResponse.Status =
            problem.map { $0.status == .unauthorized ? .forbidden : $0.status } ?? .ok
        return pages.answer(
            isHalfWay ? .code : .signIn, values, status: status, formAction: formAction)
    }
}
