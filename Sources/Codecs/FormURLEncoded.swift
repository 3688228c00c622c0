/// `application/x-www-form-urlencoded` text, read strictly: what OAuth requests and query strings are written in
/// (RFC 6749 appendix B).
///
/// Strict means: a `%` is followed by two hexadecimal digits, what comes out is well-formed UTF-8, and no value holds a
/// control character. Nothing is repaired, so two programs cannot read two different requests out of one text.
public enum FormURLEncoded {
    /// One name with its value, both decoded.
    public struct Pair: Hashable, Sendable {
        /// The name; it may be empty.
        public let name: ByteString
        /// The value; it may be empty.
        public let value: ByteString

        /// A pair.
        public init(_ name: ByteString, _ value: ByteString) {
            self.name = name
            self.value = value
        }
    }

    /// The most pairs that are read.
    public static let maximumPairs = 100

    /// The pairs of a text, in their order. An empty text has none; so have the empty places between two `&`.
    public static func decode(_ text: [UInt8]) throws(FormError) -> [Pair] {
        var pairs: [Pair] = []
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "&")) ?? text.count
            if end > start {
                guard pairs.count < maximumPairs else { throw FormError(.tooManyPairs, offset: start) }
                let equals = text[start..<end].firstIndex(of: UInt8(ascii: "="))
                let name = try decodeComponent(text, start..<(equals ?? end))
                let value = try decodeComponent(text, (equals.map { $0 + 1 } ?? end)..<end)
                pairs.append(Pair(name, value))
            }
            start = end + 1
        }
        return pairs
    }

    /// One name or value by itself, as in the two halves of HTTP Basic credentials (RFC 6749 §2.3.1).
    public static func decodeComponent(_ text: [UInt8]) throws(FormError) -> ByteString {
        try decodeComponent(text, 0..<text.count)
    }

    /// A text that `decode` reads back as these pairs.
    public static func encode(_ pairs: [Pair]) -> String {
        pairs.map { encodeComponent($0.name) + "=" + encodeComponent($0.value) }.joined(separator: "&")
    }

    /// A text that `decodeComponent` reads back as this one. Letters, digits and `-._~` stay as they are; a space
    /// becomes `%20`, which reads the same in a form and in the query of a URI.
    public static func encodeComponent(_ text: ByteString) -> String {
        var encoded: [UInt8] = []
        for byte in text.bytes {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func decodeComponent(_ text: [UInt8], _ range: Range<Int>) throws(FormError) -> ByteString {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            var byte = text[offset]
            var width = 1
            if byte == UInt8(ascii: "+") {
                byte = UInt8(ascii: " ")
            } else if byte == UInt8(ascii: "%") {
                guard offset + 2 < range.upperBound, let high = hexValue(text[offset + 1]),
                    let low = hexValue(text[offset + 2])
                else { throw FormError(.badEscape, offset: offset) }
                byte = high << 4 | low
                width = 3
            }
            guard byte >= 0x20, byte != 0x7F else { throw FormError(.controlCharacter, offset: offset) }
            bytes.append(byte)
            offset += width
        }
        guard UTF8Sequence.isValid(bytes) else { throw FormError(.notUTF8, offset: range.lowerBound) }
        return ByteString(utf8: bytes)
    }

    /// Whether a byte is a character that never needs an escape: a letter, a digit, `-`, `.`, `_` or `~` (RFC 3986 §2.3).
    public static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// Why a text is no form.
public struct FormError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable {
        /// A `%` without two hexadecimal digits after it.
        case badEscape
        /// A control character, written out or as an escape.
        case controlCharacter
        /// The decoded bytes are not well-formed UTF-8.
        case notUTF8
        /// More pairs than anybody needs.
        case tooManyPairs
    }

    /// What is wrong.
    public let reason: Reason
    /// Where in the text, in bytes.
    public let offset: Int

    init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The reason in words. It repeats nothing of the text, which may hold secrets.
    public var description: String {
        switch reason {
        case .badEscape: "byte \(offset): a % must be followed by two hexadecimal digits"
        case .controlCharacter: "byte \(offset): control characters are not accepted"
        case .notUTF8: "byte \(offset): the value is not well-formed UTF-8"
        case .tooManyPairs: "byte \(offset): more than \(FormURLEncoded.maximumPairs) parameters"
        }
    }
}
