import Codecs
import JOSE
import StudioBrowser
import Testing
import Tokens

/// The judge's questions and answers, as the page puts and gets them.
@Suite("Studio judge") struct StudioJudgeTests {
    private let now: Int64 = 1_800_000_000

    private func ask(_ name: ByteString, _ question: JSON) throws -> JSONObject {
        var question = question.object ?? [:]
        question["ask"] = .string(name)
        return try #require(try JSONReader.read(StudioJudge.ask(JSONWriter.write(.object(question)))).object)
    }

    private func inspect(_ text: String) throws -> JSONObject {
        try ask("inspect", ["text": .string(ByteString(text)), "now": .number(JSONNumber(now))])
    }

    private func texts(_ json: JSON?, _ name: ByteString? = nil) -> [String] {
        (json?.array ?? []).compactMap { item in
            name.map { item.object?[$0]?.string?.text } ?? item.string?.text
        }
    }

    private func member(_ name: ByteString, of part: JSON?) -> JSONObject? {
        (part?.object?["members"]?.array ?? []).compactMap { $0.object }.first { $0["name"]?.string == name }
    }

    private func encode(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }

    private func token(header: String = #"{"alg":"HS256"}"#, claims: String) -> String {
        "\(encode(header)).\(encode(claims)).\(Base64URL.encode([UInt8](repeating: 7, count: 32)))"
    }

    // Finding the token

