public import Tokens

/// A token that was verified: keys, signature, policy. Only a `TokenVerifier` makes one.
public struct VerifiedToken: Sendable {
    /// What the header says.
    public let header: TokenHeader
    /// What the token says, vouched for.
    public let claims: Claims

    init(header: TokenHeader, claims: Claims) {
        self.header = header
        self.claims = claims
    }
}
