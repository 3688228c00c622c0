import Codecs
import ControlPlane
import Hummingbird

/// `POST /logout` `{"refresh_token"}`: ends the session, its access tokens included. 204 also when nobody knows the
/// token, because then there is nothing left to end (as RFC 7009 §2.2 has it).
struct LogoutEndpoint: Sendable {
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let body = try await JSONRequestBody(of: request)
        let text = try body.string("refresh_token", atMost: RefreshEndpoint.maximumTokenBytes)
        if let token = OpaqueToken(.refresh, text: text) {
            try await sessions.end(token)
        }
        return Response(status: .noContent, headers: [.cacheControl: "no-store"])
    }
}
