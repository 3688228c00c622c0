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
}
