import Codecs
import JOSE
import StudioBrowser
import Testing
import Tokens

/// What the key panel's tools ask of the judge.
@Suite("Studio key tools") struct KeyToolsTests {
    private func ask(_ name: String, _ question: JSONObject) throws -> JSONObject {
        var question = question
        question["ask"] = .string(ByteString(name))
        return try #require(try JSONReader.read(StudioJudge.ask(JSONWriter.write(.object(question)))).object)
    }

    private func box(_ text: String, form: String = "auto", alg: String? = nil) -> JSON {
        var key: JSONObject = ["text": .string(ByteString(text)), "form": .string(ByteString(form))]
        if let alg { key["alg"] = .string(ByteString(alg)) }
        return .object(key)
    }

    private func report(_ text: String, alg: String? = nil, header: String? = nil, publics: JSON? = nil) throws
        -> [JSONObject]
    {
        var question: JSONObject = ["key": box(text, alg: alg)]
        if let header { question["header"] = .string(ByteString(Base64URL.encode(Array(header.utf8)))) }
        if let publics { question["publics"] = publics }
        return try #require(try ask("key-report", question)["keys"]?.array).compactMap { $0.object }
    }

    private func purposes(_ text: String, form: String = "auto") throws -> [String] {
        try #require(try ask("key-report", ["key": box(text, form: form)])["purposes"]?.array)
            .compactMap { $0.string?.text }
    }

    private func convert(_ text: String, _ form: String, publics: JSON = [:], index: Int64 = 0) throws -> JSONObject {
        try ask(
            "key-convert",
            [
                "key": box(text), "form": .string(ByteString(form)), "publics": publics,
                "index": .number(JSONNumber(index)),
            ])
    }

    private func text(_ jwk: JSONObject) -> String { JSONWriter.text(.object(jwk)) }

    private func strings(_ json: JSON?) -> [String] { (json?.array ?? []).compactMap { $0.string?.text } }

    private func key(_ algorithm: SignatureAlgorithm) throws -> SigningKey { try SigningKey.generate(algorithm) }

    // What a key is

    @Test(
        arguments: [
            (SignatureAlgorithm.rs256, "RSA", nil, 112), (.es384, "EC", "P-384", 192),
            (.ed25519, "OKP", "Ed25519", 128),
            (.mlDSA65, "AKP", "ML-DSA-65", 192),
        ] as [(SignatureAlgorithm, String, String?, Int64)])
    func `a key is told by type, curve and strength`(
        algorithm: SignatureAlgorithm, type: String, curve: String?, security: Int64
    ) throws {
        let key = try key(algorithm)
        let facts = try #require(try report(text(key.privateJWK)).first)
        #expect(facts["kty"]?.string?.text == type)
        #expect(facts["crv"]?.string?.text == curve)
        #expect(facts["security"]?.int64 == security)
        #expect(facts["private"] == true)
        #expect(strings(facts["stated"]) == ["kid", "alg", "use"])
        #expect(facts["problem"] == nil)
        let canonical = try #require(facts["canonical"]?.string)
        let members = try #require(try JSONReader.read(canonical.bytes).object)
        #expect(members.members.map(\.name) == members.members.map(\.name).sorted())
        #expect(members["d"] == nil && members["priv"] == nil)
    }

    @Test func `nothing is hashed of a secret, and nothing to be derived from it`() throws {
        let facts = try #require(try report(text(try key(.hs256).privateJWK)).first)
        #expect(facts["canonical"] == nil && facts["derive"] == nil && facts["bits"]?.int64 == 256)
        #expect(strings(facts["forms"]) == ["jwk", "base64url", "base64", "hex"])
    }

