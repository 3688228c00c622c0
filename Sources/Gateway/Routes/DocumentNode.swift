import Yams

/// Reads a YAML tree and collects complaints instead of stopping at the first.
final class DocumentNodeReader {
    private(set) var complaints: [RouteComplaint] = []

    /// Notes what is wrong.
    func complain(_ line: Int, _ message: String) {
        complaints.append(RouteComplaint(line: line, message: message))
    }

    /// The entries of a mapping by name; names that are not known are complained about, with what would be.
    func mapping(_ node: Node, _ what: String, knows names: [String]? = nil) -> [(name: String, line: Int, node: Node)]?
    {
        guard case .mapping(let mapping) = node else {
            complain(line(of: node), "\(what) must be a mapping (name: value)")
            return nil
        }
        var entries: [(name: String, line: Int, node: Node)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                complain(line(of: key), "\(what): a name must be plain text")
                continue
            }
            if let names, !names.contains(scalar.string) {
                complain(
                    line(of: key), "\(what) has no \"\(scalar.string)\"; it knows \(names.joined(separator: ", "))")
                continue
            }
            entries.append((scalar.string, line(of: key), value))
        }
        return entries
    }

    /// The text of a scalar.
    func text(_ node: Node, _ what: String) -> String? {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            complain(line(of: node), "\(what) must be text")
            return nil
        }
        return scalar.string
    }

    /// One text, or a list of them.
    func texts(_ node: Node, _ what: String) -> [String]? {
        guard case .sequence(let sequence) = node else { return text(node, what).map { [$0] } }
        var texts: [String] = []
        for element in sequence {
            guard let text = text(element, "each element of \(what)") else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// A whole number in a range.
    func number(_ node: Node, _ what: String, in range: ClosedRange<Int64>) -> Int64? {
        guard case .scalar(let scalar) = node, scalar.string.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let value = Int64(scalar.string), range.contains(value)
        else {
            complain(line(of: node), "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// The line a node starts on.
    func line(of node: Node) -> Int { node.mark?.line ?? 1 }
}
