import Codecs
import Crypto
import CryptoExtras
import TestSupport
import Testing

@testable import JOSE
@testable import Tokens

/// C2SP/wycheproof's files for the primitives under encrypted tokens, through our own functions.
@Suite(.enabled(if: Vectors.arePresent, "\(Vectors.absence)")) struct WycheproofCipherTests {
    struct Tally {
        var accepted = 0
        var refused = 0
        var leftOut = 0
        var wrong: [Int64] = []

        mutating func note(_ test: WycheproofCase, accepted isAccepted: Bool, wanted: Bool) {
            if isAccepted != wanted { wrong.append(test.id) } else if isAccepted { accepted += 1 } else { refused += 1 }
        }

        func check(_ name: String, total: Int, leftOutBecause reason: String = "none") {
            print(
                "Wycheproof \(name): \(accepted) accepted, \(refused) refused, \(leftOut) left out (\(reason)), wrong: \(wrong)"
            )
            #expect(accepted + refused + leftOut == total)
            #expect(wrong == [])
        }
    }

    @Test(arguments: [
        ("a128cbc_hs256", ContentEncryptionAlgorithm.a128CBCHS256), ("a192cbc_hs384", .a192CBCHS384),
        ("a256cbc_hs512", .a256CBCHS512),
    ])
    func `AES-CBC with HMAC`(name: String, algorithm: ContentEncryptionAlgorithm) throws {
        var tally = Tally()
        for group in try Vectors.wycheproof("jose/\(name)_test.json") {
            for test in group.cases { try seal(test, algorithm, &tally) }
        }
        tally.check(name, total: 94)
    }

    @Test func `AES-GCM`() throws {
        var tally = Tally()
        for group in try Vectors.wycheproof("primitives/aes_gcm_test.json") {
            let bits = group.json["keySize"]?.int64
            let algorithm: ContentEncryptionAlgorithm = bits == 128 ? .a128GCM : bits == 192 ? .a192GCM : .a256GCM
            for test in group.cases {
                guard group.json["ivSize"]?.int64 == 96, group.json["tagSize"]?.int64 == 128 else {
                    tally.leftOut += 1
                    continue
                }
                try seal(test, algorithm, &tally)
            }
        }
        tally.check("aes_gcm", total: 316, leftOutBecause: "vector not of 96 bits")
    }

    private func seal(_ test: WycheproofCase, _ algorithm: ContentEncryptionAlgorithm, _ tally: inout Tally) throws {
        let key = SymmetricKey(data: try test.hex("key"))
        let vector = try test.hex("iv")
        let text = try test.hex("aad")
        let content = ContentCipher.open(
            try test.hex("ct"), tag: try test.hex("tag"), algorithm, key: key, vector: vector, authenticating: text)
        tally.note(test, accepted: content != nil, wanted: test.result == "valid")
        guard test.result == "valid" else { return }
        #expect(content == (try test.hex("msg")))
        let sealed = try ContentCipher.seal(
            try test.hex("msg"), algorithm, key: key, vector: vector, authenticating: text)
        #expect(sealed.ciphertext == (try test.hex("ct")))
        #expect(sealed.tag == (try test.hex("tag")))
    }

    @Test func `AES Key Wrap`() throws {
        var tally = Tally()
        for group in try Vectors.wycheproof("primitives/aes_wrap_test.json") {
            for test in group.cases {
                let wrapped = try test.hex("ct")
                guard wrapped.count <= 72 else {
                    tally.leftOut += 1
                    continue
                }
                let key = SymmetricKey(data: try test.hex("key"))
                let content = KeyWrapping.unwrap(wrapped, with: key).map { $0.withUnsafeBytes { Array($0) } }
                tally.note(test, accepted: content != nil, wanted: test.result == "valid")
                guard test.result == "valid" else { continue }
                #expect(content == (try test.hex("msg")))
                #expect(try KeyWrapping.wrap(SymmetricKey(data: try test.hex("msg")), with: key) == wrapped)
            }
        }
        tally.check("aes_wrap", total: 165, leftOutBecause: "longer than any content encryption key")
    }

    @Test(arguments: [("sha1_mgf1sha1", 36), ("sha256_mgf1sha256", 37)])
    func `RSA-OAEP`(name: String, total: Int) throws {
        var tally = Tally()
        for group in try Vectors.wycheproof("primitives/rsa_oaep_2048_\(name)_test.json") {
            let jwk = try #require(group.json["privateKeyJwk"]?.object)
            let key = try RSADecryption(try EncryptionKeyBinding(try JWKReader.key(jwk), nil, nil))
            for test in group.cases {
                guard try test.hex("label").isEmpty else {
                    tally.leftOut += 1
                    continue
                }
                let content = key.decrypt(try test.hex("ct")).map { $0.withUnsafeBytes { Array($0) } }
                tally.note(test, accepted: content != nil, wanted: test.result == "valid")
                if test.result == "valid" { #expect(content == (try test.hex("msg"))) }
            }
        }
        tally.check("rsa_oaep \(name)", total: total, leftOutBecause: "JOSE has no label")
    }

    @Test(arguments: [
        ("x25519_jwk", 531), ("ecdh_secp256r1_webcrypto", 353), ("ecdh_secp384r1_webcrypto", 794),
        ("ecdh_secp521r1_webcrypto", 655),
    ])
    func `Diffie-Hellman`(name: String, total: Int) throws {
        var tally = Tally()
        for group in try Vectors.wycheproof("jose/\(name)_test.json") {
            for test in group.cases {
                let shared = try test.hex("shared")
                // RFC 7748 §6.1: what everybody can compute is no secret.
                let isZero = name == "x25519_jwk" && shared.allSatisfy { $0 == 0 }
                var secret: [UInt8]?
                if let jwk = test.json["public"]?.object, let other = try? EphemeralPublicKey(jwk),
                    let own = test.json["private"]?.object,
                    let binding = try? EncryptionKeyBinding(try JWKReader.key(own), .ecdhES, nil),
                    let key = try? binding.agreementKey()
                {
                    secret = key.agree(with: other).map { $0.withUnsafeBytes { Array($0) } }
                }
                tally.note(test, accepted: secret != nil, wanted: test.result != "invalid" && !isZero)
                if let secret { #expect(secret == shared) }
            }
        }
        tally.check(name, total: total)
    }

    @Test(arguments: [
        ("256", 60, KDF.Insecure.PBKDF2.HashFunction.sha256), ("384", 58, .sha384), ("512", 58, .sha512),
    ])
    func `PBKDF2`(name: String, total: Int, hash: KDF.Insecure.PBKDF2.HashFunction) throws {
        var tally = Tally()
        for group in try Vectors.wycheproof("primitives/pbkdf2_hmacsha\(name)_test.json") {
            for test in group.cases {
                let key = try KeyWrapping.stretch(
                    SymmetricKey(data: try test.hex("password")), salt: try test.hex("salt"),
                    Int(try #require(test.json["iterationCount"]?.int64)), hash,
                    length: Int(try #require(test.json["dkLen"]?.int64)))
                tally.note(test, accepted: key.withUnsafeBytes { Array($0) } == (try test.hex("dk")), wanted: true)
            }
        }
        tally.check("pbkdf2 \(name)", total: total)
    }
}
