public import Codecs
import Crypto
public import Tokens

/// A key that tokens can be encrypted for, with its one algorithm. Printing it prints no secret.
///
/// With `dir` and AES-GCM the same key encrypts every token under a random vector of 96 bits: change it before 2^32
/// tokens have been made (NIST SP 800-38D §8.3). The same holds for the A*GCMKW keys. All other algorithms take a new
/// content encryption key for every token and have no such bound.
public struct EncryptionKey: Sendable, CustomStringConvertible {
    /// `kid`, or nil.
    public let id: ByteString?
    /// Whether its `use` and `key_ops` let it encrypt; only the half of a secret that may decrypt alone must not.
    public let mayEncrypt: Bool

    let binding: EncryptionKeyBinding
    private let primitive: Primitive

    private enum Primitive: Sendable {
        case secret(SymmetricKey)
        case rsa(RSAEncryption)
        case agreement(EphemeralPublicKey)
    }

    /// The public key or secret that a document gave.
    /// - Parameters:
    ///   - algorithm: what the key is for where it does not say so itself.
    ///   - encryption: for `dir`, the one content encryption that the key is for; nil takes any of its length.
    public init(
        _ key: DecodedKey, algorithm: KeyManagementAlgorithm? = nil, encryption: ContentEncryptionAlgorithm? = nil
    ) throws(KeyError) {
        try self.init(ofAny: key, algorithm, encryption)
        guard mayEncrypt else {
            throw KeyError(
                .usage, "this \(key.description.summary) must not encrypt: its \"use\" or \"key_ops\" forbid it")
        }
    }

    /// The encrypting half of a key that may be for decrypting alone.
    init(
        ofAny key: DecodedKey, _ algorithm: KeyManagementAlgorithm?, _ encryption: ContentEncryptionAlgorithm?
    ) throws(KeyError) {
        id = key.description.id
        binding = try EncryptionKeyBinding(certified: key, algorithm, encryption)
        mayEncrypt = binding.allows(.encrypt, key.description)
        do {
            if let secret = binding.secret {
                primitive = .secret(secret)
            } else if let point = try binding.agreementPoint() {
                primitive = .agreement(point)
            } else {
                primitive = .rsa(try RSAEncryption(binding))
            }
        } catch {
            throw KeyError(.malformed, "the numbers are no \(key.description.summary)")
        }
    }

    /// A public JWK, or a secret in a JWK.
    public init(jwk: JSONObject, algorithm: KeyManagementAlgorithm? = nil) throws(KeyError) {
        try self.init(
            try EncryptionKeyBinding.read(jwk, algorithm), algorithm: algorithm,
            encryption: EncryptionKeyBinding.encryption(jwk))
    }

    /// The algorithm it is for.
    public var algorithm: KeyManagementAlgorithm { binding.algorithm }

    /// The public key as a JWK (RFC 7517); nil for a shared secret, which has no public form.
    public var publicJWK: JSONObject? {
        binding.secret == nil ? binding.jwk(id: id, withPrivatePart: false) : nil
    }

    /// The same in words.
    public var description: String { "\(algorithm.rawValue) encryption key <redacted>" }

    /// Whether the content encryption key is this key itself, or agreed on with it: then there can be one recipient only.
    var isDirect: Bool { algorithm == .direct || algorithm == .ecdhES }

    /// The content encryption key of one token, its encrypted form, and what the header must tell of it.
    func wrap(
        _ encryption: ContentEncryptionAlgorithm, header: JSONObject, with ingredients: EncryptionIngredients
    ) throws -> (contentKey: SymmetricKey, encrypted: [UInt8], parameters: JSONObject) {
        func text(_ bytes: [UInt8]) -> JSON { .string(ByteString(utf8: Base64URL.encodeBytes(bytes))) }
        let fresh = ingredients.contentKey ?? SymmetricKey(data: RandomBytes.make(count: encryption.keyLength))
        switch primitive {
        case .rsa(let rsa): return (fresh, try rsa.encrypt(fresh), [:])
        case .agreement(let point):
            let ephemeral = ingredients.ephemeralKey ?? AgreementPrivateKey(curve: point.curve)
            guard let secret = ephemeral.agree(with: point) else { throw CryptoKitError.incorrectParameterSize }
            let (name, length) = algorithm.agreedKey(encryption)
            let parameters: JSONObject = ["epk": .object(ephemeral.publicKey.jwk)]
            let agreed = ConcatKDF.derive(
                from: secret, algorithm: name, partyUInfo: try info("apu", header),
                partyVInfo: try info("apv", header), length: length)
            guard algorithm != .ecdhES else { return (agreed, [], parameters) }
            return (fresh, try KeyWrapping.wrap(fresh, with: agreed), parameters)
        case .secret(let secret):
            switch algorithm {
            case .direct: return (secret, [], [:])
            case .a128GCMKW, .a192GCMKW, .a256GCMKW:
                let vector = ingredients.wrappingVector ?? RandomBytes.make(count: 12)
                let sealed = try KeyWrapping.seal(fresh, with: secret, vector: vector)
                return (fresh, sealed.wrapped, ["iv": text(vector), "tag": text(sealed.tag)])
            case .pbes2HS256A128KW, .pbes2HS384A192KW, .pbes2HS512A256KW:
                let salt = ingredients.salt ?? RandomBytes.make(count: 16)
                let iterations = ingredients.iterations ?? TokenEncrypter.defaultIterations
                let key = try KeyWrapping.derive(algorithm, password: secret, salt: salt, iterations: iterations)
                return (
                    fresh, try KeyWrapping.wrap(fresh, with: key),
                    ["p2s": text(salt), "p2c": .number(JSONNumber(Int64(iterations)))]
                )
            default: return (fresh, try KeyWrapping.wrap(fresh, with: secret), [:])
            }
        }
    }

    private func info(_ name: ByteString, _ header: JSONObject) throws -> [UInt8] {
        guard let value = header[name] else { return [] }
        guard let text = value.string, let bytes = try? Base64URL.decode(text.bytes),
            bytes.count <= KeyManagementParameters.maximumInfoSize
        else { throw CryptoKitError.incorrectParameterSize }
        return bytes
    }
}

/// What chance gives to a token. Empty but in tests, which repeat other people's tokens byte for byte.
struct EncryptionIngredients {
    var contentKey: SymmetricKey?
    var vector: [UInt8]?
    var ephemeralKey: AgreementPrivateKey?
    var wrappingVector: [UInt8]?
    var salt: [UInt8]?
    var iterations: Int?
}
