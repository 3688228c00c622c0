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
    let proofs: ProofOfPossession

    func answer(_ request: Request) async throws -> Response {
        let claims = try await claims(of: request)
        let scope = Scope(claims.scopes)
        guard scope.contains("openid"), let subject = claims.subject else { throw ProblemOf.openIDNotGranted }
        let user = try await store.read { try UserRecord.find(id: subject.text, in: $0) }
        guard let user, user.isActive else { throw ProblemOf.bearerUserGone }
        var answer: JSONObject = ["sub": .string(subject)]
        for member in user.claims(for: scope).members { answer[member.name] = member.value }
        return .json(.object(answer), headers: [.cacheControl: "no-store"])
    }

    /// The token stands in the Authorization field, or in a form (RFC 6750 §2.2), never in both and never in an address.
    private func claims(of request: Request) async throws -> Claims {
        if let field = request.headers[.authorization],
            case .boundToken(let token) = BearerCredentials.read(authorization: Array(field.utf8))
        {
            // Bound to a key, and with it a proof that whoever asks holds the key (RFC 9449 §7.1).
            do {
                guard let key = try await proofs.thumbprint(of: request, with: token) else {
                    throw ProblemOf.proofRefused("The request brings no DPoP proof.")
                }
                return try bearer.claims(of: token, boundTo: key)
            } catch let error as OAuthError {
                throw ProblemOf.proofRefused(error.detail)
            }
        }
        guard request.method == .post, FormRequestBody.isForm(request), request.headers[.authorization] == nil else {
            return try bearer.claims(of: request)
        }
        let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
        guard let token = parameters["access_token"] else { throw ProblemOf.bearerMissing }
        return try bearer.claims(of: token.bytes)
    }
}
