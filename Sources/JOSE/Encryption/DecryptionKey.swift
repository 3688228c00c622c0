public import Codecs
import Crypto
import CryptoExtras
public import Tokens

/// A key that opens what was encrypted with its one algorithm. Printing it prints no secret.
public struct DecryptionKey: Sendable, CustomStringConvertible {
    /// The encrypting half: for a shared secret the same key, which encrypts only where it may, else the public one.
    public let encryptionKey: EncryptionKey
    /// What the key says about itself.
    public let summary: DecryptionKeyDescription

    private let binding: EncryptionKeyBinding
    private let primitive: Primitive

    private enum Primitive: Sendable {
        case secret(SymmetricKey)
        case rsa(RSADecryption)
        case agreement(AgreementPrivateKey)
    }

    /// The private key or secret that a document gave.
    /// - Parameters:
    ///   - algorithm: what the key is for where it does not say so itself.
    ///   - encryption: for `dir`, the one content encryption that the key is for; nil takes any of its length.
    public init(
        _ key: DecodedKey, algorithm: KeyManagementAlgorithm? = nil, encryption: ContentEncryptionAlgorithm? = nil
    ) throws(KeyError) {
        binding = try EncryptionKeyBinding(certified: key, algorithm, encryption)
        encryptionKey = try EncryptionKey(ofAny: key, algorithm, encryption)
        guard key.material?.isPrivate == true else {
            throw KeyError(.notPrivate, "this \(key.description.summary) cannot decrypt: its private part is not here")
        }
        guard binding.allows(.decrypt, key.description) else {
            throw KeyError(
                .usage, "this \(key.description.summary) must not decrypt: its \"use\" or \"key_ops\" forbid it")
        }
        do {
            primitive = try Self.primitive(binding)
        } catch {
            throw KeyError(.malformed, "the numbers are no \(key.description.summary)")
        }
        summary = DecryptionKeyDescription(
            id: key.description.id, algorithm: binding.algorithm, encryption: binding.encryption, curve: binding.curve,
            length: binding.secretLength, mayDecrypt: true, summary: key.description.summary)
    }

    /// A private JWK, or a secret in a JWK.
    public init(jwk: JSONObject, algorithm: KeyManagementAlgorithm? = nil) throws(KeyError) {
        try self.init(
            try EncryptionKeyBinding.read(jwk, algorithm), algorithm: algorithm,
            encryption: EncryptionKeyBinding.encryption(jwk))
    }

    /// `kid`, or nil.
    public var id: ByteString? { summary.id }

    /// The algorithm it is for.
    public var algorithm: KeyManagementAlgorithm { binding.algorithm }

    /// The whole key as a JWK (RFC 7517). It is a secret.
    public var privateJWK: JSONObject { binding.jwk(id: id, withPrivatePart: true) }

    /// The same in words.
    public var description: String { "\(algorithm.rawValue) decryption key <redacted>" }

    /// The content encryption key of a token; nil when anything about it is wrong. Whoever asks goes on with a random
    /// key then, so that neither words nor time say at which step it failed (RFC 7516 §11.5).
    func contentKey(
        _ encrypted: [UInt8], _ parameters: KeyManagementParameters, _ encryption: ContentEncryptionAlgorithm
    ) -> SymmetricKey? {
        let key: SymmetricKey?
        switch (primitive, parameters) {
        case (.secret(let secret), .none):
            // RFC 7516 §5.2 step 10: with dir there is no encrypted key.
            guard algorithm != .direct else { return encrypted.isEmpty ? secret : nil }
            key = KeyWrapping.unwrap(encrypted, with: secret)
        case (.secret(let secret), .wrapping(let vector, let tag)):
            key = KeyWrapping.open(encrypted, tag: tag, with: secret, vector: vector)
        case (.secret(let password), .password(let salt, let iterations)):
            let wrapping = try? KeyWrapping.derive(algorithm, password: password, salt: salt, iterations: iterations)
            key = wrapping.flatMap { KeyWrapping.unwrap(encrypted, with: $0) }
        case (.rsa(let rsa), .none): key = rsa.decrypt(encrypted)
        case (.agreement(let own), .agreement(let other, let partyU, let partyV)):
            guard let secret = own.agree(with: other) else { return nil }
            let (name, length) = algorithm.agreedKey(encryption)
            let agreed = ConcatKDF.derive(
                from: secret, algorithm: name, partyUInfo: partyU, partyVInfo: partyV, length: length)
            guard algorithm != .ecdhES else { return encrypted.isEmpty ? agreed : nil }
            key = KeyWrapping.unwrap(encrypted, with: agreed)
        default: key = nil
        }
        // RFC 7516 §5.2 step 11: the key has just the length that "enc" wants.
        guard let key, key.bitCount == encryption.keyLength * 8 else { return nil }
        return key
    }

    private static func primitive(_ binding: EncryptionKeyBinding) throws -> Primitive {
        if let secret = binding.secret { return .secret(secret) }
        if let key = try binding.agreementKey() { return .agreement(key) }
        return .rsa(try RSADecryption(binding))
    }
}
