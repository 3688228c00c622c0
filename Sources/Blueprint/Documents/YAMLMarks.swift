/// Looks for anchors, aliases and tags before anything is composed: 2 kB of nested aliases can stand for more nodes than fit
/// into memory.
///
/// What is text and what is structure only a parser can tell: a quotation mark inside of unquoted text opens nothing. So
/// this does not ask. It names whatever could be one of them, where one can begin (YAML 1.2 §6.8, §6.9, §7.1), also within
/// quotation marks and block scalars; only comments in lines without quotation marks are left out. A pure function, linear
/// in the text.
enum YAMLMarks {
    /// The first of them and its line; nil where there is none.
    static func first(in text: String) -> (line: Int, message: String)? {
        for (index, line) in text.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" })
            .enumerated()
        {
            // YAML 1.1 ends lines, and with them comments, at these as well.
            for piece in line.split(whereSeparator: { ["\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0) }) {
                guard let what = first(inLine: Array(String(piece).utf8)) else { continue }
                return (index + 1, "\(what) are not read: write it out where it is needed")
            }
        }
        return nil
    }

    private static func first(inLine line: [UInt8]) -> String? {
        let hasQuotes = line.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
        for (at, byte) in line.enumerated() {
            guard at == 0 || endsToken(line[at - 1]) else { continue }
            let next = at + 1 < line.count ? line[at + 1] : 0x20
            switch byte {
            case UInt8(ascii: "#") where !hasQuotes && (at == 0 || line[at - 1] <= 0x20): return nil
            case UInt8(ascii: "&") where isNameByte(next): return "anchors (&name)"
            case UInt8(ascii: "*") where isNameByte(next): return "aliases (*name)"
            case UInt8(ascii: "!") where next > 0x20: return "tags (!name)"
            default: break
            }
        }
        return nil
    }

    /// Whether a token can begin behind this byte: blanks, line breaks of every kind, a byte order mark, indicators.
    private static func endsToken(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte >= 0x7F || "[]{},:-?".utf8.contains(byte)
    }

    /// What names of anchors are made of; where none follows, nothing is named.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte >= 0x7F || "_-".utf8.contains(byte)
    }
}
