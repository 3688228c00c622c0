import Codecs
import Crypto
import TestSupport
import Testing
import Tokens

@testable import JOSE

/// Each mistake made on purpose, and found out.
@Suite struct DiagnosisTests {
    static let header = #"{"alg":"HS256","typ":"JWT"}"#
    static let claims = #"{"sub":"anna","iss":"https://issuer.example","n":[1,2]}"#

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func input(_ header: String = header, _ claims: String = claims) -> [UInt8] {
        bytes(Base64URL.encode(bytes(header)) + "." + Base64URL.encode(bytes(claims)))
    }

    /// A token of these parts, whose MAC may be over something else.
    private static func token(
        _ secret: [UInt8], _ algorithm: SignatureAlgorithm = .hs256, header: String = header, over: [UInt8]? = nil
    ) -> [UInt8] {
        let mac = SharedSecretMAC.compute(algorithm, secret, over ?? input(header)) ?? []
        return input(header) + [0x2E] + Base64URL.encodeBytes(mac)
    }

    private func mistakes(_ token: [UInt8], _ key: [UInt8], _ form: KeyReader.Form = .document) -> [MistakeCode] {
        let diagnosis = Diagnosis(token: token, key: key, form: form)
        #expect(diagnosis.attempts <= DiagnosisCandidates.maximum)
        #expect((diagnosis.outcome == .explained) == !diagnosis.mistakes.isEmpty)
        return diagnosis.mistakes
    }

    @Test func `what verifies is said to verify, and weakness with it`() {
        let diagnosis = Diagnosis(token: Self.token(Self.bytes("secret")), key: Self.bytes("secret"))
        #expect(diagnosis.outcome == .verifies)
        #expect(diagnosis.attempts == 1)
        #expect(diagnosis.findings.map(\.code) == [.weakSecret])
        for (algorithm, key) in Keys.all where algorithm != .hs256 {
            guard let token = try? TokenSigner(key: key).sign(claims: Keys.claims),
                let pem = key.verificationKey.publicPEM
            else { continue }
            #expect(Diagnosis(token: Self.bytes(token), key: Self.bytes(pem)).outcome == .verifies, "\(algorithm)")
        }
    }

    static let key: [UInt8] = (0..<40).map { UInt8($0 * 5 + 3) }

    @Test(
        arguments: [
            (Base64.encode(key), key, KeyReader.Form.document, [MistakeCode.secretIsBase64]),
            (Base64URL.encode(key + [0xFB]), key + [0xFB], .utf8, [.secretIsBase64URL]),
            (Hex.encode(key), key, .document, [.secretIsHex]),
            ("c2VjcmV0LXNlY3JldA==", bytes("c2VjcmV0LXNlY3JldA=="), .base64, [.secretIsText]),
            ("00ff00ff", bytes("00ff00ff"), .hex, [.secretIsText]),
            (Base64.encode(bytes(Base64.encode(key))), key, .document, [.secretEncodedTwice]),
            ("hunter2hunter", bytes(Base64.encode(bytes("hunter2hunter"))), .utf8, [.secretSignedAsBase64]),
            // The signer took the encoded text for the secret; here its bytes were given.
            (Hex.encode(key), bytes(Base64.encode(key)), .hex, [.secretSignedAsBase64]),
            (Base64.encode(key), bytes(Hex.encode(key)), .base64, [.secretSignedAsHex]),
            (Hex.encode(key + [0xFB]), bytes(Base64URL.encode(key + [0xFB])), .hex, [.secretSignedAsBase64URL]),
            (Hex.encode(key), bytes(Base64.encode(key) + "\n"), .hex, [.secretSignedAsBase64, .secretBlankMissing]),
            // The signer took the text for the secret; here it was to be decoded, and the reverse.
            (Base64.encode(key), bytes(Base64.encode(key)), .base64, [.secretIsText]),
            (Base64URL.encode(key), bytes(Base64URL.encode(key)), .base64url, [.secretIsText]),
            (Base64.encode(key), key, .utf8, [.secretIsBase64]),
            (Hex.encode(key), key, .utf8, [.secretIsHex]),
            ("hunter2\n", bytes("hunter2"), .utf8, [.secretBlankAround]),
            ("  hunter2\r\n", bytes("hunter2"), .utf8, [.secretBlankAround]),
            ("\u{FEFF}hunter2", bytes("hunter2"), .utf8, [.secretBlankAround]),
            ("hunter2", bytes("hunter2\n"), .utf8, [.secretBlankMissing]),
            ("\"hunter2\"", bytes("hunter2"), .utf8, [.secretQuoted]),
            ("'hunter2'", bytes("hunter2"), .utf8, [.secretQuoted]),
            ("JWT_SECRET=hunter2", bytes("hunter2"), .utf8, [.secretAssignment]),
            ("JWT_SECRET=\"hunter2\"", bytes("hunter2"), .utf8, [.secretAssignment]),
            ("Hunter2", bytes("hunter2"), .utf8, [.secretLetterCase]),
            ("DEADBEEF", bytes("deadbeef"), .utf8, [.secretLetterCase]),
            ("hunter2", [0x68, 0, 0x75, 0, 0x6E, 0, 0x74, 0, 0x65, 0, 0x72, 0, 0x32, 0], .utf8, [.secretUTF16]),
            ("hunter2", [], .utf8, [.secretEmpty]),
            (
                "hunter2", bytes(Base64.encode(bytes("hunter2")) + "\n"), .utf8,
                [.secretSignedAsBase64, .secretBlankMissing]
            ),
            (" " + Base64.encode(key) + "\n", key, .document, [.secretBlankAround, .secretIsBase64]),
        ] as [(String, [UInt8], KeyReader.Form, [MistakeCode])])
    func `mistakes about the secret`(given: String, used: [UInt8], form: KeyReader.Form, wanted: [MistakeCode]) {
        #expect(mistakes(Self.token(used), Self.bytes(given), form) == wanted)
        #expect(mistakes(Self.token(used, .hs512, header: #"{"alg":"HS512"}"#), Self.bytes(given), form) == wanted)
    }

