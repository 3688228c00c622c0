import Crypto
import CryptoExtras
import Tokens

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// swift-crypto, which brings BoringSSL: every algorithm but ES256K and Ed448.
///
/// Buffers go in as they are: `UnsafeRawBufferPointer` is `DataProtocol`, of one region. swift-crypto itself copies ECDSA
/// and RSA signatures into a `Data`.
enum BoringSSLBackend: SignatureBackend {
    enum Key: Sendable {
        case hmac256(PaddedHash<SHA256>)
        case hmac384(PaddedHash<SHA384>)
        case hmac512(PaddedHash<SHA512>)
        case rsaPublic(_RSA.Signing.PublicKey, RSAScheme)
        case rsaPrivate(_RSA.Signing.PrivateKey, RSAScheme)
        case p256Public(P256.Signing.PublicKey)
        case p256Private(P256.Signing.PrivateKey)
        case p384Public(P384.Signing.PublicKey)
        case p384Private(P384.Signing.PrivateKey)
        case p521Public(P521.Signing.PublicKey)
        case p521Private(P521.Signing.PrivateKey)
        case ed25519Public(Curve25519.Signing.PublicKey)
        case ed25519Private(Curve25519.Signing.PrivateKey)
        case mlDSA65Public(MLDSA65.PublicKey)
        case mlDSA65Private(MLDSA65.PrivateKey)
        case mlDSA87Public(MLDSA87.PublicKey)
        case mlDSA87Private(MLDSA87.PrivateKey)
    }

    /// How an RSA key is used.
    struct RSAScheme: Sendable {
        let hashLength: Int
        /// PSS here means a salt as long as the hash and MGF1 with the same hash (RFC 7518 §3.5).
        let padding: _RSA.Signing.Padding
        /// RFC 8017 §8.1.2, §8.2.2: a signature is exactly as long as the modulus.
        let signatureLength: Int

        init(_ algorithm: SignatureAlgorithm, modulus: [UInt8]) throws {
            guard let hashLength = algorithm.hashLength else { throw SignatureBackendError.badKey }
            self.hashLength = hashLength
            padding = algorithm.family == .rsaPSS ? .PSS : .insecurePKCS1v1_5
            signatureLength = modulus.drop { $0 == 0 }.count
        }
    }

    static func supports(_ algorithm: SignatureAlgorithm) -> Bool {
        algorithm != .es256k && algorithm != .ed448
    }

    static func prepare(
        _ material: KeyMaterial, for algorithm: SignatureAlgorithm, to operation: SignatureOperation
    ) throws -> Key {
        switch operation {
        case .verify: try prepareToVerify(material, for: algorithm)
        case .sign: try prepareToSign(material, for: algorithm)
        }
    }

    private static func prepareToVerify(_ material: KeyMaterial, for algorithm: SignatureAlgorithm) throws -> Key {
        switch (algorithm, material) {
        case (.hs256, .secret), (.hs384, .secret), (.hs512, .secret): return try secret(material, for: algorithm)
        case (.rs256, .rsa(let modulus, let exponent, _)), (.rs384, .rsa(let modulus, let exponent, _)),
            (.rs512, .rsa(let modulus, let exponent, _)), (.ps256, .rsa(let modulus, let exponent, _)),
            (.ps384, .rsa(let modulus, let exponent, _)), (.ps512, .rsa(let modulus, let exponent, _)):
            return .rsaPublic(
                try _RSA.Signing.PublicKey(n: modulus, e: exponent), try RSAScheme(algorithm, modulus: modulus))
        case (.es256, .elliptic(.p256, let x, let y, _)):
            return .p256Public(try P256.Signing.PublicKey(rawRepresentation: x + y))
        case (.es384, .elliptic(.p384, let x, let y, _)):
            return .p384Public(try P384.Signing.PublicKey(rawRepresentation: x + y))
        case (.es512, .elliptic(.p521, let x, let y, _)):
            return .p521Public(try P521.Signing.PublicKey(rawRepresentation: x + y))
        case (.ed25519, .octetPair(.ed25519, let key, _)):
            return .ed25519Public(try Curve25519.Signing.PublicKey(rawRepresentation: key))
        case (.mlDSA65, .mlDSA(.mlDSA65, let key, _)):
            return .mlDSA65Public(try MLDSA65.PublicKey(rawRepresentation: key))
        case (.mlDSA87, .mlDSA(.mlDSA87, let key, _)):
            return .mlDSA87Public(try MLDSA87.PublicKey(rawRepresentation: key))
        default: throw SignatureBackendError.badKey
        }
    }

