import Crypto
import Tokens

/// Encrypts and opens content with one of the algorithms of RFC 7518 §5.1, all of which authenticate it.
enum ContentCipher {
    /// Encrypts. The key and the vector have the algorithm's lengths, or this throws.
    static func seal(
        _ content: [UInt8], _ algorithm: ContentEncryptionAlgorithm, key: SymmetricKey, vector: [UInt8],
        authenticating text: [UInt8]
    ) throws -> (ciphertext: [UInt8], tag: [UInt8]) {
        guard key.bitCount == algorithm.keyLength * 8, vector.count == algorithm.vectorLength else {
            throw CryptoKitError.incorrectParameterSize
        }
        switch algorithm {
        case .a128GCM, .a192GCM, .a256GCM:
            let box = try AES.GCM.seal(
                content, using: key, nonce: try AES.GCM.Nonce(data: vector), authenticating: text)
            return ([UInt8](box.ciphertext), [UInt8](box.tag))
        case .a128CBCHS256, .a192CBCHS384, .a256CBCHS512:
            return try AuthenticatedCBC(key: key, algorithm).seal(content, vector: vector, authenticating: text)
        }
    }

    /// Opens; nil says that something was wrong and not what.
    static func open(
        _ ciphertext: [UInt8], tag: [UInt8], _ algorithm: ContentEncryptionAlgorithm, key: SymmetricKey,
        vector: [UInt8], authenticating text: [UInt8]
    ) -> [UInt8]? {
        guard key.bitCount == algorithm.keyLength * 8, vector.count == algorithm.vectorLength else { return nil }
        switch algorithm {
        case .a128GCM, .a192GCM, .a256GCM:
            guard tag.count == 16, let nonce = try? AES.GCM.Nonce(data: vector),
                let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: ciphertext, tag: tag),
                let content = try? AES.GCM.open(box, using: key, authenticating: text)
            else { return nil }
            return [UInt8](content)
        case .a128CBCHS256, .a192CBCHS384, .a256CBCHS512:
            return AuthenticatedCBC(key: key, algorithm)
                .open(ciphertext, tag: tag, vector: vector, authenticating: text)
        }
    }
}
