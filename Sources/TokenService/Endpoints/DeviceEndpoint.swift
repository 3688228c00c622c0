import Codecs
import ControlPlane
import Hummingbird
import Logging
import OAuth
import Storage

/// `/device` (RFC 8628 §3.3): where a person types the code that a device shows, and says whether it may.
struct DeviceEndpoint: Sendable {
    static let path = "/device"

    private let store: Store
    private let pages: PageTemplates
    private let clients: ClientDirectory
    private let browser: BrowserLogin
    private let transactions: LoginTransactions
    /// Whoever tries codes through is slowed down (RFC 8628 §5.1).
    private let throttle = LoginThrottle()
    private let sameOrigin: SameOrigin
    private let clock: @Sendable () -> Int64
    private let logger: Logger

    init(_ parts: AuthorizationParts) {
        store = parts.store
        pages = parts.pages
        clients = parts.clients
        browser = BrowserLogin(parts)
        transactions = LoginTransactions(store: parts.store, clock: parts.clock)
        sameOrigin = SameOrigin(issuer: parts.configuration.issuer)
        clock = parts.clock
        logger = parts.logger
    }

    /// `GET /device`, with or without a `user_code`.
    func show(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        try await pages.answering {
            let parameters = try RequestParameters(Array((request.uri.query ?? "").utf8))
            guard let typed = parameters["user_code"] else { return codePage() }
            guard let code = UserCode(typed: typed) else {
                return codePage(problem: "A code has eight letters, as WDJB-MJHT.")
            }
            guard let (user, _) = try await person(request) else {
                return try await transactions.begin(
                    .page("\(Self.path)?user_code=\(code.text)"), earlierSession: nil, page: SignInEndpoint.path,
                    request)
            }
            guard let record = try await waiting(code, of: user, context) else {
                return codePage(problem: "No device waits with this code. Look again, or begin again at the device.")
            }
            return consentPage(record, code, user)
        }
    }

    /// `POST /device`: yes or no.
    func decide(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        try await pages.answering {
            try sameOrigin.require(request)
            let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
            guard let decision = parameters["decision"], decision == "allow" || decision == "deny",
                let code = parameters["user_code"].flatMap({ UserCode(typed: $0) }),
                let (user, session) = try await person(request)
            else { throw ProblemOf.transactionUnknown }
            guard let waiting = try await waiting(code, of: user, context) else {
                throw ProblemOf.transactionUnknown
            }
            let actor = AuditActor(.person(user.id), context)
            let now = clock()
            let isKept = try await store.write { transaction in
                try AuditEvent(
                    decision == "allow" ? .deviceAllowed : .deviceDenied, by: actor, user: user.id,
                    client: waiting.clientID, detail: waiting.scope.text.text
                ).insert(now: now, in: transaction)
                return try DeviceAuthorizationRecord.answer(
                    code, isAllowed: decision == "allow", by: session, now: now, in: transaction)
            }
            guard isKept else { throw ProblemOf.transactionUnknown }
            let heading = decision == "allow" ? "The device is connected" : "The device is not connected"
            return pages.answer(
                .message,
                [
                    "title": heading, "heading": heading,
                    "text": decision == "allow"
                        ? "Go on at the device. You can end its access in your account." : "You can close this page.",
                ])
        }
    }

    private func person(_ request: Request) async throws -> (UserRecord, BrowserSessionRecord)? {
        guard let session = try await browser.session(of: request),
            let user = try await store.read({ try UserRecord.find(id: session.userID, in: $0) }), user.isActive
        else { return nil }
        return (user, session)
    }

    /// The device that waits with a code; tries with codes of no device are counted.
    private func waiting(
        _ code: UserCode, of user: UserRecord, _ context: some RemoteAddressRequestContext
    ) async throws -> DeviceAuthorizationRecord? {
        let now = clock()
        if let wait = throttle.admit(account: ByteString(user.id), address: context.remoteAddress, now: now) {
            throw ProblemOf.tooManyTries(wait: wait)
        }
        let record = try await store.read { try DeviceAuthorizationRecord.find(code, now: now, in: $0) }
        guard let record, clients.active(record.clientID) != nil else { return nil }
        throttle.succeeded(account: ByteString(user.id), address: context.remoteAddress)
        return record
    }

    private func codePage(problem: String? = nil) -> Response {
        var values: [String: any Sendable] = ["title": "Connect a device"]
        if let problem { values["error"] = problem }
        return pages.answer(.device, values, status: problem == nil ? .ok : .badRequest)
    }

    private func consentPage(_ record: DeviceAuthorizationRecord, _ code: UserCode, _ user: UserRecord) -> Response {
        pages.answer(
            .deviceConsent,
            [
                "title": "Connect the device?", "user": user.name.text, "code": code.text,
                "client": clients.active(record.clientID)?.client.name.text ?? record.clientID.text,
                "scopes": ScopeMeaning.entries(record.scope),
            ])
    }
}
