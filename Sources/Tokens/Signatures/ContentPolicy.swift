public import Codecs

/// What something signed must be to be accepted in one place.
public struct ContentPolicy: Sendable {
    /// Whose signatures are needed.
    public enum Signers: Sendable, Equatable {
        /// Every signature there is must hold.
        case all
        /// The key of this identifier must have signed; other signatures count for nothing and are not looked at.
        case exactly(ByteString)
    }

    /// The algorithms that are accepted. There is no policy without this list.
    public var algorithms: [SignatureAlgorithm]
    /// Whether Ed25519 may be named `EdDSA` (RFC 8037).
    public var acceptsEdDSA: Bool
    /// Whose signatures are needed; said by the caller, never guessed (CVE-2016-9122).
    public var signers: Signers
    /// The accepted `typ` values; nil asks for nothing.
    public var types: [ByteString]?

    /// A policy.
    public init(
        algorithms: [SignatureAlgorithm], signers: Signers, types: [ByteString]? = nil, acceptsEdDSA: Bool = false
    ) {
        self.algorithms = algorithms
        self.signers = signers
        self.types = types
        self.acceptsEdDSA = acceptsEdDSA
    }
}
