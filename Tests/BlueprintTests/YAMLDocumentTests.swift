import Testing

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
            ("a: {<<: *x}", "line 1: merge keys"), ("? &k a\n: b", "line 1: anchors"), ("- - &a b", "line 1: anchors"),
            ("a: 1\n---\nb: 2", "line 2: this holds a second document"), ("%YAML 1.2\n---\na: 1", "line 1: directives"),
            ("&a {*a : 1}", "line 1: anchors"), ("a: 'x'\n'b': &c d", "line 2: anchors"),
            ("{a: b, &c d: e}", "line 1: anchors"),
        ])
    func `anchors, aliases, tags and merge keys are named with their line`(text: String, says: String) {
        #expect(refusal(text)?.hasPrefix(says) == true, "\(refusal(text) ?? "it was read")")
    }

    @Test(
        arguments: [
            "a: \"&x *y !z\"", "a: '&x it''s *y'", "a: b & c * d ! e", "a: x # &y *z", "a: |\n  &x\n  *y\n  - *z\nb: 1",
            "a: >-\n    !x\n\n    *y\nb: c", "a: \"one\n  *two\"", "---\na: 1", "url: http://h/a&b*c!", "a: [x&y, z*]",
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

    @Test func `texts of every kind are read or refused, and nothing stops the process`() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "a", ":", " ", "\n", "-", "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", "\"", "#", "?", "<<", "%", "\t",
            "1", "é", "~", ",",
        ]
        for _ in 0..<3_000 {
            let count = Int.random(in: 0..<60, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            _ = refusal(text)
        }
    }
}
