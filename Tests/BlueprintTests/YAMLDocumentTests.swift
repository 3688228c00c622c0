import Testing
import Yams

@testable import Blueprint

/// What YAML has and our documents have not is refused before it is composed.
@Suite("YAML documents") struct YAMLDocumentTests {
    private func refusal(_ text: String) -> String? {
        do {
            _ = try YAMLDocument.read(text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        arguments: [
            ("a: &x 1\nb: *x", "line 1: anchors"), ("a: 1\nb: [*x]", "line 2: aliases"),
            ("a: !!binary x", "line 1: tags"),
            ("a: {<<: *x}", "line 1: aliases"), ("a: {<<: {b: c}}", "line 1: merge keys"),
            ("? &k a\n: b", "line 1: anchors"), ("- - &a b", "line 1: anchors"),
            // What looks like text to a reader of lines, and is structure to YAML.
            ("- a: |\n  b: *x", "line 2: aliases"), ("a: b, \"c\nd: *x", "line 2: aliases"),
            ("a: b\n  \"c\nd: *x", "line 3: aliases"),
            ("a: \"b\n# \"\nc: *x", "line 3: aliases"), ("# a\r*x", "line 1: aliases"),
            ("[\"a\n# \", *x]", "line 2: aliases"),
            ("# a\u{2028}b: *x", "line 1: aliases"),
            ("\u{FEFF}*x", "line 1: aliases"), ("{\"a\":*x}", "line 1: aliases"), ("a: |8\n  b: *x", "line 2: aliases"),
            ("&a {*a : 1}", "line 1: anchors"), ("a: 'x'\n'b': &c d", "line 2: anchors"),
            ("{a: b, &c d: e}", "line 1: anchors"),
        ])
    func `anchors, aliases, tags and merge keys are named with their line`(text: String, says: String) {
        #expect(refusal(text)?.hasPrefix(says) == true, "\(refusal(text) ?? "it was read")")
    }

    @Test(
        arguments: [
            "a: \"*.example\"", "a: b & c * d ! e", "a: x # &y *z", "# *a, &b and !c\na: 1", "---\na: 1",
            "url: http://h/a&b*c!",
            "a: [x&y, z*]", "a: '&x'", "a: \"b \\x26c\"",
        ])
    func `the same characters elsewhere are text`(text: String) {
        #expect(refusal(text) == nil, "\(refusal(text) ?? "")")
    }

    @Test func `aliases that would fill the memory cost nothing`() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<30 {
            bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(refusal(bomb)?.hasPrefix("line 1: anchors") == true)
        #expect(refusal("? [*a]\n: 1")?.contains("aliases") == true)
    }

    @Test func `what is too large, too deep, or no YAML is refused`() {
        #expect(refusal(String(repeating: "a", count: YAMLDocument.limit + 1))?.contains("more than") == true)
        #expect(
            refusal(String(repeating: "[", count: 60) + String(repeating: "]", count: 60))?.contains("nested") == true)
        #expect(refusal("a: [1, 2")?.contains("not YAML") == true)
        #expect(refusal("a: 1\na: 2")?.contains("stands twice") == true)
        #expect(refusal("")?.contains("empty") == true)
        #expect(refusal("? [a]\n: 1")?.contains("plain text") == true)
    }

    /// Within quotation marks it is text, and only a parser could tell: it is refused all the same.
    @Test(arguments: ["a: \"b *c\"", "a: |\n  *b", "a: 'b &c'"])
    func `what only a parser could tell from an alias is refused`(text: String) {
        #expect(refusal(text)?.contains("are not read") == true)
    }

    /// Yams says of each alias that it meets that nothing is named so. It must meet none in a text that was let through.
    @Test func `no alias comes through to be composed`() {
        var generator = Seeded(state: 7)
        let pieces = [
            "a", ": ", ":", " ", "  ", "\n", "\n", "- ", "[", "]", "{", "}", "*a", "*a", "*a ", "|", "|2", ">-", "'",
            "\"", "# ", "? ", ",",
            "\t", "\r", "é", "\u{2028}", "\\", "--- ",
        ]
        var met = 0
        for _ in 0..<60_000 {
            let count = Int.random(in: 1..<14, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            var isMet = false
            do {
                _ = try compose(yaml: text)
            } catch YamlError.composer(_, let problem, _, _) {
                isMet = problem.contains("undefined alias")
            } catch {
                // No YAML at all.
            }
            guard isMet else { continue }
            met += 1
            #expect(YAMLMarks.first(in: text) != nil, "\(text.debugDescription)")
        }
        #expect(met > 500)
    }
}

/// The same numbers each time (splitmix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
