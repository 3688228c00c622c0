import Yams

/// Reads YAML into a document's values, or says what is wrong with it.
public enum YAMLDocument {
    /// The largest document, in bytes.
    public static let limit = 1_048_576
    /// The deepest nesting.
    static let deepest = 32

    /// The document.
    public static func read(_ text: String) throws(DocumentComplaints) -> DocumentNode {
        var complaints = DocumentComplaints()
        func refused(_ line: Int, _ message: String) -> DocumentComplaints {
            complaints.add(.root(line: line), message)
            return complaints
        }
        guard text.utf8.count <= limit else { throw refused(1, "the document has more than \(limit) bytes") }
        if let (line, message) = YAMLMarks.first(in: text) { throw refused(line, message) }
        let root: Node?
        do {
            root = try compose(yaml: text)
        } catch {
            let (line, message) = Self.complaint(error)
            throw refused(line, message)
        }
        guard let root else { throw refused(1, "the document is empty") }
        let node = node(root, .root(line: line(of: root, 1)), 0, &complaints)
        guard complaints.isEmpty else { throw complaints }
        return node
    }

    private static func node(
        _ node: Node, _ place: DocumentPlace, _ depth: Int, _ complaints: inout DocumentComplaints
    ) -> DocumentNode {
        // What is inside of a name is told at the name.
        let own = line(of: node, place.line ?? 1)
        let line = if case .scalar = node { own } else { place.line ?? own }
        let place = DocumentPlace(line: line, pointer: place.pointer)
        guard depth < deepest else {
            complaints.add(place, "nothing here is nested this deep")
            return DocumentNode(content: .nothing, place: place)
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let isNothing = isPlain && ["", "~", "null"].contains(scalar.string)
            return DocumentNode(
                content: isNothing ? .nothing : isPlain ? .plain(scalar.string) : .quoted(scalar.string), place: place)
        case .sequence(let sequence):
            let elements = sequence.enumerated().map { index, element in
                Self.node(
                    element, place.below(String(index), line: Self.line(of: element, line)), depth + 1, &complaints)
            }
            return DocumentNode(content: .list(elements), place: place)
        case .mapping(let mapping):
            var entries: [DocumentNode.Entry] = []
            for (key, value) in mapping {
                let keyLine = Self.line(of: key, line)
                guard case .scalar(let name) = key else {
                    complaints.add(DocumentPlace(line: keyLine, pointer: place.pointer), "a name must be plain text")
                    continue
                }
                let below = place.below(name.string, line: keyLine)
                if name.string == "<<" {
                    complaints.add(below, "merge keys (<<) are not read: write it out where it is needed")
                }
                entries.append(
                    DocumentNode.Entry(
                        name: name.string, place: below, value: Self.node(value, below, depth + 1, &complaints)))
            }
            return DocumentNode(content: .map(entries), place: place)
        case .alias:
            complaints.add(place, "aliases are not read")
            return DocumentNode(content: .nothing, place: place)
        }
    }

    private static func line(of node: Node, _ otherwise: Int) -> Int { node.mark?.line ?? otherwise }

    private static func complaint(_ error: any Error) -> (line: Int, message: String) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            (mark.line, "this is not YAML: \(problem)")
        case YamlError.reader(let problem, _, _, _): (1, "this is not YAML: \(problem)")
        case YamlError.duplicatedKeysInMapping(let names, let context):
            (context.mark.line, "a name stands twice: \(names.joined(separator: ", "))")
        default: (1, "this is not YAML")
        }
    }
}
