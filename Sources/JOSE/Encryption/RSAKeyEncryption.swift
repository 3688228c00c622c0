import Crypto
import CryptoExtras
import Tokens

/// The private half of RSAES-OAEP (RFC 7518 §4.3).
struct RSADecryption: Sendable {
    // The key is immutable; swift-crypto has marked the signing keys of the same kind Sendable and forgotten these.
    nonisolated(unsafe) private let key: _RSA.Encryption.PrivateKey
    private let usesSHA256: Bool

    init(_ binding: EncryptionKeyBinding) throws {
        guard case .rsa(let modulus, let exponent, let part?) = binding.material else {
            throw CryptoKitError.incorrectParameterSize
        }
        key = try _RSA.Encryption.PrivateKey(
            n: modulus, e: exponent, d: part.exponent, p: part.prime1, q: part.prime2)
        usesSHA256 = binding.algorithm == .rsaOAEP256
    }

    func decrypt(_ encrypted: [UInt8]) -> SymmetricKey? {
        guard encrypted.count == key.keySizeInBits / 8 else { return nil }
        let padding: _RSA.Encryption.Padding = usesSHA256 ? .PKCS1_OAEP_SHA256 : .PKCS1_OAEP
        return (try? key.decrypt(encrypted, padding: padding)).map { SymmetricKey(data: $0) }
    }
}

/// The public half of RSAES-OAEP.
struct RSAEncryption: Sendable {
    // As above.
    nonisolated(unsafe) private let key: _RSA.Encryption.PublicKey
    private let usesSHA256: Bool

    init(_ binding: EncryptionKeyBinding) throws {
        guard case .rsa(let modulus, let exponent, _) = binding.material else {
            throw CryptoKitError.incorrectParameterSize
        }
        key = try _RSA.Encryption.PublicKey(n: modulus, e: exponent)
        usesSHA256 = binding.algorithm == .rsaOAEP256
    }

    func encrypt(_ contentKey: SymmetricKey) throws -> [UInt8] {
        let padding: _RSA.Encryption.Padding = usesSHA256 ? .PKCS1_OAEP_SHA256 : .PKCS1_OAEP
        return try contentKey.withUnsafeBytes { [UInt8](try key.encrypt($0, padding: padding)) }
    }
}
