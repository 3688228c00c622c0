import Codecs
import Testing

@Suite struct ByteStringTests {
    static let composed = "caf\u{E9}"
    static let decomposed = "cafe\u{301}"

    @Test func `what String calls equal may differ`() {
        #expect(Self.composed == Self.decomposed)
        #expect(ByteString(Self.composed) != ByteString(Self.decomposed))
        #expect(Set([ByteString(Self.composed), ByteString(Self.decomposed)]).count == 2)
    }

    @Test func `order is the order of bytes`() {
        let sorted: [ByteString] = ["", "A", "B", "a", "aa", "b", "\u{E9}", "\u{FFFD}", "\u{10000}"]
        #expect(sorted.shuffled().sorted() == sorted)
    }

    @Test(arguments: [
        ("plain", false), ("", false), ("caf\u{E9}", false), (" ", false), ("a\0b", true), ("a\r\nb", true),
        ("\u{1F}", true), ("\u{7F}", true), ("\u{80}", false),
    ])
    func `control characters are found also where a line end is one Character`(text: String, has: Bool) {
        #expect(ByteString(text).hasControlCharacter == has)
    }

    @Test func `length is counted in bytes`() {
        #expect(ByteString(Self.composed).count == 5)
        #expect(ByteString("").isEmpty)
    }

    @Test(
        arguments: [
            ([0x41], true), ([0xC3, 0xA9], true), ([0xE2, 0x82, 0xAC], true), ([0xF4, 0x8F, 0xBF, 0xBF], true),
            ([0xC0, 0x80], false), ([0xC1, 0xBF], false), ([0xE0, 0x9F, 0xBF], false), ([0xED, 0xA0, 0x80], false),
            ([0xF0, 0x8F, 0xBF, 0xBF], false), ([0xF4, 0x90, 0x80, 0x80], false), ([0xF5, 0x80, 0x80, 0x80], false),
            ([0x80], false), ([0xC3], false), ([0xE2, 0x82], false), ([0xF0, 0x9F, 0x98], false), ([0xFF], false),
            ([0xC3, 0x41], false), ([0xE2, 0x41, 0xAC], false),
        ] as [([UInt8], Bool)])
    func `UTF-8 is judged as Unicode's table 3-7 has it`(bytes: [UInt8], valid: Bool) {
        #expect(UTF8Sequence.isValid(bytes) == valid)
        #expect(UTF8Sequence.isValid([0x61] + bytes + [0x62]) == valid)
    }
}
