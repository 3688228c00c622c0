public import Codecs
import Crypto
import CryptoExtras
public import Tokens

/// A key that can sign with its one algorithm. Printing it prints no secret.
public struct SigningKey: Sendable, CustomStringConvertible {
    /// The checking half: for a shared secret the same key, else the public one.
    public let verificationKey: VerificationKey

    private let material: KeyMaterial
    private let primitive: Primitive

    private enum Primitive: Sendable {
        case hmac(HMAC<SHA256>)
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    /// The private key or secret that a document gave.
    public init(_ key: DecodedKey) throws(KeyError) {
        verificationKey = try VerificationKey(key)
        guard let material = key.material else { throw KeyError(.unsupported, key.description.summary) }
        self.material = material
        guard key.description.maySign else {
            let reason =
                key.description.isPrivate ? "its \"use\" or \"key_ops\" forbid it" : "its private part is not here"
            throw KeyError(.notPrivate, "this \(key.description.summary) cannot sign: \(reason)")
        }
        do {
            primitive = try Self.primitive(material)
        } catch {
            throw KeyError(.malformed, "the numbers are no \(key.description.summary)")
        }
    }

    /// A private JWK or a secret in a JWK.
    public init(jwk: JSONObject) throws(KeyError) {
        try self.init(try JWKReader.key(jwk))
    }

    /// A new key. Its identifier, unless given, is the thumbprint of its public half (RFC 7638), or random for a secret.
    public static func generate(_ algorithm: SignatureAlgorithm, id: ByteString? = nil) throws(KeyError) -> SigningKey {
        let material: KeyMaterial
        switch algorithm {
        case .hs256: material = .secret(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
        case .rs256:
            guard let der = try? _RSA.Signing.PrivateKey(keySize: .bits2048).derRepresentation else {
                throw KeyError(.unsupported, "no RSA key could be generated")
            }
            let pem = PEM.write(label: "RSA PRIVATE KEY", der: [UInt8](der))
            guard let read = try KeyReader.read(Array(pem.utf8)).first?.material else {
                throw KeyError(.malformed, "the generated RSA key could not be read")
            }
            material = read
        case .es256:
            let key = P256.Signing.PrivateKey()
            let point = [UInt8](key.publicKey.rawRepresentation)
            material = .elliptic(
                .p256, x: Array(point[..<32]), y: Array(point[32...]), scalar: [UInt8](key.rawRepresentation))
        case .ed25519:
            let key = Curve25519.Signing.PrivateKey()
            material = .octetPair(
                .ed25519, publicKey: [UInt8](key.publicKey.rawRepresentation),
                privateKey: [UInt8](key.rawRepresentation))
        default: throw KeyError(.unsupported, "\(algorithm.rawValue) keys cannot be made here")
        }
        let id = id ?? Thumbprint.of(material) ?? ByteString(Base64URL.encode(RandomBytes.make(count: 16)))
        return try SigningKey(try DecodedKey(material, id: id, algorithm: algorithm))
    }

    /// `kid`, or nil.
    public var id: ByteString? { verificationKey.id }

    /// The algorithm it is for.
    public var algorithm: SignatureAlgorithm { verificationKey.algorithm }

    /// The whole key as a JWK (RFC 7517). It is a secret.
    public var privateJWK: JSONObject {
        JWKWriter.jwk(material, id: id, algorithm: algorithm, withPrivatePart: true)
    }

    /// The whole key as PEM, in PKCS#8 (RFC 5958); nil for a shared secret. It is a secret.
    public var privatePEM: String? { KeyPEM.privateKey(material) }

    /// Signs bytes; the answer has the form that JWS wants (RFC 7518 §3).
    public func sign(_ input: [UInt8]) throws(SigningError) -> [UInt8] {
        do {
            switch primitive {
            case .hmac(let keyed):
                var mac = keyed
                mac.update(data: input)
                return Array(mac.finalize())
            case .rsa(let key):
                return [UInt8](
                    try key.signature(for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5).rawRepresentation)
            case .p256(let key): return [UInt8](try key.signature(for: input).rawRepresentation)
            case .ed25519(let key): return [UInt8](try key.signature(for: input))
            }
        } catch {
            throw SigningError(detail: "the \(algorithm.rawValue) signature could not be computed")
        }
    }

    /// The same in words.
    public var description: String { "\(algorithm.rawValue) signing key <redacted>" }

    private static func primitive(_ material: KeyMaterial) throws -> Primitive {
        switch material {
        case .secret(let secret): return .hmac(HMAC<SHA256>(key: SymmetricKey(data: secret)))
        case .rsa(let modulus, let exponent, let privatePart):
            guard let privatePart else { throw KeyError(.notPrivate, "no private part") }
            return .rsa(
                try _RSA.Signing.PrivateKey(
                    n: modulus, e: exponent, d: privatePart.exponent, p: privatePart.prime1, q: privatePart.prime2))
        case .elliptic(.p256, _, _, let scalar):
            guard let scalar else { throw KeyError(.notPrivate, "no private part") }
            return .p256(try P256.Signing.PrivateKey(rawRepresentation: scalar))
        case .octetPair(.ed25519, _, let seed):
            guard let seed else { throw KeyError(.notPrivate, "no private part") }
            return .ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: seed))
        case .elliptic, .octetPair, .mlDSA: throw KeyError(.unsupported, "")
        }
    }
}

/// A token could not be signed. Names no key material.
public struct SigningError: Error, Sendable, CustomStringConvertible {
    /// Why, in one sentence.
    public let detail: String

    /// The same in words.
    public var description: String { detail }
}
