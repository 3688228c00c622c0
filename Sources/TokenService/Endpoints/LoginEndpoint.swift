import Codecs
import ControlPlane
import Hummingbird

/// `POST /login` `{"name","password"}`: a new session for a user who knows the password; with `"code"` for one who set
/// up a second factor.
struct LoginEndpoint: Sendable {
    let login: PasswordLogin
    let secondFactor: SecondFactor
    let sessions: Sessions

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        let body = try await JSONRequestBody(of: request)
        let name = try body.string("name", atMost: 256)
        let password = try body.string("password", atMost: PasswordHashing.maximumPasswordBytes)
        let user = try await login.user(
            name: name, password: password, address: context.remoteAddress, logger: context.logger)
        var methods: [ByteString] = ["pwd"]
        if try await secondFactor.setup(ofUser: user.id).isActive {
            guard body.object["code"] != nil else { throw ProblemOf.codeNeeded }
            methods += try await secondFactor.judge(try body.string("code", atMost: 64), ofUser: user.id)
        }
        return .tokens(try await sessions.open(for: user, methods: methods))
    }
}
