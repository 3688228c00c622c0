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
        let halves = (
            digits(UInt32(truncatingIfNeeded: value >> 32)).littleEndian,
            digits(UInt32(truncatingIfNeeded: value)).littleEndian
        )
        withUnsafeBytes(of: halves) { output.append(contentsOf: $0) }
    }

    /// Eight digits at once, the first in the lowest byte: every request has its trace written.
    private static func digits(_ value: UInt32) -> UInt64 {
        // The bytes are spread, the first one lowest; then each one's two halves are.
        var spread = UInt64(value.byteSwapped)
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        spread = (spread >> 4 | spread << 8) & 0x0F0F_0F0F_0F0F_0F0F
        // Adding 6 carries into the upper half of a byte that is 10 or more: that one is a letter.
        let letters = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    /// The digit of a value below 16.
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? value &+ 0x30 : value &+ 0x57
    }
}
