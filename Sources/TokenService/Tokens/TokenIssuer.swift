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
        /// Claims to add; none of them can replace or precede one that is set otherwise.
        var further = JSONObject()
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
        for member in content.further.members
        where claims[member.name] == nil && !Self.reserved.contains(member.name) {
            claims[member.name] = member.value
        }
        let signer = try keyring.keys.accessTokenSigner(content.algorithm ?? configuration.signingAlgorithm)
        return Issued(token: try signer.sign(claims: claims), expires: expires, id: id)
    }

    /// Claims with a meaning to verifiers: set above or not at all (RFC 7519 §4.1, RFC 8693 §4, RFC 7800, RFC 9068 §2.2).
    static let reserved: Set<ByteString> = [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "sid", "scope", "scp", "act", "may_act", "cnf",
        "auth_time", "acr", "amr", "roles", "groups", "entitlements", "azp", "nonce", RevocationHandles.exchangeClaim,
    ]

    private static func audience(_ audiences: [ByteString]) -> JSON {
        guard audiences.count == 1, let only = audiences.first else {
            return .array(audiences.map { .string($0) })
        }
        return .string(only)
    }
}
