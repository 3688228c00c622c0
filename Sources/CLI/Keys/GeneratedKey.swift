import ArgumentParser
import Codecs
import JOSE
import Tokens

/// What a new key is for: signatures or encryption.
enum KeyAlgorithm: ExpressibleByArgument {
    case signature(SignatureAlgorithm)
    case keyManagement(KeyManagementAlgorithm)

    init?(argument: String) {
        if let name = SignatureAlgorithmName(argument: argument) {
            self = .signature(name.algorithm)
        } else if let algorithm = KeyManagementAlgorithm(argument: argument) {
            self = .keyManagement(algorithm)
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] {
        SignatureAlgorithm.allCases.map(\.rawValue) + KeyManagementAlgorithm.allCases.map(\.rawValue)
    }

    /// The same as a purpose of a key.
    var purpose: KeyPurpose {
        switch self {
        case .signature(let algorithm): .signature(algorithm)
        case .keyManagement(let algorithm): .keyManagement(algorithm)
        }
    }

    /// Whether a key is for this.
    func isAlgorithm(of key: KeyDescription) -> Bool {
        switch self {
        case .signature(let algorithm): key.algorithm == algorithm
        case .keyManagement(let algorithm): key.keyManagement == algorithm
        }
    }

    /// Whether the key has a modulus.
    var isRSA: Bool {
        switch self {
        case .signature(let algorithm): algorithm.family == .rsaPKCS1 || algorithm.family == .rsaPSS
        case .keyManagement(let algorithm): algorithm == .rsaOAEP || algorithm == .rsaOAEP256
        }
    }

    /// Whether the key may be on one of several curves.
    var isAgreement: Bool {
        if case .keyManagement(let algorithm) = self { algorithm.isAgreement } else { false }
    }

    /// Whether the key is a content encryption key itself.
    var isDirect: Bool {
        if case .keyManagement(.direct) = self { true } else { false }
    }
}

/// A new key in the forms in which it is written.
struct GeneratedKey {
    let privateJWK: JSONObject
    /// Nil for a shared secret.
    let publicJWK: JSONObject?
    /// PKCS#8; nil for a shared secret.
    let privatePEM: String?
    /// SPKI; nil for a shared secret.
    let publicPEM: String?

    /// Generates a key; what does not concern the algorithm is not looked at.
    init(
        _ algorithm: KeyAlgorithm, id: ByteString?, modulusSize: Int, curve: AgreementCurve,
        encryption: ContentEncryptionAlgorithm?
    ) throws(KeyError) {
        switch algorithm {
        case .signature(let algorithm):
            let key = try SigningKey.generate(algorithm, id: id, modulusSize: modulusSize)
            privateJWK = key.privateJWK
            publicJWK = key.verificationKey.publicJWK
            privatePEM = key.privatePEM
            publicPEM = key.verificationKey.publicPEM
        case .keyManagement(let algorithm):
            let key = try DecryptionKey.generate(
                algorithm, encryption: encryption, curve: curve, modulusSize: modulusSize, id: id)
            privateJWK = key.privateJWK
            publicJWK = key.encryptionKey.publicJWK
            guard publicJWK != nil else {
                privatePEM = nil
                publicPEM = nil
                return
            }
            let document = try KeyDocument(try JWKReader.key(key.privateJWK, purpose: nil))
            privatePEM = document.pem(.pkcs8)
            publicPEM = document.pem(.spki)
        }
    }
}
