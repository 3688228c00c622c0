/// Looks into byte strings.
enum Bytes {
    /// A letter of ASCII in small, anything else as it is.
    static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// Whether a short word stands somewhere in a text.
    static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard let first = word.first, word.count <= text.count else { return false }
        var at = 0
        while at + word.count <= text.count {
            if text[at] == first, text[at..<(at + word.count)].elementsEqual(word) { return true }
            at += 1
        }
        return false
    }

    /// Without blanks and control characters before and behind.
    static func trimming(_ text: [UInt8]) -> [UInt8] {
        guard let first = text.firstIndex(where: { $0 > 0x20 }), let last = text.lastIndex(where: { $0 > 0x20 }) else {
            return []
        }
        return Array(text[first...last])
    }

    /// Whether it is a digit of ASCII.
    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// Whether it is a letter of ASCII.
    static func isLetter(_ byte: UInt8) -> Bool {
        let small = byte | 0x20
        return small >= UInt8(ascii: "a") && small <= UInt8(ascii: "z")
    }
}