    @Test func `the form that repairs is told, the secret is not`() {
        let diagnosis = Diagnosis(token: Self.token(Self.key), key: Self.bytes(Hex.encode(Self.key)))
        #expect(diagnosis.keyForm == .hex)
        let told = JSONWriter.text(.object(diagnosis.json)) + "\(diagnosis)"
        #expect(!told.contains(Hex.encode(Self.key)))
        #expect(told.contains("secret-is-hex"))
    }

    @Test func `a key that a verifier would not take is told`() throws {
        let pss = try #require(Keys.all[.ps256])
        let pem = Self.bytes(try #require(pss.verificationKey.publicPEM))
        let token = Self.bytes(try TokenSigner(key: pss).sign(claims: Keys.claims))
        let diagnosis = Diagnosis(token: token, key: pem)
        #expect(diagnosis.keyRefusal == .takenFor([.rs256]))
        #expect(diagnosis.text.contains("taken to be for RS256"))
        #expect(diagnosis.json["refusal"]?.string != nil)
        #expect(Diagnosis(token: token, key: pem, algorithm: .ps256).keyRefusal == nil)

        let long = Self.token(Self.key + Self.key, .hs384, header: #"{"alg":"HS384"}"#)
        #expect(Diagnosis(token: long, key: Self.key + Self.key, form: .utf8).keyRefusal == .takenFor([.hs256]))
        #expect(Diagnosis(token: long, key: Self.key + Self.key, form: .utf8, algorithm: .hs384).keyRefusal == nil)

        let short = Diagnosis(token: Self.token(Self.bytes("short one")), key: Self.bytes("short one"), form: .utf8)
        guard case .refused(let error)? = short.keyRefusal else {
            Issue.record("a short secret is refused")
            return
        }
        #expect(error.code == .weak)
        #expect(Diagnosis(token: Self.token(Self.key), key: Self.key, form: .utf8).keyRefusal == nil)
    }

    @Test func `what token and keys call the key is told`() throws {
        let key = try SigningKey.generate(.es256)
        let set = try #require(key.verificationKey.publicJWK)
        let id = try #require(set["kid"]?.string)
        let input = Self.input(#"{"alg":"ES256","kid":"another"}"#)
        let signature = try SigningKey.generate(.es256).sign(input)
        let diagnosis = Diagnosis(
            token: input + [0x2E] + Base64URL.encodeBytes(signature),
            key: JSONWriter.write(["keys": [.object(set)]]))
        #expect(diagnosis.outcome == .unexplained)
        #expect(diagnosis.tokenKeyID == "another")
        #expect(diagnosis.keyIDs == [id])
        #expect(
            diagnosis.text.hasSuffix(
                "The token asks for the key \"another\"; the key that was given is \"\(id.text)\"."))
    }

    @Test func `another hash under an elliptic signature is told`() throws {
        let key = P256.Signing.PrivateKey()
        let input = Self.input(#"{"alg":"ES256"}"#)
        let pem = Self.bytes(key.publicKey.pemRepresentation)
        func diagnosis(_ digest: some Digest) throws -> Diagnosis {
            let signature = try key.signature(for: digest).rawRepresentation
            return Diagnosis(token: input + [0x2E] + Base64URL.encodeBytes(Array(signature)), key: pem)
        }
        let other = try diagnosis(SHA384.hash(data: input))
        #expect(other.mistakes == [.hashMismatch])
        #expect(other.hash == "SHA-384")
        #expect(other.text.contains("SHA-384"))
        #expect(try diagnosis(SHA512.hash(data: input)).hash == "SHA-512")
        #expect(try diagnosis(SHA256.hash(data: input)).outcome == .verifies)
        #expect(try diagnosis(SHA384.hash(data: input + [0])).outcome == .unexplained)
    }

    @Test func `a secret that everybody finds is told also with another key`() {
        let diagnosis = Diagnosis(token: Self.token(Self.bytes("secret")), key: Self.key, form: .utf8)
        #expect(diagnosis.outcome == .unexplained)
        #expect(diagnosis.findings.map(\.code) == [.weakSecret])
        #expect(WeakSecretSearch.finding(Self.token(Self.key)) == nil)
    }

    @Test func `mistakes about the algorithm`() throws {
        #expect(mistakes(Self.token(Self.key, .hs384), Self.key, .utf8) == [.hashMismatch])
        #expect(mistakes(Self.token(Self.key, header: #"{"alg":"hs256"}"#), Self.key, .utf8) == [.algorithmSpelling])
        #expect(mistakes(Self.token(Self.key, header: #"{"alg":"RS256"}"#), Self.key, .utf8) == [.algorithmUntrue])
        #expect(mistakes(Self.token(Self.key, header: #"{"alg":"none"}"#), Self.key, .utf8) == [.tokenUnsigned])
        #expect(mistakes(Self.input() + [0x2E], Self.key, .utf8) == [.tokenUnsigned])
        let pem = Self.bytes(try #require(Keys.all[.es256]?.verificationKey.publicPEM))
        let lie = Self.input(#"{"alg":"RS256"}"#)
        let signature = try #require(try Keys.all[.es256]?.sign(lie))
        #expect(mistakes(lie + [0x2E] + Base64URL.encodeBytes(signature), pem) == [.algorithmUntrue])
        let other = Self.token(Self.key, header: #"{"alg":"ES256"}"#)
        #expect(
            mistakes(other, Self.bytes(try #require(Keys.all[.rs256]?.verificationKey.publicPEM))) == [.keyTypeMismatch]
        )
        #expect(mistakes(Self.token(Self.key), pem) == [.keyTypeMismatch])
        #expect(mistakes(Self.token(Self.key), []) == [.keyMissing])
    }

    @Test(arguments: [
        (SignatureAlgorithm.rs256, SignatureAlgorithm.rs512), (.rs512, .rs256), (.ps256, .ps384), (.ps512, .ps256),
    ])
    func `another hash of the same family is told for RSA`(named: SignatureAlgorithm, used: SignatureAlgorithm) throws {
        let pem = try #require(Keys.all[used]?.verificationKey.publicPEM)
        let input = Self.input(#"{"alg":"\#(named.rawValue)"}"#)
        let signature = try #require(try Keys.all[used]?.sign(input))
        let diagnosis = Diagnosis(token: input + [0x2E] + Base64URL.encodeBytes(signature), key: Self.bytes(pem))
        #expect(diagnosis.mistakes == [.hashMismatch])
        #expect(diagnosis.algorithm == used)
    }

    @Test func `the sister padding is told for RSA`() throws {
        let pem = try #require(Keys.all[.ps256]?.verificationKey.publicPEM)
        let input = Self.input(#"{"alg":"RS256"}"#)
        let signature = try #require(try Keys.all[.ps256]?.sign(input))
        #expect(
            mistakes(input + [0x2E] + Base64URL.encodeBytes(signature), Self.bytes(pem)) == [.paddingMismatch])
    }

    @Test(arguments: [SignatureAlgorithm.rs256, .rs512, .ps256, .ps384, .es256, .es384, .es512, .ed25519, .mlDSA65])
    func `mistakes about the key`(algorithm: SignatureAlgorithm) throws {
        let key = try #require(Keys.all[algorithm])
        let stranger = try SigningKey.generate(algorithm == .es256 ? .ed25519 : .es256)
        let pem = try #require(key.verificationKey.publicPEM)
        let input = Self.input(#"{"alg":"\#(algorithm.rawValue)"}"#)
        let token = input + [0x2E] + Base64URL.encodeBytes(try key.sign(input))
        let lines = pem.split(separator: "\n")
        for damaged in [
            lines.joined(separator: " "), lines.joined(separator: "\\n"), lines.joined(),
            "\"" + lines.joined(separator: "\\n") + "\"", lines.dropFirst().dropLast().joined(),
        ] { #expect(mistakes(token, Self.bytes(damaged)) == [.keyDamaged], "\(damaged)") }

        let jwk = try #require(key.verificationKey.publicJWK)
        let second = try #require(try SigningKey.generate(algorithm).verificationKey.publicJWK)
        let foreign = try #require(stranger.verificationKey.publicJWK)
        let set = JSONWriter.write(["keys": [.object(foreign), .object(second), .object(jwk)]])
        #expect(mistakes(token, set) == [])
        let id = try #require(second["kid"]?.string)
        let named = Self.input(#"{"alg":"\#(algorithm.rawValue)","kid":"\#(id.text)"}"#)
        let diagnosis = Diagnosis(token: named + [0x2E] + Base64URL.encodeBytes(try key.sign(named)), key: set)
        #expect(diagnosis.mistakes == [.keyIDMisleads])
        #expect(diagnosis.keyID == key.id)

        let confused = Self.input()
        for text in [pem, String(pem.dropLast()), pem.replacing("\n", with: "\r\n")] {
            let mac = SharedSecretMAC.compute(.hs256, Self.bytes(text), confused) ?? []
            #expect(mistakes(confused + [0x2E] + Base64URL.encodeBytes(mac), Self.bytes(pem)) == [.publicKeyAsSecret])
        }
        let der = try #require(try PEM.read(Self.bytes(pem)).first?.der)
        #expect(mistakes(Self.token(der), Self.bytes(pem)) == [.publicKeyAsSecret])
        let number = try #require((jwk["n"] ?? jwk["x"] ?? jwk["pub"])?.string).bytes
        for bare in [try Base64URL.decode(number), number] {
            #expect(mistakes(Self.token(bare), Self.bytes(pem)) == [.publicKeyAsSecret])
        }
    }

    @Test func `a short secret in a JWK is explained`() {
        let jwk = Self.bytes(#"{"kty":"oct","k":"c2hvcnQ"}"#)
        #expect(mistakes(Self.token(Self.bytes("short")), jwk) == [])
        #expect(mistakes(Self.token(Self.bytes("c2hvcnQ")), jwk) == [.secretSignedAsBase64URL])
    }

    @Test func `how the secret was read, and how it should be, is told`() {
        let text = Self.bytes(Base64.encode(Self.key))
        let decoded = Diagnosis(token: Self.token(Self.key), key: text, form: .utf8)
        #expect(decoded.keyForm == .base64)
        #expect(decoded.text == "The secret is base64: its decoded bytes are the key. It was read as text (utf8).")
        let plain = Diagnosis(token: Self.token(text), key: text, form: .base64)
        #expect(plain.keyForm == .utf8)
        #expect(plain.text == "The secret is the text itself, not what it decodes to. It was read as base64.")
    }

    @Test func `a repair that a verifier would refuse too is no repair without a word`() {
        let short = Self.bytes("short")
        let diagnosis = Diagnosis(token: Self.token(short), key: Self.bytes(Hex.encode(short)), form: .utf8)
        #expect(diagnosis.mistakes == [.secretIsHex])
        #expect(diagnosis.text.contains("(key-weak)"))
    }

    /// What a verifier says of the key, and nothing else.
    @Test func `a key that cannot be used is told as a verifier tells it`() throws {
        let good = try #require(Keys.all[.es256]?.verificationKey.publicJWK)
        let pem = try #require(Keys.all[.es256]?.verificationKey.publicPEM)
        func changed(_ name: ByteString, _ value: JSON?) -> [UInt8] {
            var jwk = good
            jwk[name] = value
            return JSONWriter.write(.object(jwk))
        }
        let token = Self.bytes(try TokenSigner(key: try #require(Keys.all[.es256])).sign(claims: Keys.claims))
        let keys: [([UInt8], KeyError.Code)] = [
            (changed("x", "AAAA"), .malformed), (changed("x", "a+b/"), .malformed), (changed("y", nil), .malformed),
            (changed("y", good["x"]), .malformed), (changed("kty", "XY"), .unsupported),
            (Self.bytes(#"{"1a2b":"-----BEGIN CERTIFICATE-----"}"#), .malformed),
            (Self.bytes(#"{"keys":[{"kty":"EC","crv":"P-256"},{"kty":"RSA"}]}"#), .unsupported),
            (Self.bytes("{"), .unreadable), (Self.bytes("hello"), .unreadable),
            (Self.bytes(Base64.encode(Self.bytes(pem))), .unreadable),
            (Self.bytes("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), .malformed),
        ]
        for (key, code) in keys {
            let diagnosis = Diagnosis(token: token, key: key)
            let error = Keys.keyError { () throws(KeyError) in _ = try KeySet(try KeyReader.read(key)) }
            #expect(error?.code == code)
            #expect(diagnosis.mistakes == [.keyUnusable])
            #expect(diagnosis.text == "The key cannot be used: \(error?.detail ?? "") (\(code.rawValue)).")
        }
        // Where a secret may have been meant, that is tried first, and the verifier's words are told all the same.
        let guess = Diagnosis(token: Self.token(Self.key), key: Self.bytes("hello"))
        #expect(guess.outcome == .unexplained)
        #expect(guess.text.contains("(key-unreadable)"))
    }

    @Test func `a key that a verifier would not choose is told`() throws {
        let key = try SigningKey.generate(.es256, id: "a")
        let twin = try SigningKey.generate(.es256, id: "a")
        let token = Self.bytes(try TokenSigner(key: key).sign(claims: Keys.claims))
        let set = try [twin, key].map { JSON.object(try #require($0.verificationKey.publicJWK)) }
        let twins = Diagnosis(token: token, key: JSONWriter.write(["keys": .array(set)]))
        #expect(twins.outcome == .verifies)
        #expect(twins.text.contains("(key-ambiguous)"))
        var unnamed = key.privateJWK
        unnamed["kid"] = nil
        let nameless = Self.bytes(try TokenSigner(key: try SigningKey(jwk: unnamed)).sign(claims: Keys.claims))
        let nine = try (0..<9).map { _ in
            JSON.object(try #require(try SigningKey.generate(.es256).verificationKey.publicJWK))
        }
        let many = JSONWriter.write(["keys": .array(nine + [set[1]])])
        #expect(Diagnosis(token: nameless, key: many).mistakes == [.wrongKeyOfSet])
    }

    @Test func `mistakes about the token`() throws {
        let token = Self.token(Self.key)
        let wrapped = Array(token[..<40]) + [0x0A, 0x20] + Array(token[40...])
        let diagnosis = Diagnosis(token: wrapped, key: Self.key, form: .utf8)
        #expect(diagnosis.mistakes == [.tokenBlanks])
        #expect(diagnosis.repairedToken == token)
        let mac = try #require(SharedSecretMAC.compute(.hs256, Self.key, Self.input()))
        #expect(
            mistakes(Self.input() + Self.bytes("." + Base64.encode(mac)), Self.key, .utf8) == [.tokenStandardBase64])
        #expect(mistakes(Array(token.dropLast(3)), Self.key, .utf8) == [.tokenTruncated])
        #expect(mistakes(Array(token.dropLast(3)), Self.bytes("another"), .utf8) == [.tokenTruncated])
        #expect(mistakes(Self.bytes("a.b"), Self.key, .utf8) == [.tokenUnreadable])
        let hex = Self.input() + [0x2E] + Base64URL.encodeBytes(Self.bytes(Hex.encode(mac)))
        #expect(mistakes(hex, Self.key, .utf8) == [.signatureEncodedTwice])
        let detached = Self.bytes(Base64URL.encode(Self.bytes(Self.header)) + ".." + Base64URL.encode(mac))
        #expect(mistakes(detached, Self.key, .utf8) == [.contentDetached])
        for over in [Self.header + "." + Self.claims, Self.claims, Base64URL.encode(Self.bytes(Self.claims))] {
            #expect(mistakes(Self.token(Self.key, over: Self.bytes(over)), Self.key, .utf8) == [.signedDecoded])
        }
        let both = Self.token(Self.key, over: Self.input().filter { $0 != 0x2E })
        #expect(mistakes(both, Self.key, .utf8) == [.signedDecoded])
    }

    @Test(arguments: [
        #"{"sub": "anna", "iss": "https://issuer.example", "n": [1, 2]}"#,
        "{\n  \"sub\": \"anna\",\n  \"iss\": \"https://issuer.example\",\n  \"n\": [\n    1,\n    2\n  ]\n}",
        #"{"iss":"https://issuer.example","n":[1,2],"sub":"anna"}"#,
        #"{"sub":"anna","iss":"https:\/\/issuer.example","n":[1,2]}"#, claims + "\n",
    ])
    func `payloads written anew are told, and the original comes back`(original: String) {
        let signed = Self.input(Self.header, original)
        let diagnosis = Diagnosis(token: Self.token(Self.key, over: signed), key: Self.key, form: .utf8)
        #expect(diagnosis.mistakes == [.partReserialized])
        #expect(diagnosis.repairedToken?.starts(with: signed) == true)
    }

    @Test func `a signature in DER is told, and mended`() throws {
        let key = try #require(Keys.all[.es256])
        for _ in 0..<8 {
            let input = Self.input(#"{"alg":"ES256"}"#)
            let raw = try key.sign(input)
            let der = DERWriter.sequence([
                DERWriter.unsignedInteger(Array(raw[..<32])), DERWriter.unsignedInteger(Array(raw[32...])),
            ])
            let pem = Self.bytes(try #require(key.verificationKey.publicPEM))
            let diagnosis = Diagnosis(token: input + [0x2E] + Base64URL.encodeBytes(der), key: pem)
            #expect(diagnosis.mistakes == [.signatureDER])
            #expect(diagnosis.repairedToken == input + [0x2E] + Base64URL.encodeBytes(raw))
        }
    }

    @Test func `what no mistake explains stays unexplained`() {
        let diagnosis = Diagnosis(token: Self.token(Self.key), key: Self.bytes("something else altogether"))
        #expect(diagnosis.outcome == .unexplained)
        #expect(diagnosis.algorithm == nil)
        #expect(diagnosis.attempts > 100)
        print("Diagnosis: \(diagnosis.attempts) attempts explain nothing")
    }

    @Test func `hostile tokens and keys are diagnosed within bounds`() throws {
        var generator = SeededGenerator(seed: 17)
        let pem = Self.bytes(try #require(Keys.all[.es256]?.verificationKey.publicPEM))
        for index in 0..<150 {
            let token = Mutation.of(Self.token(Self.key), words: [".", "=", "\n", "eyJ"], using: &generator)
            let key = Mutation.of(
                index.isMultiple(of: 2) ? pem : Self.key, words: ["\\n", "-----", "{"], using: &generator)
            #expect(Diagnosis(token: token, key: key).attempts <= DiagnosisCandidates.maximum)
        }
        for large in [[UInt8](repeating: 0x41, count: 300_000), [UInt8](repeating: 0x2E, count: 300_000)] {
            #expect(Diagnosis(token: large, key: large).outcome == .explained)
        }
    }

    @Test func `weak secrets are found without being told`() {
        for (secret, algorithm) in [
            ("secret", SignatureAlgorithm.hs256), ("your-256-bit-secret", .hs256), ("Password123", .hs384),
            ("changeme", .hs512), ("", .hs256), ("secret\n", .hs256),
        ] {
            let token = Self.token(Self.bytes(secret), algorithm, header: #"{"alg":"\#(algorithm.rawValue)"}"#)
            #expect(WeakSecretSearch.search(token) == .found(secret: Self.bytes(secret)), "\(secret)")
        }
        guard case .notFound(let tried) = WeakSecretSearch.search(Self.token(Self.key)) else {
            Issue.record("a random secret is in no list")
            return
        }
        #expect(tried == WeakSecret.candidates.count)
        #expect(WeakSecretSearch.search(Self.token(Self.key, header: #"{"alg":"RS256"}"#)) == .notApplicable)
        #expect(WeakSecretSearch.search([]) == .notApplicable)
    }

    @Test func `every mistake says what happened and what to do`() {
        for code in MistakeCode.allCases {
            #expect(code.sentence.hasSuffix("."))
            #expect(code.advice.hasSuffix("."))
        }
    }
}
