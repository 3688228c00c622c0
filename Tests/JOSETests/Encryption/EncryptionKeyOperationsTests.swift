import Codecs
import JOSE
import TestSupport
import Testing
import Tokens

/// `key_ops` binds keys whose algorithm the caller adds, as it binds those that say it themselves.
@Suite struct EncryptionKeyOperationsTests {
    private static let names: [ByteString] = [
        "sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits",
    ]

    /// The names that let a key decrypt, and those that let its other half encrypt.
    private static func names(_ algorithm: KeyManagementAlgorithm) -> (own: [ByteString], other: [ByteString]) {
        switch algorithm {
        case .direct: (["decrypt"], ["encrypt"])
        case .a128KW, .a192KW, .a256KW: (["unwrapKey"], ["wrapKey"])
        case .a128GCMKW, .a192GCMKW, .a256GCMKW, .rsaOAEP, .rsaOAEP256:
            (["unwrapKey", "decrypt"], ["wrapKey", "encrypt"])
        default: (["deriveKey", "deriveBits"], ["deriveKey", "deriveBits"])
        }
    }

    @Test(arguments: EncryptionKeys.all) func `a name that does not fit forbids`(key: DecryptionKey) throws {
        let expected = Self.names(key.algorithm)
        for name in Self.names {
            var jwk = key.privateJWK
            jwk["alg"] = nil
            jwk["use"] = nil
            jwk["key_ops"] = [.string(name)]
            let decrypts = Keys.complaint { () throws(KeyError) in
                _ = try DecryptionKey(jwk: jwk, algorithm: key.algorithm)
            }
            let encrypts = Keys.complaint { () throws(KeyError) in
                _ = try EncryptionKey(jwk: jwk, algorithm: key.algorithm)
            }
            let isSecret = jwk["kty"]?.string == "oct"
            let pair = isSecret ? expected.other : expected.other + expected.own
            #expect(decrypts == (expected.own.contains(name) ? nil : .usage), "\(name.text)")
            #expect(encrypts == (pair.contains(name) ? nil : .usage), "\(name.text)")
            guard !isSecret else { continue }
            // Read before anybody says for which algorithm.
            let open = try JWKReader.key(jwk)
            let opens = Keys.complaint { () throws(KeyError) in
                _ = try DecryptionKey(open, algorithm: key.algorithm)
            }
            #expect(opens == decrypts, "\(name.text)")
            for member: ByteString in ["d", "p", "q", "dp", "dq", "qi"] { jwk[member] = nil }
            let half = Keys.complaint { () throws(KeyError) in
                _ = try EncryptionKey(jwk: jwk, algorithm: key.algorithm)
            }
            #expect(half == (expected.other.contains(name) ? nil : .usage), "\(name.text)")
        }
    }

    @Test func `a secret that may only decrypt encrypts by no way`() throws {
        for algorithm in [KeyManagementAlgorithm.a256KW, .a256GCMKW] {
            var jwk = try EncryptionKeys.key(algorithm).privateJWK
            jwk["use"] = nil
            jwk["key_ops"] = ["unwrapKey"]
            let key = try DecryptionKey(jwk: jwk)
            #expect(!key.encryptionKey.mayEncrypt)
            let code = Keys.complaint { () throws(KeyError) in
                _ = try TokenEncrypter(key: key.encryptionKey, encryption: .a128GCM)
            }
            #expect(code == .usage)
        }
    }

    @Test func `the public half of a key that may only decrypt encrypts`() throws {
        for algorithm in [KeyManagementAlgorithm.rsaOAEP256, .ecdhES] {
            var jwk = try EncryptionKeys.key(algorithm).privateJWK
            jwk["key_ops"] = algorithm == .ecdhES ? ["deriveBits"] : ["decrypt"]
            let half = try #require(try KeyDocument(try JWKReader.key(jwk)).publicHalf)
            #expect(half.description.mayEncrypt && !half.description.mayDecrypt)
            #expect(Keys.complaint { () throws(KeyError) in _ = try EncryptionKey(half) } == nil)
        }
    }
}
