import Codecs
import ControlPlane
import Hummingbird
import JOSE
import OAuth
import Storage
import Tokens

/// An authorization from the client's request to the answer at its redirect URI (RFC 6749 §4.1).
///
/// What the client asked is judged first, then kept in a transaction that only the browser of its cookie can go on with.
/// Nothing of the flow's state comes from the browser again.
struct AuthorizationFlow: Sendable {
    static let continuePath = "/authorize/continue"

    let store: Store
    let clients: ClientDirectory
    let pages: PageTemplates
    let clock: @Sendable () -> Int64
    private let transactions: LoginTransactions
    private let judge: AuthorizationJudge
    private let hints: IDTokenHints

    init(_ parts: AuthorizationParts) {
        store = parts.store
        clients = parts.clients
        pages = parts.pages
        clock = parts.clock
        transactions = LoginTransactions(store: parts.store, clock: parts.clock)
        judge = AuthorizationJudge(issuer: parts.configuration.issuer)
        hints = IDTokenHints(parts)
    }

    /// A request that was judged, and what is known of it.
    struct Going: Sendable {
        let request: AuthorizationRequest
        let client: Client
        let session: BrowserSessionRecord?
        let step: AuthorizationStep
        /// The transaction it is kept in; nil when it just arrived.
        let transaction: OpaqueToken?
    }

    /// Answers a client's request: at once where nobody has to be asked, else by leading to the page that asks.
    func begin(_ request: Request, _ parameters: RequestParameters) async throws -> Response {
        let now = clock()
        let pushed = try await pushed(parameters, now: now)
        let parameters = pushed ?? parameters
        switch judged(parameters, wasPushed: pushed != nil) {
        case .refusedHere(let error):
            return pages.page(error)
        case .refused(let error, let answer):
            return lead(to: answer, answer.parameters(refusal: error), client: "", isAfterForm: false)
        case .accepted(let accepted):
            let going = try await situation(
                accepted, session: BrowserCookies.read(BrowserCookies.session, .browserSession, from: request),
                transaction: nil)
            switch going.step {
            case .grant, .refuse: return try await finish(going)
            case .signIn, .consent:
                return try await transactions.begin(
                    .authorization(client: going.client.id, parameters: FormURLEncoded.encode(parameters.pairs)),
                    earlierSession: going.session?.id,
                    page: going.step == .signIn ? SignInEndpoint.path : Self.continuePath, request)
            }
        }
    }

    /// The authorization that a browser goes on with; throws a problem when it is none of this browser's.
    func resume(_ text: ByteString?, _ request: Request) async throws -> Going {
        let found = try await transactions.find(text, request)
        return try await situation(
            try accepted(found.record),
            session: BrowserCookies.read(BrowserCookies.session, .browserSession, from: request),
            earlierSession: found.record.earlierSession, transaction: found.name)
    }

    /// The request that a login was begun for, judged again: its client may have been changed meanwhile.
    func accepted(_ record: LoginTransactionRecord) throws(ProblemBody) -> AuthorizationRequest {
        guard case .authorization(_, let text) = record.goal,
            let parameters = try? RequestParameters(Array(text.utf8)),
            case .accepted(let request) = judged(parameters, wasPushed: true)
        else { throw ProblemOf.transactionUnknown }
        return request
    }

    /// Gives out a code, or says no, at the client's address. The transaction is over with it.
    func finish(_ going: Going) async throws -> Response {
        let answer = going.request.answer
        if case .refuse(let error) = going.step {
            return lead(to: answer, answer.parameters(refusal: error), of: going)
        }
        guard going.step == .grant, let session = going.session else { throw ProblemOf.transactionUnknown }
        let code = OpaqueToken(.code)
        let record = AuthorizationCodeRecord(
            grant: Grant(
                userID: session.userID, clientID: going.client.id, scope: going.request.scope,
                audiences: going.client.audiences, authenticated: session.authenticated, methods: session.methods,
                browserSession: session.id, keyThumbprint: going.request.dpopThumbprint),
            browserSession: session.id, redirectURI: going.request.redirectURI, challenge: going.request.challenge,
            nonce: going.request.nonce)
        let now = clock()
        let isFirst = try await store.write { database in
            if let transaction = going.transaction {
                guard try LoginTransactionRecord.delete(transaction, in: database) else { return false }
            }
            try session.noteVisit(now: now, in: database)
            try record.insert(code, now: now, in: database)
            return true
        }
        guard isFirst else { throw ProblemOf.transactionUnknown }
        return lead(to: answer, answer.parameters(code: code.text), of: going)
    }

