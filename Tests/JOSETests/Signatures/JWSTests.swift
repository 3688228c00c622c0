import Codecs
import JOSE
import TestSupport
import Testing
import Tokens

@Suite struct JWSTests {
    private static let content = Array("It's a dangerous business.\u{0}\u{1F409}.".utf8)

    private struct Setting {
        let first: SigningKey
        let second: SigningKey
        let keys: KeySet

        init() throws {
            first = try SigningKey.generate(.es256, id: "one")
            second = try SigningKey.generate(.ed25519, id: "two")
            keys = try KeySet([first.verificationKey, second.verificationKey])
        }

        func verify(
            _ text: [UInt8], _ signers: ContentPolicy.Signers = .all, detached: [UInt8]? = nil
        ) throws(TokenRejection) -> VerifiedContent {
            let policy = ContentPolicy(algorithms: [.es256, .ed25519], signers: signers)
            return try JWSVerifier(keys: keys, policy: policy).verify(text, detached: detached)
        }

        func code(
            _ text: [UInt8], _ signers: ContentPolicy.Signers = .all, detached: [UInt8]? = nil
        ) -> RejectionCode? {
            do throws(TokenRejection) {
                _ = try verify(text, signers, detached: detached)
                return nil
            } catch {
                return error.code
            }
        }
    }

    private func bytes(_ json: JSONObject) -> [UInt8] { JSONWriter.write(.object(json)) }

    @Test func `what is signed verifies, in every form`() throws {
        let setting = try Setting()
        for encodes in [true, false] {
            let one = JWSSigner(key: setting.first, protected: ["x": 1], encodesPayload: encodes)
            let both = JWSSigner(
                [.init(key: setting.first), .init(key: setting.second, unprotected: ["kid": "two", "note": "n"])],
                encodesPayload: encodes)
            var texts: [([UInt8], [UInt8]?)] = [
                (try one.compact(Self.content, detached: true), Self.content),
                (bytes(try one.flattened(Self.content)), nil),
                (bytes(try one.flattened(Self.content, detached: true)), Self.content),
                (bytes(try one.general(Self.content)), nil), (bytes(try both.general(Self.content)), nil),
                (bytes(try both.general(Self.content, detached: true)), Self.content),
            ]
            if encodes { texts.append((try one.compact(Self.content), nil)) }
            for (text, detached) in texts {
                let verified = try setting.verify(text, detached: detached)
                #expect(verified.payload == Self.content)
                #expect(verified.signatures.first?.keyID == "one")
                #expect(verified.signatures.allSatisfy { $0.header["note"] == nil })
                // Another byte anywhere in the content.
                if var changed = detached {
                    changed[3] ^= 1
                    #expect(setting.code(text, detached: changed) == .signatureMismatch)
                }
            }
        }
    }

    @Test func `of several signatures each must hold, or the one that is asked for`() throws {
        let setting = try Setting()
        let stranger = try SigningKey.generate(.es256, id: "three")
        let impostor = try SigningKey.generate(.es256, id: "one")
        func text(_ keys: SigningKey...) throws -> [UInt8] {
            bytes(try JWSSigner(keys.map { JWSSigner.Signer(key: $0) }).general(Self.content))
        }
        let good = try text(setting.first, setting.second)
        #expect(try setting.verify(good).signatures.map(\.keyID) == ["one", "two"])
        #expect(try setting.verify(good, .exactly("two")).signatures.map(\.keyID) == ["two"])

        // One good signature among bad ones says nothing unless its signer is the one asked for (CVE-2016-9122).
        let withStranger = try text(stranger, setting.second)
        #expect(setting.code(withStranger) == .keyUnknown)
        #expect(try setting.verify(withStranger, .exactly("two")).signatures.map(\.algorithm) == [.ed25519])
        #expect(setting.code(withStranger, .exactly("one")) == .signerMissing)
        let withImpostor = try text(impostor, setting.second)
        #expect(setting.code(withImpostor) == .signatureMismatch)
        #expect(setting.code(withImpostor, .exactly("one")) == .signatureMismatch)
        #expect(setting.code(withImpostor, .exactly("two")) == nil)
        let twice = try text(impostor, setting.first)
        #expect(try setting.verify(twice, .exactly("one")).signatures.count == 1)
        #expect(setting.code(twice) == .signatureMismatch)
        #expect(setting.code(good, .exactly("three")) == .keyUnknown)
    }

