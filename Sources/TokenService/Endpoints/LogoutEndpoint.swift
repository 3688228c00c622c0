import Codecs
import ControlPlane
import Hummingbird

/// `POST /logout` `{"refresh_token"}`: ends the session, its access tokens included. 204 also when nobody knows the
/// token, because then there is nothing left to end (as RFC 7009 §2.2 has it). With `{"mode":"cookie"}` the session of
/// the browser's cookies, which it then forgets.
struct LogoutEndpoint: Sendable {
    let sessions: Sessions
    let cookies: CookieSession

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        // Whoever holds the token.
        let actor = AuditActor(.nobody, context)
        let body = try await JSONRequestBody(of: request)
        guard try cookies.isAsked(body, request) else {
            let text = try body.string("refresh_token", atMost: RefreshEndpoint.maximumTokenBytes)
            if let token = OpaqueToken(.refresh, text: text) { try await sessions.end(token, by: actor) }
            return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        }
        if let token = cookies.refreshToken(of: request) { try await sessions.end(token, by: actor) }
        return Response(status: .noContent, headers: CookieSession.forgotten)
    }
}
