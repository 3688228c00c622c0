public import Codecs

/// The signature algorithms that tokens name and that can be made and checked here or, for two of them, where the
/// system's OpenSSL is built in, by their registered names (RFC 7518 §3.1, RFC 8812, RFC 9864, RFC 9964).
///
/// `none` is not among them, so no policy can allow it.
public enum SignatureAlgorithm: String, Sendable, CaseIterable {
    /// HMAC with SHA-256.
    case hs256 = "HS256"
    /// HMAC with SHA-384.
    case hs384 = "HS384"
    /// HMAC with SHA-512.
    case hs512 = "HS512"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    case rs384 = "RS384"
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    case rs512 = "RS512"
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256, a salt of 32 bytes.
    case ps256 = "PS256"
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384, a salt of 48 bytes.
    case ps384 = "PS384"
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512, a salt of 64 bytes.
    case ps512 = "PS512"
    /// ECDSA on P-256 with SHA-256; the signature is r and s, 32 bytes each.
    case es256 = "ES256"
    /// ECDSA on P-384 with SHA-384; the signature is r and s, 48 bytes each.
    case es384 = "ES384"
    /// ECDSA on P-521 with SHA-512; the signature is r and s, 66 bytes each.
    case es512 = "ES512"
    /// ECDSA on secp256k1 with SHA-256 (RFC 8812 §3.2); needs OpenSSL.
    case es256k = "ES256K"
    /// EdDSA on edwards25519 (RFC 8037, named so by RFC 9864).
    case ed25519 = "Ed25519"
    /// EdDSA on edwards448 (RFC 8037, named so by RFC 9864); needs OpenSSL.
    case ed448 = "Ed448"
    /// ML-DSA with the parameter set ML-DSA-65 (RFC 9964).
    case mlDSA65 = "ML-DSA-65"
    /// ML-DSA with the parameter set ML-DSA-87 (RFC 9964).
    case mlDSA87 = "ML-DSA-87"

    /// The algorithm of this exact name; names are compared byte for byte.
    public init?(name: ByteString) {
        for algorithm in Self.allCases where name.equals(algorithm.name) {
            self = algorithm
            return
        }
        return nil
    }

    /// The registered name.
    var name: StaticString {
        switch self {
        case .hs256: "HS256"
        case .hs384: "HS384"
        case .hs512: "HS512"
        case .rs256: "RS256"
        case .rs384: "RS384"
        case .rs512: "RS512"
        case .ps256: "PS256"
        case .ps384: "PS384"
        case .ps512: "PS512"
        case .es256: "ES256"
        case .es384: "ES384"
        case .es512: "ES512"
        case .es256k: "ES256K"
        case .ed25519: "Ed25519"
        case .ed448: "Ed448"
        case .mlDSA65: "ML-DSA-65"
        case .mlDSA87: "ML-DSA-87"
        }
    }

    /// What kind of key an algorithm needs and which mathematics it is.
    public enum Family: String, Sendable {
        /// A shared secret.
        case hmac
        /// RSA with the padding of PKCS#1 v1.5.
        case rsaPKCS1
        /// RSA with the padding PSS.
        case rsaPSS
        /// ECDSA on a curve of short Weierstrass form.
        case ecdsa
        /// EdDSA.
        case edDSA
        /// ML-DSA (FIPS 204).
        case mlDSA
    }

    /// What kind of key it needs.
    public var family: Family {
        switch self {
        case .hs256, .hs384, .hs512: .hmac
        case .rs256, .rs384, .rs512: .rsaPKCS1
        case .ps256, .ps384, .ps512: .rsaPSS
        case .es256, .es384, .es512, .es256k: .ecdsa
        case .ed25519, .ed448: .edDSA
        case .mlDSA65, .mlDSA87: .mlDSA
        }
    }

    /// The length in bytes of the hash that is signed, and of the shortest shared secret (RFC 7518 §3.2); nil for
    /// algorithms that hash inside.
    public var hashLength: Int? {
        switch self {
        case .hs256, .rs256, .ps256, .es256, .es256k: 32
        case .hs384, .rs384, .ps384, .es384: 48
        case .hs512, .rs512, .ps512, .es512: 64
        case .ed25519, .ed448, .mlDSA65, .mlDSA87: nil
        }
    }

    /// The length in bytes that every signature of this algorithm has, where the key does not decide it.
    public var signatureLength: Int? {
        switch self {
        case .hs256: 32
        case .hs384: 48
        case .hs512: 64
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: nil
        case .es256, .es256k, .ed25519: 64
        case .es384: 96
        case .es512: 132
        case .ed448: 114
        case .mlDSA65: 3_309
        case .mlDSA87: 4_627
        }
    }
}
