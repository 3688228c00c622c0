import Codecs
import JOSE
import Testing
import Tokens

struct TokenEncrypterTests {
    static let content = Array("Live long and prosper.".utf8)

    @Test(arguments: EncryptionKeys.all) func `every algorithm opens what it made, in every form`(
        key: DecryptionKey
    ) throws {
        let decrypter = TokenDecrypter(keys: [key], policy: EncryptionKeys.policy)
        for encryption in ContentEncryptionAlgorithm.allCases {
            guard let encrypter = try? TokenEncrypter(key: key.encryptionKey, encryption: encryption, iterations: 1_000)
            else {
                #expect(key.algorithm == .direct && key.summary.encryption != encryption)
                continue
            }
            let compact = try encrypter.encrypt(Self.content)
            let opened = try decrypter.decrypt(compact)
            #expect(opened.bytes == Self.content)
            #expect(opened.encryption == encryption && opened.algorithm == key.algorithm)
            #expect(opened.protectedHeader["zip"] == nil)
            guard encryption == .a128GCM || key.algorithm == .direct else { continue }
            let json = try encrypter.encryptJSON(Self.content, unprotected: ["x": "y"], additionalData: [1, 2, 3])
            let read = try decrypter.decrypt(json: JSONWriter.write(json))
            #expect(read.bytes == Self.content && read.additionalData == [1, 2, 3])
        }
    }

    @Test func `a generated key says what it is for, and reads back`() throws {
        for key in EncryptionKeys.all {
            let jwk = key.privateJWK
            #expect(jwk["use"] == "enc")
            #expect(jwk["alg"] != nil && jwk["kid"] != nil)
            let read = try DecryptionKey(jwk: jwk)
            #expect(read.summary.algorithm == key.algorithm && read.summary.encryption == key.summary.encryption)
            let encryption = key.summary.encryption ?? .a256GCM
            let token = try TokenEncrypter(key: key.encryptionKey, encryption: encryption, iterations: 1_000).encrypt(
                Self.content)
            #expect(EncryptionKeys.code(token, [read]) == nil)
            if let publicJWK = key.encryptionKey.publicJWK {
                #expect(publicJWK["d"] == nil && publicJWK["p"] == nil)
                #expect(try EncryptionKey(jwk: publicJWK).algorithm == key.algorithm)
                #expect(Keys.complaint { () throws(KeyError) in _ = try DecryptionKey(jwk: publicJWK) } == .notPrivate)
            }
        }
    }

    @Test func `nothing of a key is printed`() throws {
        for key in EncryptionKeys.all {
            #expect("\(key)".hasSuffix("decryption key <redacted>"))
            #expect("\(key.encryptionKey)".hasSuffix("encryption key <redacted>"))
        }
    }

    @Test func `several recipients open one token, each with its own key`() throws {
        let keys = try [KeyManagementAlgorithm.rsaOAEP256, .ecdhESA256KW, .a128KW, .a256GCMKW].map(EncryptionKeys.key)
        let json = try TokenEncrypter(recipients: keys.map(\.encryptionKey), encryption: .a256CBCHS512)
            .encryptJSON(Self.content, header: ["cty": "text"])
        let text = JSONWriter.write(json)
        for key in keys {
            #expect(
                try TokenDecrypter(keys: [key], policy: EncryptionKeys.policy).decrypt(json: text).bytes == Self.content
            )
        }
        #expect(EncryptionKeys.code(text, [try DecryptionKey.generate(.a128KW)], isJSON: true) == .keyUnknown)
    }

    @Test func `dir and ECDH-ES have one recipient`() throws {
        let keys = [try EncryptionKeys.key(.ecdhES), try EncryptionKeys.key(.a128KW)].map(\.encryptionKey)
        #expect(
            Keys.complaint { () throws(KeyError) in
                _ = try TokenEncrypter(recipients: keys, encryption: .a128GCM)
            } == .usage)
    }

    /// RFC 8725 §3.6: what is compressed tells of itself by its length. J102.
    @Test func `nothing is compressed, and no header lies`() throws {
        let encrypter = try TokenEncrypter(
            key: try EncryptionKeys.key(.a128KW).encryptionKey, encryption: .a128GCM, iterations: 1_000)
        for header: JSONObject in [["zip": "DEF"], ["crit": ["x"]], ["alg": "dir"], ["enc": "A256GCM"]] {
            #expect(throws: EncryptionError.self) { try encrypter.encrypt(Self.content, header: header) }
        }
        #expect(throws: EncryptionError.self) { try encrypter.encrypt(signed: Self.content) }
        #expect(throws: EncryptionError.self) {
            try encrypter.encryptJSON(Self.content, header: ["a": 1], unprotected: ["a": 1])
        }
    }

    /// Two tokens with one content have nothing in common but their header. J101.
    @Test func `vectors and content keys are new each time`() throws {
        for key in EncryptionKeys.all where key.algorithm != .direct || key.summary.encryption == .a256GCM {
            let encrypter = try TokenEncrypter(key: key.encryptionKey, encryption: .a256GCM, iterations: 1_000)
            var seen: Set<[UInt8]> = []
            for _ in 0..<8 where key.algorithm.rawValue.hasPrefix("PBES2") == false || seen.count < 2 {
                let token = try EncodedEncryptedToken(try encrypter.encrypt(Self.content))
                #expect(seen.insert(Array(token.bytes[token.initializationVector])).inserted)
                #expect(token.initializationVector.count == 16)
            }
        }
    }
}
