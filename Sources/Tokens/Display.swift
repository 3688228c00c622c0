public import Codecs

/// Text from outside, made safe to show: quoted, cut short, nothing invisible left in it (CVE-2021-42574 and its kin).
public enum Display {
    /// The most characters (Unicode scalars) of somebody else's text that an explanation repeats.
    static let limit = 64

    /// The text between quotation marks; control, bidirectional and other invisible characters become `U+202E`.
    public static func quoted(_ text: ByteString) -> String {
        var output = "\""
        var shown = 0
        for scalar in text.text.unicodeScalars {
            guard shown < limit else { return output + "…\"" }
            if isInvisible(scalar) {
                output += "<U+\(hexadecimal(scalar.value))>"
            } else {
                output.unicodeScalars.append(scalar)
            }
            shown += 1
        }
        return output + "\""
    }

    /// Several texts, quoted, with commas between.
    public static func list(_ texts: [ByteString]) -> String {
        var output = ""
        for (index, text) in texts.prefix(8).enumerated() {
            output += (index == 0 ? "" : ", ") + quoted(text)
        }
        return texts.count > 8 ? output + ", …" : output
    }

    /// So many of something: `1 byte`, `2 bytes`.
    public static func count(_ number: Int, _ singular: String) -> String {
        "\(number) \(singular)" + (number == 1 ? "" : "s")
    }

    /// Whether a character shows nothing of itself, or changes how its neighbours are shown.
    public static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F,
            0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB,
            0xE0000...0xE0FFF:
            true
        default: false
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        var digits = ""
        var rest = value
        repeat {
            let digit = UInt8(rest & 15)
            digits = String(Unicode.Scalar(digit < 10 ? 0x30 + digit : 0x37 + digit)) + digits
            rest >>= 4
        } while rest > 0
        while digits.utf8.count < 4 { digits = "0" + digits }
        return digits
    }
}
