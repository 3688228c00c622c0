/// Names one step of a trace (W3C Trace Context, `parent-id`): 64 random bits, never all zero.
public struct SpanID: Hashable, Sendable, CustomStringConvertible {
    private let bits: UInt64

    /// A fresh identifier from the system's random numbers.
    public init() {
        var generator = SystemRandomNumberGenerator()
        self.init(using: &generator)
    }

    /// A fresh identifier from these random numbers.
    public init(using generator: inout some RandomNumberGenerator) {
        let random = generator.next() as UInt64
        bits = random == 0 ? 1 : random
    }

    /// Reads 16 digits in lower case at an offset, not all of them zero (W3C Trace Context §3.2.2.4).
    init?(lowercase text: UnsafeRawBufferPointer, at offset: Int) {
        guard let bits = HexDigits.value(in: text, at: offset, count: 16), bits != 0 else { return nil }
        self.bits = bits
    }

    /// The 16 digits.
    public var description: String {
        var digits: [UInt8] = []
        append(to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// Appends the 16 digits in lower case.
    public func append(to output: inout [UInt8]) {
        HexDigits.append(bits, to: &output)
    }
}
