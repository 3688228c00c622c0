public import Codecs

/// What a key says about itself: enough to choose it, not enough to use it.
public struct KeyDescription: Sendable, Equatable {
    /// `kid`.
    public let id: ByteString?
    /// The one algorithm this key is for; nil when it is for one that is not supported, or for encryption.
    public let algorithm: SignatureAlgorithm?
    /// Whether its own `use` and `key_ops` let it verify (RFC 7517 §4.2, §4.3).
    public let mayVerify: Bool
    /// Whether its own `use` and `key_ops` let it sign, and its private part is here.
    public let maySign: Bool
    /// The length in bytes of its signatures.
    public let signatureLength: Int?
    /// Whether its private part is here too; for a shared secret, always.
    public let isPrivate: Bool
    /// What it is, in words: "RSA 2048-bit key".
    public let summary: String

    /// A description.
    public init(
        id: ByteString?, algorithm: SignatureAlgorithm?, mayVerify: Bool, maySign: Bool, signatureLength: Int?,
        isPrivate: Bool = false, summary: String
    ) {
        self.id = id
        self.algorithm = algorithm
        self.mayVerify = mayVerify
        self.maySign = maySign
        self.signatureLength = signatureLength
        self.isPrivate = isPrivate
        self.summary = summary
    }
}

/// The numbers of a key, all big-endian; structure has been checked, mathematics has not.
public enum KeyMaterial: Sendable, Equatable {
    /// A shared secret.
    case secret([UInt8])
    /// An RSA key: modulus, public exponent, and the private part where known (RFC 8017 §3).
    case rsa(modulus: [UInt8], exponent: [UInt8], privatePart: RSAPrivatePart?)
    /// A point on P-256, 32 bytes a coordinate, and the private scalar where known.
    case p256(x: [UInt8], y: [UInt8], scalar: [UInt8]?)
    /// An Ed25519 public key and the private seed where known, 32 bytes each (RFC 8032).
    case ed25519(publicKey: [UInt8], seed: [UInt8]?)
}

extension KeyMaterial: CustomStringConvertible {
    /// Nothing of the numbers: a key that reaches a log by accident says nothing there.
    public var description: String { "key material <redacted>" }
}

/// The private numbers of an RSA key (RFC 8017 §3.2), big-endian.
public struct RSAPrivatePart: Sendable, Equatable {
    /// The private exponent.
    public let exponent: [UInt8]
    /// The first prime factor.
    public let prime1: [UInt8]
    /// The second prime factor.
    public let prime2: [UInt8]

    /// The private part.
    public init(exponent: [UInt8], prime1: [UInt8], prime2: [UInt8]) {
        self.exponent = exponent
        self.prime1 = prime1
        self.prime2 = prime2
    }
}

extension RSAPrivatePart: CustomStringConvertible {
    /// Nothing of the numbers.
    public var description: String { "RSA private part <redacted>" }
}

/// A key as a document gives it: read, described, not yet proven to be a key at all.
public struct DecodedKey: Sendable, Equatable {
    /// What it says about itself.
    public let description: KeyDescription
    /// Its numbers; nil when the key's type or algorithm is not supported.
    public let material: KeyMaterial?

    /// A key.
    public init(description: KeyDescription, material: KeyMaterial?) {
        self.description = description
        self.material = material
    }
}

/// Why a text is not a usable key. Never quotes the key.
public struct KeyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Why, as a stable public name.
    public let code: Code
    /// Why, in one sentence that says what to do.
    public let detail: String

    /// The stable names.
    public enum Code: String, Sendable, CaseIterable {
        /// The text is neither PEM, nor a JWK, nor a JWK set.
        case unreadable = "key-unreadable"
        /// A member is missing, has the wrong type or the wrong length.
        case malformed = "key-malformed"
        /// The type, curve or algorithm is not supported.
        case unsupported = "key-unsupported"
        /// The key is too weak to be used: a short secret, a small modulus, an odd exponent.
        case weak = "key-weak"
        /// A public or private key was given where a shared secret belongs.
        case notSecret = "key-not-secret"
        /// The set as a whole is refused: two keys with one identifier, secrets beside public keys, too many.
        case set = "key-set-invalid"
        /// The private part is needed and not there.
        case notPrivate = "key-not-private"
        /// The key's own `use`, `key_ops` or `alg` forbid this.
        case usage = "key-forbids-use"
    }

    /// A complaint.
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The same in words.
    public var description: String { "\(code.rawValue): \(detail)" }
}
