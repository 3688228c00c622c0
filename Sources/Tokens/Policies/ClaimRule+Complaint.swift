import Codecs

extension ClaimRule.Condition {
    /// What was found and what is required, as the end of a sentence that begins with the claim.
    func complaint(about value: JSON) -> String {
        let found = "is \(Self.shown(value))"
        switch self {
        case .present: return found + " and must say something"
        case .absent: return "must not be there"
        case .equals(let wanted): return found + "; required is \(Self.shown(wanted))"
        case .oneOf(let wanted): return found + "; required is one of \(Self.list(wanted))"
        case .containsAll(let wanted): return found + "; required in it is \(Self.list(wanted))"
        case .containsAny(let wanted): return found + "; required in it is one of \(Self.list(wanted))"
        case .matches(let pattern): return found + "; required is the form \(Display.quoted(pattern.text))"
        case .isObject: return found + "; required is an object"
        case .hasMember(let names):
            guard value.object != nil else { return found + "; required is an object with \(Display.list(names))" }
            return "has no member \(Display.list(names))" + (names.count > 1 ? ", of which one is required" : "")
        case .equalsClaim(let other): return found + "; required is what \(Display.quoted(other.name)) says"
        case .differsFromClaim(let other): return found + ", which \(Display.quoted(other.name)) must not be as well"
        }
    }

    /// A value in few words: texts quoted and cut short, numbers by their digits, of what is inside others little.
    private static func shown(_ value: JSON) -> String {
        switch value {
        case .null: return "null"
        case .bool(let bool): return bool ? "true" : "false"
        case .string(let text): return Display.quoted(text)
        case .number: return number(value)
        case .array(let elements): return elements.isEmpty ? "an empty array" : "[\(list(elements, isNested: true))]"
        case .object(let object): return object.members.isEmpty ? "an empty object" : "an object"
        }
    }

    private static func list(_ values: [JSON], isNested: Bool = false) -> String {
        var output = ""
        for (index, value) in values.prefix(8).enumerated() {
            let isDeep = isNested && (value.array != nil || value.object != nil)
            output += (index == 0 ? "" : ", ") + (isDeep ? value.kind : shown(value))
        }
        return values.count > 8 ? output + ", …" : output
    }

    private static func number(_ value: JSON) -> String {
        let digits = JSONWriter.text(value)
        return digits.utf8.count <= Display.limit ? digits : "a number of \(digits.utf8.count) digits"
    }
}

extension ClaimRule {
    /// What is wrong with a value, as the end of a sentence that begins with the claim. What a `nonce` should have been
    /// is known to two parties, and complaints are read by others.
    func complaint(about value: JSON) -> String {
        path.names == ["nonce"] ? "is not the one that is expected" : condition.complaint(about: value)
    }
}

extension ClaimRequirement {
    /// What was found and what is required, as the end of a sentence that begins with the claim.
    func complaint(about found: JSON) -> String {
        guard name != "nonce" else { return "is not the one that is expected" }
        guard let value else { return ClaimRule.Condition.present.complaint(about: found) }
        if found.array != nil { return ClaimRule.Condition.containsAny([value]).complaint(about: found) }
        return ClaimRule.Condition.equals(value).complaint(about: found)
    }
}
