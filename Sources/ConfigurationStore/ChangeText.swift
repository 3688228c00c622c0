import Blueprint
import Codecs

extension ObjectChange: CustomStringConvertible {
    /// One line for a terminal: `+ upstream orders`, `~ api orders: limit 100/min per consumer → 200/min per consumer`,
    /// `- policy browser`. A field that is not there is at its default.
    public var description: String {
        switch (before, after) {
        case (nil, _): return "+ \(object)"
        case (_, nil): return "- \(object)"
        case (let before?, let after?):
            var words: [String] = []
            for difference in FieldDifference.between(before, after) {
                words += TerminalText.difference(difference.field, difference.old, difference.new)
            }
            if ownerBefore != ownerAfter, let ownerBefore, let ownerAfter {
                words.append(
                    "owner \(TerminalText.printable("\(ownerBefore)")) → \(TerminalText.printable("\(ownerAfter)"))")
            }
            return "~ \(object): \(words.joined(separator: "; "))"
        }
    }
}

extension Change: CustomStringConvertible {
    /// One line for each object; `no change` for none.
    public var description: String {
        objects.isEmpty ? "no change" : objects.map(\.description).joined(separator: "\n")
    }
}

/// Values as a terminal shows them. Secrets are not among them: objects hold where a secret comes from, not what it is.
enum TerminalText {
    /// What differs below a path, value by value.
    static func difference(_ path: String, _ old: JSON?, _ new: JSON?) -> [String] {
        if case .object(let old)? = old, case .object(let new)? = new {
            let names = old.members.map(\.name) + new.members.map(\.name).filter { old[$0] == nil }
            let below = names.filter { old[$0] != new[$0] }.flatMap {
                difference("\(path).\(printable($0.text))", old[$0], new[$0])
            }
            return below.isEmpty ? ["\(path) in another order"] : below
        }
        return ["\(path) \(words(old)) → \(words(new))"]
    }

    private static func words(_ json: JSON?) -> String { json.map(words) ?? "default" }

    private static func words(_ json: JSON) -> String {
        switch json {
        case .string(let text): printable(text.text)
        case .array(let elements):
            if elements.count == 1, let element = elements.first, element.array == nil {
                words(element)
            } else {
                "[\(elements.map(words).joined(separator: ", "))]"
            }
        case .object(let object):
            "{ \(object.members.map { "\(printable($0.name.text)): \(words($0.value))" }.joined(separator: ", ")) }"
        case .null, .bool, .number: JSONWriter.text(json)
        }
    }

    /// Text that does nothing to a terminal: what is not seen, and what turns the direction of others, is written out.
    static func printable(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown.isEmpty ? "\"\"" : shown
    }
}
