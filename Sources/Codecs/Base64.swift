/// Why a text is not base64, base64url or hexadecimal.
public enum Base64Error: Error, Equatable, Sendable {
    /// A byte outside the alphabet, and its offset. Padding, white space and the sister alphabet are outside too.
    case character(offset: Int)
    /// No number of whole bytes is written with this many characters.
    case length
    /// The last character carries bits that belong to no byte: a second spelling of the same bytes (RFC 4648 §3.5).
    case trailingBits
}

extension Base64Error: CustomStringConvertible {
    /// The same in words.
    public var description: String {
        switch self {
        case .character(let offset): "a character outside the alphabet at offset \(offset)"
        case .length: "a length that no number of bytes has"
        case .trailingBits: "bits left over in the last character, which must be zero"
        }
    }
}

/// base64url without padding (RFC 7515 §2, RFC 4648 §5), strictly: every byte sequence has exactly one spelling.
public enum Base64URL {
    /// Encodes bytes; the answer has no padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: encodeBytes(bytes), as: UTF8.self)
    }

    /// Encodes bytes as ASCII bytes.
    public static func encodeBytes(_ bytes: [UInt8]) -> [UInt8] {
        Sextets.write(bytes.span, alphabet: .url, padding: false)
    }

    /// Decodes text; refuses padding, white space, `+`, `/` and non-zero trailing bits.
    public static func decode(_ text: [UInt8]) throws(Base64Error) -> [UInt8] {
        try Sextets.read(text.span, alphabet: .url)
    }

    /// Decodes a stretch of a larger text, without copying it first. Offsets in errors count from the stretch's start.
    public static func decode(_ text: borrowing Span<UInt8>) throws(Base64Error) -> [UInt8] {
        try Sextets.read(text, alphabet: .url)
    }
}

/// base64 with the standard alphabet (RFC 4648 §4): as strict, padding required.
public enum Base64 {
    /// Encodes bytes, padded with `=`.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: Sextets.write(bytes.span, alphabet: .standard, padding: true), as: UTF8.self)
    }

    /// Decodes padded text; refuses white space, `-`, `_`, missing padding and non-zero trailing bits.
    public static func decode(_ text: [UInt8]) throws(Base64Error) -> [UInt8] {
        guard text.count.isMultiple(of: 4) else { throw .length }
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        return try Sextets.read(text.span.extracting(0..<end), alphabet: .standard)
    }
}

/// Hexadecimal (RFC 4648 §8), either case.
public enum Hex {
    /// Encodes bytes in lower case.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes text of an even length in either case.
    public static func decode(_ text: [UInt8]) throws(Base64Error) -> [UInt8] {
        guard text.count.isMultiple(of: 2) else { throw .length }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        for offset in stride(from: 0, to: text.count, by: 2) {
            guard let high = value(text[offset]) else { throw .character(offset: offset) }
            guard let low = value(text[offset + 1]) else { throw .character(offset: offset + 1) }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Six bits a character: what both base64 alphabets share.
private enum Sextets {
    struct Alphabet {
        let letters: [UInt8]
        let values: [UInt8]

        static let url = Alphabet(last: "-_")
        static let standard = Alphabet(last: "+/")

        init(last: StaticString) {
            var letters: [UInt8] = []
            letters.append(contentsOf: UInt8(ascii: "A")...UInt8(ascii: "Z"))
            letters.append(contentsOf: UInt8(ascii: "a")...UInt8(ascii: "z"))
            letters.append(contentsOf: UInt8(ascii: "0")...UInt8(ascii: "9"))
            last.withUTF8Buffer { letters.append(contentsOf: $0) }
            var values = [UInt8](repeating: 0xFF, count: 256)
            for (value, letter) in letters.enumerated() {
                values[Int(letter)] = UInt8(value)
            }
            self.letters = letters
            self.values = values
        }
    }

    static func read(_ text: borrowing Span<UInt8>, alphabet: Alphabet) throws(Base64Error) -> [UInt8] {
        let rest = text.count % 4
        guard rest != 1 else { throw .length }
        var seen: UInt8 = 0
        var tail: UInt32 = 0
        let bytes = alphabet.values.withUnsafeBufferPointer { values in
            [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + max(0, rest - 1)) { output, count in
                var written = 0
                var offset = 0
                while offset + 4 <= text.count {
                    let a = values[Int(text[offset])]
                    let b = values[Int(text[offset + 1])]
                    let c = values[Int(text[offset + 2])]
                    let d = values[Int(text[offset + 3])]
                    seen |= a | b | c | d
                    output[written] = a << 2 | (b >> 4 & 0x03)
                    output[written + 1] = b << 4 | (c >> 2 & 0x0F)
                    output[written + 2] = c << 6 | (d & 0x3F)
                    written += 3
                    offset += 4
                }
                if rest >= 2 {
                    let a = values[Int(text[offset])]
                    let b = values[Int(text[offset + 1])]
                    let c = rest == 3 ? values[Int(text[offset + 2])] : 0
                    seen |= a | b | c
                    output[written] = a << 2 | (b >> 4 & 0x03)
                    written += 1
                    if rest == 3 {
                        output[written] = b << 4 | (c >> 2 & 0x0F)
                        written += 1
                        tail = UInt32(c & 0x03)
                    } else {
                        tail = UInt32(b & 0x0F)
                    }
                }
                count = written
            }
        }
        // Values are below 64, the mark of a foreign character is 255: bit 7 in any of them tells.
        guard seen & 0x80 == 0 else { throw .character(offset: firstForeign(text, alphabet: alphabet)) }
        guard tail == 0 else { throw .trailingBits }
        return bytes
    }

    private static func firstForeign(_ text: borrowing Span<UInt8>, alphabet: Alphabet) -> Int {
        var offset = 0
        while offset < text.count, alphabet.values[Int(text[offset])] != 0xFF { offset += 1 }
        return offset
    }

    static func write(_ bytes: borrowing Span<UInt8>, alphabet: Alphabet, padding: Bool) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        let letters = alphabet.letters
        var offset = 0
        while offset < bytes.count {
            let a = bytes[offset]
            let b = offset + 1 < bytes.count ? bytes[offset + 1] : 0
            let c = offset + 2 < bytes.count ? bytes[offset + 2] : 0
            text.append(letters[Int(a >> 2)])
            text.append(letters[Int((a & 0x03) << 4 | b >> 4)])
            if offset + 1 < bytes.count { text.append(letters[Int((b & 0x0F) << 2 | c >> 6)]) }
            if offset + 2 < bytes.count { text.append(letters[Int(c & 0x3F)]) }
            offset += 3
        }
        while padding, !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
        return text
    }
}
