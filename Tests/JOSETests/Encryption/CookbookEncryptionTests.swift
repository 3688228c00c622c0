import Codecs
import Crypto
import TestSupport
import Testing

@testable import JOSE
@testable import Tokens

/// The encrypted tokens of RFC 7520 section 5 and their companions, in every form, from the vectors folder.
@Suite(.enabled(if: Vectors.arePresent, "\(Vectors.absence)")) struct CookbookEncryptionTests {
    struct Example {
        let json: JSONObject

        init(_ path: String) throws {
            json = try JSONReader.read(try Vectors.bytes("jose-cookbook/\(path)")).object ?? [:]
        }

        init(json: JSONObject) { self.json = json }

        func member(_ path: ByteString...) -> JSON? {
            path.reduce(JSON.object(json)) { value, name in value.object?[name] ?? .null }
        }

        func bytes(_ path: ByteString...) throws -> [UInt8]? {
            let value = path.reduce(JSON.object(json)) { value, name in value.object?[name] ?? .null }
            return try value.string.map { try Base64URL.decode($0.bytes) }
        }

        /// The keys: JWKs, or a password.
        func keys() throws -> [DecryptionKey] {
            if let password = member("input", "pwd")?.string {
                let key: JSONObject = ["kty": "oct", "k": .string(ByteString(Base64URL.encode(password.bytes)))]
                return [try decryptionKey(key, member("input", "alg"))]
            }
            let keys = member("input", "key")?.array ?? [member("input", "key") ?? .null]
            let algorithms = member("input", "alg")?.array ?? [member("input", "alg") ?? .null]
            return try zip(keys, algorithms).compactMap { key, algorithm in
                algorithm == "RSA1_5" ? nil : try decryptionKey(key.object ?? [:], algorithm)
            }
        }

        private func decryptionKey(_ jwk: JSONObject, _ algorithm: JSON?) throws -> DecryptionKey {
            let algorithm = algorithm?.string.flatMap { KeyManagementAlgorithm(name: $0) }
            return try DecryptionKey(jwk: jwk, algorithm: algorithm)
        }

        func open(_ form: ByteString, _ decrypter: TokenDecrypter) throws -> [UInt8]? {
            guard let token = member("output", form), token != .null else { return nil }
            if let compact = token.string { return try decrypter.decrypt(compact.bytes).bytes }
            return try decrypter.decrypt(json: JSONWriter.write(token)).bytes
        }
    }

    @Test func `every example opens in every form`() throws {
        var opened = 0
        var refused = 0
        for path in try Vectors.names(in: "jose-cookbook/jwe").map({ "jwe/\($0)" }) + ["curve25519/ecdh-es.json"] {
            let example = try Example(path)
            let decrypter = TokenDecrypter(keys: try example.keys(), policy: EncryptionKeys.policy)
            for form: ByteString in ["compact", "json", "json_flat"] {
                guard let token = example.member("output", form), token != .null else { continue }
                guard example.member("input", "alg") != "RSA1_5" else {
                    // 5.1: never accepted, by anyone.
                    let text = token.string?.bytes ?? JSONWriter.write(token)
                    let code = EncryptionKeys.code(text, EncryptionKeys.all, isJSON: token.string == nil)
                    #expect(code == .algorithmUnsupported)
                    refused += 1
                    continue
                }
                let content = try example.open(form, decrypter)
                #expect(content == example.member("input", "plaintext")?.string?.bytes, "\(path) \(form)")
                opened += 1
            }
        }
        print("Cookbook JWE: \(opened) serialisations opened, \(refused) refused for RSA1_5")
        #expect(opened == 34)
        #expect(refused == 3)
    }

    @Test func `each of several recipients opens the same token`() throws {
        let example = try Example("jwe/5_13.encrypting_to_multiple_recipients.json")
        for key in try example.keys() {
            let decrypter = TokenDecrypter(keys: [key], policy: EncryptionKeys.policy)
            #expect(try example.open("json", decrypter) == example.member("input", "plaintext")?.string?.bytes)
        }
    }

    /// Given the same content key, vectors and salt, the same bytes come out.
    @Test func `examples that can be repeated are repeated byte for byte`() throws {
        var repeated: [String] = []
        for name in try Vectors.names(in: "jose-cookbook/jwe") {
            let example = try Example("jwe/\(name)")
            // 5.1 is RSA1_5; 5.9 is compressed, which nothing here is.
            guard example.member("reproducible") == true, !name.hasPrefix("5_1."), !name.hasPrefix("5_9.") else {
                continue
            }
            let key = try #require(try example.keys().first)
            let encryption = try #require(
                example.member("input", "enc")?.string.flatMap { ContentEncryptionAlgorithm(name: $0) })
            let encrypter = try TokenEncrypter(key: key.encryptionKey, encryption: encryption)
            let ingredients = EncryptionIngredients(
                contentKey: try example.bytes("generated", "cek").map { SymmetricKey(data: $0) },
                vector: try example.bytes("generated", "iv"), wrappingVector: try example.bytes("encrypting_key", "iv"),
                salt: try example.bytes("encrypting_key", "salt"),
                iterations: example.member("encrypting_key", "iteration_count")?.int64.map { Int($0) })
            let plaintext = try #require(example.member("input", "plaintext")?.string).bytes
            let header = example.member("encrypting_content", "protected")?.object ?? [:]
            if let compact = example.member("output", "compact")?.string {
                let token = try encrypter.encrypt(plaintext, header: header, with: ingredients)
                #expect(ByteString(utf8: token) == compact, "\(name)")
            }
            let unprotected = example.member("encrypting_content", "unprotected")?.object ?? [:]
            for form: ByteString in ["json", "json_flat"] {
                let wanted = try #require(example.member("output", form)?.object)
                let made = try encrypter.encryptJSON(
                    plaintext, header: header, unprotected: unprotected,
                    additionalData: example.member("input", "aad")?.string?.bytes,
                    isGeneral: wanted["recipients"] != nil, with: ingredients)
                #expect(made.object.map(sorted) == sorted(wanted), "\(name) \(form)")
            }
            repeated.append(name)
        }
        print("Cookbook JWE: repeated \(repeated.count) examples; left out 5.1 (RSA1_5) and 5.9 (compressed)")
        #expect(repeated.count == 7)
    }

    private func sorted(_ object: JSONObject) -> [JSONObject.Member] {
        object.members.sorted { $0.name < $1.name }
    }

    /// RFC 7520 section 6: a PS256 token inside an RSA-OAEP one.
    @Test func `the nested example opens to its signed token`() throws {
        let file = try Example("6.nesting_signatures_and_encryption.json")
        let example = Example(json: try #require(file.member("encrypt")?.object))
        let decrypter = TokenDecrypter(keys: try example.keys(), policy: EncryptionKeys.policy)
        for form: ByteString in ["compact", "json", "json_flat"] {
            #expect(try example.open(form, decrypter) == file.member("sign", "output", "compact")?.string?.bytes)
        }
        let token = try #require(example.member("output", "compact")?.string).bytes
        #expect(try decrypter.decrypt(token).header.announcesToken)
    }
}
