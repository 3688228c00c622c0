import Crypto
import Tokens

/// A private key that a secret can be agreed on with.
enum AgreementPrivateKey: Sendable {
    case p256(P256.KeyAgreement.PrivateKey)
    case p384(P384.KeyAgreement.PrivateKey)
    case p521(P521.KeyAgreement.PrivateKey)
    case x25519(Curve25519.KeyAgreement.PrivateKey)

    /// A new key.
    init(curve: AgreementCurve) {
        switch curve {
        case .p256: self = .p256(P256.KeyAgreement.PrivateKey())
        case .p384: self = .p384(P384.KeyAgreement.PrivateKey())
        case .p521: self = .p521(P521.KeyAgreement.PrivateKey())
        case .x25519: self = .x25519(Curve25519.KeyAgreement.PrivateKey())
        }
    }

    /// A key by its private number.
    init(curve: AgreementCurve, scalar: [UInt8]) throws {
        switch curve {
        case .p256: self = .p256(try P256.KeyAgreement.PrivateKey(rawRepresentation: scalar))
        case .p384: self = .p384(try P384.KeyAgreement.PrivateKey(rawRepresentation: scalar))
        case .p521: self = .p521(try P521.KeyAgreement.PrivateKey(rawRepresentation: scalar))
        case .x25519: self = .x25519(try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: scalar))
        }
    }

    /// The private number.
    var scalar: [UInt8] {
        switch self {
        case .p256(let key): [UInt8](key.rawRepresentation)
        case .p384(let key): [UInt8](key.rawRepresentation)
        case .p521(let key): [UInt8](key.rawRepresentation)
        case .x25519(let key): [UInt8](key.rawRepresentation)
        }
    }

    /// The public half.
    var publicKey: EphemeralPublicKey {
        switch self {
        case .p256(let key):
            EphemeralPublicKey(curve: .p256, point: [UInt8](key.publicKey.rawRepresentation))
        case .p384(let key):
            EphemeralPublicKey(curve: .p384, point: [UInt8](key.publicKey.rawRepresentation))
        case .p521(let key):
            EphemeralPublicKey(curve: .p521, point: [UInt8](key.publicKey.rawRepresentation))
        case .x25519(let key):
            EphemeralPublicKey(curve: .x25519, point: [UInt8](key.publicKey.rawRepresentation))
        }
    }

    /// The secret that both sides can compute; nil when the other's key is on another curve or on none, or when, on
    /// Curve25519, zeros come out: then the other key was of small order, and the secret is known to all (RFC 7748 §6.1).
    /// On the other curves a zero is a coordinate like any other.
    func agree(with other: EphemeralPublicKey) -> SharedSecret? {
        guard let secret = try? secret(with: other) else { return nil }
        guard other.curve == .x25519 else { return secret }
        let isZero = secret.withUnsafeBytes { bytes in bytes.reduce(UInt8(0)) { $0 | $1 } == 0 }
        return isZero ? nil : secret
    }

    private func secret(with other: EphemeralPublicKey) throws -> SharedSecret? {
        switch (self, other.curve) {
        case (.p256(let key), .p256):
            try key.sharedSecretFromKeyAgreement(
                with: try P256.KeyAgreement.PublicKey(rawRepresentation: other.point))
        case (.p384(let key), .p384):
            try key.sharedSecretFromKeyAgreement(
                with: try P384.KeyAgreement.PublicKey(rawRepresentation: other.point))
        case (.p521(let key), .p521):
            try key.sharedSecretFromKeyAgreement(
                with: try P521.KeyAgreement.PublicKey(rawRepresentation: other.point))
        case (.x25519(let key), .x25519):
            try key.sharedSecretFromKeyAgreement(
                with: try Curve25519.KeyAgreement.PublicKey(rawRepresentation: other.point))
        default: nil
        }
    }
}

extension EphemeralPublicKey {
    /// Whether the point lies on its curve.
    var isOnCurve: Bool {
        switch curve {
        case .p256: (try? P256.KeyAgreement.PublicKey(rawRepresentation: point)) != nil
        case .p384: (try? P384.KeyAgreement.PublicKey(rawRepresentation: point)) != nil
        case .p521: (try? P521.KeyAgreement.PublicKey(rawRepresentation: point)) != nil
        case .x25519: (try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: point)) != nil
        }
    }
}
