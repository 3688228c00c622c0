import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// `/authorize` and the pages behind it: who are you, and do you agree?
struct AuthorizeEndpoint: Sendable {
    let flow: AuthorizationFlow
    let pages: PageTemplates
    let login: PasswordLogin
    let browser: BrowserLogin
    let sameOrigin: SameOrigin

    init(_ parts: AuthorizationParts) {
        flow = AuthorizationFlow(parts)
        pages = parts.pages
        login = PasswordLogin(parts)
        browser = BrowserLogin(parts)
        sameOrigin = SameOrigin(issuer: parts.configuration.issuer)
    }

    /// `GET` or `POST /authorize` (RFC 6749 §3.1): a client's request, from a browser.
    func begin(_ request: Request) async throws -> Response {
        try await pages.answering {
            let text =
                request.method == .post
                ? try await FormRequestBody.bytes(of: request) : Array((request.uri.query ?? "").utf8)
            return try await flow.begin(request, try RequestParameters(text))
        }
    }

    /// `GET /authorize/continue`: the page that is due, or the answer to the client.
    func resume(_ request: Request) async throws -> Response {
        try await pages.answering {
            let parameters = try RequestParameters(Array((request.uri.query ?? "").utf8))
            return try await show(try await flow.resume(parameters["transaction"], request))
        }
    }

    /// `POST /authorize/login`: a name and a password.
    func signIn(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        try await pages.answering {
            try sameOrigin.require(request)
            let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
            let going = try await flow.resume(parameters["transaction"], request)
            let name = parameters["name"] ?? ""
            let password = parameters["password"] ?? ""
            guard name.count <= 256, password.count <= PasswordHashing.maximumPasswordBytes else {
                return signInPage(going, name: "", problem: ProblemOf.wrongCredentials)
            }
            let user: UserRecord
            do {
                user = try await login.user(
                    name: name, password: password, address: context.remoteAddress, logger: context.logger)
            } catch let problem as ProblemBody {
                return signInPage(going, name: UserRecord.isName(name) ? name : "", problem: problem)
            }
            var headers = AuthorizationFlow.redirect(
                to: "/authorize/continue?transaction=\(going.transaction?.text ?? "")")
            headers[.setCookie] = try await browser.open(for: user, methods: ["pwd"], request)
            return Response(status: .seeOther, headers: headers)
        }
    }

    /// `POST /authorize/consent`: yes or no.
    func decide(_ request: Request) async throws -> Response {
        try await pages.answering {
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
            return try await flow.agree(going, session)
        }
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
        return pages.answer(
            .signIn, values, status: status, formTargets: [RedirectURI.origin(of: going.request.redirectURI).text])
    }

    private func consentPage(_ going: AuthorizationFlow.Going) async throws -> Response {
        let user = try await flow.store.read { database in
            try going.session.flatMap { session in try UserRecord.find(id: session.userID, in: database) }
        }
        return pages.answer(
            .consent,
            [
                "title": "Allow access?", "client": going.client.name.text, "user": user?.name.text ?? "",
                "scopes": ScopeMeaning.entries(going.request.scope),
                "destination": RedirectURI.origin(of: going.request.redirectURI).text,
                "transaction": going.transaction?.text ?? "",
            ], formTargets: [RedirectURI.origin(of: going.request.redirectURI).text])
    }
}
