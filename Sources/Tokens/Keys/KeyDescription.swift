public import Codecs

/// What a key says about itself: enough to choose it, not enough to use it.
public struct KeyDescription: Sendable, Equatable {
    /// `kid`.
    public let id: ByteString?
    /// The one signature algorithm this key is for; nil when it is for one that is not supported, or for encryption.
    public let algorithm: SignatureAlgorithm?
    /// The one key management algorithm this key is for, when it is for encryption and says so; nil otherwise.
    public let keyManagement: KeyManagementAlgorithm?
    /// Whether its own `use` and `key_ops` let it verify (RFC 7517 §4.2, §4.3).
    public let mayVerify: Bool
    /// Whether its own `use` and `key_ops` let it sign, and its private part is here.
    public let maySign: Bool
    /// Whether its own `use` and `key_ops` let it encrypt a token; where it does not say with which algorithm, with any.
    public let mayEncrypt: Bool
    /// The same for decrypting, and its private part is here.
    public let mayDecrypt: Bool
    /// What its own `use` and `key_ops` allow.
    public let operations: KeyOperations
    /// The length in bytes of its signatures.
    public let signatureLength: Int?
    /// Whether its private part is here too; for a shared secret, always.
    public let isPrivate: Bool
    /// What it is, in words: "RSA 2048-bit key".
    public let summary: String

    /// A description.
    public init(
        id: ByteString?, algorithm: SignatureAlgorithm?, keyManagement: KeyManagementAlgorithm? = nil, mayVerify: Bool,
        maySign: Bool, mayEncrypt: Bool = false, mayDecrypt: Bool = false, operations: KeyOperations = .all,
        signatureLength: Int?, isPrivate: Bool = false, summary: String
    ) {
        self.id = id
        self.algorithm = algorithm
        self.keyManagement = keyManagement
        self.mayEncrypt = mayEncrypt
        self.mayDecrypt = mayDecrypt
        self.operations = operations
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
    /// A point on a curve, each coordinate as long as the curve's field, and the private scalar where known (RFC 7518
    /// §6.2). Both coordinates are empty where a document gave the scalar alone.
    case elliptic(EllipticCurve, x: [UInt8], y: [UInt8], scalar: [UInt8]?)
    /// A public key that is a string of bytes, and the private one where known (RFC 8037 §2). The public key is empty
    /// where a document gave the private one alone.
    case octetPair(OctetPairCurve, publicKey: [UInt8], privateKey: [UInt8]?)
    /// An ML-DSA public key and the private seed of 32 bytes where known (RFC 9964). The public key is empty where a
    /// document gave the seed alone.
    case mlDSA(MLDSAParameters, publicKey: [UInt8], seed: [UInt8]?)
}

/// The curves of `"kty":"EC"` (RFC 7518 §6.2.1.1, RFC 8812 §3.1).
public enum EllipticCurve: String, Sendable, CaseIterable {
    /// NIST P-256, prime256v1, secp256r1.
    case p256 = "P-256"
    /// NIST P-384, secp384r1.
    case p384 = "P-384"
    /// NIST P-521, secp521r1.
    case p521 = "P-521"
    /// The Koblitz curve of SEC 2 §2.4.1.
    case secp256k1 = "secp256k1"

