/// Hexadecimal digits in lower case, the only ones that W3C Trace Context knows.
enum HexDigits {
    /// The value of so many digits at an offset; nil when they are not all there or one of them is something else.
    static func value(in text: UnsafeRawBufferPointer, at offset: Int, count: Int) -> UInt64? {
        guard offset >= 0, count <= 16, text.count - offset >= count else { return nil }
        var value: UInt64 = 0
        for index in offset..<(offset + count) {
            let digit: UInt8
            switch text[index] {
            case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"): digit = byte - 0x30
            case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"): digit = byte - 0x57
            default: return nil
            }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    /// Appends sixteen digits.
    static func append(_ value: UInt64, to output: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { digits in
            var rest = value
            for index in stride(from: 15, through: 0, by: -1) {
                digits.initializeElement(at: index, to: digit(UInt8(truncatingIfNeeded: rest & 15)))
                rest >>= 4
            }
            output.append(contentsOf: UnsafeBufferPointer(digits))
        }
    }

    /// The digit of a value below 16.
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? value &+ 0x30 : value &+ 0x57
    }
}
