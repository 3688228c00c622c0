public import Codecs

extension DecodedKey {
    /// A key bound to its one signature algorithm; refuses a key that is too weak or of another kind than that wants.
    public init(
        _ material: KeyMaterial, id: ByteString?, algorithm: SignatureAlgorithm, mayVerify: Bool = true,
        maySign: Bool = true
    ) throws(KeyError) {
        try self.init(
            material, id: id, purpose: .signature(algorithm),
            permissions: KeyPermissions(verify: mayVerify, sign: maySign, encrypt: false, decrypt: false))
    }

    /// A key bound to its one purpose; refuses a key that is too weak or of another kind than that wants.
    /// - Parameters:
    ///   - purpose: what it is for; nil takes what keys of this kind are for (RSA: RS256), and leaves encryption open.
    ///   - permissions: what its `use` and `key_ops` allow; what its kind or purpose forbids stays forbidden.
    public init(
        _ material: KeyMaterial, id: ByteString?, purpose: KeyPurpose?, permissions: KeyPermissions = KeyPermissions(),
        origin: String = ""
    ) throws(KeyError) {
        let isOpen = purpose == nil
        let purpose = purpose ?? material.naturalPurpose
        guard material.fits(purpose) else {
            throw KeyError(.usage, "a key of this kind cannot be used with \(Self.name(purpose))")
        }
        let summary = try KeyStrength.summary(material, for: purpose)
        let isPrivate = material.isPrivate
        var algorithm: SignatureAlgorithm?
        var keyManagement: KeyManagementAlgorithm?
        var mayEncrypt = true
        switch purpose {
        case .signature(let bound):
            algorithm = bound
            mayEncrypt = isOpen && material.fitsEncryption
        case .keyManagement(let bound): keyManagement = bound
        case .contentEncryption: keyManagement = .direct
        case .encryption: break
        }
        var signatureLength = algorithm?.signatureLength
        if algorithm != nil, case .rsa(let modulus, _, _) = material { signatureLength = modulus.count }
        self.init(
            description: KeyDescription(
                id: id, algorithm: algorithm, keyManagement: keyManagement,
                mayVerify: permissions.verify && algorithm != nil,
                maySign: permissions.sign && algorithm != nil && isPrivate,
                mayEncrypt: permissions.encrypt && mayEncrypt,
                mayDecrypt: permissions.decrypt && mayEncrypt && isPrivate,
                signatureLength: signatureLength, isPrivate: isPrivate, summary: summary + origin),
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
