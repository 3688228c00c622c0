import Codecs

/// JSON that is written piece by piece: what is the same in every event of a stream is a literal, the rest a value.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Text that stands in the source code.
    mutating func literal(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// JSON text that was made before.
    mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

    mutating func number(_ value: Int64) {
        bytes.append(contentsOf: "\(value)".utf8)
    }

    mutating func json(_ value: JSON) {
        bytes.append(contentsOf: JSONWriter.write(value))
    }

    mutating func string(_ value: ByteString) { string(value.bytes[...]) }

    /// A string with its quotation marks.
    mutating func string(_ value: ArraySlice<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        value.withUnsafeBufferPointer { buffer in
            var start = 0
            for place in 0..<buffer.count {
                let byte = buffer[place]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F else {
                    continue
                }
                bytes.append(contentsOf: buffer[start..<place])
                escape(byte)
                start = place + 1
            }
            bytes.append(contentsOf: buffer[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        default:
            literal("u00")
            let digits: StaticString = "0123456789abcdef"
            bytes.append(digits.utf8Start[Int(byte >> 4)])
            bytes.append(digits.utf8Start[Int(byte & 15)])
        }
    }
}
