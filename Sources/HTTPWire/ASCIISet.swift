/// A set of ASCII bytes in two machine words; bytes above 127 are never in it.
struct ASCIISet {
    private let low: UInt64
    private let high: UInt64

    private init(_ low: UInt64, _ high: UInt64) {
        self.low = low
        self.high = high
    }

    func contains(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        return ((byte < 64 ? low : high) &>> UInt64(byte & 63)) & 1 == 1
    }

    /// RFC 9110, section 5.6.2: `token`.
    static var token: ASCIISet { ASCIISet(0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE) }
    /// RFC 3986, section 2.3: `unreserved`.
    static var unreserved: ASCIISet { ASCIISet(0x03FF_6000_0000_0000, 0x47FF_FFFE_87FF_FFFE) }
    /// RFC 3986, section 3.3: `pchar` without escapes, and the slash.
    static var path: ASCIISet { ASCIISet(0x2FFF_FFD2_0000_0000, 0x47FF_FFFE_87FF_FFFF) }
    /// The part of RFC 3986's `reg-name` that names a real host: letters, digits, `-`, `.`, `_`.
    static var hostName: ASCIISet { ASCIISet(0x03FF_6000_0000_0000, 0x07FF_FFFE_87FF_FFFE) }
    /// Visible ASCII, 0x21 to 0x7E.
    static var visible: ASCIISet { ASCIISet(0xFFFF_FFFE_0000_0000, 0x7FFF_FFFF_FFFF_FFFF) }
}

extension UInt8 {
    /// The value of a hexadecimal digit, or nil.
    var hexDigit: UInt8? {
        switch self {
        case 0x30...0x39: self &- 0x30
        case 0x41...0x46: self &- 0x37
        case 0x61...0x66: self &- 0x57
        default: nil
        }
    }

    /// ASCII letters in lower case, everything else as it is.
    var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
