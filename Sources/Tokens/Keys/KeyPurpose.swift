/// The one thing that a key is for (RFC 8725 §3.1): a key has one algorithm.
public enum KeyPurpose: Sendable, Equatable {
    /// Making and checking signatures of this algorithm.
    case signature(SignatureAlgorithm)
    /// Agreeing on or wrapping the keys of encrypted tokens with this algorithm.
    case keyManagement(KeyManagementAlgorithm)
    /// Being the content encryption key itself (`dir`) of this algorithm.
    case contentEncryption(ContentEncryptionAlgorithm)
    /// Encryption, with an algorithm that the key does not say.
    case encryption
}

extension KeyMaterial {
    /// Whether a key of this kind is what an algorithm wants.
    func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        switch self {
        case .secret: algorithm.family == .hmac
        case .rsa: algorithm.family == .rsaPKCS1 || algorithm.family == .rsaPSS
        case .elliptic(let curve, _, _, _): curve.signatureAlgorithm == algorithm
        case .octetPair(let curve, _, _): curve.signatureAlgorithm == algorithm
        case .mlDSA(let parameters, _, _): parameters.signatureAlgorithm == algorithm
        }
    }

    /// Whether a key of this kind is what a key management algorithm wants.
    func fits(_ algorithm: KeyManagementAlgorithm) -> Bool {
        switch algorithm {
        case .rsaOAEP, .rsaOAEP256:
            if case .rsa = self { true } else { false }
        case .ecdhES, .ecdhESA128KW, .ecdhESA192KW, .ecdhESA256KW:
            switch self {
            case .elliptic(let curve, _, _, _): curve != .secp256k1
            case .octetPair(let curve, _, _): curve == .x25519
            default: false
            }
        default:
            if case .secret = self { true } else { false }
        }
    }

    /// Whether a key of this kind can encrypt tokens at all.
    var fitsEncryption: Bool {
        switch self {
        case .secret, .rsa: true
        case .elliptic(let curve, _, _, _): curve != .secp256k1
        case .octetPair(let curve, _, _): curve == .x25519
        case .mlDSA: false
        }
    }

    /// Whether a key of this kind can be for this.
    package func fits(_ purpose: KeyPurpose) -> Bool {
        switch purpose {
        case .signature(let algorithm): return fits(algorithm)
        case .keyManagement(let algorithm): return fits(algorithm)
        case .contentEncryption: return fits(.direct)
        case .encryption: return fitsEncryption
        }
    }

    /// What a key of this kind is for where nothing says so.
    var naturalPurpose: KeyPurpose {
        switch self {
        case .secret: return .signature(.hs256)
        case .rsa: return .signature(.rs256)
        case .elliptic(let curve, _, _, _): return .signature(curve.signatureAlgorithm)
        case .octetPair(let curve, _, _):
            guard let algorithm = curve.signatureAlgorithm else { return .encryption }
            return .signature(algorithm)
        case .mlDSA(let parameters, _, _): return .signature(parameters.signatureAlgorithm)
        }
    }
}
