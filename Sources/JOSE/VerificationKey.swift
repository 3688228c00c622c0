public import Codecs
import Crypto
import CryptoExtras
public import Tokens

/// A key that can check signatures of its one algorithm. The mathematics has been checked: points lie on their curve.
public struct VerificationKey: Sendable {
    /// What the key says about itself.
    public let description: KeyDescription
    /// The algorithm it is for.
    public let algorithm: SignatureAlgorithm

    let material: KeyMaterial
    private let primitive: Primitive

    private enum Primitive: Sendable {
        /// Inner and outer pads are kept; a copy is cheaper than keying anew for each token.
        case hmac(HMAC<SHA256>)
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    /// The public half of a key that has been read; a shared secret is its own public half.
    public init(_ key: DecodedKey) throws(KeyError) {
        guard let material = key.material, let algorithm = key.description.algorithm else {
            throw KeyError(.unsupported, key.description.summary)
        }
        self.material = try PublicHalf.of(material)
        do {
            primitive = try Self.primitive(self.material)
        } catch let error as KeyError {
            throw error
        } catch {
            throw KeyError(.malformed, "the numbers are no \(key.description.summary)")
        }
        self.algorithm = algorithm
        description = key.description
    }

    /// `kid`, or nil.
    public var id: ByteString? { description.id }

    /// The public key as a JWK (RFC 7517); nil for a shared secret, which has no public form.
    public var publicJWK: JSONObject? {
        if case .secret = material { return nil }
        return JWKWriter.jwk(material, id: id, algorithm: algorithm, withPrivatePart: false)
    }

    /// The public key as PEM, in a SubjectPublicKeyInfo (RFC 5280 §4.1); nil for a shared secret.
    public var publicPEM: String? { KeyPEM.publicKey(material) }

    /// Whether this signature belongs to these bytes. Shared secrets are compared in constant time.
    public func verifies(_ signature: [UInt8], over input: ArraySlice<UInt8>) -> Bool {
        switch primitive {
        case .hmac(let keyed):
            guard signature.count == 32 else { return false }
            var mac = keyed
            mac.update(data: input)
            return mac.finalize() == signature
        case .rsa(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: input),
                padding: .insecurePKCS1v1_5)
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: input)
        case .ed25519(let key):
            return key.isValidSignature(signature, for: input)
        }
    }

    private static func primitive(_ material: KeyMaterial) throws -> Primitive {
        switch material {
        case .secret(let secret): return .hmac(HMAC<SHA256>(key: SymmetricKey(data: secret)))
        case .rsa(let modulus, let exponent, _):
            return .rsa(try _RSA.Signing.PublicKey(n: modulus, e: exponent))
        case .elliptic(.p256, let x, let y, _):
            return .p256(try P256.Signing.PublicKey(rawRepresentation: x + y))
        case .octetPair(.ed25519, let publicKey, _):
            return .ed25519(try Curve25519.Signing.PublicKey(rawRepresentation: publicKey))
        case .elliptic, .octetPair, .mlDSA:
            throw KeyError(.unsupported, "this kind of key cannot check signatures here")
        }
    }
}

extension VerificationKey: CustomDebugStringConvertible {
    /// What it is for; of a shared secret nothing, wherever it is printed.
    public var debugDescription: String { "\(algorithm.rawValue) verification key <redacted>" }
}

/// Drops the private part of a key; where a document gave only that, the public part is computed from it, and where it
/// gave both, they must belong together.
enum PublicHalf {
    static func of(_ material: KeyMaterial) throws(KeyError) -> KeyMaterial {
        do {
            switch material {
            case .secret: return material
            case .rsa(let modulus, let exponent, _):
                return .rsa(modulus: modulus, exponent: exponent, privatePart: nil)
            case .elliptic(.p256, let x, let y, let scalar):
                guard let scalar else { return material }
                let point = [UInt8](try P256.Signing.PrivateKey(rawRepresentation: scalar).publicKey.rawRepresentation)
                guard x.isEmpty || x + y == point else { throw KeyError(.malformed, "") }
                return .elliptic(.p256, x: Array(point[..<32]), y: Array(point[32...]), scalar: nil)
            case .octetPair(.ed25519, let given, let seed):
                guard let seed else { return material }
                let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed).publicKey
                let publicKey = [UInt8](key.rawRepresentation)
                guard given.isEmpty || given == publicKey else { throw KeyError(.malformed, "") }
                return .octetPair(.ed25519, publicKey: publicKey, privateKey: nil)
            case .elliptic, .octetPair, .mlDSA: return material
            }
        } catch {
            throw KeyError(.malformed, "the private part is no key, or the public part does not belong to it")
        }
    }
}
