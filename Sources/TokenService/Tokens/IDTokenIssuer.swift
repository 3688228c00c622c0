import Codecs
import Crypto
import JOSE
import OAuth
import Tokens

/// Makes ID tokens: what a client learns of a login (OpenID Connect Core §2).
struct IDTokenIssuer: Sendable {
    /// How long an ID token lives, in seconds: it is for the moment after the login.
    static let lifetime: Int64 = 300

    let keyring: SigningKeyring
    let configuration: AuthorizationConfiguration

    /// Makes an ID token.
    /// - Parameters:
    ///   - grant: what the user agreed to.
    ///   - user: the user, for the claims that the scope opens.
    ///   - client: who gets it: how it is signed, and what it says beside the usual.
    ///   - session: `sid`, the id of the family.
    ///   - nonce: the client's own value, exactly as it was sent (OpenID Connect Core §3.1.3.7).
    ///   - accessToken: the token that is handed out beside it, for `at_hash` (§3.1.3.6).
    func issue(
        _ grant: Grant, user: UserRecord, client: Client?, session: String, nonce: ByteString?, accessToken: String,
        now: Int64
    ) throws(SigningError) -> String {
        let signer = try keyring.keys.idTokenSigner(client?.idTokenAlgorithm ?? configuration.signingAlgorithm)
        var claims: JSONObject = [
            "iss": .string(configuration.issuer),
            "sub": .string(ByteString(user.id)),
            "aud": .string(grant.clientID),
            "exp": .number(JSONNumber(now + Self.lifetime)),
            "iat": .number(JSONNumber(now)),
            "auth_time": .number(JSONNumber(grant.authenticated)),
            "amr": .array(grant.methods.map { .string($0) }),
            "sid": .string(ByteString(session)),
        ]
        if let nonce { claims["nonce"] = .string(nonce) }
        if let hash = halfHash(of: accessToken, signer.key.algorithm) { claims["at_hash"] = .string(hash) }
        let byRule = client?.claimRules.claims(in: .idToken, for: user.attributes) ?? JSONObject()
        for member in byRule.members + user.claims(for: grant.scope).members where claims[member.name] == nil {
            claims[member.name] = member.value
        }
        return try signer.sign(claims: claims)
    }

    /// The left half of the hash that the signature's algorithm uses, in base64url. The hash of Ed25519 and ML-DSA is
    /// SHA-512 by common use; no specification names one.
    private func halfHash(of token: String, _ algorithm: SignatureAlgorithm) -> ByteString? {
        let bytes = Array(token.utf8)
        let hash: [UInt8] =
            switch algorithm {
            case .rs256, .ps256, .es256, .hs256, .es256k: Array(SHA256.hash(data: bytes))
            case .rs384, .ps384, .es384, .hs384: Array(SHA384.hash(data: bytes))
            default: Array(SHA512.hash(data: bytes))
            }
        return ByteString(Base64URL.encode(Array(hash.prefix(hash.count / 2))))
    }
}
