import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import JOSE
import OAuth
import Tokens

/// `GET` or `POST /end-session` (OpenID Connect RP-Initiated Logout §2): ends who is logged in at this browser, and with
/// it every token given out during that login. Only a grant with `offline_access` goes on, with new tokens.
///
/// Without an ID token of ours that names this very person the browser asks first, so that no image on a strange page
/// logs anybody out.
struct EndSessionEndpoint: Sendable {
    private let clients: ClientDirectory
    private let browser: BrowserLogin
    private let pages: PageTemplates
    private let sameOrigin: SameOrigin
    private let hints: IDTokenHints
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts) {
        clients = parts.clients
        browser = BrowserLogin(parts)
        pages = parts.pages
        sameOrigin = SameOrigin(issuer: parts.configuration.issuer)
        hints = IDTokenHints(parts)
        clock = parts.clock
    }

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        try await pages.answering {
            let text =
                request.method == .post
                ? try await FormRequestBody.bytes(of: request) : Array((request.uri.query ?? "").utf8)
            return try await end(request, try RequestParameters(text), context)
        }
    }

    private func end(
        _ request: Request, _ parameters: RequestParameters, _ context: some RemoteAddressRequestContext
    ) async throws -> Response {
        // A hint for another client than the one that is named says nothing (RP-Initiated Logout §2).
        let hint = parameters["id_token_hint"].flatMap {
            hints.claims(of: $0, for: parameters["client_id"], now: clock())
        }
        let clientID = parameters["client_id"] ?? hint?.audience?.first
        let target = try target(parameters, clientID)
        let session = try await browser.session(of: request)
        if let session {
            let isExpected = hint?.subject == ByteString(session.userID)
            let isConfirmed = request.method == .post && parameters["confirmed"] == "yes"
            if isConfirmed { try sameOrigin.require(request) }
            guard isExpected || isConfirmed else { return confirmation(parameters) }
            try await browser.end(session, by: AuditActor(.person(session.userID), context))
        }
        let forget = BrowserCookies.set(BrowserCookies.session, "", lifetime: 0)
        guard let target else {
            let heading = "You are signed out"
            return pages.answer(
                .message, ["title": heading, "heading": heading, "text": "You can close this page."],
                cookies: [forget])
        }
        return pages.leave(for: target, isAfterForm: request.method == .post, cookie: forget)
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
        let echo = parameters["state"].map { [FormURLEncoded.Pair("state", $0)] } ?? []
        return RedirectURI.address(wanted, adding: echo)
    }

    private func confirmation(_ parameters: RequestParameters) -> Response {
        let target = parameters["post_logout_redirect_uri"]
        return pages.answer(
            .signOut,
            [
                "title": "Sign out?",
                "parameters": parameters.pairs.filter { $0.name != "confirmed" }
                    .map { ["name": $0.name.text, "value": $0.value.text] },
            ], formAction: target.map { .onTheWay(to: $0) } ?? .here)
    }
}
