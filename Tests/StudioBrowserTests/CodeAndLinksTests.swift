import Codecs
import StudioBrowser
import Testing

/// What leaves the page in code and in links: public halves, and nothing else of a key.
@Suite("Code and links of the Studio") struct CodeAndLinksTests {
    private func ask(_ question: JSON) throws -> JSONObject {
        try #require(try JSONReader.read(StudioJudge.ask(JSONWriter.write(question))).object)
    }

    private func keys(_ text: String, form: JSON = "auto") throws -> JSONObject {
        try ask(["ask": "public-keys", "key": ["text": .string(ByteString(text)), "form": form]])
    }

    private func verifier(_ header: String, key: String, form: JSON = "auto") throws -> JSONObject {
        let encoded = [header, "{}"].map { Base64URL.encode(Array($0.utf8)) }
        let token = encoded.joined(separator: ".") + "." + Base64URL.encode([UInt8](repeating: 7, count: 32))
        return try ask([
            "ask": "verifier", "token": .string(ByteString(token)),
            "key": ["text": .string(ByteString(key)), "form": form], "now": 1_800_000_000,
            "policy": ["leeway": 30, "require": [], "scopes": []],
        ])
    }

    /// The key of RFC 8037 §A.1.
    private let octetPair =
        #"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"one"}"#
    private let secret = "a secret that is long enough for it"
    private let secretJWK = #"{"kty":"oct","k":"YSBzZWNyZXQgdGhhdCBpcyBsb25nIGVub3VnaCBmb3IgaXQ"}"#

    @Test func `a private key gives its public half`() throws {
        let answer = try keys(octetPair)
        #expect(answer["hasPrivate"] == true && answer["hasSecret"] == false)
        let document = try #require(answer["document"]?.string)
        let jwk = try #require(try JSONReader.read(document.bytes).object)
        #expect(Set(jwk.members.map { $0.name }) == ["kty", "crv", "x", "alg", "kid"])
        #expect(!String(decoding: JSONWriter.write(.object(answer)), as: UTF8.self).contains("nWGxne"))
    }

    @Test func `a secret gives nothing`() throws {
        for text in [secret, secretJWK] {
            let answer = try keys(text)
            #expect(answer["document"] == nil && answer["keys"]?.array?.isEmpty == true && answer["hasSecret"] == true)
        }
    }

    @Test func `a set keeps its public keys`() throws {
        let second = octetPair.replacing(#""one""#, with: #""two""#)
        let answer = try keys(#"{"keys":[\#(octetPair),\#(second)]}"#)
        let document = try #require(answer["document"]?.string)
        #expect(try JSONReader.read(document.bytes).object?["keys"]?.array?.count == 2)
    }

    @Test func `code learns how the secret is written and never what it is`() throws {
        let forms: [(String, JSON, String)] = [
            (secret, "auto", "utf8"), (secret, "utf8", "utf8"),
            (secretJWK, "auto", "base64url"),
        ]
        for (text, form, wanted) in forms {
            let answer = try verifier(#"{"alg":"HS256"}"#, key: text, form: form)
            #expect(answer["secretForm"]?.string?.text == wanted && answer["keys"] == nil)
        }
    }

    @Test func `a token that the key is not for has no code`() throws {
        let answer = try verifier(#"{"alg":"RS256"}"#, key: secret)
        #expect(answer["problem"] != nil && answer["algorithm"] == nil && answer["code"] != nil)
        #expect(try verifier(#"{"alg":"none"}"#, key: secret)["code"] == "algorithm-none")
    }
}
