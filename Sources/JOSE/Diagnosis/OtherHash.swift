import Crypto
import Tokens

/// ECDSA with another hash than the algorithm's own, for explaining; verifiers use `VerificationKey`, which knows one hash
/// for each curve (RFC 7518 §3.4).
enum OtherHash {
    /// Whether the signature verifies with the hash of an attempt.
    static func holds(_ attempt: DiagnosisCandidates.HashAttempt, _ key: DiagnosisCandidates.Key) -> Bool {
        guard case .material(.elliptic(let curve, let x, let y, _), _) = key else { return false }
        let point = [0x04] + x + y
        let (input, signature) = (attempt.candidate.input, attempt.candidate.signature)
        switch attempt.hash {
        case "SHA-256": return holds(SHA256.hash(data: input), signature, curve, point)
        case "SHA-384": return holds(SHA384.hash(data: input), signature, curve, point)
        case "SHA-512": return holds(SHA512.hash(data: input), signature, curve, point)
        case "SHA-1": return holds(Insecure.SHA1.hash(data: input), signature, curve, point)
        default: return false
        }
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
