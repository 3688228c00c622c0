public import Codecs
public import Tokens

/// A key that can check signatures of its one algorithm. The mathematics has been checked: points lie on their curve.
public struct VerificationKey: Sendable {
    /// In one place on the heap, so that using a key costs no more than counting one owner.
    private final class Contents: Sendable {
        let description: KeyDescription
        let algorithm: SignatureAlgorithm
        let material: KeyMaterial
        let prepared: PreparedKey

        init(
            _ description: KeyDescription, _ algorithm: SignatureAlgorithm, _ material: KeyMaterial,
            _ prepared: PreparedKey
        ) {
            self.description = description
            self.algorithm = algorithm
            self.material = material
            self.prepared = prepared
        }
    }

    private let contents: Contents

    /// What the key says about itself.
    public var description: KeyDescription { contents.description }
    /// The algorithm it is for.
    public var algorithm: SignatureAlgorithm { contents.algorithm }

    var material: KeyMaterial { contents.material }

    /// The public half of a key that has been read; a shared secret is its own public half.
    public init(_ key: DecodedKey) throws(KeyError) {
        guard let material = key.material, let algorithm = key.description.algorithm else {
            throw key.complaint ?? KeyError(.unsupported, key.description.summary)
        }
        try SignatureBackends.requireSupport(algorithm)
        try key.certificates?.requireMatchingHashes()
        let publicHalf = try PublicHalf.of(material)
        do {
            contents = Contents(
                key.description, algorithm, publicHalf, try PreparedKey(publicHalf, for: algorithm, to: .verify))
        } catch let error as KeyError {
            throw error
        } catch {
            throw KeyError(.malformed, "the numbers are no \(key.description.summary)")
        }
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

    /// Whether tokens of this algorithm can be checked in this build: ES256K and Ed448 need the package trait `OpenSSL`.
    public static func supports(_ algorithm: SignatureAlgorithm) -> Bool { SignatureBackends.supports(algorithm) }

    /// Whether this signature belongs to these bytes. Shared secrets are compared in constant time.
    public func verifies(_ signature: [UInt8], over input: ArraySlice<UInt8>) -> Bool {
        signature.withUnsafeBytes { signature in
            input.withUnsafeBytes { verifies(signature: signature, input: $0) }
        }
    }

    /// The same for bytes that stand somewhere else; nothing is allocated here.
    func verifies(signature: UnsafeRawBufferPointer, input: UnsafeRawBufferPointer) -> Bool {
        contents.prepared.verifies(signature: signature, input: input)
    }
}

extension VerificationKey: CustomDebugStringConvertible {
    /// What it is for; of a shared secret nothing, wherever it is printed.
    public var debugDescription: String { "\(algorithm.rawValue) verification key <redacted>" }
}
