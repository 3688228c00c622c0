/// A value of a document that somebody wrote, with the place where it stands: the same for YAML and JSON.
public struct DocumentNode: Sendable {
    /// What stands there.
    public enum Content: Sendable {
        /// Text without quotation marks in YAML: what it means, the field says.
        case plain(String)
        /// A number, `true` or `false` in JSON.
        case literal(String)
        /// Text between quotation marks.
        case quoted(String)
        /// Nothing: a name without a value in YAML, null in JSON.
        case nothing
        /// Values one behind the other.
        case list([DocumentNode])
        /// Values by name, in the order of the document; no name twice.
        case map([Entry])
    }

    /// A name and its value.
    public struct Entry: Sendable {
        /// The name.
        public let name: String
        /// Where the name stands.
        public let place: DocumentPlace
        /// The value.
        public let value: DocumentNode
    }

    /// What stands there.
    public let content: Content
    /// Where.
    public let place: DocumentPlace

    /// A document with nothing in it.
    public static let nothing = DocumentNode(content: .nothing, place: .root(line: nil))

    /// A word from a query or a path: what it means, its type says.
    public static func word(_ text: String, named name: String) -> DocumentNode {
        DocumentNode(content: .plain(text), place: .root(line: nil).below(name))
    }

    /// What can be text.
    public var text: String? {
        switch content {
        case .plain(let text), .quoted(let text): text
        case .literal, .nothing, .list, .map: nil
        }
    }

    /// What can be a number, or true or false.
    var literal: String? {
        switch content {
        case .plain(let text), .literal(let text): text
        case .quoted, .nothing, .list, .map: nil
        }
    }

    /// What it is, for complaints.
    var kind: String {
        switch content {
        case .plain, .quoted: "text"
        case .literal(let text): text
        case .nothing: "nothing"
        case .list: "a list"
        case .map: "a mapping"
        }
    }
}

/// Where something stands in a document.
public struct DocumentPlace: Sendable, Hashable {
    /// The line, from 1; nil in JSON that came over the wire, where a pointer says more.
    public let line: Int?
    /// A JSON pointer (RFC 6901).
    public let pointer: String

    /// The place of a whole document.
    public static func root(line: Int?) -> DocumentPlace { DocumentPlace(line: line, pointer: "") }

    /// A place in a document without lines, by its JSON pointer.
    public static func pointer(_ pointer: String) -> DocumentPlace { DocumentPlace(line: nil, pointer: pointer) }

    /// A place below this one.
    func below(_ name: String, line: Int? = nil) -> DocumentPlace {
        let escaped = name.replacing("~", with: "~0").replacing("/", with: "~1")
        return DocumentPlace(line: line ?? self.line, pointer: "\(pointer)/\(escaped)")
    }
}

/// What is wrong with a document, and where.
public struct DocumentComplaint: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where.
    public let place: DocumentPlace
    /// What is wrong and what to do.
    public let message: String

    /// A complaint.
    public init(place: DocumentPlace, message: String) {
        self.place = place
        self.message = message
    }

    /// `line 3: …`, or `/apis/orders: …` where there are no lines.
    public var description: String {
        if let line = place.line { return "line \(line): \(message)" }
        return "\(place.pointer.isEmpty ? "/" : place.pointer): \(message)"
    }
}

/// Everything that is wrong with a document; it is refused whole.
public struct DocumentComplaints: Error, Sendable, CustomStringConvertible {
    /// In the order in which they were found.
    public private(set) var all: [DocumentComplaint] = []

    /// Nothing is wrong so far.
    public init() {}

    /// Whether nothing is wrong.
    public var isEmpty: Bool { all.isEmpty }

    /// Notes what is wrong.
    public mutating func add(_ place: DocumentPlace, _ message: String) {
        all.append(DocumentComplaint(place: place, message: message))
    }

    /// In the order of the document, one a line.
    public var description: String {
        all.sorted { ($0.place.line ?? 0) < ($1.place.line ?? 0) }.map(\.description).joined(separator: "\n")
    }
}
