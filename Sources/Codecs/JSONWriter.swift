/// Writes JSON text (RFC 8259) in UTF-8: members in their order, numbers as they were written.
public enum JSONWriter {
    /// The text of a value: compact, or for reading, with two spaces a level.
    public static func write(_ json: JSON, pretty: Bool = false) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(512)
        append(json, to: &output, indent: pretty ? 0 : nil)
        return output
    }

    /// The text of a value as a Swift string.
    public static func text(_ json: JSON, pretty: Bool = false) -> String {
        String(decoding: write(json, pretty: pretty), as: UTF8.self)
    }

    private static func append(_ json: JSON, to output: inout [UInt8], indent: Int?) {
        switch json {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): append(number.text.bytes.span, to: &output)
        case .string(let string): append(string, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            let span = elements.span
            for index in span.indices {
                separate(index, &output, indent)
                append(span[index], to: &output, indent: indent.map { $0 + 1 })
            }
            close(UInt8(ascii: "]"), empty: elements.isEmpty, &output, indent)
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            let span = object.members.span
            for index in span.indices {
                separate(index, &output, indent)
                append(span[index].name, to: &output)
                output.append(UInt8(ascii: ":"))
                if indent != nil { output.append(0x20) }
                append(span[index].value, to: &output, indent: indent.map { $0 + 1 })
            }
            close(UInt8(ascii: "}"), empty: object.members.isEmpty, &output, indent)
        }
    }

    /// Appends bytes where they stand: to append an array would count its owners up and down.
    private static func append(_ bytes: borrowing Span<UInt8>, to output: inout [UInt8]) {
        bytes.withUnsafeBufferPointer { output.append(contentsOf: $0) }
    }

    private static func separate(_ index: Int, _ output: inout [UInt8], _ indent: Int?) {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        if let indent { newLine(&output, indent + 1) }
    }

    private static func close(_ bracket: UInt8, empty: Bool, _ output: inout [UInt8], _ indent: Int?) {
        if let indent, !empty { newLine(&output, indent) }
        output.append(bracket)
    }

    private static func newLine(_ output: inout [UInt8], _ level: Int) {
        output.append(0x0A)
        output.append(contentsOf: [UInt8](repeating: 0x20, count: level * 2))
    }

    private static func append(_ string: ByteString, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        guard !isPlain(string.bytes) else {
            append(string.bytes.span, to: &output)
            output.append(UInt8(ascii: "\""))
            return
        }
        for byte in string.bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0x0A: output.append(contentsOf: "\\n".utf8)
            case 0x0D: output.append(contentsOf: "\\r".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0..<0x20, 0x7F:
                output.append(contentsOf: "\\u00".utf8)
                output.append(Hex.digit(byte >> 4))
                output.append(Hex.digit(byte & 15))
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Whether nothing in a string needs an escape. Eight bytes are looked at in turn.
    private static func isPlain(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let quote = word ^ 0x2222_2222_2222_2222
                let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
                let delete = word ^ 0x7F7F_7F7F_7F7F_7F7F
                // The top bit of a byte comes to stand where the byte is `"`, `\`, DEL or below 0x20. A borrow can mark
                // a byte above a true mark, which is there then.
                let marks =
                    ((quote &- 0x0101_0101_0101_0101) & ~quote)
                    | ((backslash &- 0x0101_0101_0101_0101) & ~backslash)
                    | ((delete &- 0x0101_0101_0101_0101) & ~delete)
                    | ((word &- 0x2020_2020_2020_2020) & ~word)
                guard marks & 0x8080_8080_8080_8080 == 0 else { return false }
                offset += 8
            }
            return bytes[offset...].allSatisfy {
                $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != 0x7F
            }
        }
    }
}