    private static func prepareToSign(_ material: KeyMaterial, for algorithm: SignatureAlgorithm) throws -> Key {
        switch (algorithm, material) {
        case (.hs256, .secret), (.hs384, .secret), (.hs512, .secret): return try secret(material, for: algorithm)
        case (.rs256, .rsa(let modulus, _, _)), (.rs384, .rsa(let modulus, _, _)), (.rs512, .rsa(let modulus, _, _)),
            (.ps256, .rsa(let modulus, _, _)), (.ps384, .rsa(let modulus, _, _)), (.ps512, .rsa(let modulus, _, _)):
            return .rsaPrivate(try rsaPrivateKey(material), try RSAScheme(algorithm, modulus: modulus))
        case (.es256, .elliptic(.p256, _, _, .some(let scalar))):
            return .p256Private(try P256.Signing.PrivateKey(rawRepresentation: scalar))
        case (.es384, .elliptic(.p384, _, _, .some(let scalar))):
            return .p384Private(try P384.Signing.PrivateKey(rawRepresentation: scalar))
        case (.es512, .elliptic(.p521, _, _, .some(let scalar))):
            return .p521Private(try P521.Signing.PrivateKey(rawRepresentation: scalar))
        case (.ed25519, .octetPair(.ed25519, _, .some(let seed))):
            return .ed25519Private(try Curve25519.Signing.PrivateKey(rawRepresentation: seed))
        case (.mlDSA65, .mlDSA(.mlDSA65, _, .some(let seed))):
            return .mlDSA65Private(try MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil))
        case (.mlDSA87, .mlDSA(.mlDSA87, _, .some(let seed))):
            return .mlDSA87Private(try MLDSA87.PrivateKey(seedRepresentation: seed, publicKey: nil))
        default: throw SignatureBackendError.badKey
        }
    }

    private static func secret(_ material: KeyMaterial, for algorithm: SignatureAlgorithm) throws -> Key {
        guard case .secret(let secret) = material, !secret.isEmpty else { throw SignatureBackendError.badKey }
        switch algorithm {
        case .hs256: return .hmac256(PaddedHash(secret))
        case .hs384: return .hmac384(PaddedHash(secret))
        case .hs512: return .hmac512(PaddedHash(secret))
        default: throw SignatureBackendError.badKey
        }
    }

    /// A private RSA key whose numbers belong together: BoringSSL checks n = pq and de ≡ 1 (J18). Sizes are looked at
    /// before, because its arithmetic takes numbers of any size.
    static func rsaPrivateKey(_ material: KeyMaterial) throws -> _RSA.Signing.PrivateKey {
        guard case .rsa(let modulus, let exponent, .some(let privatePart)) = material,
            privatePart.exponent.count <= modulus.count, privatePart.prime1.count < modulus.count,
            privatePart.prime2.count < modulus.count, let low1 = privatePart.prime1.last, low1 & 1 == 1,
            let low2 = privatePart.prime2.last, low2 & 1 == 1
        else { throw SignatureBackendError.badKey }
        return try _RSA.Signing.PrivateKey(
            n: modulus, e: exponent, d: privatePart.exponent, p: privatePart.prime1, q: privatePart.prime2)
    }

    static func verifies(
        signature: UnsafeRawBufferPointer, input: UnsafeRawBufferPointer, with key: Key
    ) -> Bool {
        switch key {
        case .hmac256(let key): return key.authenticates(signature, input)
        case .hmac384(let key): return key.authenticates(signature, input)
        case .hmac512(let key): return key.authenticates(signature, input)
        case .rsaPublic(let key, let scheme):
            guard signature.count == scheme.signatureLength else { return false }
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            switch scheme.hashLength {
            case 32: return key.isValidSignature(signature, for: SHA256.hash(data: input), padding: scheme.padding)
            case 48: return key.isValidSignature(signature, for: SHA384.hash(data: input), padding: scheme.padding)
            default: return key.isValidSignature(signature, for: SHA512.hash(data: input), padding: scheme.padding)
            }
        case .p256Public(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: input)
        case .p384Public(let key):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: input)
        case .p521Public(let key):
            guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: input)
        case .ed25519Public(let key): return signature.count == 64 && key.isValidSignature(signature, for: input)
        case .mlDSA65Public(let key): return signature.count == 3_309 && key.isValidSignature(signature, for: input)
        case .mlDSA87Public(let key): return signature.count == 4_627 && key.isValidSignature(signature, for: input)
        case .rsaPrivate, .p256Private, .p384Private, .p521Private, .ed25519Private, .mlDSA65Private, .mlDSA87Private:
            return false
        }
    }

    static func sign(_ input: UnsafeRawBufferPointer, with key: Key) throws -> [UInt8] {
        switch key {
        case .hmac256(let key): return key.authenticate(input)
        case .hmac384(let key): return key.authenticate(input)
        case .hmac512(let key): return key.authenticate(input)
        case .rsaPrivate(let key, let scheme):
            let signature =
                switch scheme.hashLength {
                case 32: try key.signature(for: SHA256.hash(data: input), padding: scheme.padding)
                case 48: try key.signature(for: SHA384.hash(data: input), padding: scheme.padding)
                default: try key.signature(for: SHA512.hash(data: input), padding: scheme.padding)
                }
            return [UInt8](signature.rawRepresentation)
        case .p256Private(let key): return [UInt8](try key.signature(for: input).rawRepresentation)
        case .p384Private(let key): return [UInt8](try key.signature(for: input).rawRepresentation)
        case .p521Private(let key): return [UInt8](try key.signature(for: input).rawRepresentation)
        case .ed25519Private(let key): return [UInt8](try key.signature(for: input))
        case .mlDSA65Private(let key): return [UInt8](try key.signature(for: input))
        case .mlDSA87Private(let key): return [UInt8](try key.signature(for: input))
        case .rsaPublic, .p256Public, .p384Public, .p521Public, .ed25519Public, .mlDSA65Public, .mlDSA87Public:
            throw SignatureBackendError.badKey
        }
    }
}
