import Codecs

/// Leaves of a JSON Schema what Gemini's newer field takes (`parametersJsonSchema`, llm-wire §4.2): one word outside of it
/// may fail the whole request (peers C.3-19). A property may have any name, those of left-out words too.
enum GeminiJSONSchema {
    private static let kept: Set<ByteString> = [
        "$id", "$ref", "$anchor", "type", "format", "title", "description", "enum", "minItems", "maxItems", "minimum",
        "maximum", "required", "propertyOrdering",
    ]
    /// Deeper ones are left open.
    private static let depthLimit = 64

    static func reduce(_ schema: JSONObject, depth: Int = 0) -> JSONObject {
        guard depth < depthLimit else { return [:] }
        func inner(_ value: JSON) -> JSON { value.object.map { .object(reduce($0, depth: depth + 1)) } ?? value }
        var output = JSONObject()
        for member in schema.members {
            switch member.name {
            case "properties", "$defs":
                let members = (member.value.object?.members ?? []).map {
                    JSONObject.Member(name: $0.name, value: inner($0.value))
                }
                merge([member.name: .object(JSONObject(distinct: members))], into: &output)
            case "items", "additionalProperties": output[member.name] = inner(member.value)
            case "prefixItems", "anyOf", "oneOf":
                output[member.name] = .array((member.value.array ?? []).map(inner))
            case "const": output["enum"] = .array([member.value])
            case "allOf":
                for part in member.value.array ?? [] {
                    merge(reduce(part.object ?? [:], depth: depth + 1), into: &output)
                }
            default:
                // What a part of `allOf` said before stays where the schema itself says nothing else.
                if kept.contains(member.name) { merge([member.name: member.value], into: &output) }
            }
        }
        return output
    }

    private static func merge(_ part: JSONObject, into output: inout JSONObject) {
        for member in part.members {
            if member.name == "properties", var properties = output["properties"]?.object {
                for property in member.value.object?.members ?? [] { properties[property.name] = property.value }
                output["properties"] = .object(properties)
            } else if member.name == "required", let required = output["required"]?.array {
                output["required"] = .array(required + (member.value.array ?? []).filter { !required.contains($0) })
            } else {
                output[member.name] = member.value
            }
        }
    }
}