    @Test func `a report shows no private number but in what WebCrypto is asked`() throws {
        for algorithm in [SignatureAlgorithm.rs256, .es256, .ed25519, .mlDSA65, .hs256] {
            let jwk = try key(algorithm).privateJWK
            var facts = try #require(try report(text(jwk)).first)
            facts["derive"] = nil
            let shown = JSONWriter.text(.object(facts))
            for name: ByteString in ["d", "p", "q", "k", "priv"] {
                guard let secret = jwk[name]?.string?.text else { continue }
                #expect(!shown.contains(secret), "\(algorithm) \(name)")
            }
        }
    }

    @Test func `the token's kid chooses, and of one name the algorithm does`() throws {
        let first = try SigningKey.generate(.es256, id: "a").verificationKey.publicJWK
        let second = try SigningKey.generate(.ed25519, id: "a").verificationKey.publicJWK
        let third = try SigningKey.generate(.es256, id: "b").verificationKey.publicJWK
        let keys = [first, second, third].compactMap { $0 }.map { JSON.object($0) }
        let set = JSONWriter.text(["keys": .array(keys)])
        func chosen(_ header: String?) throws -> [Int] {
            let keys = try report(set, header: header)
            return keys.indices.filter { keys[$0]["chosen"] == true }
        }
        #expect(try chosen(#"{"alg":"EdDSA","kid":"a"}"#) == [1])
        #expect(try chosen(#"{"alg":"ES256","kid":"a"}"#) == [0])
        #expect(try chosen(#"{"alg":"ES256","kid":"b"}"#) == [2])
        #expect(try chosen(#"{"alg":"ES256"}"#) == [])
        #expect(try chosen("no JSON") == [])
        #expect(try chosen(nil) == [])
    }

    @Test func `a key of a set that is none says why`() throws {
        let good = try #require(try key(.es256).verificationKey.publicJWK)
        var bad = good
        bad["x"] = "AAAA"
        let keys = try report(JSONWriter.text(["keys": [.object(bad), .object(good)]]))
        #expect(keys.count == 2)
        #expect(keys[0]["problem"]?.object?["code"] == "key-malformed")
        #expect(keys[0]["kty"] == nil && strings(keys[0]["forms"]) == [])
        #expect(keys[1]["problem"] == nil)
    }

    @Test func `a point that is on no curve is told`() throws {
        var jwk = try #require(try key(.es256).verificationKey.publicJWK)
        jwk["y"] = jwk["x"]
        #expect(try report(text(jwk)).first?["problem"]?.object?["text"] == "the point is not on P-256")
    }

    @Test func `invisible characters of a kid are shown`() throws {
        var jwk = try #require(try key(.es256).verificationKey.publicJWK)
        jwk["kid"] = "a\u{202E}b"
        #expect(try report(text(jwk)).first?["kid"]?.string?.text == "a<U+202e>b")
    }

    // Public halves from outside

