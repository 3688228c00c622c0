import Testing

@testable import Codecs

@Suite struct JSONReaderTests {
    @Test(
        arguments: [
            ("null", JSON.null), (" true ", true), ("\t\r\nfalse\n", false), ("0", 0), ("-1", -1), ("\"\"", ""),
            ("[]", []), ("[ ]", []), ("{}", [:]), ("{ }", [:]), ("[1,[2,[]],{}]", [1, [2, []], [:]]),
            (#"{"a":{"b":[null]}}"#, ["a": ["b": [.null]]]), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u00e9\u20AC\ud83d\uDE00""#, "\u{E9}\u{20AC}\u{1F600}"), (#""\u0000""#, "\0"), ("\"\u{7F}\"", "\u{7F}"),
            ("\"\u{10FFFF}\u{FFFE}\"", "\u{10FFFF}\u{FFFE}"), (#"{"":1}"#, ["": 1]),
        ] as [(String, JSON)])
    func `what RFC 8259 allows is read`(text: String, json: JSON) throws {
        #expect(try JSONReader.read(Array(text.utf8)) == json)
    }

    @Test(
        arguments: [
            ("", JSONError.Reason.unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[", .unexpectedEnd, 1),
            ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3), ("{", .unexpectedEnd, 1),
            (#"{"a""#, .unexpectedEnd, 4), (#"{"a":"#, .unexpectedEnd, 5), (#"{"a":1"#, .unexpectedEnd, 6),
            ("\"a", .unexpectedEnd, 2), ("\"\\", .unexpectedEnd, 2), ("tru", .unexpectedEnd, 3),
            ("[1,]", .unexpectedByte(0x5D), 3), (#"{"a":1,}"#, .unexpectedByte(0x7D), 7),
            ("[,1]", .unexpectedByte(0x2C), 1), ("{a:1}", .unexpectedByte(0x61), 1),
            ("{'a':1}", .unexpectedByte(0x27), 1),
            (#"{"a" 1}"#, .unexpectedByte(0x31), 5), (#"{1:1}"#, .unexpectedByte(0x31), 1),
            ("[1 2]", .unexpectedByte(0x32), 3), ("[1}", .unexpectedByte(0x7D), 2), ("True", .unexpectedByte(0x54), 0),
            ("nul1", .unexpectedByte(0x31), 3), ("NaN", .unexpectedByte(0x4E), 0),
            ("Infinity", .unexpectedByte(0x49), 0),
            ("+1", .unexpectedByte(0x2B), 0), (".5", .unexpectedByte(0x2E), 0), ("\0", .unexpectedByte(0), 0),
            ("//1\n2", .unexpectedByte(0x2F), 0), ("\u{FEFF}{}", .unexpectedByte(0xEF), 0),
            ("\u{A0}1", .unexpectedByte(0xC2), 0), ("\u{C}1", .unexpectedByte(0x0C), 0),
            ("{}{}", .trailingBytes, 2), ("1 2", .trailingBytes, 2), ("{}\0", .trailingBytes, 2),
            ("[]#", .trailingBytes, 2),
            ("truefalse", .trailingBytes, 4), ("1/**/", .trailingBytes, 1),
            ("01", .number, 0), ("-", .number, 0), ("-01", .number, 0), ("1.", .number, 0), ("1.e1", .number, 0),
            ("1e", .number, 0), ("1e+", .number, 0), ("-a", .number, 0), ("[00]", .number, 1), ("1.-1", .number, 0),
            ("0x1", .trailingBytes, 1), ("1_0", .trailingBytes, 1), ("1e400", .numberRange, 0),
            ("[-1e309]", .numberRange, 1),
            ("\"\n\"", .controlCharacter, 1), ("\"a\tb\"", .controlCharacter, 2), ("\"\0\"", .controlCharacter, 1),
            (#""\x41""#, .escape, 1), (#""\'""#, .escape, 1), (#""\u12""#, .escape, 1), (#""\u12g4""#, .escape, 1),
            (#""\U0041""#, .escape, 1), (#""\ud800""#, .escape, 1), (#""a\udc00""#, .escape, 2),
            (#""\ud800\ud800""#, .escape, 1), (#""\ud800\n""#, .escape, 1), (#""\ud800\u0041""#, .escape, 1),
            (#""\udc00\ud800""#, .escape, 1), (#""\u+041""#, .escape, 1),
        ] as [(String, JSONError.Reason, Int)])
    func `anything else is refused, with its place`(text: String, reason: JSONError.Reason, offset: Int) {
        #expect(throws: JSONError(reason: reason, offset: offset)) { try JSONReader.read(Array(text.utf8)) }
        #expect(!JSONError(reason: reason, offset: offset).description.isEmpty)
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0xAF], [0xC3], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0x80], [0xE9], [0xE2, 0x82],
        ] as [[UInt8]])
    func `what is not UTF-8 is refused, in names too`(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONError(reason: .notUTF8, offset: 1)) { try JSONReader.read([quote] + bytes + [quote]) }
        #expect(throws: JSONError(reason: .notUTF8, offset: 2)) {
            try JSONReader.read(Array("{\"".utf8) + bytes + Array("\":1}".utf8))
        }
    }

    @Test func `UTF-16 is refused in both orders`() {
        let text = "{\"a\":1}".utf16
        let little = text.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = text.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        for bytes in [little, big, [0xFF, 0xFE] + little, [0xFE, 0xFF] + big] {
            #expect(throws: JSONError.self) { try JSONReader.read(bytes) }
        }
    }

    @Test(arguments: [
        (#"{"a":1,"a":1}"#, "a", 7), (#"{"alg":1,"\u0061lg":2}"#, "alg", 9), (#"{"\u0061":1,"a":2}"#, "a", 12),
        (#"{"x":[{"y":{"b":0,"c":1,"b":2}}]}"#, "b", 24), (#"{"":1,"":1}"#, "", 6),
        (#"{"\ud83d\ude00":1,"😀":1}"#, "😀", 18), (#"{"a":1,"b":{"a":1},"a":2}"#, "a", 19),
    ])
    func `a name stands once, however it is spelled and however deep`(text: String, name: String, offset: Int) {
        #expect(throws: JSONError(reason: .duplicateName(ByteString(name)), offset: offset)) {
            try JSONReader.read(Array(text.utf8))
        }
    }

    /// The name is somebody else's text: it could move a terminal's cursor or turn its reading direction.
    @Test func `a complaint about a name does not repeat it`() {
        for name in [#"\u001b[31m"#, #"\n"#, #"\u202e"#, "secret"] {
            let error = #expect(throws: JSONError.self) {
                try JSONReader.read(Array("{\"\(name)\":1,\"\(name)\":2}".utf8))
            }
            #expect(error?.description == "a name stands twice in one object, again at byte \(name.utf8.count + 6)")
        }
    }

    @Test func `one name among many is still found twice`() throws {
        let names = (0..<999).map { "\"n\($0)\":0" }
        #expect(try JSONReader.read(Array("{\(names.joined(separator: ","))}".utf8)).object?.members.count == 999)
        for twice in [0, 30, 31, 32, 33, 34, 998] {
            #expect(throws: JSONError.self) {
                try JSONReader.read(Array("{\((names + ["\"n\(twice)\":1"]).joined(separator: ","))}".utf8))
            }
        }
    }

    @Test func `names in NFC and NFD, or of another case, are two names`() throws {
        let json = try JSONReader.read(Array("{\"caf\u{E9}\":1,\"cafe\u{301}\":2,\"Caf\u{E9}\":3}".utf8))
        #expect(json.object?["caf\u{E9}"] == 1)
        #expect(json.object?["cafe\u{301}"] == 2)
        #expect(json.object?.members.count == 3)
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")]) func `depth is limited, exactly`(open: String, close: String)
        throws
    {
        func nested(_ levels: Int) -> [UInt8] {
            let filling = open == "[" ? "" : "0"
            return Array(
                (String(repeating: open, count: levels) + filling + String(repeating: close, count: levels)).utf8)
        }
        #expect(throws: Never.self) { try JSONReader.read(nested(64)) }
        #expect(throws: JSONError(reason: .depth(limit: 64), offset: 64 * open.utf8.count)) {
            try JSONReader.read(nested(65))
        }
        #expect(throws: Never.self) { try JSONReader.read(nested(3), depth: 3) }
        #expect(throws: JSONError.self) { try JSONReader.read(nested(4), depth: 3) }
        #expect(throws: JSONError.self) { try JSONReader.read(nested(1), depth: 0) }
        #expect(throws: JSONError.self) { try JSONReader.read(nested(100_000)) }
        #expect(throws: JSONError.self) { try JSONReader.read(Array(String(repeating: open, count: 100_000).utf8)) }
    }

    @Test func `siblings do not add to the depth`() throws {
        let text = "[" + Array(repeating: "[[]]", count: 200).joined(separator: ",") + "]"
        #expect(try JSONReader.read(Array(text.utf8), depth: 3).array?.count == 200)
    }

    @Test func `the number of members is limited`() throws {
        func list(_ count: Int) -> [UInt8] {
            Array("[\(Array(repeating: "0", count: count).joined(separator: ","))]".utf8)
        }
        func object(_ count: Int) -> [UInt8] {
            Array("{\((0..<count).map { "\"\($0)\":0" }.joined(separator: ","))}".utf8)
        }
        let elements = JSONReader.maximumElements
        #expect(throws: Never.self) { try JSONReader.read(list(elements)) }
        #expect(throws: JSONError.self) { try JSONReader.read(list(elements + 1)) }
        let members = JSONReader.maximumMembers
        #expect(throws: Never.self) { try JSONReader.read(object(members)) }
        #expect(throws: JSONError.self) { try JSONReader.read(object(members + 1)) }
    }

    @Test(arguments: [
        "0", "-0", "1", "1.0", "1e0", "1E+0", "1.10", "100", "9007199254740993", "9223372036854775808",
        "-9223372036854775809", "0.1", "1e-400", "123456789012345678901234567890.5e-7", "1e308", "-1.5E308",
        "179769313486231570e291", "0e99999999999999999999", "0.000e5", "1e-99999999999999999999",
    ])
    func `a number keeps its digits`(text: String) throws {
        let json = try JSONReader.read(Array(text.utf8))
        #expect(json == .number(json.number ?? JSONNumber(-1)))
        #expect(json.number?.text == ByteString(text))
        #expect(JSONWriter.text(json) == text)
    }

    @Test(arguments: [
        "1e309", "-1e309", "1e400", "17976931348623159e292", "1e99999999999999999999", "0.1e310",
        "100000000000000000000e289", "1" + String(repeating: "0", count: 309),
    ])
    func `a number that no double can hold is refused`(text: String) {
        #expect(throws: JSONError(reason: .numberRange, offset: 0)) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func `a number of 100 000 digits is judged without a trap`() throws {
        let digits = String(repeating: "9", count: 100_000)
        #expect(throws: JSONError(reason: .numberRange, offset: 0)) { try JSONReader.read(Array(digits.utf8)) }
        for text in ["0.\(digits)", "\(digits)e-99999", "1e-\(digits)"] {
            #expect(try JSONReader.read(Array(text.utf8)).number?.text.count == text.utf8.count)
            #expect(try JSONReader.read(Array(text.utf8)).int64 == nil)
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("1.0", nil), ("1e2", nil), ("99999999999999999999999", nil),
        ] as [(String, Int64?)])
    func `a whole number fits 64 bits or is none`(text: String, value: Int64?) throws {
        #expect(try JSONReader.read(Array(text.utf8)).int64 == value)
    }

    @Test("names stand in a list, or in one text with spaces between") func names() {
        #expect(JSON.string("a  b ").names == ["a", "b"])
        #expect(JSON.array(["a", 5, "b c"]).names == ["a", "b c"])
        #expect(JSON.string("").names == [])
        for other: JSON in [.null, 5, true, ["a": "b"]] { #expect(other.names == nil) }
    }
}

extension JSON {
    var number: JSONNumber? {
        if case .number(let number) = self { number } else { nil }
    }
}