    @Test func `an appended signature cannot undo the one that is asked for`() throws {
        let setting = try Setting()
        func signature(_ header: JSONObject, _ text: String = "AAAA") -> JSON {
            [
                "protected": .string(ByteString(Base64URL.encode(JSONWriter.write(.object(header))))),
                "signature": .string(ByteString(text)),
            ]
        }
        let jwk = JSON.object(try #require(setting.first.verificationKey.publicJWK))
        let strangers: [JSON] = [
            signature(["alg": "none"]), signature(["alg": "HS256"]), signature(["alg": "ES256", "jwk": jwk]),
            signature(["alg": "ES256", "crit": ["x"], "x": 1]), signature(["alg": "ES256"], "!"),
            signature(["alg": "ES256", "kid": "one"], "AAAA"), signature(["kid": 7]),
            ["protected": "!", "signature": ""], ["signature": "AAAA"],
        ]
        let json = try JWSSigner([.init(key: setting.first), .init(key: setting.second)]).general(Self.content)
        let own = try #require(json["signatures"]?.array)
        for (index, stranger) in strangers.enumerated() {
            for signatures in [own + [stranger], [stranger] + own] {
                var json = json
                json["signatures"] = .array(signatures)
                #expect(try setting.verify(bytes(json), .exactly("one")).signatures.map(\.keyID) == ["one"], "\(index)")
                #expect(setting.code(bytes(json)) != nil, "\(index)")
            }
        }
        // When no question is left, the answer is what was wrong with the signer's own signature.
        var alone = json
        alone["signatures"] = [signature(["alg": "HS256"]), signature(["alg": "ES256", "kid": "one"], "AAAA")]
        #expect(setting.code(bytes(alone), .exactly("one")) == .signatureLength)
        // What was passed over is not told, and the refusal is told once.
        var heard: [VerificationStep] = []
        let verifier = JWSVerifier(
            keys: setting.keys, policy: ContentPolicy(algorithms: [.es256, .ed25519], signers: .exactly("one")))
        #expect(throws: TokenRejection.self) { try verifier.verify(bytes(alone)) { heard.append($0) } }
        #expect(heard.filter { $0.outcome == .failed }.map(\.code) == [.signatureLength])
        alone["signatures"] = .array(strangers + own)
        heard = []
        _ = try verifier.verify(bytes(alone)) { heard.append($0) }
        #expect(heard.allSatisfy { $0.outcome == .passed })
    }

    @Test func `a token's verifier takes no other form than the compact one`() throws {
        let key = try #require(Keys.all[.es256])
        let keys = try KeySet([key.verificationKey])
        let payload = JSONWriter.write(.object(Keys.claims))
        let signer = JWSSigner(key: key)
        #expect(Keys.code(try signer.compact(payload), keys) == nil)
        #expect(Keys.code(bytes(try signer.flattened(payload)), keys) == .tokenNotCompact)
        #expect(Keys.code(bytes(try signer.general(payload)), keys) == .tokenNotCompact)
        let raw = JWSSigner(key: key, encodesPayload: false)
        #expect(Keys.code(try raw.compact(payload, detached: true), keys) == .criticalUnknown)
    }

    @Test func `the signer refuses what the verifier would`() throws {
        let key = try #require(Keys.all[.es256])
        func fails(_ make: () throws -> Void) { #expect(throws: SigningError.self) { try make() } }
        let two = JWSSigner([.init(key: key), .init(key: key)])
        fails { _ = try two.compact([1]) }
        fails { _ = try two.flattened([1]) }
        fails { _ = try JWSSigner([]).general([1]) }
        fails { _ = try JWSSigner(Array(repeating: .init(key: key), count: 17)).general([1]) }
        fails { _ = try JWSSigner(key: key).compact([]) }
        fails { _ = try JWSSigner(key: key, encodesPayload: false).compact([1]) }
        fails { _ = try JWSSigner(key: key, encodesPayload: false).flattened([0xFF]) }
        fails { _ = try JWSSigner(key: key, protected: ["alg": "HS256"]).compact([1]) }
        fails { _ = try JWSSigner(key: key, protected: ["crit": ["x"], "x": 1]).compact([1]) }
        fails { _ = try JWSSigner(key: key, protected: ["b64": false]).compact([1]) }
        fails { _ = try JWSSigner(key: key, protected: ["crit": ["x"], "x": 1], encodesPayload: false).flattened([1]) }
        fails { _ = try JWSSigner([.init(key: key, unprotected: ["x": 1])]).compact([1]) }
        for name: ByteString in ["alg", "crit", "b64", "typ"] {
            fails { _ = try JWSSigner([.init(key: key, unprotected: [name: "x"])]).flattened([1]) }
        }
        fails { _ = try JWSSigner([.init(key: key, protected: ["x": 1], unprotected: ["x": 1])]).flattened([1]) }
    }

    @Test func `mutations are refused or change nothing that is signed`() throws {
        let setting = try Setting()
        let both = JWSSigner([.init(key: setting.first), .init(key: setting.second)])
        let texts = [
            try JWSSigner(key: setting.first).compact(Self.content), bytes(try both.general(Self.content)),
            bytes(try JWSSigner(key: setting.second).flattened(Self.content)),
        ]
        var generator = SeededGenerator(seed: 7_515)
        var accepted = 0
        for _ in 0..<3_000 {
            let text = Mutation.of(
                texts[Int.random(in: 0..<3, using: &generator)], words: [#""header":{},"#, ".", "=", #","x":1"#],
                using: &generator)
            if let verified = try? setting.verify(text) {
                #expect(verified.payload == Self.content)
                accepted += 1
            }
        }
        print("Mutated JWS: 3000 texts, \(accepted) still good (the change was in what nobody signs)")
    }
}
