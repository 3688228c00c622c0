public import Codecs

extension FieldType where Value == JSONObject {
    /// A JSON object whose members somebody else reads.
    /// - Parameter members: what is known of them, as JSON Schema.
    public static func document(_ words: String, members: JSONObject = ["type": "object"]) -> Self {
        FieldType(
            read: { node, complaints in
                guard let object = PlainJSON.of(node).object else {
                    complaints.add(node.place, "this must be \(words), not \(node.kind)")
                    return nil
                }
                return object
            }, write: { .object($0) }, schema: members, words: words)
    }
}

extension FieldType where Value == JSON {
    /// Any JSON value.
    public static func value(_ words: String, schema: JSONObject = [:]) -> Self {
        FieldType(read: { node, _ in PlainJSON.of(node) }, write: { $0 }, schema: schema, words: words)
    }
}

extension FieldType {
    /// A value, or null for none.
    public static func nullable<Wrapped>(_ type: FieldType<Wrapped>) -> Self where Value == Wrapped? {
        var schema = type.schema
        if let name = schema["type"]?.string { schema["type"] = [.string(name), "null"] }
        if let values = schema["enum"]?.array { schema["enum"] = .array(values + [.null]) }
        return FieldType(
            read: { node, complaints in
                if node.isNothing { return .some(nil) }
                return type.read(node, &complaints).map { .some($0) }
            }, write: { $0.map(type.write) ?? .null }, schema: schema, words: "\(type.words), or null",
            below: type.below)
    }
}
