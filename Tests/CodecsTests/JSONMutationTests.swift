import Codecs
import TestSupport
import Testing

@Suite struct JSONMutationTests {
    static let seeds = [
        #"{"alg":"ES256","typ":"at+jwt","kid":"k1","crit":["exp"],"jwk":{"kty":"EC","x":null}}"#,
        #"{"iss":"https://a.example","aud":["x","y"],"exp":1700000000.5,"n":-1.5E+10,"deep":[[[[{"a":[]}]]]]}"#,
        #"["\u00e9\ud83d\ude00\n\"\\\/",true,false,null,0,-0,1e-7,{"":{}} , [ ] ]"#,
    ]
    static let words = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\u0061", "null", "true", "1e400", "-", "0", ".",
        "e",
        "\u{FEFF}", "\u{E9}", "\"a\":", "\"alg\":1,", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ]

    /// 20 000 damaged texts: none may trap, and what is read must survive writing and reading, both ways.
    @Test func `whatever is read survives being written`() throws {
        var generator = SeededGenerator(seed: 20_261_123)
        var read = 0
        for index in 0..<20_000 {
            let seed = Array(Self.seeds[index % Self.seeds.count].utf8)
            let text = Mutation.of(seed, words: Self.words, using: &generator)
            do throws(JSONError) {
                let json = try JSONReader.read(text)
                read += 1
                #expect(try JSONReader.read(JSONWriter.write(json)) == json)
                #expect(UTF8Sequence.isValid(text))
            } catch {
                #expect((0...text.count).contains(error.offset))
            }
        }
        #expect((1_000..<19_000).contains(read), "of 20 000 damaged texts \(read) were read")
        print("JSON mutation: 20000 texts, \(read) read, \(20_000 - read) refused")
    }
}
