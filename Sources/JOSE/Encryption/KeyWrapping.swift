import Crypto
import CryptoExtras
import Tokens

/// Wraps and unwraps content encryption keys with keys that both sides have.
enum KeyWrapping {
    /// AES Key Wrap (RFC 3394, RFC 7518 §4.4).
    static func wrap(_ contentKey: SymmetricKey, with key: SymmetricKey) throws -> [UInt8] {
        [UInt8](try AES.KeyWrap.wrap(contentKey, using: key))
    }

    /// AES Key Wrap; nil when the wrapped key is damaged or of another wrapping key.
    static func unwrap(_ wrapped: [UInt8], with key: SymmetricKey) -> SymmetricKey? {
        // RFC 3394 §2.2.2: two 64-bit blocks and one for the check at the least.
        guard wrapped.count >= 24, wrapped.count <= 72, wrapped.count % 8 == 0 else { return nil }
        return try? AES.KeyWrap.unwrap(wrapped, using: key)
    }

    /// AES-GCM around a key (RFC 7518 §4.7).
    static func seal(
        _ contentKey: SymmetricKey, with key: SymmetricKey, vector: [UInt8]
    ) throws -> (wrapped: [UInt8], tag: [UInt8]) {
        let box = try contentKey.withUnsafeBytes { bytes in
            try AES.GCM.seal(bytes, using: key, nonce: try AES.GCM.Nonce(data: vector))
        }
        return ([UInt8](box.ciphertext), [UInt8](box.tag))
    }

    /// AES-GCM around a key; nil when the wrapped key is damaged or of another wrapping key.
    static func open(_ wrapped: [UInt8], tag: [UInt8], with key: SymmetricKey, vector: [UInt8]) -> SymmetricKey? {
        guard tag.count == 16, vector.count == 12, let nonce = try? AES.GCM.Nonce(data: vector),
            let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: wrapped, tag: tag),
            let content = try? AES.GCM.open(box, using: key)
        else { return nil }
        return SymmetricKey(data: content)
    }

    /// The wrapping key that a password gives (RFC 7518 §4.8.1.1): the algorithm's name is part of the salt.
    static func derive(
        _ algorithm: KeyManagementAlgorithm, password: SymmetricKey, salt: [UInt8], iterations: Int
    ) throws -> SymmetricKey {
        let (hash, length): (KDF.Insecure.PBKDF2.HashFunction, Int) =
            switch algorithm {
            case .pbes2HS384A192KW: (.sha384, 24)
            case .pbes2HS512A256KW: (.sha512, 32)
            default: (.sha256, 16)
            }
        return try stretch(
            password, salt: algorithm.passwordSalt(salt), iterations, hash, length: length)
    }

    /// PBKDF2 (RFC 8018 §5.2).
    static func stretch(
        _ password: SymmetricKey, salt: [UInt8], _ iterations: Int, _ hash: KDF.Insecure.PBKDF2.HashFunction,
        length: Int
    ) throws -> SymmetricKey {
        try password.withUnsafeBytes { bytes in
            try KDF.Insecure.PBKDF2.deriveKey(
                from: bytes, salt: salt, using: hash, outputByteCount: length, unsafeUncheckedRounds: iterations)
        }
    }
}
