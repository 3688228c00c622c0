import Codecs
import JOSE
import StudioBrowser
import Testing
import Tokens

/// The page's diagnosis says what the terminal's says, and offers only repairs that work.
@Suite("Studio diagnosis") struct DiagnosisQuestionTests {
    private func ask(_ name: JSON, _ question: JSONObject) throws -> JSONObject {
        var question = question
        question["ask"] = name
        return try #require(try JSONReader.read(StudioJudge.ask(JSONWriter.write(.object(question)))).object)
    }

    private static let secret: [UInt8] = (0..<40).map { UInt8($0 * 5 + 3) }

    /// A token signed with the secret, in the header's own handwriting.
    private static func token() throws -> [UInt8] {
        let key = try DecodedKey(.secret(secret), id: nil, algorithm: .hs256)
        return Array(try TokenSigner(key: try SigningKey(key)).sign(claims: ["sub": "anna"]).utf8)
    }

    private static func question(_ token: [UInt8], _ key: String, form: String = "auto") -> JSONObject {
        [
            "token": .string(ByteString(utf8: token)),
            "key": ["text": .string(ByteString(key)), "form": .string(ByteString(form))],
        ]
    }

    @Test(arguments: [Hex.encode(secret), Base64.encode(secret), "JWT_SECRET=" + Hex.encode(secret), "\"wrong\"", ""])
    func `the report is the one of the terminal`(key: String) throws {
        let token = try Self.token()
        let native = Diagnosis(token: token, key: Array(key.utf8), form: .utf8)
        var question = Self.question(token, key, form: "utf8")
        if native.algorithm != nil { question["found"] = .number(JSONNumber(Int64(native.attempts - 1))) }
        var answer = try ask("diagnosis", question)
        answer["repair"] = nil
        #expect(JSONWriter.text(.object(answer)) == JSONWriter.text(.object(native.json)))
    }

    @Test func `the batches hold every attempt once, in order`() throws {
        let token = try Self.token()
        let key = Hex.encode(Self.secret)
        let candidates = DiagnosisCandidates(token: token, key: Array(key.utf8), form: .utf8)
        var numbers: [Int64] = []
        var from: Int64 = 0
        var total: Int64 = 1
        while from < total {
            var question = Self.question(token, key)
            question["from"] = .number(JSONNumber(from))
            question["limit"] = 100
            let answer = try ask("diagnose", question)
            for attempt in answer["attempts"]?.array ?? [] {
                numbers.append(try #require(attempt.object?["number"]?.int64))
            }
            total = try #require(answer["total"]?.int64)
            #expect(answer["usual"]?.int64 == Int64(candidates.count))
            let next = try #require(answer["next"]?.int64)
            try #require(next > from)
            from = next
        }
        #expect(numbers == Array(0..<total))
        #expect(total > Int64(candidates.count), "the secrets that everybody tries come last")
    }

    @Test func `a form that repairs is offered, and what else sticks to the secret taken away`() throws {
        let token = try Self.token()
        for (key, wanted) in [
            (Hex.encode(Self.secret), ["do": "form", "form": "hex"] as JSON),
            ("\"\(Hex.encode(Self.secret))\"", ["do": "secret", "form": "hex"]),
        ] {
            let native = Diagnosis(token: token, key: Array(key.utf8), form: .utf8)
            var question = Self.question(token, key)
            question["found"] = .number(JSONNumber(Int64(native.attempts - 1)))
            let repair = try #require(try ask("diagnosis", question)["repair"]?.object)
            #expect(repair["steps"] == [wanted])
            let box = try #require(repair["key"]?.object)
            #expect(box["form"] == "hex")
            #expect(box["text"]?.string?.text.contains(Hex.encode(Self.secret)) == true)
        }
    }

    @Test func `nothing repairs a secret that is too short`() throws {
        let key = Array("short".utf8)
        let input = Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8)) + "." + Base64URL.encode(Array("{}".utf8))
        var question = Self.question(Array((input + "." + Base64URL.encode(Self.secret)).utf8), "short")
        question["found"] = 0
        let answer = try ask("diagnosis", question)
        #expect(answer["refusal"]?.string != nil)
        #expect(answer["repair"] == nil)
        #expect(!JSONWriter.text(.object(answer)).contains(Base64URL.encode(key)))
    }

    @Test(arguments: ["from", "limit"])
    func `a question without its numbers is refused`(member: String) throws {
        var question = Self.question(try Self.token(), "x")
        question["from"] = 0
        question["limit"] = 10
        question[ByteString(member)] = -1
        #expect(try ask("diagnose", question)["error"]?.string?.text.contains(member) == true)
    }
}
