public import Codecs

/// Writes values as YAML in one canonical form: two spaces a level, short lists in one line, quotation marks only where a
/// reader would take the text for something else.
public enum YAMLWriter {
    /// The text of a document.
    public static func text(_ json: JSON) -> String {
        guard case .object(let object) = json else { return scalar(json) + "\n" }
        return object.members.isEmpty ? "{}\n" : lines(of: object, indentation: "").joined(separator: "\n") + "\n"
    }

    private static func lines(of object: JSONObject, indentation: String) -> [String] {
        object.members.flatMap { member -> [String] in
            let name = indentation + quoted(member.name.text) + ":"
            switch member.value {
            case .object(let inner) where !inner.members.isEmpty:
                if let flow = flow(member.value), (name + " " + flow).utf8.count <= 100, !holdsObject(inner) {
                    return [name + " " + flow]
                }
                return [name] + lines(of: inner, indentation: indentation + "  ")
            case .array(let elements) where !elements.isEmpty:
                if let flow = flow(member.value), (name + " " + flow).utf8.count <= 100 { return [name + " " + flow] }
                return [name] + elements.flatMap { element(of: $0, indentation: indentation + "  ") }
            default: return [name + " " + scalar(member.value)]
            }
        }
    }

    private static func element(of json: JSON, indentation: String) -> [String] {
        if let flow = flow(json), (indentation + flow).utf8.count <= 98 { return [indentation + "- " + flow] }
        guard case .object(let object) = json else { return [indentation + "- " + scalar(json)] }
        let lines = lines(of: object, indentation: indentation + "  ")
        guard let first = lines.first else { return [indentation + "- {}"] }
        return [indentation + "- " + first.dropFirst(indentation.utf8.count + 2)] + lines.dropFirst()
    }

    private static func holdsObject(_ object: JSONObject) -> Bool {
        object.members.contains { member in
            if case .object(let inner) = member.value { return holdsObject(inner) || inner.members.count > 3 }
            return false
        }
    }

    /// Everything in one line.
    private static func flow(_ json: JSON) -> String? {
        switch json {
        case .array(let elements):
            return "[" + elements.compactMap(flow).joined(separator: ", ") + "]"
        case .object(let object):
            guard !object.members.isEmpty else { return "{}" }
            let members = object.members.compactMap { member in
                flow(member.value).map { quoted(member.name.text) + ": " + $0 }
            }
            return "{ " + members.joined(separator: ", ") + " }"
        case .string, .number, .bool, .null: return scalar(json)
        }
    }

    private static func scalar(_ json: JSON) -> String {
        switch json {
        case .string(let text): return quoted(text.text)
        case .null: return "null"
        case .array(let elements) where elements.isEmpty: return "[]"
        case .object(let object) where object.members.isEmpty: return "{}"
        case .array, .object, .number, .bool: return JSONWriter.text(json)
        }
    }

    /// Text as it stands, or as JSON writes it, which YAML reads too. What could be an anchor, an alias or a tag is escaped:
    /// `YAMLMarks` does not ask whether it stands within quotation marks.
    private static func quoted(_ text: String) -> String {
        guard !isPlain(text) else { return text }
        // Scalar by scalar: an accent behind such a mark makes one character of both.
        return JSONWriter.text(.string(ByteString(text))).unicodeScalars.reduce(into: "") { quoted, scalar in
            switch scalar {
            case "&": quoted += "\\u0026"
            case "*": quoted += "\\u002A"
            case "!": quoted += "\\u0021"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
    }

    /// Whether every reader of YAML takes the text for itself.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, last > 0x20, last != UInt8(ascii: ":") else {
            return false
        }
        let isLetter = (0x41...0x5A).contains(first & 0xDF) || first == UInt8(ascii: "/") || first == UInt8(ascii: "_")
        let isQuantity =
            (0x30...0x39).contains(first)
            && text.utf8.contains { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "/") }
        guard isLetter || isQuantity, !isQuantity || !text.utf8.contains(UInt8(ascii: ":")) else { return false }
        guard !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased()) else {
            return false
        }
        // 1e5 and 0x1F are numbers to some.
        if isQuantity, text.utf8.allSatisfy({ $0.isHexDigit || "xob.+-_".utf8.contains($0) }) { return false }
        return text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && !"\"'#,[]{}&*!|>%@`".utf8.contains($0) }
            && !text.contains(": ") && !text.contains(" #")
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        (0x30...0x39).contains(self) || (0x61...0x66).contains(self) || (0x41...0x46).contains(self)
    }
}
