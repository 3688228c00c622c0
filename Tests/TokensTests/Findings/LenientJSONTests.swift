import Codecs
import Testing
import Tokens

/// What the lenient reader notes where the strict one refuses.
@Suite struct LenientJSONTests {
    private func read(_ text: String) -> LenientJSON { LenientJSON(Array(text.utf8)) }

    @Test func `values stand where they stand`() {
        let text = #" {"a": [1, {"b\u0063": "x\n"}], "a": null} "#
        let document = read(text)
        #expect(document.problem == nil)
        let sources = document.nodes.indices.map { String(decoding: document.source(of: $0), as: UTF8.self) }
        #expect(sources[1...] == [#"[1, {"b\u0063": "x\n"}]"#, "1", #"{"b\u0063": "x\n"}"#, #""x\n""#, "null"])
        #expect(document.nodes.indices.map { document.path(of: $0) } == ["", "a", "a[0]", "a[1]", "a[1].bc", "a"])
        #expect(document.nodes[4].string == "x\n")
        #expect(document.nodes[5].namesake == 1)
        #expect(document.members == [1, 5])
    }

    @Test(arguments: [
        ("", 0), ("{", 1), (#"{"a""#, 4), (#"{"a":"#, 5), (#"{"a":1 "b":2}"#, 7), ("[1", 2), ("{a:1}", 1), ("nul", 0),
        ("[1]x", 3), (#"{"a":"b"#, 7),
    ])
    func `the place of the fault is told`(text: String, offset: Int) {
        #expect(read(text).problem?.offset == offset)
    }

    @Test(arguments: ["[1,]", #"{"a":1,}"#, #"["\q\ud800"]"#, "[01]", "[\"\u{1}\"]"])
    func `what makes sense is read`(text: String) {
        #expect(read(text).problem == nil)
    }

    @Test func `depth and count are bounded, and each byte is looked at a bounded number of times`() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 300_000)
        #expect(LenientJSON(deep).nodes.count == LenientJSON.maximumDepth)
        let wide = Array(("[" + String(repeating: "1,", count: 100_000)).utf8)
        #expect(LenientJSON(wide).nodes.count == LenientJSON.maximumNodes)
        for unit in ["\"a\":1,", "\\\\", "{\"a\":", "   ", "\"\\u0041\","] {
            let text = Array(("{" + String(repeating: unit, count: 20_000)).utf8)
            #expect(LenientJSON(text).steps <= text.count * 2, "\(unit)")
        }
    }
}