    @Test(arguments: [SignatureAlgorithm.es256, .ed25519, .mlDSA65])
    func `a private part alone is completed by the half that is handed in`(algorithm: SignatureAlgorithm) throws {
        let key = try key(algorithm)
        let half = try #require(key.verificationKey.publicJWK)
        let whole = try #require(try report(text(key.privateJWK)).first)
        let der = try Base64URL.decode(try #require(whole["derive"]?.string).bytes)
        let alone = PEM.write(label: "PRIVATE KEY", der: der)
        let facts = try #require(try report(alone).first)
        #expect(facts["incomplete"] == true && facts["canonical"] == nil)
        #expect(strings(facts["forms"]).contains("pkcs8") && !strings(facts["forms"]).contains("spki"))
        #expect(try convert(alone, "spki")["problem"] != nil)

        let publics: JSON = ["0": .object(half)]
        #expect(try report(alone, publics: publics).first?["canonical"] == whole["canonical"])
        #expect(try convert(alone, "spki", publics: publics)["text"]?.string?.text == key.verificationKey.publicPEM)
    }

    @Test(arguments: [SignatureAlgorithm.es256, .ed25519])
    func `a half that does not belong is told and not taken`(algorithm: SignatureAlgorithm) throws {
        let key = try key(algorithm)
        let other = try #require(try self.key(algorithm).verificationKey.publicJWK)
        let facts = try #require(try report(text(key.privateJWK), publics: ["0": .object(other)]).first)
        #expect(facts["problem"]?.object?["text"]?.string?.text.contains("does not belong") == true)
        let own = try #require(key.verificationKey.publicJWK)
        let belongs = try report(text(key.privateJWK), publics: ["0": .object(own)]).first
        #expect(belongs?["problem"] == nil)
        for broken: JSON in [["0": ["x": "AA", "y": "AA"]], ["0": []], ["7": .object(other)], []] {
            #expect(try report(text(key.privateJWK), publics: broken).first?["problem"] == nil)
        }
    }

    // Forms

    @Test(arguments: [SignatureAlgorithm.rs256, .ps512, .es256, .es512, .ed25519, .mlDSA65])
    func `every form is what the library writes`(algorithm: SignatureAlgorithm) throws {
        let key = try key(algorithm)
        let jwk = text(key.privateJWK)
        let document = try KeyDocument(try JWKReader.key(key.privateJWK, purpose: nil))
        let forms: [(String, KeyDocument.Form)] = [
            ("spki", .spki), ("pkcs8", .pkcs8), ("pkcs1-public", .pkcs1Public), ("pkcs1", .pkcs1Private),
            ("sec1", .sec1),
        ]
        for (name, form) in forms {
            #expect(try convert(jwk, name)["text"]?.string?.text == document.pem(form), "\(name)")
        }
        let written = try #require(try convert(jwk, "jwk")["text"]?.string)
        #expect(try JSONReader.read(written.bytes).object == document.jwk)
        let half = try #require(try convert(jwk, "jwk-public")["text"]?.string)
        #expect(try JSONReader.read(half.bytes).object == document.publicJWK)
        let set = try #require(try convert(jwk, "jwks-public")["text"]?.string)
        let own = try #require(document.publicJWK)
        #expect(try JSONReader.read(set.bytes) == ["keys": [.object(own)]])
    }

    @Test func `what is listed can be written, and nothing else`() throws {
        let all = [
            "jwk", "jwk-public", "spki", "pkcs8", "pkcs1-public", "pkcs1", "sec1", "certificate", "text", "base64url",
            "base64", "hex",
        ]
        for algorithm in [SignatureAlgorithm.hs512, .rs256, .es256, .ed25519] {
            let key = try key(algorithm)
            for jwk in [key.privateJWK, key.verificationKey.publicJWK].compactMap({ $0 }) {
                let listed = strings(try report(text(jwk)).first?["forms"])
                for form in all {
                    #expect(
                        (try convert(text(jwk), form)["text"] != nil) == listed.contains(form), "\(algorithm) \(form)")
                }
            }
        }
    }

    @Test func `a secret is written as what it was`() throws {
        let secret = "pässword of more than thirty-two bytes"
        #expect(try convert(secret, "text")["text"]?.string?.text == secret)
        #expect(try convert(secret, "hex")["text"]?.string?.text == Hex.encode(Array(secret.utf8)))
        // A text that would be read as other bytes, or not be seen, is no form of the secret.
        #expect(try convert("a line\nbreak in a secret of more than 32 bytes", "text")["problem"] != nil)
    }

    @Test func `a public set leaves out what is secret and keeps what is only unsupported`() throws {
        let key = try key(.es256)
        let strange: JSONObject = ["kty": "EC", "crv": "P-224", "x": "AA", "y": "AA", "d": "AA"]
        let set = JSONWriter.text(["keys": [.object(key.privateJWK), .object(strange)]])
        let answer = try convert(set, "jwks-public")
        let written = try #require(answer["text"]?.string)
        #expect(!written.text.contains("\"d\"") && written.text.contains("P-224"))
        #expect(answer["left"]?.int64 == 0)
        let secrets = JSONWriter.text(["keys": [.object(try self.key(.hs256).privateJWK)]])
        #expect(try convert(secrets, "jwks-public")["problem"] != nil)
        #expect(try convert(secrets, "jwks")["text"] != nil)
    }

