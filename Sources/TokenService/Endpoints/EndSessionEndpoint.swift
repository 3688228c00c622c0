import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import JOSE
import OAuth
import Storage
import Tokens

/// `GET` or `POST /end-session` (OpenID Connect RP-Initiated Logout §2): ends who is logged in at this browser, and with
/// it every grant that came of that login and does not go on by itself.
///
/// Without an ID token of ours that names this very person the browser asks first, so that no image on a strange page
/// logs anybody out.
struct EndSessionEndpoint: Sendable {
    private let store: Store
    private let clients: ClientDirectory
    private let sessions: Sessions
    private let pages: PageTemplates
    private let sameOrigin: SameOrigin
    private let hints: IDTokenHints
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts) {
        store = parts.store
        clients = parts.clients
        sessions = parts.sessions
        pages = parts.pages
        sameOrigin = SameOrigin(issuer: parts.configuration.issuer)
        hints = IDTokenHints(parts)
        clock = parts.clock
    }

    func answer(_ request: Request) async throws -> Response {
        do {
            let text =
                request.method == .post
                ? try await FormRequestBody.bytes(of: request) : Array((request.uri.query ?? "").utf8)
            return try await end(request, try RequestParameters(text))
        } catch let error as OAuthError {
            return page("This link does not work", error.detail, status: .badRequest)
        } catch let problem as ProblemBody {
            return page(problem.title, problem.detail, status: problem.status)
        }
    }

    private func end(_ request: Request, _ parameters: RequestParameters) async throws -> Response {
        let hint = parameters["id_token_hint"].flatMap { hints.claims(of: $0, now: clock()) }
        let clientID = parameters["client_id"] ?? hint?.audience?.first
        let target = try target(parameters, clientID)
        let cookie = BrowserCookies.read(BrowserCookies.session, .browserSession, from: request)
        let now = clock()
        let session = try await store.read { database in
            try cookie.flatMap { try BrowserSessionRecord.find($0, now: now, in: database) }
        }
        if let session {
            let isExpected = hint?.subject == ByteString(session.userID)
            let isConfirmed = request.method == .post && parameters["confirmed"] == "yes"
            if isConfirmed { try sameOrigin.require(request) }
            guard isExpected || isConfirmed else { return confirmation(parameters) }
            let revoked = try await store.write { database in
                _ = try BrowserSessionRecord.delete(id: session.id, in: database)
                return try FamilyRecord.live(ofBrowserSession: session.id, in: database)
                    .flatMap { try sessions.end($0, in: database) }
            }
            await sessions.publish(revoked, reason: "its owner signed out")
        }
        let forget = BrowserCookies.set(BrowserCookies.session, "", lifetime: 0)
        guard let target else {
            return page("You are signed out", "You can close this page.", cookies: [forget])
        }
        var headers = AuthorizationFlow.redirect(to: target)
        headers[.setCookie] = forget
        return Response(status: .seeOther, headers: headers)
    }

    /// Where to go afterwards: only to an address that the client registered for this, byte for byte.
    private func target(_ parameters: RequestParameters, _ clientID: ByteString?) throws(OAuthError) -> String? {
        guard let wanted = parameters["post_logout_redirect_uri"] else { return nil }
        guard let clientID, let client = clients.active(clientID)?.client,
            client.postLogoutRedirectURIs.contains(where: { $0.text == wanted })
        else {
            throw OAuthError(
                .invalidRequest, "post_logout_redirect_uri is no address that the client registered for this.")
        }
        guard let state = parameters["state"] else { return wanted.text }
        let glue = wanted.bytes.contains(UInt8(ascii: "?")) ? "&" : "?"
        return wanted.text + glue + FormURLEncoded.encode([FormURLEncoded.Pair("state", state)])
    }

    private func confirmation(_ parameters: RequestParameters) -> Response {
        let target = parameters["post_logout_redirect_uri"].map { [SameOrigin.origin(of: $0)] } ?? []
        return pages.answer(
            .signOut,
            [
                "title": "Sign out?",
                "parameters": parameters.pairs.filter { $0.name != "confirmed" }
                    .map { ["name": $0.name.text, "value": $0.value.text] },
            ], formTargets: target)
    }

    private func page(
        _ heading: String, _ text: String, status: HTTPResponse.Status = .ok, cookies: [String] = []
    ) -> Response {
        pages.answer(
            .message, ["title": heading, "heading": heading, "text": text], status: status, cookies: cookies)
    }
}
