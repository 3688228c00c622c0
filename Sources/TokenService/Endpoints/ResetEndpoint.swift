import Codecs
import ControlPlane
import Hummingbird
import OAuth

/// `/forgot` and `/reset`: a link to the person's e-mail address, and a new password by it.
struct ResetEndpoint: Sendable {
    static let path = "/reset"
    static let askingPath = "/forgot"

    private let reset: PasswordReset
    private let pages: PageTemplates
    private let sameOrigin: SameOrigin
    private let throttle = LoginThrottle()
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts) {
        reset = PasswordReset(parts)
        pages = parts.pages
        sameOrigin = SameOrigin(issuer: parts.configuration.issuer)
        clock = parts.clock
    }

    /// `GET /forgot`
    func ask(_ request: Request) async throws -> Response {
        try await pages.answering {
            guard reset.isOffered else { throw ProblemOf.resetNotOffered }
            return pages.answer(.forgot, ["title": "Forgot your password?"])
        }
    }

    /// `POST /forgot`: the same answer whether there is such an account or not.
    func send(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        try await pages.answering {
            guard reset.isOffered else { throw ProblemOf.resetNotOffered }
            try sameOrigin.require(request)
            let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
            let name = parameters["name"] ?? ""
            if let wait = throttle.admit(
                account: UserRecord.folded(name), address: context.remoteAddress, now: clock())
            {
                throw ProblemOf.tooManyTries(wait: wait)
            }
            reset.send(to: name, by: AuditActor(.nobody, context))
            let heading = "Look at your mail"
            return pages.answer(
                .message,
                [
                    "title": heading, "heading": heading,
                    "text": "If there is such an account and it has an e-mail address, a link is on its way to it.",
                ])
        }
    }

    /// `GET /reset?link=`
    func show(_ request: Request) async throws -> Response {
        try await pages.answering {
            let parameters = try RequestParameters(Array((request.uri.query ?? "").utf8))
            return try await page(try link(parameters), problem: nil)
        }
    }

    /// `POST /reset`: the new password.
    func set(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        try await pages.answering {
            try sameOrigin.require(request)
            let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
            let link = try link(parameters)
            let password = parameters["new"] ?? ""
            guard password.count <= PasswordHashing.maximumPasswordBytes,
                password.text.count >= AccountEndpoint.shortestPassword
            else {
                return try await page(
                    link, problem: "The password must have \(AccountEndpoint.shortestPassword) characters or more.")
            }
            guard try await reset.set(password, by: link, address: context.remoteAddress) else {
                throw ProblemOf.resetLinkOver
            }
            let heading = "Your password is set"
            return pages.answer(
                .message,
                ["title": heading, "heading": heading, "text": "You are signed out everywhere. Sign in with it now."])
        }
    }

    private func link(_ parameters: RequestParameters) throws(ProblemBody) -> OpaqueToken {
        guard let link = parameters["link"].flatMap({ OpaqueToken(.resetLink, text: $0) }) else {
            throw ProblemOf.resetLinkOver
        }
        return link
    }

    private func page(_ link: OpaqueToken, problem: String?) async throws -> Response {
        guard let name = try await reset.name(of: link) else { throw ProblemOf.resetLinkOver }
        var values: [String: any Sendable] = ["title": "A new password", "name": name.text, "link": link.text]
        if let problem { values["error"] = problem }
        return pages.answer(.reset, values, status: problem == nil ? .ok : .badRequest)
    }
}
