/// Well-formed UTF-8 (Unicode table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
public enum UTF8Sequence {
    /// The length in bytes of the well-formed sequence that starts here, or nil.
    public static func length(in text: [UInt8], at offset: Int) -> Int? {
        text.withUnsafeBufferPointer { length(in: $0, at: offset) }
    }

    static func length(in text: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int? {
        guard offset < text.count else { return nil }
        let lead = text[offset]
        let second = offset + 1 < text.count ? text[offset + 1] : 0
        switch lead {
        case 0..<0x80: return 1
        case 0xC2...0xDF:
            return isContinuation(second) ? 2 : nil
        case 0xE0...0xEF:
            guard isContinuation(second), hasContinuation(in: text, at: offset + 2) else { return nil }
            if lead == 0xE0, second < 0xA0 { return nil }
            if lead == 0xED, second > 0x9F { return nil }
            return 3
        case 0xF0...0xF4:
            guard isContinuation(second), hasContinuation(in: text, at: offset + 2),
                hasContinuation(in: text, at: offset + 3)
            else { return nil }
            if lead == 0xF0, second < 0x90 { return nil }
            if lead == 0xF4, second > 0x8F { return nil }
            return 4
        default: return nil
        }
    }

    /// Whether the whole text is well-formed.
    public static func isValid(_ text: [UInt8]) -> Bool {
        var offset = 0
        while offset < text.count {
            guard let length = length(in: text, at: offset) else { return false }
            offset += length
        }
        return true
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    private static func hasContinuation(in text: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
        offset < text.count && isContinuation(text[offset])
    }
}
