import Codecs
import Tokens

/// Writes keys as PEM: SubjectPublicKeyInfo (RFC 5280 §4.1, RFC 8410) and PKCS#8 (RFC 5958).
enum KeyPEM {
    private static let rsaEncryption: [UInt8] = [
        0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    private static let ecPublicKeyOnP256: [UInt8] = [
        0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
        0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
    ]
    private static let ed25519: [UInt8] = [0x06, 0x03, 0x2B, 0x65, 0x70]

    static func publicKey(_ material: KeyMaterial) -> String? {
        let algorithm: [UInt8]
        let key: [UInt8]
        switch material {
        case .secret: return nil
        case .rsa(let modulus, let exponent, _):
            algorithm = rsaEncryption
            key = DERWriter.sequence([DERWriter.unsignedInteger(modulus), DERWriter.unsignedInteger(exponent)])
        case .elliptic(.p256, let x, let y, _):
            algorithm = ecPublicKeyOnP256
            key = [0x04] + x + y
        case .octetPair(.ed25519, let publicKey, _):
            algorithm = ed25519
            key = publicKey
        case .elliptic, .octetPair, .mlDSA: return nil
        }
        let info = DERWriter.sequence([DERWriter.sequence([algorithm]), DERWriter.bitString(key)])
        return PEM.write(label: "PUBLIC KEY", der: info)
    }

    /// RFC 8410 §7: version 0, the algorithm, and the seed as an octet string inside an octet string.
    static func ed25519PrivateKey(_ material: KeyMaterial) -> String? {
        guard case .octetPair(.ed25519, _, .some(let seed)) = material else { return nil }
        let octets = DERReader.Tag.octetString
        let info = DERWriter.sequence([
            DERWriter.unsignedInteger([]), DERWriter.sequence([ed25519]),
            DERWriter.element(octets, DERWriter.element(octets, seed)),
        ])
        return PEM.write(label: "PRIVATE KEY", der: info)
    }
}
