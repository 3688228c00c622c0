import Codecs
import ControlPlane
import Hummingbird

/// `POST /refresh` `{"refresh_token"}`: the next access and refresh token of a session; the presented one is spent. With
/// `{"mode":"cookie"}` both come and go as cookies.
struct RefreshEndpoint: Sendable {
    /// The longest text that is looked at, in bytes.
    static let maximumTokenBytes = 256

    let sessions: Sessions
    let cookies: CookieSession

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        // Whoever holds the token, which may be stolen.
        let actor = AuditActor(.nobody, context)
        let body = try await JSONRequestBody(of: request)
        guard try cookies.isAsked(body, request) else {
            let text = try body.string("refresh_token", atMost: Self.maximumTokenBytes)
            guard let token = OpaqueToken(.refresh, text: text) else { throw RefreshRefusal.unknown }
            return .tokens(try await sessions.refresh(token, client: nil, by: actor).response)
        }
        do {
            guard let token = cookies.refreshToken(of: request) else { throw RefreshRefusal.unknown }
            return cookies.answer(try await sessions.refresh(token, client: nil, by: actor).response)
        } catch let refusal as RefreshRefusal {
            var problem = refusal.problem
            problem.headers = CookieSession.forgotten
            throw problem
        }
    }
}
