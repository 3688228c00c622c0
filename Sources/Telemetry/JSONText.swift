/// JSON strings (RFC 8259 §7) of anybody's bytes. What comes out is well-formed UTF-8 on one line, and nothing in it
/// moves a terminal: control characters of both kinds, marks of direction and other characters without width are
/// escaped, and bytes that are not UTF-8 are replaced.
enum JSONText {
    /// Appends a string in its quotes, cut to its first bytes.
    static func append(_ text: String, to output: inout [UInt8]) {
        let written: Void? = text.utf8.withContiguousStorageIfAvailable { append($0, to: &output) }
        if written == nil { Array(text.utf8).withUnsafeBufferPointer { append($0, to: &output) } }
    }

    /// The same of a text that may be missing: `null`.
    static func append(_ text: String?, to output: inout [UInt8]) {
        if let text { append(text, to: &output) } else { output.append("null") }
    }

    /// The same of bytes.
    static func append(_ whole: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        let text = UnsafeBufferPointer(rebasing: whole[..<UTF8Text.cut(whole)])
        output.append(UInt8(ascii: "\""))
        var written = 0
        var offset = 0
        while offset < text.count {
            if isPlain(text, at: offset) {
                offset += 8
                continue
            }
            if isPlain(text[offset]) {
                offset += 1
                continue
            }
            let length = UTF8Text.sequenceLength(in: text, at: offset)
            let scalar = scalar(in: text, at: offset, length: length)
            guard needsEscape(scalar) else {
                offset += length
                continue
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: text[written..<offset]))
            escape(scalar, to: &output)
            offset += max(length, 1)
            written = offset
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: text[written...]))
        output.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Whether the eight bytes from here are ASCII of which none needs an escape.
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
        guard offset + 8 <= text.count else { return false }
        let word = UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let quote = word ^ 0x2222_2222_2222_2222
        let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let delete = word ^ 0x7F7F_7F7F_7F7F_7F7F
        // Where a byte is one of these, or below 0x20, the subtraction borrows into its top bit. A borrow may mark the
        // byte above as well, which costs a look and no more.
        let marks =
            word | (quote &- 0x0101_0101_0101_0101) | (backslash &- 0x0101_0101_0101_0101)
            | (delete &- 0x0101_0101_0101_0101) | (word &- 0x2020_2020_2020_2020)
        return marks & 0x8080_8080_8080_8080 == 0
    }

    /// The character's number; that of the replacement character where there is none.
    private static func scalar(in text: UnsafeBufferPointer<UInt8>, at offset: Int, length: Int) -> UInt32 {
        func bits(_ distance: Int, _ mask: UInt8 = 0x3F) -> UInt32 { UInt32(text[offset + distance] & mask) }
        return switch length {
        case 1: bits(0, 0x7F)
        case 2: bits(0, 0x1F) << 6 | bits(1)
        case 3: bits(0, 0x0F) << 12 | bits(1) << 6 | bits(2)
        case 4: bits(0, 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3)
        default: 0xFFFD
        }
    }

    private static func needsEscape(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x22, 0x5C, 0x7F...0x9F: true
        // Arabic letter mark; widthless characters and marks of direction; line and paragraph separators, embeddings
        // and overrides; invisible operators and isolates; the byte order mark; the replacement of bad bytes.
        case 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFFD: true
        default: false
        }
    }

    private static func escape(_ scalar: UInt32, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch scalar {
        case 0x22, 0x5C: output.append(UInt8(truncatingIfNeeded: scalar))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case 0x09: output.append(UInt8(ascii: "t"))
        default:
            output.append(UInt8(ascii: "u"))
            for shift in stride(from: 12, through: 0, by: -4) {
                output.append(HexDigits.digit(UInt8(truncatingIfNeeded: scalar >> UInt32(shift) & 15)))
            }
        }
    }
}
