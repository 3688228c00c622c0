/// Somebody else's bytes, read as UTF-8 (Unicode, table 3-7) without a `String` in between.
enum UTF8Text {
    /// The most bytes that are kept of a path, a subject or another text from outside.
    static let longest = 256

    /// The length of the well-formed sequence at an offset, or 0: overlong, a surrogate, cut short, or above U+10FFFF.
    static func sequenceLength(in text: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int {
        func byte(_ distance: Int, in range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            offset + distance < text.count && range.contains(text[offset + distance])
        }
        guard offset < text.count else { return 0 }
        return switch text[offset] {
        case 0..<0x80: 1
        case 0xC2...0xDF: byte(1) ? 2 : 0
        case 0xE0: byte(1, in: 0xA0...0xBF) && byte(2) ? 3 : 0
        case 0xED: byte(1, in: 0x80...0x9F) && byte(2) ? 3 : 0
        case 0xE1...0xEF: byte(1) && byte(2) ? 3 : 0
        case 0xF0: byte(1, in: 0x90...0xBF) && byte(2) && byte(3) ? 4 : 0
        case 0xF4: byte(1, in: 0x80...0x8F) && byte(2) && byte(3) ? 4 : 0
        case 0xF1...0xF3: byte(1) && byte(2) && byte(3) ? 4 : 0
        default: 0
        }
    }

    /// How many of the first bytes to keep, so that a character is kept whole or not at all.
    static func cut(_ text: UnsafeBufferPointer<UInt8>, to limit: Int = longest) -> Int {
        guard text.count > limit else { return text.count }
        // The byte at the limit goes on a character that began before it, at most three bytes back.
        for start in stride(from: limit, through: max(0, limit - 3), by: -1) where text[start] & 0xC0 != 0x80 {
            return start
        }
        return limit
    }

    /// A text cut the same way.
    static func cut(_ text: String, to limit: Int = longest) -> String {
        guard text.utf8.count > limit else { return text }
        let bytes = Array(text.utf8)
        return String(decoding: bytes[..<bytes.withUnsafeBufferPointer { cut($0, to: limit) }], as: UTF8.self)
    }
}
