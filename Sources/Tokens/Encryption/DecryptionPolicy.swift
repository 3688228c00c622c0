/// What is asked of an encrypted token before any key is touched. Both lists of algorithms are the caller's to name:
/// there is no default that might allow too much (RFC 8725 §3.1).
public struct DecryptionPolicy: Sendable, Equatable {
    /// The `p2c` that are ever accepted: fewer protect no password, more are an attack (RFC 8725 §3.13).
    public static let iterationBounds = 1_000...1_200_000
    /// The most bytes that compressed content may become.
    public static let maximumInflatedSize = 250_000
    /// How many times larger content may become by decompression.
    public static let maximumInflation = 10

    /// The accepted `alg`. PBES2 lets a stranger make the reader work: list it only where passwords are meant.
    public var keyManagement: [KeyManagementAlgorithm]
    /// The accepted `enc`.
    public var contentEncryption: [ContentEncryptionAlgorithm]
    /// The largest accepted token, in bytes; never more than `EncodedEncryptedToken.maximumSize`.
    public var maximumSize: Int
    /// The accepted `p2c` of PBES2, within `iterationBounds`.
    public var iterations: ClosedRange<Int>
    /// Whether compressed content (`"zip":"DEF"`) is accepted (RFC 7516 §4.1.3). Off: the length of compressed content
    /// tells about the content (RFC 8725 §3.6), and it can be far larger than the token.
    public var acceptsCompression: Bool

    /// A policy.
    public init(
        keyManagement: [KeyManagementAlgorithm], contentEncryption: [ContentEncryptionAlgorithm],
        maximumSize: Int = 65_536, iterations: ClosedRange<Int> = DecryptionPolicy.iterationBounds,
        acceptsCompression: Bool = false
    ) {
        self.keyManagement = keyManagement
        self.contentEncryption = contentEncryption
        self.maximumSize = maximumSize
        self.iterations = iterations
        self.acceptsCompression = acceptsCompression
    }
}
