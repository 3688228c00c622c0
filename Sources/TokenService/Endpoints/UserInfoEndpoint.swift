import Codecs
import ControlPlane
import Hummingbird
import OAuth
import Storage
import Tokens

/// `GET` or `POST /userinfo` (OpenID Connect Core §5.3): what an access token of the scope `openid` lets its holder know
/// of the person.
struct UserInfoEndpoint: Sendable {
    let store: Store
    let bearer: BearerAuthentication

    func answer(_ request: Request) async throws -> Response {
        let claims = try bearer.claims(of: request)
        let scope = Scope(claims.scopes)
        guard scope.contains("openid"), let subject = claims.subject else { throw ProblemOf.openIDNotGranted }
        let user = try await store.read { try UserRecord.find(id: subject.text, in: $0) }
        guard let user, user.isActive else { throw ProblemOf.bearerUserGone }
        var answer: JSONObject = ["sub": .string(subject)]
        for member in user.claims(for: scope).members { answer[member.name] = member.value }
        return .json(.object(answer), headers: [.cacheControl: "no-store"])
    }
}
