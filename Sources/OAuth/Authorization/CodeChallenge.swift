public import Codecs
import Crypto
import JOSE

/// Proof key for code exchange by the method `S256` (RFC 7636). The method `plain` does not exist here (RFC 9700
/// §2.1.1: it protects nothing when the request is read).
public struct CodeChallenge: Hashable, Sendable {
    /// The challenge as it was sent: the SHA-256 of the verifier in base64url, 43 characters.
    public let text: ByteString

    /// A challenge; nil unless it is the base64url of 32 bytes.
    public init?(_ text: ByteString) {
        guard text.count == 43, (try? Base64URL.decode(text.bytes))?.count == 32 else { return nil }
        self.text = text
    }

    /// Whether this is the verifier that the challenge was made from (RFC 7636 §4.6). A verifier has 43 to 128
    /// unreserved characters (RFC 7636 §4.1); anything else is not looked at further.
    public func isMet(by verifier: ByteString) -> Bool {
        guard (43...128).contains(verifier.count), verifier.bytes.allSatisfy(FormURLEncoded.isUnreserved) else {
            return false
        }
        let expected = Base64URL.encode(Array(SHA256.hash(data: verifier.bytes)))
        // The challenge is no secret, so its comparison may take any time.
        return ByteString(expected) == text
    }
}
