/// The three parts of a compact token (RFC 7515 §7.1).
public enum TokenPart: String, Sendable, CaseIterable {
    /// The protected header.
    case header
    /// The payload; in a JWT, the claims.
    case payload
    /// The signature or MAC.
    case signature
}
