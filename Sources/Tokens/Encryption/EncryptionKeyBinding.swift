package import Codecs

/// Which one algorithm a key is for, found from what the key says and what the caller adds.
package struct EncryptionKeyBinding: Sendable {
    /// The algorithm.
    package let algorithm: KeyManagementAlgorithm
    /// For `dir`, the one content encryption, where key or caller says it.
    package let encryption: ContentEncryptionAlgorithm?
    /// The key's numbers.
    package let material: KeyMaterial
    /// For a key agreement, its curve.
    package let curve: AgreementCurve?

    /// The binding of a key.
    /// - Parameters:
    ///   - wanted: what the key is for where it does not say so itself.
    ///   - encryption: for `dir`, the one content encryption that the key is for.
    package init(
        _ key: DecodedKey, _ wanted: KeyManagementAlgorithm?, _ encryption: ContentEncryptionAlgorithm?
    ) throws(KeyError) {
        guard let material = key.material else { throw KeyError(.unsupported, key.description.summary) }
        let stated = key.description.keyManagement
        guard let algorithm = stated ?? wanted else { throw Self.unbound(key.description, material) }
        guard wanted == nil || wanted == algorithm else {
            throw KeyError(
                .usage, "the key is for \(algorithm.rawValue): one key, one algorithm (RFC 8725 §3.1)")
        }
        self.algorithm = algorithm
        self.encryption = algorithm == .direct ? encryption : nil
        self.material = material
        curve = algorithm.isAgreement ? Self.curve(material) : nil
        try check()
    }

    /// Why a key that names no key management algorithm cannot be used: it is for signatures, or nobody said what for.
    private static func unbound(_ key: KeyDescription, _ material: KeyMaterial) -> KeyError {
        if let algorithm = key.algorithm, !key.mayEncrypt, !key.mayDecrypt {
            return KeyError(.usage, "this key is for signing (\(algorithm.rawValue)), not for encryption")
        }
        let fitting: String
        switch material {
        case .rsa: fitting = "RSA-OAEP-256 or RSA-OAEP"
        case .elliptic, .octetPair: fitting = "ECDH-ES+A256KW or another ECDH-ES"
        case .secret: fitting = "A256KW, dir or another algorithm for secrets"
        case .mlDSA: return KeyError(.usage, "an ML-DSA key is for signing, not for encryption")
        }
        return KeyError(
            .usage,
            "the key does not say which key management algorithm it is for; give it an \"alg\" or name one, such as "
                + fitting)
    }

    private func check() throws(KeyError) {
        switch (material, algorithm) {
        case (.rsa, .rsaOAEP), (.rsa, .rsaOAEP256): return
        case (.secret(let secret), .direct):
            let lengths = encryption.map { [$0.keyLength] } ?? ContentEncryptionAlgorithm.allCases.map { $0.keyLength }
            guard lengths.contains(secret.count) else {
                throw KeyError(.malformed, "no content encryption has a key of \(secret.count) bytes")
            }
        case (.secret(let secret), .pbes2HS256A128KW), (.secret(let secret), .pbes2HS384A192KW),
            (.secret(let secret), .pbes2HS512A256KW):
            guard secret.count >= 8, secret.count <= 1_024 else {
                throw KeyError(.weak, "a password must have 8 to 1024 bytes; this one has \(secret.count)")
            }
        case (.secret(let secret), _):
            guard let length = algorithm.secretLength else { throw mismatch }
            guard secret.count == length else {
                throw KeyError(
                    .malformed, "an \(algorithm.rawValue) key has \(length) bytes; this one has \(secret.count)")
            }
        case (_, _):
            guard curve != nil else { throw mismatch }
        }
    }

    /// Whether its `use` and `key_ops` allow a task with the algorithm that is known now.
    package func allows(_ task: KeyTask, _ key: KeyDescription) -> Bool {
        key.operations.allow(task, for: .keyManagement(algorithm), of: material)
    }

    private var mismatch: KeyError {
        KeyError(.usage, "a key of this kind cannot be used with \(algorithm.rawValue)")
    }

    private static func curve(_ material: KeyMaterial) -> AgreementCurve? {
        switch material {
        case .elliptic(.p256, _, _, _): .p256
        case .elliptic(.p384, _, _, _): .p384
        case .elliptic(.p521, _, _, _): .p521
        case .octetPair(.x25519, _, _): .x25519
        default: nil
        }
    }

    /// What `alg` of a JWK says when it names a content encryption: the key is for `dir` with just that.
    package static func encryption(_ jwk: JSONObject) -> ContentEncryptionAlgorithm? {
        jwk["alg"]?.string.flatMap { ContentEncryptionAlgorithm(name: $0) }
    }

    /// The key as a JWK; `alg` says what `dir` encrypts with, where that is known.
    package func jwk(id: ByteString?, withPrivatePart: Bool) -> JSONObject {
        var jwk = JWKWriter.required(material)
        jwk["alg"] = .string(ByteString(encryption?.rawValue ?? algorithm.rawValue))
        jwk["use"] = "enc"
        if let id { jwk["kid"] = .string(id) }
        if withPrivatePart { JWKWriter.addPrivatePart(material, to: &jwk) }
        return jwk
    }

    /// Reads a JWK; an algorithm that it does not say itself may be added.
    package static func read(_ jwk: JSONObject, _ algorithm: KeyManagementAlgorithm?) throws(KeyError) -> DecodedKey {
        try JWKReader.key(jwk, purpose: algorithm.map { .keyManagement($0) })
    }

    /// The length of a shared secret in bytes.
    package var secretLength: Int? {
        if case .secret(let bytes) = material { bytes.count } else { nil }
    }
}
