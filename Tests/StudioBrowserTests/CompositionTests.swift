import Codecs
import JOSE
import StudioBrowser
import Testing
import Tokens

/// Header and claims edited, and what is to be signed then.
@Suite("Studio, making tokens") struct CompositionTests {
    private func ask(_ name: ByteString, _ question: JSONObject) throws -> JSONObject {
        var question = question
        question["ask"] = .string(name)
        return try #require(try JSONReader.read(StudioJudge.ask(JSONWriter.write(.object(question)))).object)
    }

    private func compose(
        _ header: String, _ claims: String, key: String = "", form: JSON = "auto"
    ) throws -> JSONObject {
        try ask(
            "compose",
            [
                "header": .string(ByteString(header)), "claims": .string(ByteString(claims)),
                "key": ["text": .string(ByteString(key)), "form": form],
            ])
    }

    private func code(_ answer: JSONObject) -> String? { answer["unsigned"]?.object?["code"]?.string?.text }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a private key signs with its own algorithm, in PKCS 8 or raw`(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let jwk = JSONWriter.text(.object(key.privateJWK))
        let answer = try compose(
            #"{ "alg" : "\#(algorithm.rawValue)" }"#, #"{"n": 1.500, "b": 12345678901234567890}"#, key: jwk)
        let input = try #require(answer["signingInput"]?.string?.text)
        #expect(
            input
                == Base64URL.encode(Array(#"{"alg":"\#(algorithm.rawValue)"}"#.utf8)) + "."
                + Base64URL.encode(Array(#"{"n":1.500,"b":12345678901234567890}"#.utf8)))
        let sign = try #require(answer["sign"]?.object)
        #expect(sign["algorithm"]?.string?.text == algorithm.rawValue)
        let form = sign["key"]?.object
        let data = try Base64URL.decode(try #require(form?["data"]?.string).bytes)
        if algorithm.family == .hmac {
            #expect(form?["format"]?.string == "raw")
            return
        }
        #expect(form?["format"]?.string == "pkcs8")
        let read = try KeyReader.read(data, algorithm: algorithm)
        #expect(try KeyDocument(read[0]).thumbprint() == key.id)
    }

    @Test func `what was not edited keeps its bytes`() throws {
        let header = Base64URL.encode(Array(#"{"alg" : "HS256"}"#.utf8))
        let answer = try ask(
            "compose",
            [
                "encodedHeader": .string(ByteString(header)), "claims": "{}",
                "key": ["text": "a secret of at least thirty-two bytes", "form": "auto"],
            ])
        #expect(answer["signingInput"]?.string?.text == header + "." + "e30")
        #expect(answer["sign"] != nil)
    }

    @Test func `why nothing signs is told, and what would`() throws {
        let key = try SigningKey.generate(.es256)
        let whole = JSONWriter.text(.object(key.privateJWK))
        let half = JSONWriter.text(.object(try #require(key.verificationKey.publicJWK)))
        #expect(code(try compose(#"{"alg":"none"}"#, "{}", key: whole)) == "unsecured")
        #expect(code(try compose("{}", "{}", key: whole)) == "algorithm-unknown")
        #expect(code(try compose(#"{"alg":"ES257"}"#, "{}", key: whole)) == "algorithm-unknown")
        #expect(code(try compose(#"{"alg":"ES256"}"#, "{}")) == "no-key")
        #expect(code(try compose(#"{"alg":"ES256"}"#, "{}", key: half)) == "public-key")
        #expect(code(try compose(#"{"alg":"ES256"}"#, "{}", key: "{")) == "key-unusable")
        let other = try compose(#"{"alg":"RS256"}"#, "{}", key: whole)
        #expect(code(other) == "key-algorithm")
        #expect(other["unsigned"]?.object?["keyAlgorithm"]?.string == "ES256")
        var forbidden = key.privateJWK
        forbidden["use"] = nil
        forbidden["key_ops"] = ["verify"]
        #expect(code(try compose(#"{"alg":"ES256"}"#, "{}", key: JSONWriter.text(.object(forbidden)))) == "key-usage")
        for answer in [other, try compose(#"{"alg":"ES256"}"#, "{}", key: half)] {
            #expect(answer["sign"] == nil && answer["signingInput"] != nil)
        }
    }

    @Test(arguments: [
        ("{", "{}", "header"), ("[]", "{}", "header"), (#"{"alg":"none"}"#, "{\"a\":1,\"a\":2}", "payload"),
        (#"{"alg":"none"}"#, "7", "payload"), ("", "{}", "header"),
    ])
    func `texts that are no JSON object are named`(header: String, claims: String, part: String) throws {
        let answer = try compose(header, claims)
        #expect(answer["problem"]?.object?["part"]?.string?.text == part)
        #expect(answer["signingInput"] == nil)
    }

    @Test func `one member is set or taken out, and the others stand as they were`() throws {
        func edit(_ json: String, _ name: String, _ value: String?) throws -> JSONObject {
            var question: JSONObject = [
                "json": .string(ByteString(json)), "name": .string(ByteString(name)),
            ]
            if let value { question["value"] = .string(ByteString(value)) }
            return try ask("edit", question)
        }
        let text = #"{"a":1.10,"b":123456789012345678901234567890,"c":"x"}"#
        #expect(
            try edit(text, "a", "2.20")["json"]?.string?.text
                == "{\n  \"a\": 2.20,\n  \"b\": 123456789012345678901234567890,\n  \"c\": \"x\"\n}")
        #expect(
            try edit(text, "b", nil)["json"]?.string?.text == "{\n  \"a\": 1.10,\n  \"c\": \"x\"\n}")
        #expect(try edit(text, "d", "[")["problem"] != nil)
        #expect(try edit("[]", "d", "1")["problem"] != nil)
    }

    // The verdict in parts

    private func parts(_ token: String, _ key: JSON, holds: Bool?, policy: JSON) throws -> [String: JSONObject] {
        var question: JSONObject = [
            "token": .string(ByteString(token)), "now": 1_800_000_000, "policy": policy,
            "key": ["text": .string(ByteString(key == "" ? "" : JSONWriter.text(key))), "form": "auto"],
        ]
        if let holds { question["signatureHolds"] = .bool(holds) }
        let answer = try ask(holds == nil ? "plan" : "judge", question)
        var parts: [String: JSONObject] = [:]
        for part in answer["parts"]?.array ?? [] {
            if let object = part.object, let name = object["part"]?.string?.text { parts[name] = object }
        }
        return parts
    }

    private func state(_ part: JSONObject?) -> String? { part?["state"]?.string?.text }

    @Test func `a token can be expired and for somebody else and signed well`() throws {
        let key = try SigningKey.generate(.es256)
        let token = try TokenSigner(key: key).sign(claims: ["iss": "a", "aud": "b", "exp": 1_700_000_000])
        let jwk = JSON.object(try #require(key.verificationKey.publicJWK))
        let told = try parts(token, jwk, holds: true, policy: ["issuer": "a", "audience": "c"])
        #expect(state(told["form"]) == "passed" && state(told["signature"]) == "passed")
        #expect(state(told["trust"]) == "passed")
        #expect(state(told["time"]) == "failed" && state(told["audience"]) == "failed")
        #expect(told["time"]?["unproven"] == nil)
        let forged = try parts(token, jwk, holds: false, policy: ["issuer": "a", "audience": "b"])
        #expect(state(forged["signature"]) == "failed" && state(forged["audience"]) == "passed")
        #expect(state(forged["trust"]) == "unknown")
        #expect(forged["audience"]?["unproven"]?.bool == true && forged["time"]?["unproven"]?.bool == true)
        let keyless = try parts(token, "", holds: nil, policy: [:])
        #expect(state(keyless["signature"]) == "unknown" && state(keyless["trust"]) == "unknown")
        #expect(state(keyless["time"]) == "failed" && state(keyless["audience"]) == "unknown")
    }

    @Test func `a key that came with the token is never good`() throws {
        let key = try SigningKey.generate(.es256)
        let jwk = try #require(key.verificationKey.publicJWK)
        var members = jwk
        for name: ByteString in ["alg", "use", "kid"] { members[name] = nil }
        let token = try TokenSigner(key: key, header: ["jwk": .object(members)]).sign(claims: ["exp": 1_900_000_000])
        #expect(state(try parts(token, .object(jwk), holds: true, policy: [:])["trust"]) == "careful")
        #expect(state(try parts(token, "", holds: nil, policy: [:])["trust"]) == "careful")
        let other = try #require(try SigningKey.generate(.es256).verificationKey.publicJWK)
        #expect(state(try parts(token, .object(other), holds: true, policy: [:])["trust"]) == "passed")
    }
}
