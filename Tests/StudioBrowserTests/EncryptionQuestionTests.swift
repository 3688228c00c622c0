import Codecs
import JOSE
import StudioBrowser
import Testing
import Tokens

/// Encrypted tokens planned and judged for the page; the arithmetic is WebCrypto's and is tested in a browser.
@Suite("Studio encryption") struct EncryptionQuestionTests {
    private func ask(_ name: JSON, _ question: JSONObject) throws -> JSONObject {
        var question = question
        question["ask"] = name
        return try #require(try JSONReader.read(StudioJudge.ask(JSONWriter.write(.object(question)))).object)
    }

    private func question(_ token: [UInt8], _ key: DecryptionKey) -> JSONObject {
        [
            "text": .string(ByteString(utf8: token)),
            "key": [
                "text": .string(ByteString(utf8: JSONWriter.write(.object(key.privateJWK)))), "form": "auto",
            ],
        ]
    }

    private func sealed(
        _ algorithm: KeyManagementAlgorithm, _ encryption: ContentEncryptionAlgorithm = .a256GCM,
        content: [UInt8] = Array("{}".utf8), header: JSONObject = [:]
    ) throws -> (token: [UInt8], key: DecryptionKey) {
        let key = try DecryptionKey.generate(algorithm, encryption: algorithm == .direct ? encryption : nil)
        let encrypter = try TokenEncrypter(key: key.encryptionKey, encryption: encryption, iterations: 1_000)
        return (try encrypter.encrypt(content, header: header), key)
    }

    @Test(arguments: KeyManagementAlgorithm.allCases)
    func `each algorithm has its steps`(algorithm: KeyManagementAlgorithm) throws {
        for encryption in [ContentEncryptionAlgorithm.a256GCM, .a128CBCHS256, .a192GCM] {
            let (token, key) = try sealed(algorithm, encryption)
            let answer = try ask("decrypt", question(token, key))
            #expect(answer["kind"] == "encrypted")
            let attempt = try #require(answer["attempts"]?.array?.first?.object)
            let steps = try #require(attempt["run"]?.array)
            #expect(steps.last?.object?["as"] == "content")
            let needs192 = encryption == .a192GCM || algorithm.rawValue.contains("192")
            #expect((attempt["aes192"] != nil) == needs192)
            // What is not authentic is never decrypted.
            let names = steps.compactMap { $0.object?["do"]?.string }
            if encryption == .a128CBCHS256 {
                #expect(names.suffix(3) == ["hmac", "same", "aes-cbc-decrypt"])
            }
        }
    }

    @Test func `what was opened is judged, and a failure says one thing`() throws {
        let (token, key) = try sealed(.a256KW)
        var question = question(token, key)
        question["opened"] = [
            "attempt": 0, "content": .string(ByteString(Base64URL.encode(Array(#"{"n":1.0}"#.utf8)))),
        ]
        let opened = try #require(try ask("decrypt", question)["opened"]?.object)
        #expect(opened["kind"] == "claims")
        #expect(opened["members"]?.array?.first?.object?["valueText"] == "1.0")
        question["opened"] = nil
        question["failed"] = true
        #expect(try ask("decrypt", question)["refused"] == "decryption-failed")
    }

    @Test func `a signed token inside is told from other content`() throws {
        for (content, header, kind) in [
            ("a.b.c", ["cty": "JWT"] as JSONObject, "token"), ("a.b.c", [:], "text"), ("a.b", ["cty": "JWT"], "text"),
            ("[1]", [:], "json"),
        ] {
            let (token, key) = try sealed(.a128KW, header: header)
            var question = question(token, key)
            question["opened"] = [
                "attempt": 0, "content": .string(ByteString(Base64URL.encode(Array(content.utf8)))),
            ]
            let opened = try #require(try ask("decrypt", question)["opened"]?.object)
            #expect(opened["kind"]?.string?.text == kind)
        }
    }

    @Test func `the wrong key, no key and half a key are told before anything is run`() throws {
        let (token, key) = try sealed(.rsaOAEP256)
        var question = question(token, key)
        question["key"] = ["text": "", "form": "auto"]
        #expect(try ask("decrypt", question)["noKey"] == true)
        let half = JSONWriter.write(.object(try #require(key.encryptionKey.publicJWK)))
        question["key"] = ["text": .string(ByteString(utf8: half)), "form": "auto"]
        #expect(try ask("decrypt", question)["refused"] == "key-usage")
        question["key"] = ["text": "no document", "form": "auto"]
        #expect(try ask("decrypt", question)["keyProblem"]?.string != nil)
    }

    @Test func `what is no encrypted token is none`() throws {
        for text in ["", "a.b.c", "{}", "{\"payload\":\"\"}", "....", "{"] {
            let answer = try ask("decrypt", ["text": .string(ByteString(text)), "key": ["text": "", "form": "auto"]])
            #expect(answer["kind"] != nil, "\(text)")
            #expect(answer["attempts"] == nil)
        }
    }

    @Test(arguments: KeyManagementAlgorithm.allCases)
    func `a token is made in steps`(algorithm: KeyManagementAlgorithm) throws {
        let key = try DecryptionKey.generate(algorithm, encryption: algorithm == .direct ? .a256GCM : nil)
        let text = ByteString(utf8: JSONWriter.write(.object(key.privateJWK)))
        let choices = try ask("encryption-choices", ["key": ["text": .string(text), "form": "auto"]])
        #expect(choices["algorithms"]?.array?.compactMap { $0.object?["name"]?.string?.text } == [algorithm.rawValue])
        var question: JSONObject = [
            "key": ["text": .string(text), "form": "auto"], "what": "claims", "content": #"{"n":1.0}"#,
            "algorithm": .string(ByteString(algorithm.rawValue)), "encryption": "A256GCM", "done": 0,
            "random": .string(ByteString(Base64URL.encode([UInt8](repeating: 7, count: 108)))),
        ]
        let first = try ask("encrypt", question)
        #expect(first["done"] == 1)
        // What WebCrypto might have yielded.
        let bytes = JSON.string(ByteString(Base64URL.encode([UInt8](repeating: 4, count: 65))))
        question["results"] = ["key": bytes, "pair": bytes, "sealed": bytes]
        question["done"] = 1
        #expect(try ask("encrypt", question)["want"] == ["sealed"])
        question["done"] = 2
        let token = try #require(try ask("encrypt", question)["token"]?.string)
        let decoded = try DecodedEncryptedToken(try EncodedEncryptedToken(token.bytes))
        let header = try #require(decoded.recipients.first?.header)
        #expect(header.algorithm.text == algorithm.rawValue)
        #expect(header.keyID == key.id)
        #expect(header.type == "JWT")
    }

    @Test func `nothing is made of what is not there`() throws {
        let key = try DecryptionKey.generate(.a256KW)
        let text = ByteString(utf8: JSONWriter.write(.object(key.privateJWK)))
        for (what, content) in [("token", "not a token"), ("claims", "[]"), ("claims", "{")] {
            let answer = try ask(
                "encrypt",
                [
                    "key": ["text": .string(text), "form": "auto"], "what": .string(ByteString(what)),
                    "content": .string(ByteString(content)), "algorithm": "A256KW", "encryption": "A256GCM", "done": 0,
                    "random": .string(ByteString(Base64URL.encode([UInt8](repeating: 7, count: 108)))),
                ])
            #expect(answer["problem"]?.string != nil, "\(what) \(content)")
        }
    }
}
