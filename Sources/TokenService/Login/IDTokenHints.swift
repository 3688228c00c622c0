import Codecs
import JOSE
import Tokens

/// Reads ID tokens of ours that come back to say whom a client means. They may be old: they name a person and let nobody
/// in (OpenID Connect Core §3.1.2.1).
struct IDTokenHints: Sendable {
    private let keyring: SigningKeyring

    init(_ parts: AuthorizationParts) {
        keyring = parts.keyring
    }

    /// What a hint says; nil when it is none of ours, or for another client.
    func claims(of hint: ByteString, for client: ByteString? = nil, now: Int64) -> Claims? {
        guard let claims = try? keyring.keys.verifiers.hint.verify(hint.bytes, now: now).claims else { return nil }
        guard let client else { return claims }
        return claims.audience?.contains(client) ?? false ? claims : nil
    }
}
