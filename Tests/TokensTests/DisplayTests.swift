import Codecs
import Testing
import Tokens

@Suite struct DisplayTests {
    @Test(arguments: [
        ("orders", "\"orders\""), ("", "\"\""), ("caf\u{E9}", "\"caf\u{E9}\""), ("a\nb", "\"a<U+000A>b\""),
        ("a\r\nb", "\"a<U+000D><U+000A>b\""), ("\0", "\"<U+0000>\""),
        ("\u{7F}\u{80}\u{9F}", "\"<U+007F><U+0080><U+009F>\""),
        ("\u{1B}[31m", "\"<U+001B>[31m\""), ("admin\u{202E}nimda", "\"admin<U+202E>nimda\""),
        ("\u{2066}x\u{2069}", "\"<U+2066>x<U+2069>\""), ("\u{200B}\u{FEFF}\u{AD}", "\"<U+200B><U+FEFF><U+00AD>\""),
        ("\u{3164}\u{115F}\u{1160}\u{FFA0}", "\"<U+3164><U+115F><U+1160><U+FFA0>\""),
        ("\u{FE00}\u{FE0F}\u{180E}", "\"<U+FE00><U+FE0F><U+180E>\""), ("\u{E0041}", "\"<U+E0041>\""),
        ("\u{1F600}", "\"\u{1F600}\""),
    ])
    func `nothing invisible is left in a quotation`(text: String, shown: String) {
        #expect(Array(Display.quoted(ByteString(text)).utf8) == Array(shown.utf8))
    }

    @Test func `a long text is cut, and a list too`() {
        #expect(
            Display.quoted(ByteString(String(repeating: "x", count: 64))) == "\"\(String(repeating: "x", count: 64))\"")
        #expect(
            Display.quoted(ByteString(String(repeating: "x", count: 65))) == "\"\(String(repeating: "x", count: 64))…\""
        )
        #expect(Display.quoted(ByteString(String(repeating: "\0", count: 9_000))).utf8.count < 64 * 8 + 6)
        #expect(Display.list(["a", "b"]) == "\"a\", \"b\"")
        #expect(Display.list([]) == "")
        #expect(Display.list((0..<9).map { ByteString("\($0)") }) == #""0", "1", "2", "3", "4", "5", "6", "7", …"#)
    }

    @Test func `one is one, and several are several`() {
        #expect(Display.count(0, "byte") == "0 bytes")
        #expect(Display.count(1, "byte") == "1 byte")
        #expect(Display.count(2, "signature") == "2 signatures")
    }
}
