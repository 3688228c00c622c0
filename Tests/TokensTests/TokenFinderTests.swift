import Codecs
import TestSupport
import Testing
import Tokens

/// Tokens in everything that people paste.
@Suite struct TokenFinderTests {
    static let token = String(
        decoding: Sample.token(
            header: #"{"alg":"HS256","typ":"JWT"}"#,
            claims: #"{"sub":"anna","iss":"https://issuer.example","n":1.50,"id":12345678901234567890}"#,
            signature: (0..<32).map { UInt8(truncatingIfNeeded: $0 * 7 + 250) }), as: UTF8.self)
    static let other = String(
        decoding: Sample.token(header: #"{"alg":"ES256"}"#, claims: #"{"sub":"bob"}"#), as: UTF8.self)

    private func find(_ text: String) -> [FoundToken] { TokenFinder.find(Array(text.utf8)).tokens }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The token broken into lines of this many characters.
    private func wrapped(_ width: Int, _ lineBreak: String) -> String {
        var lines: [String] = []
        let bytes = Array(Self.token.utf8)
        for start in stride(from: 0, to: bytes.count, by: width) {
            lines.append(text(Array(bytes[start..<min(bytes.count, start + width)])))
        }
        return lines.joined(separator: lineBreak)
    }

    @Test(
        arguments: [
            ("", "", nil), ("  ", "\n", nil), ("Bearer ", "", nil),
            ("Authorization: Bearer ", "\r\nHost: a", "Authorization"),
            ("authorization: bearer ", "", "authorization"), ("\"", "\"", nil), ("'", "',", nil), ("`", "`", nil),
            ("Cookie: a=1; session=", "; b=2", "session"),
            ("Set-Cookie: __Host-id=", "; Path=/; HttpOnly", "__Host-id"),
            ("https://app.example/cb?code=1&token=", "&x=1", "token"),
            ("https://app.example/cb#id_token=", "", "id_token"),
            ("https://app.example/verify/", "/done?x=1", nil),
            ("https://a.example/?next=%2Fcb%3Fjwt%3D", "%26a%3D1", "jwt"),
            (#"{"access_token":""#, #"","token_type":"Bearer"}"#, "access_token"),
            (#"{"access_token" : ""#, #""}"#, "access_token"), (#"{\"id_token\":\""#, #"\"}"#, "id_token"),
            ("2027-01-15T08:00:00Z INFO auth token=", " user=anna", "token"),
            ("curl -H 'Authorization: Bearer ", "' https://a", "Authorization"),
            ("The token is ", ". It is long.", nil), ("export JWT=\"", "\"\n", "JWT"), ("<saml>", "</saml>", nil),
            ("DPoP ", "", nil), ("%22", "%22", nil), ("a=1\\n", "\\nb", nil), ("eye eyesore ey ", "", nil),
        ] as [(String, String, String?)])
    func `the token is found and named`(before: String, after: String, label: String?) throws {
        let input = before + Self.token + after
        let found = find(input)
        #expect(found.map { text($0.bytes) } == [Self.token], "\(input)")
        let first = try #require(found.first)
        #expect(first.label?.text == label)
        #expect(first.kind == .jws)
        #expect(text(Array(Array(input.utf8)[first.range])) == Self.token)
        #expect(first.offsets.first == before.utf8.count)
    }

    @Test(arguments: ["\n", "\r\n", "\n    ", "\\\n", "\\n", " \n"], [20, 60, 64, 76])
    func `wrapped lines are joined`(lineBreak: String, width: Int) throws {
        let found = find("token:\n" + wrapped(width, lineBreak) + "\n\nThanks\n")
        #expect(found.map { text($0.bytes) } == [Self.token])
        #expect(found.first?.notes.contains { $0.contains("line breaks") } == true)
    }

    @Test func `several tokens are several`() {
        let both = [Self.token, Self.other]
        for separator in ["\n", " ", "\n\n", ", ", "\",\"", "; ", " and then the other:\n", "&id_token="] {
            #expect(find(both.joined(separator: separator)).map { text($0.bytes) } == both, "\(separator)")
        }
        let body = #"{"access_token":"\#(Self.token)","id_token":"\#(Self.other)","expires_in":3600}"#
        #expect(find(body).map { $0.label?.text } == ["access_token", "id_token"])
        #expect(find(Self.token + "\nThanks").map { text($0.bytes) } == [Self.token])
        #expect(find(Self.other + "\nand a few words").map { text($0.bytes) } == [Self.other])
    }

    @Test func `escapes and the standard alphabet are told`() throws {
        let escaped = Self.token.replacing(".", with: "%2E")
        let found = try #require(find("?t=" + escaped).first)
        #expect(text(found.bytes) == Self.token)
        #expect(found.notes.contains("Escapes were decoded."))
        let header = Base64.encode(Array(#"{"alg":"HS256","x":"??>>"}"#.utf8))
        let standard = try #require(find("\(header).\(Base64.encode(Array(#"{"a":"b"}"#.utf8))).AA==").first)
        #expect(standard.token[.header]?.object?["x"] == "??>>")
        #expect(standard.token[.header]?.problem?.contains("tokens use base64url") == true)
        #expect(standard.token[.signature]?.problem?.contains("padded") == true)
    }

    @Test func `what is left of a token is read`() throws {
        let parts = Self.token.split(separator: ".").map(String.init)
        for (input, names, note) in [
            (parts[0] + "." + parts[1], [PartialToken.Name.header, .payload], "The signature is missing."),
            (parts[0], [.header], "Only a header is here; payload and signature are missing."),
            (parts[1], [.payload], "Only a payload is here; header and signature are missing."),
            (parts[1] + "." + parts[2], [.payload, .signature], "The header is missing."),
        ] {
            let found = try #require(find("look: " + input + " !").first, "\(input)")
            #expect(found.kind == .partial)
            #expect(found.token.parts.map(\.name) == names)
            #expect(found.notes.contains(note), "\(found.notes)")
        }
        let unsecured = try #require(find(#"eyJhbGciOiJub25lIn0.\#(parts[1])."#).first)
        #expect(unsecured.kind == .unsecured)
        let detached = try #require(find(parts[0] + ".." + parts[2]).first)
        #expect(detached.notes.contains("The payload is missing: perhaps it was detached."))
        let payload = try #require(find(#" {"sub":"anna","exp":1} "#).first)
        #expect(payload.token.parts.map(\.name) == [.payload])
        #expect(payload.token[.payload]?.object?["sub"] == "anna")
        #expect(find(#"{"alg":"HS256"}"#).first?.token.parts.map(\.name) == [.header])
        #expect(find(#"{"kty":"oct","k":"AAAA"}"#).isEmpty)
    }

    @Test func `encrypted tokens and JSON serialisations are told apart`() throws {
        let header = Base64URL.encode(Array(#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#.utf8))
        let encrypted = try #require(find("Bearer \(header).AAAA.BBBB.CCCC.DDDD").first)
        #expect(encrypted.kind == .jwe)
        #expect(
            encrypted.token.parts.map(\.name) == [.header, .encryptedKey, .initializationVector, .ciphertext, .tag])
        let parts = Self.token.split(separator: ".").map(String.init)
        let flat = #"{"payload":"\#(parts[1])","protected":"\#(parts[0])","signature":"\#(parts[2])"}"#
        let general =
            #"{"payload":"\#(parts[1])","signatures":[{"protected":"\#(parts[0])","signature":"\#(parts[2])"},{}]}"#
        for text in [flat, general] {
            let found = try #require(find(text).first)
            #expect(found.kind == .jwsJSON)
            #expect(found.token.parts.map(\.name) == [.header, .payload, .signature])
            #expect(found.token[.payload]?.object?["sub"] == "anna")
        }
        let json = #"{"protected":"\#(header)","encrypted_key":"AAAA","iv":"AAAA","ciphertext":"AAAA","tag":"AAAA"}"#
        #expect(find(json).first?.kind == .jweJSON)
    }

    @Test func `parts keep their text, order and digits, and faults have a place`() throws {
        let found = try #require(find(Self.token).first)
        let claims = try #require(found.token[.payload]?.object)
        #expect(claims.members.map(\.name) == ["sub", "iss", "n", "id"])
        #expect(JSONWriter.text(.object(claims)).contains(#""n":1.50,"id":12345678901234567890"#))
        let broken = PartialToken(compact: Array("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi!OiJhIn0.AAAA".utf8))
        #expect(broken[.payload]?.problemOffset == 8)
        #expect(broken[.payload]?.isDecoded == false)
        let cut = PartialToken(compact: Array("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJh.AAAA".utf8))
        #expect(cut[.payload]?.problem?.contains("not JSON") == true)
        #expect(cut[.payload]?.document?.nodes.count == 1)
    }

    @Test(arguments: [
        "hello world", "eye", "a.b.c", "ey", "e.y.J", "www.example.com", "1.2.3", "", "eyes.of.the.tiger",
    ])
    func `ordinary words are no tokens`(text: String) {
        #expect(find(text).isEmpty)
    }

    @Test func `large and hostile inputs take linear time`() {
        for unit in [
            "eyJ", "eyJ.", "eyJ a\n", ".", "Bearer ", "\"", "eyJ\n", "%", "%2", "%22eyJ", "=", "eyJ eyJ\n", "eyJ.a.b ",
            "{\"a\":", "\\n", "eyJhbGciOiJIUzI1NiJ9.e30.\n", " eyJhbGciOiJIUzI1NiJ9", "/", "eyJ/.-",
            "session/eyJhbGciOiJIUzI ",
        ] {
            let input = Array(String(repeating: unit, count: 300_000 / unit.utf8.count).utf8)
            let found = TokenFinder.find(input)
            #expect(found.steps <= input.count * 6, "\(unit): \(found.steps)")
            #expect(found.tokens.count <= TokenFinder.maximumTokens)
        }
        let large = [UInt8](repeating: 0x61, count: TokenFinder.maximumInput + 1)
        #expect(TokenFinder.find(large).limit != nil)
        #expect(find(String(repeating: Self.token + "\n", count: 70)).count == TokenFinder.maximumTokens)
    }

    @Test func `a text made to be read over and over is not read to its end`() {
        let units = String(repeating: "eyJ/+eyJhbGciOiJIUzI ", count: 10_000)
        let input = Array((units + "eyJ-eyJhbGciOiJIUzI1NiJ9").utf8)
        let found = TokenFinder.find(input)
        #expect(found.steps <= input.count * 11)
        #expect(found.limit?.contains("too long") == true)
    }

    @Test(arguments: [
        ("https://a.example/eyJhbGciOiJIUzI1NiJ9.e30.AAAA/next/eyJh", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA"),
        ("x=eyJhbGciOiJIUzI1NiJ9.e30.A-AA/next", "eyJhbGciOiJIUzI1NiJ9.e30.A-AA"),
        ("x=eyJhbGciOiJIUzI1NiJ9.e30.A/AA-next", "eyJhbGciOiJIUzI1NiJ9.e30.A"),
        ("x=eyJhbGciOiJIUzI1NiJ9.e30.A/A+", "eyJhbGciOiJIUzI1NiJ9.e30.A/A+"),
        (#""eyJhbGciOiJIUzI1NiJ9.e30.A\/A+""#, "eyJhbGciOiJIUzI1NiJ9.e30.A/A+"),
    ])
    func `a path behind a token is not of it`(text: String, token: String) throws {
        #expect(try String(decoding: #require(find(text).first).bytes, as: UTF8.self) == token)
    }

    @Test func `damaged pastes are read without a trap`() {
        var generator = SeededGenerator(seed: 27_182)
        let text = Array(#"Authorization: Bearer \#(Self.token)\n {"id_token":"\#(Self.other)"} %2E%22"#.utf8)
        for _ in 0..<3_000 {
            let input = Mutation.of(text, words: HostileInputTests.words + ["%", "%2", "\\", "\\n"], using: &generator)
            for found in TokenFinder.find(input).tokens {
                #expect(found.offsets.count == found.bytes.count)
                #expect(found.range.upperBound <= input.count)
            }
        }
    }

    @Test func `what stands beside the protected header of a JSON form is read`() throws {
        let general =
            #"{"protected":"eyJlbmMiOiJBMjU2R0NNIn0","recipients":[{"header":{"alg":"ECDH-ES+A256KW","kid":"k"},"#
            + #""encrypted_key":"AAAA"},{"header":{"alg":"RSA1_5"},"encrypted_key":"AAAA"}],"#
            + #""iv":"AAAA","ciphertext":"AAAA","tag":"AAAA"}"#
        let found = try #require(find(general).first)
        #expect(found.kind == .jweJSON)
        #expect(found.notes.contains { $0.contains(#""alg" is "ECDH-ES+A256KW", "kid" is "k""#) })
        #expect(TokenLinter.findings(in: found.token, now: nil).map(\.code) == [.encrypted, .algorithmRSA15])
        #expect(found.token.compact == nil)

        let signed = #"{"payload":"e30","protected":"e30","header":{"alg":"ES256"},"signature":"AAAA"}"#
        let token = try #require(find(signed).first).token
        #expect(!TokenLinter.findings(in: token, now: nil).map(\.code).contains(.algorithmUnknown))
        #expect(token.compact == Array("e30.e30.AAAA".utf8))
    }

    @Test func `what thousands of headers beside the protected one say is told in few words`() throws {
        let algorithms = (0..<5_000).map { #""alg":"a\#($0)""# }.joined(separator: ",")
        let json = #"{"payload":"","signature":"","protected":"e30","header":{\#(algorithms)}}"#
        let found = try #require(find(json).first)
        #expect(TokenLinter.findings(in: found.token, now: nil).count < 10)
        #expect(found.notes.allSatisfy { $0.utf8.count < 400 })
    }
}