    /// The length in bytes of a coordinate and of a private scalar.
    public var fieldLength: Int {
        switch self {
        case .p256, .secp256k1: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// The prime of the field that the curve is over, big-endian (SEC 2 §2.4, §2.5, §2.6).
    var fieldPrime: [UInt8] {
        let ones = [UInt8](repeating: 0xFF, count: fieldLength)
        switch self {
        case .p256:
            return [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 12) + ones.prefix(12)
        case .p384:
            return ones.prefix(31) + [0xFE, 0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 8)
                + ones.prefix(4)
        case .p521: return [0x01] + ones.prefix(65)
        case .secp256k1: return ones.prefix(27) + [0xFE, 0xFF, 0xFF, 0xFC, 0x2F]
        }
    }

    /// The one signature algorithm that the curve is for.
    public var signatureAlgorithm: SignatureAlgorithm {
        switch self {
        case .p256: .es256
        case .p384: .es384
        case .p521: .es512
        case .secp256k1: .es256k
        }
    }
}

/// The curves of `"kty":"OKP"` (RFC 8037 §2).
public enum OctetPairCurve: String, Sendable, CaseIterable {
    /// Signatures on edwards25519.
    case ed25519 = "Ed25519"
    /// Signatures on edwards448.
    case ed448 = "Ed448"
    /// Diffie-Hellman on curve25519.
    case x25519 = "X25519"

    /// The length in bytes of a public key, and of a private one.
    public var keyLength: Int {
        switch self {
        case .ed25519, .x25519: 32
        case .ed448: 57
        }
    }

    /// The signature algorithm that the curve is for; nil where it is for key agreement.
    public var signatureAlgorithm: SignatureAlgorithm? {
        switch self {
        case .ed25519: .ed25519
        case .ed448: .ed448
        case .x25519: nil
        }
    }
}

/// The parameter sets of `"kty":"AKP"` that are supported (RFC 9964).
public enum MLDSAParameters: String, Sendable, CaseIterable {
    /// Security category 3.
    case mlDSA65 = "ML-DSA-65"
    /// Security category 5.
    case mlDSA87 = "ML-DSA-87"

    /// The length in bytes of a public key (FIPS 204 table 2).
    public var publicKeyLength: Int {
        switch self {
        case .mlDSA65: 1_952
        case .mlDSA87: 2_592
        }
    }

    /// The signature algorithm of the same name.
    public var signatureAlgorithm: SignatureAlgorithm {
        switch self {
        case .mlDSA65: .mlDSA65
        case .mlDSA87: .mlDSA87
        }
    }
}

extension KeyMaterial {
    /// Whether the private part is here; a shared secret is private.
    public var isPrivate: Bool {
        switch self {
        case .secret: true
        case .rsa(_, _, let part): part != nil
        case .elliptic(_, _, _, let scalar): scalar != nil
        case .octetPair(_, _, let key): key != nil
        case .mlDSA(_, _, let seed): seed != nil
        }
    }
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
    /// Its numbers; nil when the key's type or algorithm is not supported, or the key was passed over.
    public let material: KeyMaterial?
    /// The certificates that its document shows for it; nil where it shows none.
    public let certificates: KeyCertificates?
    /// Why this key of a set is none; nil for every other key.
    public let complaint: KeyError?

    /// A key.
    public init(description: KeyDescription, material: KeyMaterial?, certificates: KeyCertificates? = nil) {
        self.description = description
        self.material = material
        self.certificates = certificates
        complaint = nil
    }

    /// What stands in a set where no good key does.
    init(passedOver complaint: KeyError, isPrivate: Bool) {
        description = KeyDescription(
            id: nil, algorithm: nil, mayVerify: false, maySign: false, signatureLength: nil, isPrivate: isPrivate,
            summary: "passed over: \(complaint.detail)")
        material = nil
        certificates = nil
        self.complaint = complaint
    }

    func with(_ certificates: KeyCertificates?) -> DecodedKey {
        DecodedKey(description: description, material: material, certificates: certificates)
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
        /// The set as a whole is refused: secrets beside other keys, too many, or made of keys that nothing tells apart.
        case set = "key-set-invalid"
        /// The private part is needed and not there.
        case notPrivate = "key-not-private"
        /// The key's own `use`, `key_ops` or `alg` forbid this.
        case usage = "key-forbids-use"
        /// The certificate that is shown for the key is not for this key, or its hash is another.
        case certificate = "key-certificate-mismatch"
        /// The chain of certificates that is shown for the key leads to nobody who is trusted, or is not valid.
        case untrusted = "key-certificate-untrusted"
    }

    /// A complaint.
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The same, said of one key of a set.
    public func ofKey(_ index: Int) -> KeyError { KeyError(code, "key \(index) of the set: \(detail)") }

    /// The same in words.
    public var description: String { "\(code.rawValue): \(detail)" }
}
