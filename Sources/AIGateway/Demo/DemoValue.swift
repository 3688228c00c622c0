import Codecs

/// A value that a JSON Schema takes, the smallest and always the same: what the demo model calls tools with.
enum DemoValue {
    static func of(_ schema: JSONObject, depth: Int = 0) -> JSON {
        if let value = schema["const"] ?? schema["enum"]?.array?.first { return value }
        guard depth < 16 else { return .null }
        for word in ["anyOf", "oneOf", "allOf"] as [ByteString] {
            if let first = schema[word]?.array?.first?.object { return of(first, depth: depth + 1) }
        }
        switch schema["type"]?.string ?? schema["type"]?.array?.first?.string {
        case "string": return "demo"
        case "integer", "number": return .number(JSONNumber(max(schema["minimum"]?.int64 ?? 1, 1)))
        case "boolean": return true
        case "null": return .null
        case "array":
            let items = schema["items"]?.object
            return .array(items.map { [of($0, depth: depth + 1)] } ?? [])
        default:
            var object = JSONObject()
            for member in schema["properties"]?.object?.members ?? [] {
                object[member.name] = of(member.value.object ?? JSONObject(), depth: depth + 1)
            }
            return .object(object)
        }
    }
}
