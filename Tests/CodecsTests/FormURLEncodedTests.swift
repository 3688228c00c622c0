import Codecs
import TestSupport
import Testing

@Suite struct FormURLEncodedTests {
    private func pairs(_ text: String) throws -> [FormURLEncoded.Pair] {
        try FormURLEncoded.decode(Array(text.utf8))
    }

    @Test(
        arguments: [
            ("", []), ("&&", []), ("a=1", [("a", "1")]), ("a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
            ("a", [("a", "")]), ("a=", [("a", "")]), ("=b", [("", "b")]), ("a=b=c", [("a", "b=c")]),
            ("a=x+y%20z%2B", [("a", "x y z+")]), ("%61=%C3%BC", [("a", "ü")]), ("a=%f0%9f%98%80", [("a", "😀")]),
            ("a=1;b=2", [("a", "1;b=2")]),
        ] as [(String, [(String, String)])])
    func `forms are read`(text: String, wanted: [(String, String)]) throws {
        #expect(try pairs(text) == wanted.map { FormURLEncoded.Pair(ByteString($0.0), ByteString($0.1)) })
    }

    @Test(arguments: [
        ("a=%", FormError.Reason.badEscape, 2), ("a=%4", .badEscape, 2), ("a=%zz", .badEscape, 2),
        ("a=1&b=%0", .badEscape, 6), ("a=%00", .controlCharacter, 2), ("a=x%0a", .controlCharacter, 3),
        ("a=%7f", .controlCharacter, 2), ("a=\t", .controlCharacter, 2), ("a=%c3", .notUTF8, 2),
        ("a=%c0%af", .notUTF8, 2), ("a=%ed%a0%80", .notUTF8, 2), ("a=%ff", .notUTF8, 2),
    ])
    func `nothing is repaired`(text: String, reason: FormError.Reason, offset: Int) throws {
        let error = #expect(throws: FormError.self) { try pairs(text) }
        #expect(error?.reason == reason)
        #expect(error?.offset == offset)
    }

    @Test func `a hundred parameters are read and no more`() throws {
        let hundred = (0..<100).map { "p\($0)=1" }.joined(separator: "&")
        #expect(try pairs(hundred).count == 100)
        #expect(#expect(throws: FormError.self) { try pairs(hundred + "&q=1") }?.reason == .tooManyPairs)
    }

    @Test func `whatever is written is read back`() throws {
        var generator = SeededGenerator(seed: 1_738)
        let letters = Array("ab+&=% /?#;ü😀~-._\"'\\").map(String.init)
        for _ in 0..<2_000 {
            let written = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                let texts = (0..<2).map { _ in
                    (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                        letters[Int.random(in: 0..<letters.count, using: &generator)]
                    }.joined()
                }
                return FormURLEncoded.Pair(ByteString(texts[0]), ByteString(texts[1]))
            }
            #expect(try pairs(FormURLEncoded.encode(written)) == written)
        }
    }

    @Test func `every byte is either itself, or an escape, or refused`() throws {
        for byte in UInt8.min...UInt8.max {
            let text = [UInt8(ascii: "a"), UInt8(ascii: "="), byte]
            let decoded = try? FormURLEncoded.decode(text).first?.value.bytes
            switch byte {
            case UInt8(ascii: "+"): #expect(decoded == [0x20])
            case UInt8(ascii: "&"): #expect(decoded == [])
            case UInt8(ascii: "%"), 0..<0x20, 0x7F...: #expect(decoded == nil)
            default: #expect(decoded == [byte])
            }
        }
    }
}
