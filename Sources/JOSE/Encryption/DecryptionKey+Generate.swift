public import Codecs
public import Tokens

extension DecryptionKey {
    /// A new key from the system's generator, with `alg` and `"use":"enc"` in its JWK. Its identifier, unless given, is the
    /// thumbprint of its public half (RFC 7638), or random for a secret.
    /// - Parameters:
    ///   - encryption: for `dir`, the content encryption that the key is for; it must then be given.
    ///   - curve: for `ECDH-ES`, the curve.
    ///   - modulusSize: bits of an RSA modulus, 2048 to 8192 in steps of 128.
    public static func generate(
        _ algorithm: KeyManagementAlgorithm, encryption: ContentEncryptionAlgorithm? = nil,
        curve: AgreementCurve = .x25519, modulusSize: Int = 2_048, id: ByteString? = nil
    ) throws(KeyError) -> DecryptionKey {
        let material = try material(algorithm, encryption, curve, modulusSize)
        let id = id ?? Thumbprint.of(material) ?? ByteString(Base64URL.encode(RandomBytes.make(count: 16)))
        let purpose = algorithm == .direct ? encryption.map { KeyPurpose.contentEncryption($0) } : nil
        let key = try DecodedKey(material, id: id, purpose: purpose ?? .keyManagement(algorithm))
        return try DecryptionKey(key, encryption: encryption)
    }

    private static func material(
        _ algorithm: KeyManagementAlgorithm, _ encryption: ContentEncryptionAlgorithm?, _ curve: AgreementCurve,
        _ modulusSize: Int
    ) throws(KeyError) -> KeyMaterial {
        switch algorithm {
        case .rsaOAEP, .rsaOAEP256:
            return try KeyMaker.make(.rs256, modulusSize: modulusSize)
        case .ecdhES, .ecdhESA128KW, .ecdhESA192KW, .ecdhESA256KW:
            let key = AgreementPrivateKey(curve: curve)
            let point = key.publicKey.point
            let half = curve.fieldLength
            switch curve {
            case .x25519: return .octetPair(.x25519, publicKey: point, privateKey: key.scalar)
            case .p256: return elliptic(.p256, point, half, key)
            case .p384: return elliptic(.p384, point, half, key)
            case .p521: return elliptic(.p521, point, half, key)
            }
        case .direct:
            guard let encryption else {
                throw KeyError(.usage, "a key for dir needs the content encryption that it is for")
            }
            return .secret(RandomBytes.make(count: encryption.keyLength))
        case .pbes2HS256A128KW, .pbes2HS384A192KW, .pbes2HS512A256KW:
            return .secret(Base64URL.encodeBytes(RandomBytes.make(count: 32)))
        default: return .secret(RandomBytes.make(count: algorithm.secretLength ?? 32))
        }
    }

    private static func elliptic(
        _ curve: EllipticCurve, _ point: [UInt8], _ half: Int, _ key: AgreementPrivateKey
    ) -> KeyMaterial {
        .elliptic(curve, x: Array(point.prefix(half)), y: Array(point.dropFirst(half)), scalar: key.scalar)
    }
}
