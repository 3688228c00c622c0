import Codecs
import ControlPlane
import Hummingbird

/// `POST /login` `{"name","password"}`: a new session for a user who knows the password.
struct LoginEndpoint: Sendable {
    let login: PasswordLogin
    let sessions: Sessions

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        let body = try await JSONRequestBody(of: request)
        let name = try body.string("name", atMost: 256)
        let password = try body.string("password", atMost: PasswordHashing.maximumPasswordBytes)
        let user = try await login.user(
            name: name, password: password, address: context.remoteAddress, logger: context.logger)
        return .tokens(try await sessions.open(for: user))
    }
}
