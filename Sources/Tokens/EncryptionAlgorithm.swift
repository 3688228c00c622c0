public import Codecs

/// How the content encryption key of an encrypted token is agreed on or wrapped (RFC 7518 §4.1).
///
/// `RSA1_5` is not among them: its padding tells secrets to whoever can ask often enough (RFC 8725 §3.2).
public enum KeyManagementAlgorithm: String, Sendable, CaseIterable {
    /// The shared secret is the content encryption key (RFC 7518 §4.5).
    case direct = "dir"
    /// AES Key Wrap with a key of 128 bits (RFC 3394).
    case a128KW = "A128KW"
    /// AES Key Wrap with a key of 192 bits.
    case a192KW = "A192KW"
    /// AES Key Wrap with a key of 256 bits.
    case a256KW = "A256KW"
    /// AES-GCM around the key, with a key of 128 bits (RFC 7518 §4.7).
    case a128GCMKW = "A128GCMKW"
    /// AES-GCM around the key, with a key of 192 bits.
    case a192GCMKW = "A192GCMKW"
    /// AES-GCM around the key, with a key of 256 bits.
    case a256GCMKW = "A256GCMKW"
    /// RSAES OAEP with SHA-1 (RFC 7518 §4.3).
    case rsaOAEP = "RSA-OAEP"
    /// RSAES OAEP with SHA-256.
    case rsaOAEP256 = "RSA-OAEP-256"
    /// Ephemeral-static Diffie-Hellman; what is agreed on is the key (RFC 7518 §4.6).
    case ecdhES = "ECDH-ES"
    /// Ephemeral-static Diffie-Hellman around AES Key Wrap with 128 bits.
    case ecdhESA128KW = "ECDH-ES+A128KW"
    /// Ephemeral-static Diffie-Hellman around AES Key Wrap with 192 bits.
    case ecdhESA192KW = "ECDH-ES+A192KW"
    /// Ephemeral-static Diffie-Hellman around AES Key Wrap with 256 bits.
    case ecdhESA256KW = "ECDH-ES+A256KW"
    /// A password, PBKDF2 with HMAC-SHA-256, around AES Key Wrap with 128 bits (RFC 7518 §4.8).
    case pbes2HS256A128KW = "PBES2-HS256+A128KW"
    /// A password, PBKDF2 with HMAC-SHA-384, around AES Key Wrap with 192 bits.
    case pbes2HS384A192KW = "PBES2-HS384+A192KW"
    /// A password, PBKDF2 with HMAC-SHA-512, around AES Key Wrap with 256 bits.
    case pbes2HS512A256KW = "PBES2-HS512+A256KW"

    /// The algorithm of this exact name; names are compared byte for byte.
    public init?(name: ByteString) {
        for algorithm in Self.allCases where name.bytes.elementsEqual(algorithm.rawValue.utf8) {
            self = algorithm
            return
        }
        return nil
    }
}

/// How the content of an encrypted token is encrypted (RFC 7518 §5.1); all of them authenticate it.
public enum ContentEncryptionAlgorithm: String, Sendable, CaseIterable {
    /// AES-128-CBC with HMAC-SHA-256, a key of 32 bytes.
    case a128CBCHS256 = "A128CBC-HS256"
    /// AES-192-CBC with HMAC-SHA-384, a key of 48 bytes.
    case a192CBCHS384 = "A192CBC-HS384"
    /// AES-256-CBC with HMAC-SHA-512, a key of 64 bytes.
    case a256CBCHS512 = "A256CBC-HS512"
    /// AES-GCM with a key of 128 bits.
    case a128GCM = "A128GCM"
    /// AES-GCM with a key of 192 bits.
    case a192GCM = "A192GCM"
    /// AES-GCM with a key of 256 bits.
    case a256GCM = "A256GCM"

    /// The algorithm of this exact name; names are compared byte for byte.
    public init?(name: ByteString) {
        for algorithm in Self.allCases where name.bytes.elementsEqual(algorithm.rawValue.utf8) {
            self = algorithm
            return
        }
        return nil
    }

    /// The length in bytes of the content encryption key.
    public var keyLength: Int {
        switch self {
        case .a128CBCHS256: 32
        case .a192CBCHS384: 48
        case .a256CBCHS512: 64
        case .a128GCM: 16
        case .a192GCM: 24
        case .a256GCM: 32
        }
    }
}
