import Crypto
import Tokens

/// Drops the private part of a key; where a document gave only that, the public part is computed from it, and where it
/// gave both, they must belong together.
enum PublicHalf {
    static func of(_ material: KeyMaterial) throws(KeyError) -> KeyMaterial {
        let half: KeyMaterial
        do {
            half = try computed(material)
        } catch {
            throw KeyError(.malformed, "the private part is no key, or the public part does not belong to it")
        }
        if case .octetPair(let curve, let key, _) = half {
            let isWeak = curve == .ed448 ? SmallOrderPoints.containsEd448(key) : SmallOrderPoints.containsEd25519(key)
            guard curve == .x25519 || !isWeak else {
                throw KeyError(.weak, "this public key is a point of small order: it fits no secret")
            }
        }
        return half
    }

    private static func computed(_ material: KeyMaterial) throws -> KeyMaterial {
        switch material {
        case .secret: return material
        case .rsa(let modulus, let exponent, let privatePart):
            if privatePart != nil { _ = try BoringSSLBackend.rsaPrivateKey(material) }
            return .rsa(modulus: modulus, exponent: exponent, privatePart: nil)
        case .elliptic(let curve, let x, let y, let scalar):
            guard let scalar else { return material }
            guard scalar.count == curve.fieldLength else { throw SignatureBackendError.badKey }
            let point = try point(curve, scalar)
            guard point.count == 2 * curve.fieldLength, x.isEmpty && y.isEmpty || x + y == point else {
                throw SignatureBackendError.badKey
            }
            return .elliptic(
                curve, x: Array(point[..<curve.fieldLength]), y: Array(point[curve.fieldLength...]), scalar: nil)
        case .octetPair(let curve, let given, let privateKey):
            guard let privateKey else { return material }
            let publicKey = try publicKey(curve, privateKey)
            guard given.isEmpty || given == publicKey else { throw SignatureBackendError.badKey }
            return .octetPair(curve, publicKey: publicKey, privateKey: nil)
        case .mlDSA(let parameters, let given, let seed):
            guard let seed else { return material }
            let publicKey = try publicKey(parameters, seed)
            guard given.isEmpty || given == publicKey else { throw SignatureBackendError.badKey }
            return .mlDSA(parameters, publicKey: publicKey, seed: nil)
        }
    }

    /// Both coordinates of a scalar's point; a scalar of zero, or not below the order, has none.
    private static func point(_ curve: EllipticCurve, _ scalar: [UInt8]) throws -> [UInt8] {
        switch curve {
        case .p256: return [UInt8](try P256.Signing.PrivateKey(rawRepresentation: scalar).publicKey.rawRepresentation)
        case .p384: return [UInt8](try P384.Signing.PrivateKey(rawRepresentation: scalar).publicKey.rawRepresentation)
        case .p521: return [UInt8](try P521.Signing.PrivateKey(rawRepresentation: scalar).publicKey.rawRepresentation)
        case .secp256k1:
            #if OpenSSL
                return try EllipticKey(curve, scalar: scalar).point
            #else
                throw SignatureBackendError.badKey
            #endif
        }
    }

    private static func publicKey(_ curve: OctetPairCurve, _ key: [UInt8]) throws -> [UInt8] {
        guard key.count == curve.keyLength else { throw SignatureBackendError.badKey }
        switch curve {
        case .ed25519:
            return [UInt8](try Curve25519.Signing.PrivateKey(rawRepresentation: key).publicKey.rawRepresentation)
        case .x25519:
            return [UInt8](try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: key).publicKey.rawRepresentation)
        case .ed448:
            #if OpenSSL
                return try EnvelopeKey(curve, privateKey: key).publicKey(curve)
            #else
                throw SignatureBackendError.badKey
            #endif
        }
    }

    private static func publicKey(_ parameters: MLDSAParameters, _ seed: [UInt8]) throws -> [UInt8] {
        switch parameters {
        case .mlDSA65:
            return [UInt8](
                try MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil).publicKey.rawRepresentation)
        case .mlDSA87:
            return [UInt8](
                try MLDSA87.PrivateKey(seedRepresentation: seed, publicKey: nil).publicKey.rawRepresentation)
        }
    }
}
