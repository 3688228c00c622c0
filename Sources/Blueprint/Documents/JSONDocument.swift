public import Codecs

/// Reads JSON into a document's values. The JSON was read strictly: no name stands twice.
public enum JSONDocument {
    /// The document.
    public static func read(_ json: JSON) -> DocumentNode { node(json, .root(line: nil)) }

    /// A value at a place.
    static func node(_ json: JSON, _ place: DocumentPlace) -> DocumentNode {
        DocumentNode(content: content(json, place), place: place)
    }

    private static func content(_ json: JSON, _ place: DocumentPlace) -> DocumentNode.Content {
        switch json {
        case .null: .nothing
        case .bool(let value): .literal(value ? "true" : "false")
        case .number(let number): .literal(number.text.text)
        case .string(let text): .quoted(text.text)
        case .array(let elements):
            .list(elements.enumerated().map { index, element in node(element, place.below(String(index))) })
        case .object(let object):
            .map(
                object.members.map { member in
                    let below = place.below(member.name.text)
                    return DocumentNode.Entry(name: member.name.text, place: below, value: node(member.value, below))
                })
        }
    }
}
