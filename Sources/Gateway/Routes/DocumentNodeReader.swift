import Blueprint

/// Reads the values of a document and collects complaints instead of stopping at the first.
final class DocumentNodeReader {
    private(set) var complaints: [RouteComplaint] = []

    /// Notes what is wrong.
    func complain(_ line: Int, _ message: String) {
        complaints.append(RouteComplaint(line: line, message: message))
    }

    /// The entries of a mapping by name; names that are not known are complained about, with what would be.
    func mapping(
        _ node: DocumentNode, _ what: String, knows names: [String]? = nil
    ) -> [(name: String, line: Int, node: DocumentNode)]? {
        guard case .map(let mapping) = node.content else {
            complain(line(of: node), "\(what) must be a mapping (name: value)")
            return nil
        }
        var entries: [(name: String, line: Int, node: DocumentNode)] = []
        for entry in mapping {
            let line = entry.place.line ?? 1
            if let names, !names.contains(entry.name) {
                complain(line, "\(what) has no \"\(entry.name)\"; it knows \(names.joined(separator: ", "))")
                continue
            }
            entries.append((entry.name, line, entry.value))
        }
        return entries
    }

    /// The text of a scalar.
    func text(_ node: DocumentNode, _ what: String) -> String? {
        guard let text = node.text, !text.isEmpty else {
            complain(line(of: node), "\(what) must be text")
            return nil
        }
        return text
    }

    /// One text, or a list of them.
    func texts(_ node: DocumentNode, _ what: String) -> [String]? {
        guard case .list(let elements) = node.content else { return text(node, what).map { [$0] } }
        var texts: [String] = []
        for element in elements {
            guard let text = text(element, "each element of \(what)") else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// A whole number in a range.
    func number(_ node: DocumentNode, _ what: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let text = node.text, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int64(text),
            range.contains(value)
        else {
            complain(line(of: node), "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// The line a node starts on.
    func line(of node: DocumentNode) -> Int { node.place.line ?? 1 }
}
