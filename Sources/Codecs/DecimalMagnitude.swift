/// How large a written number is, judged from its digits alone: no floating point, no trap, linear time.
struct DecimalMagnitude {
    /// The significant digits, leading zeros gone; empty for zero. No more than are needed to compare.
    private var digits: [UInt8] = []
    /// The number is 0.d₁d₂d₃… × 10^exponent, saturated far beyond any double.
    private var exponent = 0

    private static let saturation = 1_000_000
    /// 2^1024 − 2^970 = 0.17976931348623158079… × 10^309: from here on a double rounds to infinity.
    private static let limit = Array("17976931348623158079".utf8)
    private static let limitExponent = 309

    /// Reads text that has been found to follow the number grammar of RFC 8259 §6.
    init(_ text: [UInt8]) {
        var offset = text.first == UInt8(ascii: "-") ? 1 : 0
        var afterPoint = false
        while offset < text.count {
            let byte = text[offset]
            offset += 1
            if byte == UInt8(ascii: ".") {
                afterPoint = true
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
            let isLeadingZero = digits.isEmpty && byte == UInt8(ascii: "0")
            if !isLeadingZero, digits.count < Self.limit.count { digits.append(byte) }
            if isLeadingZero {
                if afterPoint { exponent -= 1 }
            } else if !afterPoint {
                exponent += 1
            }
        }
        guard offset < text.count else { return }
        let negative = text[offset] == UInt8(ascii: "-")
        if negative || text[offset] == UInt8(ascii: "+") { offset += 1 }
        var written = 0
        for byte in text[offset...] where written < Self.saturation {
            written = written * 10 + Int(byte - UInt8(ascii: "0"))
        }
        exponent += negative ? -written : written
    }

    /// Whether the nearest double is finite.
    var fitsDouble: Bool {
        if digits.isEmpty || exponent < Self.limitExponent { return true }
        if exponent > Self.limitExponent { return false }
        return digits.lexicographicallyPrecedes(Self.limit)
    }
}
