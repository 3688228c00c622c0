import Codecs
import JOSE
import TestSupport
import Tokens

/// One key for each way of encrypting a key, made once, and the reading of other people's keys.
enum EncryptionKeys {
    static let all: [DecryptionKey] = {
        var keys: [DecryptionKey] = []
        for algorithm in KeyManagementAlgorithm.allCases where algorithm != .direct {
            guard algorithm.rawValue.hasPrefix("ECDH-ES") else {
                if let key = try? DecryptionKey.generate(algorithm) { keys.append(key) }
                continue
            }
            for curve in AgreementCurve.allCases {
                if let key = try? DecryptionKey.generate(algorithm, curve: curve) { keys.append(key) }
            }
        }
        for encryption in ContentEncryptionAlgorithm.allCases {
            if let key = try? DecryptionKey.generate(.direct, encryption: encryption) { keys.append(key) }
        }
        return keys
    }()

    static func key(_ algorithm: KeyManagementAlgorithm) throws -> DecryptionKey {
        guard let key = all.first(where: { $0.algorithm == algorithm }) else {
            throw KeyError(.unsupported, algorithm.rawValue)
        }
        return key
    }

    /// All that is supported.
    static let policy = DecryptionPolicy(
        keyManagement: KeyManagementAlgorithm.allCases, contentEncryption: ContentEncryptionAlgorithm.allCases,
        acceptsCompression: true)

    /// The code of the refusal; nil when the token is opened.
    static func code(
        _ token: some Sequence<UInt8>, _ keys: [DecryptionKey], policy: DecryptionPolicy = policy, isJSON: Bool = false
    ) -> RejectionCode? {
        let decrypter = TokenDecrypter(keys: keys, policy: policy)
        do throws(TokenRejection) {
            _ = isJSON ? try decrypter.decrypt(json: Array(token)) : try decrypter.decrypt(Array(token))
            return nil
        } catch {
            return error.code
        }
    }

    /// A key that somebody else wrote, for the algorithm that it or the file beside it names.
    static func decoded(_ jwk: JSONObject, algorithm: KeyManagementAlgorithm? = nil) throws -> DecodedKey {
        func bytes(_ name: ByteString) throws -> [UInt8]? { try jwk[name]?.string.map { try Base64URL.decode($0.bytes) } }
        let material: KeyMaterial?
        switch (jwk["kty"]?.string, jwk["crv"]?.string) {
        case ("oct", _): material = .secret(try bytes("k") ?? [])
        case ("RSA", _):
            var part: RSAPrivatePart?
            if let d = try bytes("d"), let p = try bytes("p"), let q = try bytes("q") {
                part = RSAPrivatePart(exponent: d, prime1: p, prime2: q)
            }
            material = .rsa(modulus: try bytes("n") ?? [], exponent: try bytes("e") ?? [], privatePart: part)
        case ("EC", let curve):
            let curve = EllipticCurve.allCases.first { curve == ByteString($0.rawValue) } ?? .secp256k1
            material = .elliptic(curve, x: try bytes("x") ?? [], y: try bytes("y") ?? [], scalar: try bytes("d"))
        case ("OKP", "X25519"):
            material = .octetPair(.x25519, publicKey: try bytes("x") ?? [], privateKey: try bytes("d"))
        default: material = nil
        }
        var keyManagement = jwk["alg"]?.string.flatMap { KeyManagementAlgorithm(name: $0) }
        if jwk["alg"]?.string.flatMap({ ContentEncryptionAlgorithm(name: $0) }) != nil { keyManagement = .direct }
        if let alg = jwk["alg"]?.string, keyManagement == nil { throw KeyError(.unsupported, alg.text) }
        return DecodedKey(
            description: KeyDescription(
                id: jwk["kid"]?.string, algorithm: nil, keyManagement: keyManagement ?? algorithm, mayVerify: false,
                maySign: false, mayEncrypt: true, mayDecrypt: true, signatureLength: nil,
                isPrivate: material?.isPrivate ?? false, summary: "a key"),
            material: material)
    }
}