    @Test func `the token is found in whatever was pasted`() throws {
        let plain = token(claims: #"{"iss":"a","exp":1900000000}"#)
        let middle = plain.index(plain.startIndex, offsetBy: 30)
        let wrapped = plain[..<middle] + "\n   " + plain[middle...]
        for text in [
            plain, "  \(plain)\n", "Bearer \(plain)", "Authorization: Bearer \(plain)\r\n", "\"\(plain)\"",
            "'\(plain)',",
            #"{"access_token":"\#(plain)","token_type":"Bearer"}"#, "https://app.example/cb#token=\(plain)&x=1",
            String(wrapped), "curl -H 'authorization: bearer \(plain)' https://api.example", "look: \(plain) and more",
            "eye eyesore ey \(plain)", "ey.example said: \(plain)",
        ] {
            #expect(try inspect(text)["token"]?.string?.text == plain, "\(text)")
        }
        #expect(texts(try inspect("Bearer \(plain)")["notes"]) == ["The word Bearer in front was left out."])
        #expect(texts(try inspect(plain)["notes"]).isEmpty)
    }

    @Test func `every token of a text is found, and any of them can be shown`() throws {
        let access = token(header: #"{"alg":"HS256","typ":"at+jwt"}"#, claims: #"{"a":1}"#)
        let identity = token(claims: #"{"b":2}"#)
        let text = #"{"access_token":"\#(access)","id_token":"\#(identity)"}"#
        let first = try inspect(text)
        #expect(first["token"]?.string?.text == access)
        #expect(texts(first["found"], "label") == ["access_token", "id_token"])
        #expect(texts(first["found"], "typ") == ["at+jwt"])
        let second = try ask(
            "inspect", ["text": .string(ByteString(text)), "now": .number(JSONNumber(now)), "choice": 1])
        #expect(second["token"]?.string?.text == identity)
        #expect(second["choice"]?.int64 == 1)
        let none = try ask(
            "inspect", ["text": .string(ByteString(text)), "now": .number(JSONNumber(now)), "choice": 7])
        #expect(none["token"]?.string?.text == access)
        #expect(try inspect(access)["found"] == nil)
    }

    @Test func `a JSON serialisation is shown as the compact token that it makes, in its own places`() throws {
        let plain = token(claims: #"{"a":1}"#)
        let parts = plain.split(separator: ".").map(String.init)
        for text in [
            #"{"payload":"\#(parts[1])","protected":"\#(parts[0])","signature":"\#(parts[2])"}"#,
            #"{"payload":"\#(parts[1])","signatures":[{"protected":"\#(parts[0])","signature":"\#(parts[2])"}]}"#,
        ] {
            let answer = try inspect(text)
            #expect(answer["token"]?.string?.text == plain)
            #expect(answer["judged"]?.string?.text == text)
            #expect(texts(answer["notes"]).first == "This is the JSON serialisation; a JWT is always compact.")
            let places = try #require(answer["parts"]?.array).compactMap { $0.object }
            let pieces = places.map { place in
                String(
                    decoding: Array(text.utf8)[Int(place["start"]?.int64 ?? 0)..<Int(place["end"]?.int64 ?? 0)],
                    as: UTF8.self)
            }
            #expect(pieces == parts)
        }
    }

    @Test func `a damaged word is shown whole, so that its damage is seen`() throws {
        let damaged = token(claims: "{}").replacing(".", with: "!.", maxReplacements: 1)
        let answer = try inspect("  \(damaged)\n")
        #expect(answer["token"]?.string?.text == damaged)
        #expect(answer["header"]?.object?["problem"]?.string?.text.contains("base64url") == true)
    }

    @Test func `parts are placed in the text as it was pasted`() throws {
        let plain = token(claims: "{}")
        let text = "ß Bearer \(plain)"
        let parts = try #require(try inspect(text)["parts"]?.array).compactMap { $0.object }
        let pieces = parts.map { part in
            let start = Int(part["start"]?.int64 ?? 0)
            let end = Int(part["end"]?.int64 ?? 0)
            return String(decoding: Array(text.utf8)[start..<end], as: UTF8.self)
        }
        #expect(pieces == plain.split(separator: ".").map(String.init))
    }

    @Test func `a fetched key is as good as the address it came from`() throws {
        let key = try SigningKey.generate(.es256)
        let input = encode(#"{"alg":"ES256"}"#) + "." + encode(#"{"iss":"https://a.example","exp":1900000000}"#)
        let token = input + "." + Base64URL.encode(try key.sign(Array(input.utf8)))
        let jwk = JSONWriter.text(.object(try #require(key.verificationKey.publicJWK)))
        func trust(_ origin: JSON?, expected: String? = nil) throws -> (String?, String?) {
            var box: JSONObject = ["text": .string(ByteString(jwk)), "form": "auto"]
            if let origin { box["origin"] = origin }
            var policy: JSONObject = ["leeway": 30]
            if let expected { policy["issuer"] = .string(ByteString(expected)) }
            let answer = try ask(
                "judge",
                [
                    "token": .string(ByteString(token)), "key": .object(box), "policy": .object(policy),
                    "now": .number(JSONNumber(now)), "signatureHolds": true,
                ])
            let part = (answer["parts"]?.array ?? []).compactMap { $0.object }.first { $0["part"]?.string == "trust" }
            return (part?["state"]?.string?.text, part?["text"]?.string?.text)
        }
        let address: JSON = ["address": "https://a.example/keys"]
        let own: JSON = ["address": "https://a.example/keys", "issuer": "https://a.example"]
        let foreign: JSON = ["address": "https://b.example/keys", "issuer": "https://b.example"]
        #expect(try trust(nil).1?.hasPrefix("You gave this key") == true)
        #expect(try trust(address).0 == "passed")
        #expect(try trust(own, expected: "https://a.example").0 == "passed")
        #expect(try trust(own).0 == "careful")
        #expect(try trust(foreign).0 == "careful")
    }

    // Reading

    @Test func `numbers and order stay as they were written`() throws {
        let answer = try inspect(token(claims: #"{"z":12345678901234567890,"a":1.50,"exp":1.9e9,"m":{"b":1,"a":[]}}"#))
        let claims = answer["claims"]
        #expect(
            claims?.object?["json"]?.string?.text == """
                {
                  "z": 12345678901234567890,
                  "a": 1.50,
                  "exp": 1.9e9,
                  "m": {
                    "b": 1,
                    "a": []
                  }
                }
                """)
        #expect(texts(claims?.object?["members"], "name") == ["z", "a", "exp", "m"])
        #expect(texts(answer["findings"], "code").contains("large-number"))
        let time = try #require(member("exp", of: claims)?["time"]?.object)
        #expect(time["seconds"]?.int64 == 1_900_000_000)
        #expect(time["iso"]?.string == "2030-03-17T17:46:40Z")
    }

    @Test func `known names are explained and unknown ones are left alone`() throws {
        let answer = try inspect(token(claims: #"{"iss":"a","x":1}"#))
        #expect(member("iss", of: answer["claims"])?["title"]?.string == "Issuer")
        #expect(member("iss", of: answer["claims"])?["source"]?.string == "RFC 7519 §4.1.1")
        let address: ByteString = "https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1.1"
        #expect(member("iss", of: answer["claims"])?["url"]?.string == address)
        #expect(member("x", of: answer["claims"])?["title"] == nil)
        #expect(member("alg", of: answer["header"])?["title"]?.string == "Algorithm")
    }

    @Test func `what can be decoded is shown when a part is broken`() throws {
        let header = encode(#"{"alg":"HS256"}"#)
        let twoParts = try inspect("\(header).\(encode(#"{"sub":"a"}"#))")
        #expect(member("sub", of: twoParts["claims"])?["valueText"]?.string == "\"a\"")
        #expect(texts(twoParts["findings"], "code").contains("malformed-token"))

        let brokenJSON = try inspect("\(header).\(encode(#"{"sub":"a""#)).AAAA")
        let claims = try #require(brokenJSON["claims"]?.object)
        #expect(claims["raw"]?.string?.text == #"{"sub":"a""#)
        #expect(claims["problem"]?.string?.text.contains("not JSON") == true)
        #expect(brokenJSON["header"]?.object?["problem"] == nil)

        let brokenBase64 = try inspect("\(header).\(encode(#"{"sub":"abcdef"}"#))!.AAAA")
        #expect(brokenBase64["claims"]?.object?["problem"]?.string?.text.contains("base64url") == true)
        let padded = try inspect("\(header).\(encode(#"{"sub":"abcdef"}"#))==.AAAA")
        #expect(padded["claims"]?.object?["raw"]?.string?.text.hasPrefix(#"{"sub":"abcde"#) == true)
    }

    @Test func `an encrypted token shows its header and is not called broken`() throws {
        let answer = try inspect("\(encode(#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#)).AA.AAAA.AAAA.AAAA")
        #expect(member("enc", of: answer["header"])?["title"]?.string == "Content encryption")
        #expect(texts(answer["findings"], "code") == ["encrypted"])
    }

    @Test(arguments: [
        (#"{"alg":"none"}"#, "{}", "unsigned"), (#"{"alg":"nOnE"}"#, "{}", "unsigned"),
        (#"{"alg":"ES256","jwk":{}}"#, "{}", "own-key"), (#"{"alg":"ES256","x5c":[]}"#, "{}", "own-key"),
        (#"{"alg":"ES256","jku":"https://a"}"#, "{}", "key-address"),
        (#"{"alg":"PS513"}"#, "{}", "algorithm-unknown"),
        (#"{"alg":"HS256"}"#, #"{"exp":1800000000}"#, "expired"),
        (#"{"alg":"HS256"}"#, #"{"nbf":1800000001}"#, "not-yet-valid"),
        (#"{"alg":"HS256"}"#, #"{"iat":1800000001}"#, "issued-in-future"),
        (#"{"alg":"HS256"}"#, #"{"iat":1790000000,"exp":1900000000}"#, "long-lived"),
        (#"{"alg":"HS256"}"#, #"{"exp":1800000000000}"#, "milliseconds"),
        (#"{"alg":"HS256"}"#, "{}", "no-expiry"),
        (#"{"alg":"HS256"}"#, #"{"sub":"a\u202Eb"}"#, "hidden-characters"),
    ])
    func `what is worth knowing is said`(header: String, claims: String, code: String) throws {
        #expect(texts(try inspect(token(header: header, claims: claims))["findings"], "code").contains(code))
    }

    @Test func `an ordinary token gives no findings`() throws {
        let answer = try inspect(
            encode(#"{"alg":"ES256","typ":"at+jwt"}"#) + "."
                + encode(#"{"iss":"i","aud":"a","iat":1799999999,"exp":1800003600}"#) + "."
                + Base64URL.encode([UInt8](repeating: 7, count: 64)))
        #expect(texts(answer["findings"], "code").isEmpty)
    }

    @Test func `characters that hide are written as escapes`() throws {
        let answer = try inspect(token(claims: "{\"sub\":\"a\u{202E}b\u{E0041}\"}"))
        let value = try #require(member("sub", of: answer["claims"])?["valueText"]?.string?.text)
        #expect(value == #""a\u202eb\udb40\udc41""#)
    }

    // Keys

    @Test(arguments: [
        ("", "auto", "none"), ("  \n", "auto", "none"), ("0123456789abcdef0123456789abcdef", "auto", "secret"),
        ("short", "utf8", "unusable"), ("not base64url at all!", "base64url", "unusable"),
        ("{\"kty\":", "auto", "unusable"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "auto", "unusable"),
        ("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "hex", "secret"),
        ("x", "other", "unusable"),
        // A public key behind a no-break space, quoted, as base64url, and in a list.
        ("\u{A0}-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA", "auto", "unusable"),
        ("'-----begin public key-----'", "auto", "unusable"),
        ("MCowBQYDK2VwAyEAFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxc", "auto", "unusable"),
        ("[{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}]", "auto", "unusable"),
    ])
    func `the key box says what it found`(text: String, form: String, kind: String) throws {
        let answer = try ask(
            "describe-key",
            ["key": ["text": .string(ByteString(text)), "form": .string(ByteString(form))]])
        #expect(answer["kind"]?.string?.text == kind)
        #expect(answer["text"]?.string?.isEmpty == false)
        if text.count > 4 { #expect(answer["text"]?.string?.text.contains(text) == false) }
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a key is recognised as JWK and as a set, and a private one is warned of`(algorithm: SignatureAlgorithm) throws
    {
        let key = try SigningKey.generate(algorithm)
        for (json, kind) in [
            (JSON.object(key.privateJWK), "jwk"), (["keys": [.object(key.privateJWK)]], "jwks"),
        ] {
            let text = ByteString(utf8: JSONWriter.write(json))
            let answer = try ask("describe-key", ["key": ["text": .string(text), "form": "auto"]])
            #expect(answer["kind"]?.string?.text == kind)
            #expect(answer["text"]?.string?.text.contains(algorithm.rawValue) == true)
            let warned = texts(answer["findings"], "code").contains("private-key")
            #expect(warned == (algorithm.family != .hmac))
        }
    }

    /// RFC 7517 §5, §4.5: the same answers as the command's.
    @Test func `a set's bad key is passed over, and two keys of one name are told apart`() throws {
        let key = try SigningKey.generate(.es256, id: "a")
        let other = try SigningKey.generate(.ed25519, id: "a")
        let twin = try SigningKey.generate(.es256, id: "a")
        let token = try TokenSigner(key: key).sign(claims: ["sub": "ada"])
        func plan(_ keys: [JSON]) throws -> JSONObject {
            try ask("plan", question(token, key: ["keys": .array(keys)]))
        }
        func jwk(_ key: SigningKey) throws -> JSON { .object(try #require(key.verificationKey.publicJWK)) }
        let bad: JSON = ["kty": "EC", "crv": "P-256"]
        #expect(try plan([bad, jwk(other), jwk(key)])["question"]?.object?["keys"]?.array?.count == 1)
        #expect(try plan([jwk(twin), jwk(key)])["code"]?.string == "key-ambiguous")
        #expect(try plan([bad])["unable"]?.string?.text.contains("\"x\"") == true)
    }

    // Judging

    private func question(
        _ token: String, key: JSON, policy: JSONObject = [:], now: Int64? = nil, holds: Bool? = nil
    ) -> JSON {
        var json: JSONObject = [
            "token": .string(ByteString(token)),
            "key": ["text": .string(ByteString(utf8: JSONWriter.write(key))), "form": "auto"],
            "policy": .object(policy), "now": .number(JSONNumber(now ?? self.now)),
        ]
        if let holds { json["signatureHolds"] = .bool(holds) }
        return .object(json)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `the browser gives the same steps as the verifier`(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let claims: JSONObject = ["iss": "a", "aud": "b", "exp": .number(JSONNumber(now + 60))]
        let good = try TokenSigner(key: key).sign(claims: claims)
        let parts = good.split(separator: ".").map(String.init)
        let swapped = "\(parts[0]).\(encode(#"{"iss":"c"}"#)).\(parts[2])"
        let policies: [(JSONObject, ClaimPolicy)] = [
            ([:], ClaimPolicy(algorithms: [algorithm])),
            (["issuer": "a", "audience": "b"], ClaimPolicy(algorithms: [algorithm], issuers: ["a"], audiences: ["b"])),
            (["issuer": "z"], ClaimPolicy(algorithms: [algorithm], issuers: ["z"])),
            (["type": "at+jwt"], ClaimPolicy(algorithms: [algorithm], types: ["at+jwt"])),
            (
                ["require": ["exp", "roles=admin"], "scopes": ["x"]],
                ClaimPolicy(
                    algorithms: [algorithm],
                    requiredClaims: [ClaimRequirement("exp"), ClaimRequirement("roles", "admin")],
                    scopes: ["x"])
            ),
        ]
        for text in [good, swapped, parts[0], "", "\(good).x", "a.b.c", "\(parts[0]).\(parts[1])."] {
            for (asked, policy) in policies {
                for time in [now, now + 1_000] {
                    let verifier = TokenVerifier(keys: try KeySet([key.verificationKey]), policy: policy)
                    var steps: [VerificationStep] = []
                    let valid =
                        (try? verifier.verify(Array(text.utf8), now: time, revocations: nil) { steps.append($0) })
                        != nil
                    let holds = !steps.contains { $0.check == .signature && $0.outcome == .failed }
                    let answer = try ask(
                        "judge",
                        question(text, key: .object(key.privateJWK), policy: asked, now: time, holds: holds))
                    #expect(answer["verdict"]?.string == (valid ? "valid" : "refused"))
                    #expect(texts(answer["steps"], "check") == steps.map { $0.check.rawValue })
                    #expect(texts(answer["steps"], "outcome") == steps.map { $0.outcome.rawValue })
                    #expect(texts(answer["steps"], "detail") == steps.map { $0.detail })
                    #expect(answer["code"]?.string?.text == steps.last?.code?.rawValue)
                }
            }
        }
    }

    @Test func `only public numbers are handed to WebCrypto`() throws {
        for algorithm in [SignatureAlgorithm.rs256, .es256, .ed25519] {
            let key = try SigningKey.generate(algorithm)
            let token = try TokenSigner(key: key).sign(claims: [:])
            let answer = try ask("plan", question(token, key: .object(key.privateJWK)))
            let asked = try #require(answer["question"]?.object)
            let jwk = try #require(asked["keys"]?.array?.first?.object?["jwk"]?.object)
            for name: ByteString in ["d", "p", "q", "dp", "dq", "qi", "k"] { #expect(jwk[name] == nil) }
            #expect(
                asked["signingInput"]?.string?.text == String(token[..<(token.lastIndex(of: ".") ?? token.endIndex)]))
            #expect(answer["verdict"] == nil)
        }
    }

    @Test func `without a key there is no verdict`() throws {
        let text = token(claims: "{}")
        var asked = try #require(question(text, key: "").object)
        asked["key"] = ["text": "", "form": "auto"]
        asked["signatureHolds"] = true
        for function: ByteString in ["plan", "judge"] {
            let answer = try ask(function, .object(asked))
            #expect(answer["verdict"] == nil)
            #expect(answer["unable"]?.string?.isEmpty == false)
        }
    }

    @Test func `a signature that does not hold is never valid`() throws {
        let key = try SigningKey.generate(.hs256)
        let token = try TokenSigner(key: key).sign(claims: ["exp": .number(JSONNumber(now + 60))])
        let answer = try ask("judge", question(token, key: .object(key.privateJWK), holds: false))
        #expect(answer["verdict"]?.string == "refused")
        #expect(answer["code"]?.string == "signature-mismatch")
    }
}
