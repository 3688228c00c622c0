import Crypto
import Tokens

extension EncryptionKeyBinding {
    /// The binding of a key whose certificates, where its document shows any, are the ones that it names by their hashes.
    init(
        certified key: DecodedKey, _ wanted: KeyManagementAlgorithm?, _ encryption: ContentEncryptionAlgorithm?
    ) throws(KeyError) {
        try key.certificates?.requireMatchingHashes()
        try self.init(key, wanted, encryption)
    }

    /// The secret of a key that both sides have.
    var secret: SymmetricKey? {
        if case .secret(let bytes) = material { SymmetricKey(data: bytes) } else { nil }
    }

    /// The private half for an agreement; nil when it is not here. What a document says is its public half must be.
    func agreementKey() throws -> AgreementPrivateKey? {
        guard let curve else { return nil }
        let key: AgreementPrivateKey
        let point: [UInt8]
        switch material {
        case .elliptic(_, let x, let y, let scalar?):
            key = try AgreementPrivateKey(curve: curve, scalar: scalar)
            point = x + y
        case .octetPair(_, let publicKey, let scalar?):
            key = try AgreementPrivateKey(curve: curve, scalar: scalar)
            point = publicKey
        default: return nil
        }
        guard point.isEmpty || point == key.publicKey.point else { throw CryptoKitError.incorrectParameterSize }
        return key
    }

    /// The public half for an agreement.
    func agreementPoint() throws -> EphemeralPublicKey? {
        if let key = try agreementKey() { return key.publicKey }
        guard let curve else { return nil }
        let point: [UInt8]
        switch material {
        case .elliptic(_, let x, let y, _): point = x + y
        case .octetPair(_, let publicKey, _): point = publicKey
        default: return nil
        }
        let key = EphemeralPublicKey(curve: curve, point: point)
        guard key.isOnCurve else { throw CryptoKitError.incorrectParameterSize }
        return key
    }
}
