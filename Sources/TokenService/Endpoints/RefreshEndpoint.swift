import Codecs
import ControlPlane
import Hummingbird

/// `POST /refresh` `{"refresh_token"}`: the next access and refresh token of a session; the presented one is spent.
struct RefreshEndpoint: Sendable {
    /// The longest text that is looked at, in bytes.
    static let maximumTokenBytes = 256

    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let text = try await JSONRequestBody(of: request).string("refresh_token", atMost: Self.maximumTokenBytes)
        guard let token = OpaqueToken(.refresh, text: text) else { throw RefreshRefusal.unknown }
        return .tokens(try await sessions.refresh(token, client: nil).response)
    }
}
