import Codecs
import Tokens

/// JSON text for reading: two spaces a level, numbers as they were written, and every character that would hide or
/// reorder its neighbours written as an escape (CVE-2021-42574). It is still JSON, with the same meaning.
enum VisibleJSON {
    /// The text of a value.
    /// - Parameter level: how deep the value already stands; lines after the first start at this level.
    static func text(_ json: JSON, level: Int = 0) -> String {
        switch json {
        case .string(let string): return text(string)
        case .array(let elements):
            guard !elements.isEmpty else { return "[]" }
            var lines = "["
            for (index, element) in elements.enumerated() {
                lines += (index == 0 ? "\n" : ",\n") + indent(level + 1) + text(element, level: level + 1)
            }
            return lines + "\n" + indent(level) + "]"
        case .object(let object):
            guard !object.members.isEmpty else { return "{}" }
            var lines = "{"
            for (index, member) in object.members.enumerated() {
                lines += (index == 0 ? "\n" : ",\n") + indent(level + 1)
                lines += text(member.name) + ": " + text(member.value, level: level + 1)
            }
            return lines + "\n" + indent(level) + "}"
        case .null, .bool, .number: return JSONWriter.text(json)
        }
    }

    /// A string or name between quotation marks.
    static func text(_ string: ByteString) -> String {
        var output = "\""
        for scalar in string.text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            default:
                if Display.isInvisible(scalar) {
                    for unit in String(scalar).utf16 { output += escape(unit) }
                } else {
                    output.unicodeScalars.append(scalar)
                }
            }
        }
        return output + "\""
    }

    /// Whether a name or string anywhere in the value holds a character that does not show itself.
    static func hidesSomething(_ json: JSON) -> Bool {
        switch json {
        case .string(let string): hidesSomething(string)
        case .array(let elements): elements.contains { hidesSomething($0) }
        case .object(let object): object.members.contains { hidesSomething($0.name) || hidesSomething($0.value) }
        case .null, .bool, .number: false
        }
    }

    private static func hidesSomething(_ string: ByteString) -> Bool {
        string.text.unicodeScalars.contains { Display.isInvisible($0) }
    }

    private static func escape(_ unit: UInt16) -> String {
        "\\u" + Hex.encode([UInt8(truncatingIfNeeded: unit >> 8), UInt8(truncatingIfNeeded: unit)])
    }

    private static func indent(_ level: Int) -> String {
        String(repeating: "  ", count: level)
    }
}
