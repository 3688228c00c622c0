/// Looks for what YAML has and our documents have not, before anything is composed: anchors and aliases (2 kB of nested
/// aliases can stand for more nodes than fit into memory), tags, merge keys, several documents.
///
/// It reads line by line and knows quotation marks, comments and block scalars; what it cannot tell it refuses. A pure
/// function of the text, linear in its length.
struct YAMLMarks {
    /// The first of them and its line; nil where there is none.
    static func first(in text: some StringProtocol) -> (line: Int, message: String)? {
        var marks = YAMLMarks()
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            if let message = marks.look(at: Array(line)) { return (index + 1, message) }
        }
        return nil
    }

    /// The quotation mark of a scalar that goes on over the line's end.
    private var quote: UInt8?
    /// The indentation of the line that began a block scalar: what is indented more is its text.
    private var block: Int?
    private var isFirstContent = true

    private mutating func look(at line: [UInt8]) -> String? {
        let indentation = line.prefix { $0 == 0x20 }.count
        let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        if quote == nil, let start = block {
            if isBlank || indentation > start { return nil }
            block = nil
        }
        if quote == nil {
            if line.starts(with: "---".utf8) || line.starts(with: "...".utf8), line.count == 3 || line[3] <= 0x20 {
                defer { isFirstContent = false }
                if !isFirstContent { return "this holds a second document; one document is one file" }
                return nil
            }
            if line.first == UInt8(ascii: "%") { return "directives (%…) are not read" }
        }
        if !isBlank { isFirstContent = false }
        return lookForIndicators(in: line, indentation)
    }

    private mutating func lookForIndicators(in line: [UInt8], _ indentation: Int) -> String? {
        var at = 0
        // Whether a node can begin here, behind nothing but an indicator and blanks.
        var mayBegin = true
        while at < line.count {
            let byte = line[at]
            if let mark = quote {
                if byte == UInt8(ascii: "\\"), mark == UInt8(ascii: "\"") {
                    at += 2
                    continue
                }
                if byte == mark {
                    if mark == UInt8(ascii: "'"), at + 1 < line.count, line[at + 1] == mark {
                        at += 2
                        continue
                    }
                    quote = nil
                    mayBegin = false
                }
                at += 1
                continue
            }
            switch byte {
            case 0x20, 0x09, 0x0D: break
            case UInt8(ascii: "#") where at == 0 || line[at - 1] <= 0x20: return nil
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if mayBegin { quote = byte }
            case UInt8(ascii: "&") where mayBegin: return Self.says("anchors (&name)")
            case UInt8(ascii: "*") where mayBegin: return Self.says("aliases (*name)")
            case UInt8(ascii: "!") where mayBegin: return Self.says("tags (!name)")
            case UInt8(ascii: "<") where mayBegin && line[at...].starts(with: "<<".utf8):
                return Self.says("merge keys (<<)")
            case UInt8(ascii: "|") where mayBegin, UInt8(ascii: ">") where mayBegin:
                block = indentation
                return nil
            case UInt8(ascii: "-") where mayBegin && Self.endsWord(line, at + 1),
                UInt8(ascii: "?") where mayBegin && Self.endsWord(line, at + 1),
                UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","):
                mayBegin = true
                at += 1
                continue
            case UInt8(ascii: ":") where Self.endsWord(line, at + 1):
                mayBegin = true
                at += 1
                continue
            default: mayBegin = false
            }
            at += 1
        }
        return nil
    }

    private static func endsWord(_ line: [UInt8], _ place: Int) -> Bool { place >= line.count || line[place] <= 0x20 }

    private static func says(_ what: String) -> String { "\(what) are not read: write it out where it is needed" }
}
