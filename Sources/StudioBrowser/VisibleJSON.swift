import Codecs
import Tokens

/// JSON text for reading: two spaces a level, numbers as they were written, and every character that would hide or
/// reorder its neighbours written as an escape (CVE-2021-42574). It is still JSON, with the same meaning.
struct VisibleJSON {
    private var output: [UInt8] = []

    /// The text of a value.
    static func text(_ json: JSON) -> ByteString {
        var writer = VisibleJSON()
        writer.append(json, level: 0)
        return ByteString(utf8: writer.output)
    }

    /// A string or name between quotation marks.
    static func text(_ string: ByteString) -> ByteString {
        var writer = VisibleJSON()
        writer.append(string)
        return ByteString(utf8: writer.output)
    }

    private mutating func append(_ json: JSON, level: Int) {
        switch json {
        case .string(let string): append(string)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                begin(index, UInt8(ascii: "["), level)
                append(element, level: level + 1)
            }
            end(elements.isEmpty, UInt8(ascii: "["), UInt8(ascii: "]"), level)
        case .object(let object):
            for (index, member) in object.members.enumerated() {
                begin(index, UInt8(ascii: "{"), level)
                append(member.name)
                output.append(UInt8(ascii: ":"))
                output.append(UInt8(ascii: " "))
                append(member.value, level: level + 1)
            }
            end(object.members.isEmpty, UInt8(ascii: "{"), UInt8(ascii: "}"), level)
        case .null, .bool, .number: output += JSONWriter.write(json)
        }
    }

    private mutating func begin(_ index: Int, _ opening: UInt8, _ level: Int) {
        output.append(index == 0 ? opening : UInt8(ascii: ","))
        breakLine(level + 1)
    }

    private mutating func end(_ isEmpty: Bool, _ opening: UInt8, _ closing: UInt8, _ level: Int) {
        if isEmpty { output.append(opening) } else { breakLine(level) }
        output.append(closing)
    }

    private mutating func breakLine(_ level: Int) {
        output.append(UInt8(ascii: "\n"))
        for _ in 0..<level {
            output.append(0x20)
            output.append(0x20)
        }
    }

    private mutating func append(_ string: ByteString) {
        output.append(UInt8(ascii: "\""))
        if string.bytes.allSatisfy(Self.showsItself) {
            output += string.bytes
        } else {
            for scalar in string.text.unicodeScalars { append(scalar) }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// ASCII that needs no escape.
    private static func showsItself(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": output += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
        case "\\": output += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
        case "\n": output += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case "\r": output += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case "\t": output += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        default:
            let text = String(scalar)
            guard Display.isInvisible(scalar) else {
                output += Array(text.utf8)
                return
            }
            for unit in text.utf16 {
                output += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
                output += Array(
                    Hex.encode([UInt8(truncatingIfNeeded: unit >> 8), UInt8(truncatingIfNeeded: unit)]).utf8)
            }
        }
    }
}
