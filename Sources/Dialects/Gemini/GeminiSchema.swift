import Codecs

/// Turns JSON Schema into the subset that Gemini's older field takes (`content.proto`, `Schema`): one word
/// outside of it fails the whole request (peers C.3-19). A property may have any name, those of left-out words
/// too.
enum GeminiSchema {
    private static let kept: Set<ByteString> = [
        "format", "title", "description", "nullable", "maxItems", "minItems", "required", "minProperties",
        "maxProperties", "minimum", "maximum", "minLength", "maxLength", "pattern", "example", "propertyOrdering",
        "default",
    ]
    /// References are followed this deep: a schema that refers to itself has no end.
    private static let depthLimit = 16
    /// More schemas than this come from references that multiply.
    private static let countLimit = 5_000

    static func convert(_ schema: JSONObject) -> JSONObject {
        var count = 0
        return convert(schema, root: schema, depth: 0, &count)
    }

    private static func convert(
        _ schema: JSONObject, root: JSONObject, depth: Int, _ count: inout Int
    ) -> JSONObject {
        count += 1
        guard depth < depthLimit, count < countLimit else { return ["type": "OBJECT"] }
        if let target = schema.string("$ref").flatMap({ resolve($0, in: root) }) {
            return convert(target, root: root, depth: depth + 1, &count)
        }
        var source = schema
        for part in schema.array("allOf") ?? [] { merge(part.object ?? [:], into: &source) }
        var output = JSONObject()
        for member in source.members {
            switch member.name {
            case "type": type(member.value, &output)
            case "properties":
                var properties: [JSONObject.Member] = []
                for property in member.value.object?.members ?? [] {
                    let inner = convert(property.value.object ?? [:], root: root, depth: depth + 1, &count)
                    properties.append(.init(name: property.name, value: .object(inner)))
                }
                output["properties"] = .object(JSONObject(distinct: properties))
            case "items":
                output["items"] = .object(convert(member.value.object ?? [:], root: root, depth: depth + 1, &count))
            case "anyOf", "oneOf": union(member.value.array ?? [], &output, root: root, depth: depth, &count)
            case "const": output["enum"] = [text(member.value)]
            case "enum": output["enum"] = .array((member.value.array ?? []).map(text))
            case "exclusiveMinimum": bound(member.value, by: 1, "minimum", source, &output)
            case "exclusiveMaximum": bound(member.value, by: -1, "maximum", source, &output)
            default: if kept.contains(member.name) { output[member.name] = member.value }
            }
        }
        return output
    }

    /// The type in capitals; a list with null is the other one, nullable (C.3-20).
    private static func type(_ value: JSON, _ output: inout JSONObject) {
        if let one = value.string {
            output["type"] = .string(capitals(one))
            return
        }
        let names = (value.array ?? []).compactMap(\.string)
        let rest = names.filter { $0 != "null" }
        if rest.count < names.count { output["nullable"] = true }
        if rest.count == 1 {
            output["type"] = .string(capitals(rest[0]))
        } else if rest.count > 1 {
            output["anyOf"] = .array(rest.map { ["type": .string(capitals($0))] })
        }
    }

    private static func union(
        _ choices: [JSON], _ output: inout JSONObject, root: JSONObject, depth: Int, _ count: inout Int
    ) {
        let rest = choices.compactMap(\.object).filter { $0.string("type") != "null" }
        if rest.count < choices.count { output["nullable"] = true }
        var converted: [JSON] = []
        for choice in rest { converted.append(.object(convert(choice, root: root, depth: depth + 1, &count))) }
        if converted.count == 1, let only = converted[0].object {
            for member in only.members { output[member.name] = member.value }
        } else if !converted.isEmpty {
            output["anyOf"] = .array(converted)
        }
    }

    private static func merge(_ part: JSONObject, into source: inout JSONObject) {
        for member in part.members {
            if member.name == "properties", var properties = source.object("properties") {
                for property in member.value.object?.members ?? [] { properties[property.name] = property.value }
                source["properties"] = .object(properties)
            } else if member.name == "required", let required = source.array("required") {
                source["required"] = .array(required + (member.value.array ?? []))
            } else {
                source[member.name] = member.value
            }
        }
    }

    /// An exclusive bound of whole numbers is the next one; of others there is no closer word than the bound itself.
    private static func bound(
        _ value: JSON, by step: Int64, _ name: ByteString, _ schema: JSONObject, _ output: inout JSONObject
    ) {
        guard schema.string("type") == "integer", let bound = value.int64 else { return output[name] = value }
        output[name] = .number(JSONNumber(bound &+ step))
    }

    /// Enumerations hold strings.
    private static func text(_ value: JSON) -> JSON {
        value.string.map { .string($0) } ?? .string(ByteString(utf8: JSONWriter.write(value)))
    }

    private static func capitals(_ name: ByteString) -> ByteString {
        ByteString(utf8: name.bytes.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 })
    }

    /// `#/$defs/Name` and `#/definitions/Name`.
    private static func resolve(_ reference: ByteString, in root: JSONObject) -> JSONObject? {
        let parts = reference.bytes.split(separator: UInt8(ascii: "/"))
        guard parts.count == 3, parts[0] == [UInt8(ascii: "#")] else { return nil }
        return root[ByteString(utf8: Array(parts[1]))]?.object?[ByteString(utf8: Array(parts[2]))]?.object
    }
}
