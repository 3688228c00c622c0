public import Codecs
public import Tokens

/// A token that was verified: keys, signature, policy. Only a `TokenVerifier` makes one.
public struct VerifiedToken: Sendable {
    /// What the header says.
    public let header: TokenHeader
    /// What the token says, vouched for.
    public let claims: Claims
    /// The identifier of the key that verified it; nil when that key has none.
    public let keyID: ByteString?

    init(header: TokenHeader, claims: Claims, keyID: ByteString?) {
        self.header = header
        self.claims = claims
        self.keyID = keyID
    }
}
