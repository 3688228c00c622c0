import Codecs
import JOSE
import Tokens

/// Reads ID tokens of ours that come back to say whom a client means. They may be old: they name a person and let nobody
/// in (OpenID Connect Core §3.1.2.1).
struct IDTokenHints: Sendable {
    private let verifier: TokenVerifier

    init(_ parts: AuthorizationParts) {
        let keys = parts.keyring.keySet
        verifier = TokenVerifier(
            keys: keys,
            policy: ClaimPolicy(
                algorithms: keys.algorithms, types: ["JWT"], issuers: [parts.configuration.issuer],
                leeway: 10 * 365 * 86_400, requiredClaims: [ClaimRequirement("sub"), ClaimRequirement("aud")]))
    }

    /// What a hint says; nil when it is none of ours, or for another client.
    func claims(of hint: ByteString, for client: ByteString? = nil, now: Int64) -> Claims? {
        guard let claims = try? verifier.verify(hint.bytes, now: now).claims else { return nil }
        guard let client else { return claims }
        return claims.audience?.contains(client) ?? false ? claims : nil
    }
}
