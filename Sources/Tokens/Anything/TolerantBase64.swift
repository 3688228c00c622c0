import Codecs

/// base64 as people paste it: either alphabet, padding or none, spare bits. For looking at, never for deciding; every
/// liberty that was taken is told.
struct TolerantBase64: Sendable {
    /// What could be decoded; up to the first foreign character when there is one.
    let bytes: [UInt8]
    /// The offset of the first character that belongs to neither alphabet.
    let foreign: Int?
    /// Whether a character is missing or too many: one character alone at the end writes no byte.
    let isCut: Bool
    /// Whether `+` or `/` stood for `-` and `_`.
    let hasStandardAlphabet: Bool
    /// Whether `=` filled the end.
    let hasPadding: Bool
    /// Whether the last character carries bits that belong to no byte.
    let hasSpareBits: Bool

    /// Whether this is base64url without padding, exactly as RFC 7515 §2 wants it.
    var isStrict: Bool { foreign == nil && !isCut && !hasStandardAlphabet && !hasPadding && !hasSpareBits }

    init(_ text: ArraySlice<UInt8>) {
        var end = text.endIndex
        while end > text.startIndex, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        hasPadding = end < text.endIndex
        var output: [UInt8] = []
        output.reserveCapacity((end - text.startIndex) / 4 * 3 + 3)
        var standard = false
        var foreign: Int?
        var bits: UInt32 = 0
        var count = 0
        for offset in text.startIndex..<end {
            guard let value = Self.value(text[offset]) else {
                foreign = offset - text.startIndex
                break
            }
            if text[offset] == UInt8(ascii: "+") || text[offset] == UInt8(ascii: "/") { standard = true }
            bits = bits << 6 | UInt32(value)
            count += 1
            if count == 4 {
                output.append(UInt8(truncatingIfNeeded: bits >> 16))
                output.append(UInt8(truncatingIfNeeded: bits >> 8))
                output.append(UInt8(truncatingIfNeeded: bits))
                bits = 0
                count = 0
            }
        }
        isCut = count == 1
        var spare = false
        if count == 2 {
            output.append(UInt8(truncatingIfNeeded: bits >> 4))
            spare = bits & 0x0F != 0
        } else if count == 3 {
            output.append(UInt8(truncatingIfNeeded: bits >> 10))
            output.append(UInt8(truncatingIfNeeded: bits >> 2))
            spare = bits & 0x03 != 0
        }
        bytes = output
        self.foreign = foreign
        hasStandardAlphabet = standard
        hasSpareBits = spare && foreign == nil
    }

    static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"), UInt8(ascii: "+"): 62
        case UInt8(ascii: "_"), UInt8(ascii: "/"): 63
        default: nil
        }
    }

    /// The liberties in words; nil when none was needed.
    var complaint: String? {
        if let foreign { return "a character that is not base64url stands at offset \(foreign)" }
        if isCut { return "it has a length that no number of bytes has: a character is missing or too many" }
        if hasStandardAlphabet { return "it is written in base64 with + and /; tokens use base64url with - and _" }
        if hasPadding { return "it is padded with =; tokens leave the padding out" }
        if hasSpareBits { return "its last character carries bits that belong to no byte" }
        return nil
    }
}
