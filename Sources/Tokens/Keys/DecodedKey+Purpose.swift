public import Codecs

extension DecodedKey {
    /// A key bound to its one signature algorithm; refuses a key that is too weak or of another kind than that wants.
    public init(
        _ material: KeyMaterial, id: ByteString?, algorithm: SignatureAlgorithm, mayVerify: Bool = true,
        maySign: Bool = true
    ) throws(KeyError) {
        try self.init(
            material, id: id, purpose: .signature(algorithm),
            operations: KeyOperations.all.subtracting(mayVerify ? [] : .verify).subtracting(maySign ? [] : .sign))
    }

    /// A key bound to its one purpose; refuses a key that is too weak or of another kind than that wants.
    /// - Parameters:
    ///   - purpose: what it is for; nil takes what keys of this kind are for (RSA: RS256), and leaves encryption open.
    ///   - operations: what its `use` and `key_ops` allow; what its kind or purpose forbids stays forbidden.
    public init(
        _ material: KeyMaterial, id: ByteString?, purpose: KeyPurpose?, operations: KeyOperations = .all,
        origin: String = ""
    ) throws(KeyError) {
        let isOpen = purpose == nil
        let purpose = purpose ?? material.naturalPurpose
        guard material.fits(purpose) else {
            throw KeyError(.usage, "a key of this kind cannot be used with \(Self.name(purpose))")
        }
        let summary = try KeyStrength.summary(material, for: purpose)
        var algorithm: SignatureAlgorithm?
        var keyManagement: KeyManagementAlgorithm?
        switch purpose {
        case .signature(let bound): algorithm = bound
        case .keyManagement(let bound): keyManagement = bound
        case .contentEncryption: keyManagement = .direct
        case .encryption: break
        }
        let encrypting = isOpen ? .encryption : purpose
        var signatureLength = algorithm?.signatureLength
        if algorithm != nil, case .rsa(let modulus, _, _) = material { signatureLength = modulus.count }
        self.init(
            description: KeyDescription(
                id: id, algorithm: algorithm, keyManagement: keyManagement,
                mayVerify: operations.allow(.verify, for: purpose, of: material),
                maySign: operations.allow(.sign, for: purpose, of: material),
                mayEncrypt: operations.allow(.encrypt, for: encrypting, of: material),
                mayDecrypt: operations.allow(.decrypt, for: encrypting, of: material), operations: operations,
                signatureLength: signatureLength, isPrivate: material.isPrivate, summary: summary + origin),
            material: material)
    }

    private static func name(_ purpose: KeyPurpose) -> String {
        switch purpose {
        case .signature(let algorithm): algorithm.rawValue
        case .keyManagement(let algorithm): algorithm.rawValue
        case .contentEncryption(let algorithm): algorithm.rawValue
        case .encryption: "encryption"
        }
    }
}
