/// Why a text is not PEM.
public enum PEMError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No `-----BEGIN …-----` line anywhere.
    case noBlock
    /// The marks are there but not on lines of their own.
    case oneLine
    /// A `BEGIN` line without its `END` line, or with another label there.
    case unterminated(label: String)
    /// The text between the lines is not base64; the line counts from 1 in the whole text.
    case body(line: Int)
    /// Headers such as `Proc-Type` inside the block: an old encrypted form that is not supported.
    case headers(line: Int)

    /// The same in words.
    public var description: String {
        switch self {
        case .noBlock: "no line like -----BEGIN PUBLIC KEY-----"
        case .oneLine:
            "-----BEGIN …----- and -----END …----- must stand on lines of their own; were its line breaks lost?"
        case .unterminated(let label): "the block \"\(label)\" has no matching -----END \(label)----- line"
        case .body(let line): "line \(line) is not base64"
        case .headers(let line): "line \(line) is a PEM header; old-style encrypted keys are not supported"
        }
    }
}

/// PEM, the textual encoding of keys and certificates (RFC 7468).
public enum PEM {
    /// One block: what it says it is, and its bytes.
    public struct Block: Equatable, Sendable {
        /// The label, as in `-----BEGIN label-----`.
        public let label: String
        /// The decoded bytes.
        public let der: [UInt8]
    }

    /// Every block of a text, in order. Text around blocks is passed over, as RFC 7468 §2 allows; inside a block only
    /// base64 may stand, white space at line ends apart.
    public static func read(_ text: [UInt8]) throws(PEMError) -> [Block] {
        var blocks: [Block] = []
        var open: (label: String, body: [UInt8], line: Int)?
        for (index, line) in lines(text).enumerated() {
            if let label = label(of: line, "BEGIN"), open == nil {
                open = (label, [], index + 2)
            } else if let current = open {
                if let label = label(of: line, "END") {
                    guard label == current.label else { throw .unterminated(label: current.label) }
                    guard let der = try? Base64.decode(current.body) else { throw .body(line: current.line) }
                    blocks.append(Block(label: label, der: der))
                    open = nil
                } else if line.contains(UInt8(ascii: ":")) {
                    throw .headers(line: index + 1)
                } else {
                    guard line.allSatisfy(isBody) else { throw .body(line: index + 1) }
                    open?.body.append(contentsOf: line)
                }
            }
        }
        if let open { throw .unterminated(label: open.label) }
        guard !blocks.isEmpty else { throw isLikely(text) ? .oneLine : .noBlock }
        return blocks
    }

    /// A block with lines of 64 characters, ending in a line feed.
    public static func write(label: String, der: [UInt8]) -> String {
        var text = "-----BEGIN \(label)-----\n"
        let body = Array(Base64.encode(der).utf8)
        for start in stride(from: 0, to: body.count, by: 64) {
            text += String(decoding: body[start..<min(start + 64, body.count)], as: UTF8.self) + "\n"
        }
        return text + "-----END \(label)-----\n"
    }

    /// Whether a text holds something that looks like a PEM block, wherever it starts and however damaged it is.
    public static func isLikely(_ text: [UInt8]) -> Bool {
        lines(text).contains { $0.starts(with: "-----BEGIN ".utf8) }
    }

    private static func lines(_ text: [UInt8]) -> [[UInt8]] {
        text.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            var line = line
            while let last = line.last, last == 0x0D || last == 0x20 || last == 0x09 { line = line.dropLast() }
            while let first = line.first, first == 0x20 || first == 0x09 { line = line.dropFirst() }
            return Array(line)
        }
    }

    private static func label(of line: [UInt8], _ word: String) -> String? {
        let prefix = Array("-----\(word) ".utf8)
        let suffix = Array("-----".utf8)
        guard line.count > prefix.count + suffix.count, line.starts(with: prefix),
            line[(line.count - suffix.count)...].elementsEqual(suffix)
        else { return nil }
        let label = line[prefix.count..<(line.count - suffix.count)]
        guard label.count <= longestLabel, label.allSatisfy(isLabel) else { return nil }
        return String(decoding: label, as: UTF8.self)
    }

    /// The longest label in use has some thirty characters. What is longer is a key whose line breaks were lost, and
    /// must not be repeated in a complaint.
    private static let longestLabel = 40

    private static func isLabel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x20: true
        default: false
        }
    }

    private static func isBody(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}
