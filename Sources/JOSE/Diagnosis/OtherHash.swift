import Crypto
import Tokens

/// ECDSA with another hash than the algorithm's own, for explaining; verifiers use `VerificationKey`, which knows one hash
/// for each curve (RFC 7518 §3.4).
enum OtherHash {
    /// The name of the hash with which a signature verifies; nil when none of the usual ones does, for keys that are on
    /// none of the three NIST curves, and where the algorithm's own hash is the one.
    static func name(_ candidate: DiagnosisCandidates.Candidate, _ key: KeyMaterial) -> String? {
        guard case .elliptic(let curve, let x, let y, _) = key, candidate.algorithm.family == .ecdsa,
            x.count == curve.fieldLength, y.count == curve.fieldLength,
            candidate.signature.count == 2 * curve.fieldLength
        else { return nil }
        let point = [0x04] + x + y
        for (name, length) in [("SHA-256", 32), ("SHA-384", 48), ("SHA-512", 64), ("SHA-1", 20)]
        where length != candidate.algorithm.hashLength {
            switch length {
            case 32: if holds(SHA256.hash(data: candidate.input), candidate.signature, curve, point) { return name }
            case 48: if holds(SHA384.hash(data: candidate.input), candidate.signature, curve, point) { return name }
            case 64: if holds(SHA512.hash(data: candidate.input), candidate.signature, curve, point) { return name }
            default:
                if holds(Insecure.SHA1.hash(data: candidate.input), candidate.signature, curve, point) { return name }
            }
        }
        return nil
    }

    private static func holds(_ digest: some Digest, _ signature: [UInt8], _ curve: EllipticCurve, _ point: [UInt8])
        -> Bool
    {
        switch curve {
        case .p256:
            guard let key = try? P256.Signing.PublicKey(x963Representation: point),
                let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: digest)
        case .p384:
            guard let key = try? P384.Signing.PublicKey(x963Representation: point),
                let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: digest)
        case .p521:
            guard let key = try? P521.Signing.PublicKey(x963Representation: point),
                let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: digest)
        case .secp256k1: return false
        }
    }
}