    /// Ends a transaction with the person's no.
    func deny(_ going: Going) async throws -> Response {
        if let transaction = going.transaction {
            _ = try await store.write { try LoginTransactionRecord.delete(transaction, in: $0) }
        }
        let answer = going.request.answer
        return lead(
            to: answer, answer.parameters(refusal: OAuthError(.accessDenied, "The person said no.")), of: going)
    }

    /// Keeps the person's yes, and gives out a code.
    func agree(_ going: Going, _ session: BrowserSessionRecord, by actor: AuditActor) async throws -> Response {
        let now = clock()
        try await store.write { database in
            try ConsentRecord.add(
                going.request.scope, user: session.userID, client: going.client.id, now: now, in: database)
            let given = AuditEvent(
                .consentGiven, by: actor, user: session.userID, client: going.client.id,
                detail: going.request.scope.text.text)
            try given.insert(now: now, in: database)
        }
        return try await finish(
            Going(
                request: going.request, client: going.client, session: session, step: .grant,
                transaction: going.transaction))
    }

    /// The request that a client pushed before, for the first browser that names it; nil when the parameters name none.
    private func pushed(_ parameters: RequestParameters, now: Int64) async throws -> RequestParameters? {
        guard let uri = parameters["request_uri"], PushedRequestName.isOurs(uri) else { return nil }
        let record = try await store.write { database -> PushedRequestRecord? in
            guard let name = PushedRequestName.read(uri), let client = parameters["client_id"] else { return nil }
            return try PushedRequestRecord.take(name, client: client, now: now, in: database)
        }
        guard let record else {
            throw OAuthError(
                .invalidRequestURI, "The pushed request is unknown, expired, used before or another client's.")
        }
        return try RequestParameters(Array(record.parameters.utf8))
    }

    /// - Parameter wasPushed: whether the client sent it straight to the server, or it was let in already.
    private func judged(_ parameters: RequestParameters, wasPushed: Bool) -> AuthorizationJudgement {
        let client = parameters["client_id"].flatMap { clients.active($0)?.client }
        return judge.judge(parameters, client: client, wasPushed: wasPushed)
    }

    private func situation(
        _ accepted: AuthorizationRequest, session cookie: OpaqueToken?, earlierSession: String? = nil,
        transaction: OpaqueToken?
    ) async throws -> Going {
        guard let client = clients.active(accepted.clientID)?.client else { throw ProblemOf.transactionUnknown }
        let now = clock()
        let (session, allowed) = try await store.read { database -> (BrowserSessionRecord?, Scope?) in
            guard let cookie, let session = try BrowserSessionRecord.find(cookie, now: now, in: database),
                try UserRecord.find(id: session.userID, in: database)?.isActive ?? false
            else { return (nil, nil) }
            return (session, try ConsentRecord.find(user: session.userID, client: client.id, in: database))
        }
        let expected = try accepted.idTokenHint.map { hint throws in
            guard let claims = hints.claims(of: hint, for: client.id, now: now) else {
                throw ProblemOf.hintInvalid
            }
            return claims.subject ?? ""
        }
        let step = AuthorizationStep.next(
            .init(
                request: accepted, client: client, session: session, expectedUser: expected, allowed: allowed,
                isSessionNew: transaction != nil && session?.id != earlierSession, now: now))
        return Going(request: accepted, client: client, session: session, step: step, transaction: transaction)
    }

    private func lead(
        to answer: AuthorizationAnswer, _ parameters: [FormURLEncoded.Pair], of going: Going
    ) -> Response {
        // Whoever was asked on a page answered by a form.
        lead(to: answer, parameters, client: going.client.name, isAfterForm: going.transaction != nil)
    }

    private func lead(
        to answer: AuthorizationAnswer, _ parameters: [FormURLEncoded.Pair], client: ByteString, isAfterForm: Bool
    ) -> Response {
        switch answer.mode {
        case .query:
            return pages.leave(for: answer.location(parameters), isAfterForm: isAfterForm)
        case .formPost:
            return pages.answer(
                .formPost,
                [
                    "title": "Almost there", "client": client.text, "address": answer.redirectURI.text,
                    "parameters": parameters.map { ["name": $0.name.text, "value": $0.value.text] },
                ], formAction: .anywhere)
        }
    }
}
