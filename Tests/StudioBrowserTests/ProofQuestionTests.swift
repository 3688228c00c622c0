import Codecs
import JOSE
import StudioBrowser
import Testing
import Tokens

/// DPoP proofs in the Studio: judged with the key that they bring, by the code that servers judge them with.
@Suite("Studio proofs") struct ProofQuestionTests {
    private let now: Int64 = 1_800_000_000

    private func ask(
        _ name: ByteString, _ token: String, key: String = "", policy: JSONObject = [:], holds: Bool? = nil,
        at now: Int64
    ) throws -> JSONObject {
        var policy = policy
        policy["leeway"] = 30
        var question: JSONObject = [
            "ask": .string(name), "token": .string(ByteString(token)), "now": .number(JSONNumber(now)),
            "key": ["text": .string(ByteString(key)), "form": "auto"], "policy": .object(policy),
        ]
        if let holds { question["signatureHolds"] = .bool(holds) }
        return try #require(try JSONReader.read(StudioJudge.ask(JSONWriter.write(.object(question)))).object)
    }

    /// A proof that a real key signed, and that key's public JWK.
    private func proof(
        type: String = "dpop+jwt",
        claims: String = #"{"jti":"p1","htm":"GET","htu":"https://api.example/orders","iat":1800000000}"#
    ) throws -> (token: String, jwk: String) {
        let key = try SigningKey.generate(.es256)
        let jwk = JSONWriter.text(.object(try #require(key.verificationKey.publicJWK)))
        let header = #"{"typ":"\#(type)","alg":"ES256","jwk":\#(jwk)}"#
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        return (input + "." + Base64URL.encode(try key.sign(Array(input.utf8))), jwk)
    }

    private func part(_ name: ByteString, _ answer: JSONObject) -> (state: String?, text: String?) {
        let part = (answer["parts"]?.array ?? []).compactMap { $0.object }.first { $0["part"]?.string == name }
        return (part?["state"]?.string?.text, part?["text"]?.string?.text)
    }

    @Test func `a proof asks for its own key, and is judged for the request that was named`() throws {
        let (token, jwk) = try proof()
        let question = try #require(try ask("plan", token, at: now)["question"]?.object)
        #expect(question["algorithm"]?.string == "ES256")
        let asked = question["keys"]?.array?.first?.object?["jwk"]?.object
        #expect(asked?["x"] == (try JSONReader.read(Array(jwk.utf8)).object?["x"]))

        let inspected = try #require(
            try JSONReader.read(
                StudioJudge.ask(
                    JSONWriter.write([
                        "ask": "inspect", "text": .string(ByteString(token)), "now": .number(JSONNumber(now)),
                    ]))
            ).object)
        #expect(inspected["header"]?.object?["problem"] == nil, "a proof's header may have a key")

        let named: JSONObject = ["method": "GET", "address": "https://API.example:443/orders?page=2"]
        let good = try ask("judge", token, policy: named, holds: true, at: now)
        #expect(good["verdict"]?.string == "valid")
        #expect(part("trust", good).state == "careful")
        #expect(part("time", good).state == "passed")
        #expect(part("audience", good).state == "passed")

        let unnamed = try ask("judge", token, holds: true, at: now)
        #expect(unnamed["verdict"]?.string == "valid")
        #expect(part("audience", unnamed).state == "unknown")
        #expect(
            part("audience", unnamed).text
                == #"You name no request: the proof is for "GET" "https://api.example/orders"."#)

        for wrong: JSONObject in [
            ["method": "POST", "address": "https://api.example/orders"],
            ["method": "GET", "address": "https://api.example/other"],
            ["method": "GET", "address": "https://api.example/orders", "accessTokenHash": "abc"],
        ] {
            let refused = try ask("judge", token, policy: wrong, holds: true, at: now)
            #expect(refused["verdict"]?.string == "refused")
            #expect(part("audience", refused).state == "failed")
        }
        let unreadable = try ask("plan", token, policy: ["method": "GET", "address": "orders"], at: now)
        #expect(unreadable["unable"]?.string?.text.contains("address") == true)
    }

    @Test func `a proof grows old, and a signature that does not hold is refused`() throws {
        let (token, jwk) = try proof()
        let old = try ask("judge", token, holds: true, at: now + 91)
        #expect(old["verdict"]?.string == "refused")
        #expect(part("time", old).state == "failed")
        #expect(try ask("judge", token, holds: false, at: now)["code"]?.string == "signature-mismatch")
        let known = try ask("judge", token, key: jwk, holds: true, at: now)
        #expect(part("trust", known).state == "passed")
    }

    @Test func `no other token may bring its key`() throws {
        let (token, _) = try proof(type: "at+jwt")
        let answer = try ask("plan", token, at: now)
        #expect(answer["question"] == nil)
        #expect(answer["code"]?.string == "header-embedded-key")
    }
}
