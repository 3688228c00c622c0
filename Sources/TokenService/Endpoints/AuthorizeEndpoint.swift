import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// `/authorize` and the pages behind it: who are you, and do you agree?
struct AuthorizeEndpoint: Sendable {
    let flow: AuthorizationFlow
    let login: PasswordLogin
    let sameOrigin: SameOrigin

    init(_ parts: AuthorizationParts) {
        flow = AuthorizationFlow(parts)
        login = PasswordLogin(parts)
        sameOrigin = SameOrigin(issuer: parts.configuration.issuer)
    }

    /// `GET` or `POST /authorize` (RFC 6749 §3.1): a client's request, from a browser.
    func begin(_ request: Request) async throws -> Response {
        do {
            let text =
                request.method == .post
                ? try await FormRequestBody.bytes(of: request) : Array((request.uri.query ?? "").utf8)
            return try await flow.begin(request, try RequestParameters(text))
        } catch let error as OAuthError {
            return flow.refusal(error)
        } catch let problem as ProblemBody {
            return page(problem)
        }
    }

    /// `GET /authorize/continue`: the page that is due, or the answer to the client.
    func resume(_ request: Request) async throws -> Response {
        do {
            let parameters = try RequestParameters(Array((request.uri.query ?? "").utf8))
            return try await show(try await flow.resume(parameters["transaction"], request))
        } catch let problem as ProblemBody {
            return page(problem)
        } catch let error as OAuthError {
            return flow.refusal(error)
        }
    }

    /// `POST /authorize/login`: a name and a password. Whoever is right gets a new browser session, whatever the browser
    /// had before.
    func signIn(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        do {
            try sameOrigin.require(request)
            let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
            let going = try await flow.resume(parameters["transaction"], request)
            let name = parameters["name"] ?? ""
            let password = parameters["password"] ?? ""
            guard name.count <= 256, password.count <= PasswordHashing.maximumPasswordBytes else {
                return signInPage(going, name: "", problem: ProblemOf.wrongCredentials)
            }
            do {
                let user = try await login.user(
                    name: name, password: password, address: context.remoteAddress, logger: context.logger)
                return try await openSession(for: user, going, request)
            } catch let problem as ProblemBody {
                return signInPage(going, name: UserRecord.isName(name) ? name : "", problem: problem)
            }
        } catch let problem as ProblemBody {
            return page(problem)
        } catch let error as OAuthError {
            return flow.refusal(error)
        }
    }

    /// `POST /authorize/consent`: yes or no.
    func decide(_ request: Request) async throws -> Response {
        do {
            try sameOrigin.require(request)
            let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
            let going = try await flow.resume(parameters["transaction"], request)
            switch parameters["decision"] {
            case "deny": return try await flow.deny(going)
            case "allow": break
            default: throw ProblemOf.transactionUnknown
            }
            guard let session = going.session, going.step == .consent || going.step == .grant else {
                return try await show(going)
            }
            let now = flow.clock()
            try await flow.store.write { database in
                try ConsentRecord.add(
                    going.request.scope, user: session.userID, client: going.client.id, now: now, in: database)
            }
            return try await flow.finish(
                AuthorizationFlow.Going(
                    request: going.request, client: going.client, session: session, step: .grant,
                    transaction: going.transaction))
        } catch let problem as ProblemBody {
            return page(problem)
        } catch let error as OAuthError {
            return flow.refusal(error)
        }
    }

    private func openSession(
        for user: UserRecord, _ going: AuthorizationFlow.Going, _ request: Request
    ) async throws -> Response {
        let cookie = OpaqueToken(.browserSession)
        let now = flow.clock()
        let agent = (request.headers[.userAgent] ?? "").utf8.filter { $0 >= 0x20 && $0 < 0x7F }.prefix(160)
        let record = BrowserSessionRecord(
            id: BrowserSessionRecord.makeID(), userID: user.id, authenticated: now, methods: ["pwd"],
            agent: ByteString(utf8: Array(agent)), created: now, seen: now,
            expires: now + BrowserSessionRecord.lifetime)
        let earlier = BrowserCookies.read(BrowserCookies.session, .browserSession, from: request)
        try await flow.store.write { database in
            if let earlier, let known = try BrowserSessionRecord.find(earlier, now: now, in: database) {
                _ = try BrowserSessionRecord.delete(id: known.id, in: database)
            }
            try record.insert(cookie, in: database)
        }
        var headers = AuthorizationFlow.redirect(
            to: "/authorize/continue?transaction=\(going.transaction?.text ?? "")")
        headers[.setCookie] = BrowserCookies.set(
            BrowserCookies.session, cookie.text, lifetime: BrowserSessionRecord.lifetime)
        return Response(status: .seeOther, headers: headers)
    }

    private func show(_ going: AuthorizationFlow.Going) async throws -> Response {
        switch going.step {
        case .grant, .refuse: return try await flow.finish(going)
        case .signIn: return signInPage(going, name: going.request.loginHint ?? "", problem: nil)
        case .consent: return try await consentPage(going)
        }
    }

    private func signInPage(
        _ going: AuthorizationFlow.Going, name: ByteString, problem: ProblemBody?
    ) -> Response {
        var values: [String: any Sendable] = [
            "title": problem == nil ? "Sign in" : "That did not work: sign in", "client": going.client.name.text,
            "transaction": going.transaction?.text ?? "",
        ]
        if !name.isEmpty { values["name"] = name.text }
        if let problem {
            values["error"] =
                problem == ProblemOf.wrongCredentials
                ? "There is no active user with this name and this password." : problem.detail
        }
        let status: HTTPResponse.Status =
            problem.map { $0.status == .unauthorized ? .forbidden : $0.status } ?? .ok
        return flow.pages.answer(
            .signIn, values, status: status, formTargets: [SameOrigin.origin(of: going.request.redirectURI)])
    }

    private func consentPage(_ going: AuthorizationFlow.Going) async throws -> Response {
        let user = try await flow.store.read { database in
            try going.session.flatMap { session in try UserRecord.find(id: session.userID, in: database) }
        }
        return flow.pages.answer(
            .consent,
            [
                "title": "Allow access?", "client": going.client.name.text, "user": user?.name.text ?? "",
                "scopes": ScopeMeaning.entries(going.request.scope),
                "destination": SameOrigin.origin(of: going.request.redirectURI),
                "transaction": going.transaction?.text ?? "",
            ], formTargets: [SameOrigin.origin(of: going.request.redirectURI)])
    }

    private func page(_ problem: ProblemBody) -> Response {
        flow.pages.answer(
            .message,
            [
                "title": problem.title, "heading": problem.title, "text": problem.detail, "code": problem.code,
                "detail": "",
            ], status: problem.status)
    }
}
