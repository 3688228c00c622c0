public import Codecs

/// The signature algorithms that can be made and checked here, by their registered names (RFC 7518 §3.1, RFC 9864).
///
/// `none` is not among them, so no policy can allow it.
public enum SignatureAlgorithm: String, Sendable, CaseIterable {
    /// HMAC with SHA-256.
    case hs256 = "HS256"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// ECDSA on P-256 with SHA-256; the signature is r and s, 32 bytes each.
    case es256 = "ES256"
    /// EdDSA on edwards25519 (RFC 8037, named so by RFC 9864).
    case ed25519 = "Ed25519"

    /// The algorithm of this exact name; names are compared byte for byte.
    public init?(name: ByteString) {
        for algorithm in Self.allCases where name.bytes.elementsEqual(algorithm.rawValue.utf8) {
            self = algorithm
            return
        }
        return nil
    }

    /// The length in bytes that every signature of this algorithm has, where the key does not decide it.
    public var signatureLength: Int? {
        switch self {
        case .hs256: 32
        case .es256, .ed25519: 64
        case .rs256: nil
        }
    }
}
