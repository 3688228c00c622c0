public import Codecs
import Crypto
import CryptoExtras
public import Tokens

/// A key that can sign with its one algorithm. Printing it prints no secret.
public struct SigningKey: Sendable, CustomStringConvertible {
    /// The checking half: for a shared secret the same key, else the public one.
    public let verificationKey: VerificationKey

    private let material: KeyMaterial
    private let prepared: PreparedKey

    /// The private key or secret that a document gave.
    public init(_ key: DecodedKey) throws(KeyError) {
        verificationKey = try VerificationKey(key)
        guard let material = key.material else { throw KeyError(.unsupported, key.description.summary) }
        self.material = material.completed(by: verificationKey.material)
        let algorithm = verificationKey.algorithm
        guard key.description.maySign else {
            let reason =
                key.description.isPrivate ? "its \"use\" or \"key_ops\" forbid it" : "its private part is not here"
            throw KeyError(.notPrivate, "this \(key.description.summary) cannot sign: \(reason)")
        }
        do {
            prepared = try PreparedKey(material, for: algorithm, to: .sign)
        } catch {
            throw KeyError(.malformed, "the numbers are no \(key.description.summary)")
        }
    }

    /// A private JWK or a secret in a JWK.
    public init(jwk: JSONObject) throws(KeyError) {
        try self.init(try JWKReader.key(jwk))
    }

    /// A new key. Its identifier, unless given, is the thumbprint of its public half (RFC 7638), or random for a secret.
    /// - Parameter modulusSize: bits of an RSA modulus, 2048 to 8192 in steps of 128; other algorithms do not look at it.
    public static func generate(
        _ algorithm: SignatureAlgorithm, id: ByteString? = nil, modulusSize: Int = 2_048
    ) throws(KeyError) -> SigningKey {
        try SignatureBackends.requireSupport(algorithm)
        let material = try KeyMaker.make(algorithm, modulusSize: modulusSize)
        let id = id ?? Thumbprint.of(material) ?? ByteString(Base64URL.encode(RandomBytes.make(count: 16)))
        return try SigningKey(try DecodedKey(material, id: id, algorithm: algorithm))
    }

    /// The algorithms that this build can sign and verify: all, but ES256K and Ed448 only with the package trait `OpenSSL`.
    public static var supported: [SignatureAlgorithm] {
        SignatureAlgorithm.allCases.filter { SignatureBackends.supports($0) }
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
        let result: Result<[UInt8], SigningError> = input.withUnsafeBytes { input in
            do throws(SigningError) {
                return .success(try sign(input))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The same for bytes that stand somewhere else.
    func sign(_ input: UnsafeRawBufferPointer) throws(SigningError) -> [UInt8] {
        do {
            let signature = try prepared.sign(input)
            switch algorithm.family {
            case .rsaPKCS1, .rsaPSS:
                // A fault while signing with the Chinese remainder betrays the key to whoever sees the result; checking
                // costs a fifteenth of signing (J18).
                let isSound = signature.withUnsafeBytes { verificationKey.verifies(signature: $0, input: input) }
                guard isSound else { throw SignatureBackendError.failed }
            case .hmac, .ecdsa, .edDSA, .mlDSA: break
            }
            return signature
        } catch {
            throw SigningError(detail: "the \(algorithm.rawValue) signature could not be computed")
        }
    }

    /// The same in words.
    public var description: String { "\(algorithm.rawValue) signing key <redacted>" }
}

/// A token could not be signed. Names no key material.
public struct SigningError: Error, Sendable, CustomStringConvertible {
    /// Why, in one sentence.
    public let detail: String

    /// An error; whoever chooses keys has reasons of their own.
    public init(detail: String) {
        self.detail = detail
    }

    /// The same in words.
    public var description: String { detail }
}
