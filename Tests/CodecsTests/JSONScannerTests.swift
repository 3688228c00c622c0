import Codecs
import Testing

@Suite struct JSONScannerTests {
    /// The members of the outermost object: names, and values as written.
    private func members(_ text: String, before: String = "", after: String = "") throws -> [String] {
        let block = Array((before + text + after).utf8)
        let start = before.utf8.count
        var found: [String] = []
        _ = try JSONScanner.scan(block, start..<(start + text.utf8.count), depth: 8) { members in
            for member in members {
                let written = String(decoding: member.value.written(in: block), as: UTF8.self)
                found.append((member.name?.string(in: block).text ?? "-") + "=" + written)
            }
        }
        return found
    }

    @Test func `the outermost members are told, wherever the text lies`() throws {
        let text = #" {"a":1, "b":{"c":[1,{"d":2}]}, "e":[true,null], "f":"x\n","":false} "#
        let expected = ["a=1", #"b={"c":[1,{"d":2}]}"#, "e=[true,null]", #"f=x\n"#, "=false"]
        #expect(try members(text) == expected)
        #expect(try members(text, before: "{\"z\":", after: "}}") == expected)
        #expect(try members(#"[1,"two",[3]]"#) == ["-=1", "-=two", "-=[3]"])
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"alg":1,"\u0061lg":2}"#, #"{"\u0061":1,"\u0061":2}"#, #"{"x":{"a":1,"a":2}}"#,
        #"{"abcdefgh":1,"abcdefgh":2}"#, #"{"abcdefghijk":1,"y":0,"abcdefghijk":2}"#, #"{"":1,"":2}"#,
    ])
    func `a name that stands twice is refused without a tree, too`(text: String) {
        #expect(throws: JSONError.self) { try members(text) }
        #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func `the same name in sibling objects is no repetition`() throws {
        #expect(try members(#"{"a":{"n":1},"b":{"n":2},"n":{"a":3}}"#).count == 3)
    }

    @Test func `names that begin and end alike are told apart`() throws {
        let names = (0..<200).map { #""prefix-of-eight-\#($0)-suffix-of-eight":0"# }
        #expect(try members("{" + names.joined(separator: ",") + "}").count == 200)
        let again = names + [names[150]]
        #expect(throws: JSONError.self) { try members("{" + again.joined(separator: ",") + "}") }
    }

    @Test func `many names in many open objects do not run out of room`() throws {
        // Eight levels with thirty names each are more than the table lends.
        func object(_ level: Int) -> String {
            let names = (0..<30).map { #""n\#($0)":0"# }
            return "{"
                + (names + (level > 1 ? [#""deeper":\#(object(level - 1)),"last":1"#] : [])).joined(separator: ",")
                + "}"
        }
        #expect(try members(object(8)).count == 32)
        let twice = object(8).replacing("\"last\":1", with: "\"n7\":1")
        #expect(throws: JSONError.self) { try members(twice) }
    }

    @Test func `strings compare by what they mean`() throws {
        let block = Array(#"{"plain":"a longer string value","escaped":"A\uD83D\uDE00\/\"","n":"x"}"#.utf8)
        var places: [String: JSONPlace] = [:]
        _ = try JSONScanner.scan(block, 0..<block.count, depth: 2) { members in
            for member in members { places[member.name?.string(in: block).text ?? ""] = member.value }
        }
        let plain = try #require(places["plain"])
        #expect(plain.equals("a longer string value", in: block))
        #expect(plain.equals(literal: "a longer string value", in: block))
        #expect(!plain.equals("a longer string valuf", in: block))
        #expect(!plain.equals("a longer string", in: block))
        let escaped = try #require(places["escaped"])
        #expect(escaped.equals("A😀/\"", in: block))
        #expect(!escaped.equals(#"A\uD83D\uDE00\/\""#, in: block))
        #expect(escaped.string(in: block).text == "A😀/\"")
    }

    /// The short name of the only member.
    private func shortName(_ name: String, behind: String = "") throws -> UInt64? {
        let block = Array("{\"\(name)\":0\(behind)}".utf8)
        var short: UInt64?
        _ = try JSONScanner.scan(block, 0..<block.count, depth: 1) { short = $0.first?.shortName }
        return short
    }

    @Test(arguments: [#"\u0000iss"#, #"\u0000\u0000alg"#, #"iss\u0000"#, "nine bytes", ""])
    func `a name that is not short has no short name`(name: String) throws {
        #expect(try shortName(name) == 0)
        #expect(try shortName(name, behind: #","more":"than eight bytes""#) == 0)
    }

    @Test(arguments: ["x", "iss", "iat", "eight by", "üü", "Ω"])
    func `a short name is the number of its bytes`(name: String) throws {
        let number = name.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        #expect(try shortName(name) == number)
        #expect(try shortName(name, behind: #","more":"than eight bytes""#) == number)
        #expect(JSONMember.shortName(ByteString(name)) == number)
    }

    @Test func `an escaped name has the short name of what it means`() throws {
        #expect(try shortName(#"\u0069ss"#) == 0x69_7373)
        #expect(try shortName(#"\u0063lient_id"#) == 0)
    }

    @Test func `a word is found whole or not at all`() throws {
        let block = Array(#""orders:read nonadmin admins x""#.utf8)
        let place = try JSONScanner.scan(block, 0..<block.count, depth: 1) { _ in }
        #expect(place.containsWord("orders:read", in: block))
        #expect(place.containsWord("x", in: block))
        for absent: ByteString in ["admin", "orders", "orders:read nonadmin", "y"] {
            #expect(!place.containsWord(absent, in: block))
        }
    }

    @Test func `control characters are found behind escapes and bare`() throws {
        for (text, has) in [
            (#""plain text that is long""#, false), (#""a\u0000""#, true), (#""a\nb""#, true), (#""a\"b""#, false),
            ("\"eight by\u{7F}tes and\"", true), ("\"\u{7F}\"", true), (#""ü€""#, false),
        ] {
            let block = Array(text.utf8)
            let place = try JSONScanner.scan(block, 0..<block.count, depth: 1) { _ in }
            #expect(place.hasControlCharacter(in: block) == has, "\(text)")
        }
    }

    @Test func `the strings of an array are told one by one`() throws {
        let block = Array(#"["a", "b\"c" ,"\\","]"]"#.utf8)
        let place = try JSONScanner.scan(block, 0..<block.count, depth: 1) { _ in }
        var strings: [String] = []
        #expect(
            !place.containsString(in: block) {
                strings.append($0.string(in: block).text)
                return false
            })
        #expect(strings == ["a", "b\"c", "\\", "]"])
        #expect(place.containsString(in: block) { $0.equals("b\"c", in: block) })
    }
}
