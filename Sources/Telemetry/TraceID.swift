/// Names one trace: the refused request for the person who was refused and the operator who explains it, and all
/// requests that one call led to (W3C Trace Context, `trace-id`). 128 random bits: knowing one says nothing about
/// another. A client that brings its own chooses it freely, and may bring one several times.
public struct TraceID: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// A fresh identifier from the system's random numbers.
    public init() {
        var generator = SystemRandomNumberGenerator()
        self.init(using: &generator)
    }

    /// A fresh identifier from these random numbers, never the one of zeros only.
    public init(using generator: inout some RandomNumberGenerator) {
        high = generator.next()
        let random = generator.next() as UInt64
        low = high | random == 0 ? 1 : random
    }

    /// Reads 32 hexadecimal digits; anything else is nil.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 32, digits.allSatisfy(Self.isHexadecimal),
            let high = UInt64(String(decoding: digits[..<16], as: UTF8.self), radix: 16),
            let low = UInt64(String(decoding: digits[16...], as: UTF8.self), radix: 16)
        else { return nil }
        self.high = high
        self.low = low
    }

    /// Reads 32 digits in lower case at an offset, not all of them zero (W3C Trace Context §3.2.2.3).
    init?(lowercase text: UnsafeRawBufferPointer, at offset: Int) {
        guard let high = HexDigits.value(in: text, at: offset, count: 16),
            let low = HexDigits.value(in: text, at: offset + 16, count: 16), high | low != 0
        else { return nil }
        self.high = high
        self.low = low
    }

    /// The same in words.
    public var description: String {
        var digits: [UInt8] = []
        append(to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// Appends the 32 digits in lower case.
    public func append(to output: inout [UInt8]) {
        HexDigits.append(high, to: &output)
        HexDigits.append(low, to: &output)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
