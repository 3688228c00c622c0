import Codecs
import ControlPlane
import Hummingbird

/// `POST /login` `{"name","password"}`: a new session for a user who knows the password; with `"code"` for one who set
/// up a second factor, and `"mode":"cookie"` for a page of our own origin.
struct LoginEndpoint: Sendable {
    let login: PasswordLogin
    let secondFactor: SecondFactor
    let sessions: Sessions
    let cookies: CookieSession

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        let body = try await JSONRequestBody(of: request)
        let wantsCookies = try cookies.isAsked(body, request)
        let name = try body.string("name", atMost: 256)
        let password = try body.string("password", atMost: PasswordHashing.maximumPasswordBytes)
        let user = try await login.user(
            name: name, password: password, address: context.remoteAddress, logger: context.logger)
        var methods: [ByteString] = ["pwd"]
        if try await secondFactor.setup(ofUser: user.id).isActive {
            guard body.object["code"] != nil else { throw ProblemOf.codeNeeded }
            methods += try await secondFactor.judge(
                try body.string("code", atMost: 64), ofUser: user.id, address: context.remoteAddress)
        }
        let tokens = try await sessions.open(
            for: user, methods: methods, by: AuditActor(.person(user.id), context))
        return wantsCookies ? cookies.answer(tokens) : .tokens(tokens)
    }
}
