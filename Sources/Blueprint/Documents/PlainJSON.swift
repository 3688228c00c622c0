import Codecs

/// A document's value as JSON, for what has a format of its own: text of YAML that could be a number, or true or false, is that.
enum PlainJSON {
    static func of(_ node: DocumentNode) -> JSON {
        switch node.content {
        case .nothing: return .null
        case .quoted(let text): return .string(ByteString(text))
        case .plain(let text):
            if text == "true" || text == "false" { return .bool(text == "true") }
            return WholeNumber.read(text).map { .number(JSONNumber($0)) } ?? .string(ByteString(text))
        case .literal("true"): return true
        case .literal("false"): return false
        case .literal(let text): return (try? JSONReader.read(Array(text.utf8))) ?? .string(ByteString(text))
        case .list(let elements): return .array(elements.map(of))
        case .map(let entries):
            return .object(
                JSONObject(
                    distinct: entries.map { JSONObject.Member(name: ByteString($0.name), value: of($0.value)) }))
        }
    }
}
