import Codecs
import JOSE
import StudioBrowser
import Testing
import Tokens

/// Whatever is asked, an answer in JSON comes back.
@Suite("Studio judge, hostile input") struct HostileInputTests {
    /// SplitMix64, so that a failure can be run again from its seed.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private let names: [ByteString] = ["inspect", "describe-key", "plan", "judge", "compose", "edit"]

    private func inspect(_ text: String) throws -> JSONObject {
        let question: JSON = ["ask": "inspect", "text": .string(ByteString(text)), "now": 1_800_000_000]
        return try #require(try JSONReader.read(StudioJudge.ask(JSONWriter.write(question))).object)
    }

    private func mutated(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &dice) {
            guard !bytes.isEmpty else { break }
            let place = Int.random(in: 0..<bytes.count, using: &dice)
            switch Int.random(in: 0..<6, using: &dice) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &dice), at: place)
            case 3: bytes = Array(bytes[..<place])
            case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
            default: bytes[place] = Array("{}[]\".,:-0eE =\\u".utf8).randomElement(using: &dice) ?? 0
            }
        }
        return bytes
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `mutated questions are answered`(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let claims: JSONObject = ["iss": "a", "exp": 1_900_000_000, "n": 1, "nested": ["a": ["b": [1, 2, "c"]]]]
        let token = try TokenSigner(key: key).sign(claims: claims)
        let jwk = JSONWriter.write(.object(key.privateJWK))
        var dice = Dice(state: 20_261_123)
        for round in 0..<1_000 {
            let mutatesToken = round % 3 == 0
            let mutatesKey = round % 3 == 1
            let text = mutatesToken ? mutated(Array(token.utf8), &dice) : Array(token.utf8)
            let keyText = mutatesKey ? mutated(jwk, &dice) : jwk
            var question: JSONObject = [
                "text": .string(repaired(text)), "token": .string(repaired(text)),
                "header": .string(repaired(text)), "claims": #"{"exp":1,"n":0.10}"#, "json": .string(repaired(keyText)),
                "name": "n", "value": "[1]",
                "key": ["text": .string(repaired(keyText)), "form": "auto"],
                "policy": ["issuer": "a", "leeway": 30, "require": ["iss"], "scopes": []], "now": 1_800_000_000,
            ]
            question["signatureHolds"] = .bool(round % 2 == 0)
            for name in names {
                question["ask"] = .string(name)
                var bytes = JSONWriter.write(.object(question))
                if round % 3 == 2 { bytes = mutated(bytes, &dice) }
                _ = try JSONReader.read(StudioJudge.ask(bytes))
            }
        }
    }

    private func repaired(_ bytes: [UInt8]) -> ByteString {
        ByteString(String(decoding: bytes, as: UTF8.self))
    }

    @Test func `mutated claims are shown or explained`() throws {
        let claims = Array(#"{"exp":1900000000,"iat":-1e400,"aud":["a",null],"s":"\ud83d\ude00é","d":0.1E-7}"#.utf8)
        var dice = Dice(state: 7)
        for _ in 0..<3_000 {
            let text = "eyJhbGciOiJIUzI1NiJ9." + Base64URL.encode(mutated(claims, &dice)) + ".AAAA"
            let part = try #require(try inspect(text)["claims"]?.object)
            #expect(part["members"] != nil || part["problem"] != nil)
        }
    }

    @Test(arguments: [
        "", "null", "[]", "{}", "{\"text\":1}", "{\"text\":\"\",\"now\":-1}", "{\"text\":\"\",\"now\":1e99}",
        "{\"token\":\"\",\"now\":0,\"policy\":{\"leeway\":-1},\"key\":{}}", "\u{0}", "{\"text\":\"a\",\"text\":\"b\"}",
    ])
    func `a question that is none is named as the page's fault`(question: String) throws {
        let answer = try #require(try JSONReader.read(StudioJudge.ask(Array(question.utf8))).object)
        #expect(answer["error"] != nil)
        guard var object = (try? JSONReader.read(Array(question.utf8)))?.object else { return }
        for name in names {
            object["ask"] = .string(name)
            let answer = try #require(
                try JSONReader.read(StudioJudge.ask(JSONWriter.write(.object(object)))).object)
            // Header and claims that are missing are texts to be mended, like those that are empty.
            #expect(answer["error"] != nil || answer["problem"] != nil, "\(name.text)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func `large pastes are read in linear time`() throws {
        for unit in ["ey ", "eyJ.", "eyJ a\n", ".", "Bearer ", "\"", "a.b", "ey\n"] {
            let text = String(repeating: unit, count: 300_000 / unit.utf8.count)
            #expect(try inspect(text)["parts"] != nil)
        }
        let deep = Base64URL.encode(Array(String(repeating: "[", count: 10_000).utf8))
        #expect(try inspect("eyJhbGciOiJIUzI1NiJ9.\(deep).AA")["claims"]?.object?["problem"] != nil)
    }
}
