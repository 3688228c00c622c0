import Crypto
import CryptoExtras
import Tokens

/// AES-CBC and HMAC, the tag over everything (RFC 7518 §5.2).
struct AuthenticatedCBC {
    private let algorithm: ContentEncryptionAlgorithm
    private let macKey: SymmetricKey
    private let cipherKey: SymmetricKey

    /// The first half of the key authenticates, the second encrypts (RFC 7518 §5.2.2.1).
    init(key: SymmetricKey, _ algorithm: ContentEncryptionAlgorithm) {
        self.algorithm = algorithm
        let half = algorithm.keyLength / 2
        (macKey, cipherKey) = key.withUnsafeBytes { bytes in
            (SymmetricKey(data: bytes.prefix(half)), SymmetricKey(data: bytes.dropFirst(half)))
        }
    }

    func seal(
        _ content: [UInt8], vector: [UInt8], authenticating text: [UInt8]
    ) throws -> (ciphertext: [UInt8], tag: [UInt8]) {
        let ciphertext = [UInt8](
            try AES._CBC.encrypt(content, using: cipherKey, iv: try AES._CBC.IV(ivBytes: vector)))
        return (ciphertext, tag(over: ciphertext, vector: vector, text: text))
    }

    /// The tag is compared first, in constant time: what is not authentic is never decrypted, so its padding tells
    /// nothing.
    func open(_ ciphertext: [UInt8], tag: [UInt8], vector: [UInt8], authenticating text: [UInt8]) -> [UInt8]? {
        let expected = self.tag(over: ciphertext, vector: vector, text: text)
        guard tag.count == expected.count else { return nil }
        let difference = zip(tag, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        guard difference == 0, let vector = try? AES._CBC.IV(ivBytes: vector),
            let content = try? AES._CBC.decrypt(ciphertext, using: cipherKey, iv: vector)
        else { return nil }
        return [UInt8](content)
    }

    private func tag(over ciphertext: [UInt8], vector: [UInt8], text: [UInt8]) -> [UInt8] {
        let length = ContentEncryptionAlgorithm.lengthBlock(text)
        switch algorithm {
        case .a192CBCHS384: return Self.mac(HMAC<SHA384>(key: macKey), [text, vector, ciphertext, length], 24)
        case .a256CBCHS512: return Self.mac(HMAC<SHA512>(key: macKey), [text, vector, ciphertext, length], 32)
        default: return Self.mac(HMAC<SHA256>(key: macKey), [text, vector, ciphertext, length], 16)
        }
    }

    private static func mac<Hash: HashFunction>(
        _ keyed: HMAC<Hash>, _ parts: [[UInt8]], _ length: Int
    ) -> [UInt8] {
        var mac = keyed
        for part in parts { mac.update(data: part) }
        return Array(mac.finalize().prefix(length))
    }
}