    // What a key is for

    @Test func `a key that does not say it is for what was chosen`() throws {
        let key = try SigningKey.generate(.ps384)
        let pem = try #require(key.verificationKey.publicPEM)
        #expect(try report(pem).first?["alg"] == "RS256")
        #expect(try report(pem, alg: "auto").first?["alg"] == "RS256")
        #expect(try report(pem, alg: "PS384").first?["alg"] == "PS384")
        let described = try ask("describe-key", ["key": box(pem, alg: "PS384")])
        #expect(described["text"]?.string?.text.contains("for PS384") == true)
        // The key's own word counts more.
        #expect(try report(text(key.privateJWK), alg: "RS256").first?["alg"] == "PS384")
        #expect(try ask("describe-key", ["key": box(pem, alg: "ES256")])["kind"] == "unusable")
        #expect(try ask("describe-key", ["key": box(pem, alg: "HS1")])["error"] != nil)
    }

    @Test func `only what the kind of key can be for is offered`() throws {
        let key = try SigningKey.generate(.rs256)
        let pem = try #require(key.verificationKey.publicPEM)
        #expect(
            try purposes(pem)
                == ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "RSA-OAEP", "RSA-OAEP-256"])
        #expect(try purposes(text(key.privateJWK)) == [])
        #expect(try purposes("") == [])
        #expect(try purposes("{") == [])
        // A password is too short for a MAC and for AES; that it is too short for a MAC is worth being told.
        #expect(
            try purposes("short")
                == ["HS256", "HS384", "HS512", "PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"])
        #expect(try purposes("00112233445566778899aabbccddeeff", form: "hex").contains("A128KW"))
        #expect(try purposes("00112233445566778899aabbccddeeff", form: "hex").contains("A256KW") == false)
    }

    @Test func `a secret of the length that its cipher wants is not called short`() throws {
        let question: JSONObject = ["key": box("c7a1f03d5be24986c7a1f03d5be24987", form: "hex", alg: "A128KW")]
        let described = try ask("describe-key", question)
        #expect(described["kind"] == "secret")
        #expect(described["findings"] == [])
    }

    // New keys

    @Test func `a new key gets its name and purpose and nothing of the browser's`() throws {
        var jwk = try SigningKey.generate(.es256).privateJWK
        jwk["kid"] = nil
        jwk["ext"] = true
        jwk["key_ops"] = ["sign"]
        let question: JSONObject = ["jwk": .string(ByteString(text(jwk))), "alg": "ES256"]
        #expect(
            try ask("key-name", question)["canonical"]?.string?.text.hasPrefix(#"{"crv":"P-256","kty":"EC","x":"#)
                == true)
        var named = question
        named["kid"] = "name"
        let written = try #require(try ask("key-name", named)["text"]?.string)
        let made = try #require(try JSONReader.read(written.bytes).object)
        #expect(made.members.map(\.name) == ["crv", "kty", "x", "y", "alg", "use", "kid", "d"])
        #expect(made["kid"] == "name" && made["use"] == "sig" && made["d"] == jwk["d"])
        var wrong = question
        wrong["alg"] = "RS256"
        #expect(try ask("key-name", wrong)["error"] != nil)
    }

    @Test func `a new secret has nothing to be hashed`() throws {
        let secret = Base64URL.encode((0..<32).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) })
        let jwk = #"{"kty":"oct","k":"\#(secret)"}"#
        let answer = try ask("key-name", ["jwk": .string(ByteString(jwk)), "alg": "A256GCM"])
        #expect(answer["canonical"] == nil && answer["error"] == nil)
        let named = try ask("key-name", ["jwk": .string(ByteString(jwk)), "alg": "A256GCM", "kid": "n"])
        let written = try #require(named["text"]?.string)
        let made = try #require(try JSONReader.read(written.bytes).object)
        #expect(made["alg"] == "A256GCM" && made["use"] == "enc")
        // Its algorithm is still told when it is read back.
        #expect(try report(written.text).first?["alg"] == "A256GCM")
    }

    // Certificates

    /// A certificate for a key, so far as anybody looks at it here: nothing checks its signature.
    private func certificate(_ key: SigningKey, alternativeNames: [UInt8]) throws -> String {
        typealias Tag = DERReader.Tag
        let half = try #require(key.verificationKey.publicPEM)
        let info = try #require(try PEM.read(Array(half.utf8)).first).der
        func text(_ tag: UInt8, _ value: String) -> [UInt8] { DERWriter.element(tag, Array(value.utf8)) }
        let attribute = DERWriter.sequence([
            DERWriter.element(Tag.objectIdentifier, [0x55, 0x04, 0x03]), text(0x0C, "studio.example"),
        ])
        let name = DERWriter.sequence([DERWriter.element(0x31, attribute)])
        let algorithm = DERWriter.sequence([DERWriter.element(Tag.objectIdentifier, [0x2B, 0x65, 0x70])])
        let other = DERWriter.sequence([
            DERWriter.element(Tag.objectIdentifier, [0x55, 0x1D, 0x13]), DERWriter.element(0x01, [0xFF]),
            DERWriter.element(Tag.octetString, DERWriter.sequence([])),
        ])
        let names = DERWriter.sequence([
            DERWriter.element(Tag.objectIdentifier, [0x55, 0x1D, 0x11]),
            DERWriter.element(Tag.octetString, alternativeNames),
        ])
        let body = DERWriter.sequence([
            DERWriter.element(0xA0, DERWriter.unsignedInteger([2])), DERWriter.unsignedInteger([42]), algorithm, name,
            DERWriter.sequence([text(0x17, "200102030405Z"), text(0x17, "310102030405Z")]), name, info,
            DERWriter.element(0xA3, DERWriter.sequence([other, names])),
        ])
        return PEM.write(
            label: "CERTIFICATE", der: DERWriter.sequence([body, algorithm, DERWriter.bitString([0])]))
    }

    @Test func `a certificate is told with its alternative names`() throws {
        let names = DERWriter.sequence([
            DERWriter.element(0x82, Array("studio.example".utf8)), DERWriter.element(0x81, Array("a@b.example".utf8)),
            DERWriter.element(0x86, Array("urn:a\u{202E}".utf8)), DERWriter.element(0x87, [192, 0, 2, 7]),
            DERWriter.element(0x87, [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]),
            DERWriter.element(0x87, [1, 2]), DERWriter.element(0x88, [0x2A, 3]),
        ])
        let pem = try certificate(try key(.ed25519), alternativeNames: names)
        let facts = try #require(try report(pem).first?["certificates"]?.array?.first?.object)
        #expect(
            strings(facts["names"]) == [
                "DNS:studio.example", "email:a@b.example", "URI:urn:a<U+202e>", "IP:192.0.2.7",
                "IP:2001:0db8:0000:0000:0000:0000:0000:0001", "IP:#0102", "#88:2a03",
            ])
        #expect(facts["subject"] == "CN=studio.example" && facts["serialNumber"] == "2a")
        #expect(facts["notBefore"]?.object?["iso"] == "2020-01-02T03:04:05Z")
        #expect(facts["notAfter"]?.object?["iso"] == "2031-01-02T03:04:05Z")
        #expect(try convert(pem, "certificate")["text"]?.string?.text == pem)
    }

    @Test func `alternative names that are damaged are none`() throws {
        for damaged: [UInt8] in [
            [], [0x30], [0x30, 0x05, 0x82], DERWriter.element(0x04, [1]), [0x30, 0x02, 0x82, 0x7F],
        ] {
            let pem = try certificate(try key(.ed25519), alternativeNames: damaged)
            let facts = try #require(try report(pem).first?["certificates"]?.array?.first?.object)
            #expect(strings(facts["names"]) == [])
        }
    }
}
