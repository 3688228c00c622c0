import Codecs
import ControlPlane
import Hummingbird
import OAuth
import Storage

/// `/authorize` and what follows it: do you agree, and the answer to the client.
struct AuthorizeEndpoint: Sendable {
    let flow: AuthorizationFlow
    let pages: PageTemplates
    let sameOrigin: SameOrigin

    init(_ parts: AuthorizationParts) {
        flow = AuthorizationFlow(parts)
        pages = parts.pages
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

    /// `POST /authorize/consent`: yes or no.
    func decide(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
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
            return try await flow.agree(going, session, by: AuditActor(.person(session.userID), context))
        }
    }

    private func show(_ going: AuthorizationFlow.Going) async throws -> Response {
        switch going.step {
        case .grant, .refuse: return try await flow.finish(going)
        case .signIn:
            guard let transaction = going.transaction else { throw ProblemOf.transactionUnknown }
            return .seeOther(LoginTransactions.path(SignInEndpoint.path, transaction))
        case .consent: return try await consentPage(going)
        }
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
            ], formAction: .onTheWay(to: going.request.redirectURI))
    }
}
