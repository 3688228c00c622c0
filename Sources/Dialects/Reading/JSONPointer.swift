import Codecs

/// Where a value stands in a document (RFC 6901); its text is only made when somebody must be told.
indirect enum JSONPointer: Sendable {
    case root
    case member(JSONPointer, ByteString)
    case element(JSONPointer, Int)

    /// The pointer's text. Names are somebody else's: long ones are cut.
    var text: ByteString {
        var output: [UInt8] = []
        append(to: &output)
        return ByteString(utf8: output)
    }

    private func append(to output: inout [UInt8]) {
        switch self {
        case .root: break
        case .member(let parent, let name):
            parent.append(to: &output)
            output.append(UInt8(ascii: "/"))
            for byte in Excerpt.of(name, limit: 64).bytes {
                switch byte {
                case UInt8(ascii: "~"): output.append(contentsOf: "~0".utf8)
                case UInt8(ascii: "/"): output.append(contentsOf: "~1".utf8)
                default: output.append(byte)
                }
            }
        case .element(let parent, let index):
            parent.append(to: &output)
            output.append(contentsOf: "/\(index)".utf8)
        }
    }
}

/// The beginning of somebody else's text.
enum Excerpt {
    /// At most `limit` bytes, cut between characters.
    static func of(_ text: ByteString, limit: Int) -> ByteString {
        guard text.count > limit else { return text }
        var end = limit
        while end > 0, text.bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return ByteString(utf8: Array(text.bytes[..<end]) + Array("…".utf8))
    }
}
