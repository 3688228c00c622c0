import Codecs
import JOSE
import OAuth
import Tokens

/// Makes access tokens: JWTs of type `at+jwt` (RFC 9068 §2).
struct TokenIssuer: Sendable {
    /// The `client_id` of logins without an OAuth client: our own front door.
    static let firstParty: ByteString = "first-party"

    let keyring: SigningKeyring
    let configuration: AuthorizationConfiguration

    /// What an access token says beside what every one says.
    struct Content: Sendable {
        /// `sub`: a user, or the client itself.
        var subject: ByteString
        /// `client_id`.
        var client: ByteString
        /// `aud`; empty means what the server gives by default.
        var audiences: [ByteString] = []
        /// `scope`; left out when there is none.
        var scope: Scope = .none
        /// `sid`, the id of the family.
        var session: String?
        /// `auth_time`, in seconds since 1970.
        var authenticated: Int64?
        /// Claims about the user: name, roles, groups.
        var claimsOfUser: [(name: ByteString, value: JSON)] = []
        /// Claims by the client's rules; they go before those about the user.
        var claimsByRule = JSONObject()
        /// `cnf.jkt`: the key that the token is bound to (RFC 9449 §6.1).
        var keyThumbprint: ByteString?
        /// `act`: who acts in the subject's name (RFC 8693 §4.1).
        var actor: JSON?
        /// `exchanged_from`: the tokens that it is given in exchange for, the first one first.
        var exchangedFrom: [JSON] = []
        /// What it is signed with; nil means the usual algorithm.
        var algorithm: SignatureAlgorithm?
        /// How long it lives, in seconds; nil means the usual time.
        var lifetime: Int64?
        /// No token may live longer than this, in seconds since 1970.
        var latest: Int64?
        /// `budgets`: what may be spent on language models with the tokens that it is given in exchange for.
        var budgets: [JSON] = []
        /// What may be spent with this one, which then stands in `budgets` by its `jti`.
        var budget: TokenRequest.ExchangeLimits.Budget?
    }

    /// An access token, when it ends and what it is called.
    struct Issued: Sendable {
        let token: String
        /// `exp`, in seconds since 1970.
        let expires: Int64
        /// `jti`.
        let id: ByteString
    }

    /// Makes an access token.
    func issue(_ content: Content, now: Int64) throws(SigningError) -> Issued {
        let expires = min(now + (content.lifetime ?? configuration.accessTokenLifetime), content.latest ?? .max)
        let id = ByteString(Base64URL.encode(RandomBytes.make(count: 16)))
        var claims: JSONObject = [
            "iss": .string(configuration.issuer),
            "sub": .string(content.subject),
        ]
        for claim in content.claimsOfUser where content.claimsByRule[claim.name] == nil {
            claims[claim.name] = claim.value
        }
        // No rule names a claim that is set below.
        for member in content.claimsByRule.members { claims[member.name] = member.value }
        claims["aud"] = Self.audience(content.audiences.isEmpty ? configuration.audiences : content.audiences)
        claims["client_id"] = .string(content.client)
        if !content.scope.isEmpty { claims["scope"] = .string(content.scope.text) }
        if let session = content.session { claims["sid"] = .string(ByteString(session)) }
        if let authenticated = content.authenticated { claims["auth_time"] = .number(JSONNumber(authenticated)) }
        if let thumbprint = content.keyThumbprint { claims["cnf"] = .object(["jkt": .string(thumbprint)]) }
        if let actor = content.actor { claims["act"] = actor }
        if !content.exchangedFrom.isEmpty {
            claims[RevocationHandles.exchangeClaim] = .array(content.exchangedFrom)
        }
        claims["exp"] = .number(JSONNumber(expires))
        claims["iat"] = .number(JSONNumber(now))
        claims["jti"] = .string(id)
        var budgets = content.budgets
        if let own = content.budget {
            budgets.append([
                "id": .string(id), "amount": .string(own.amount), "currency": .string(own.currency),
                "until": .number(JSONNumber(expires)),
            ])
        }
        if !budgets.isEmpty { claims["budgets"] = .array(budgets) }
        let signer = try keyring.keys.accessTokenSigner(content.algorithm ?? configuration.signingAlgorithm)
        return Issued(token: try signer.sign(claims: claims), expires: expires, id: id)
    }

    private static func audience(_ audiences: [ByteString]) -> JSON {
        guard audiences.count == 1, let only = audiences.first else {
            return .array(audiences.map { .string($0) })
        }
        return .string(only)
    }
}
