public import Codecs

/// A kind and a name: which object is meant.
public struct ObjectReference: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Its kind.
    public let kind: ObjectKind
    /// Its name, unique within the kind.
    public let name: String

    /// An object of a kind and a name.
    public init(_ kind: ObjectKind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// `upstream orders`.
    public var description: String { "\(kind.rawValue) \(name)" }

    /// In the order of the kinds, then by name.
    public static func < (left: Self, right: Self) -> Bool {
        left.kind == right.kind ? left.name < right.name : left.kind.position < right.kind.position
    }
}

extension ObjectKind {
    private static let order = allCases

    /// Its place among the kinds.
    var position: Int { Self.order.firstIndex(of: self) ?? 0 }
}

/// One section of a blueprint, whatever its kind.
protocol ObjectSection: Sendable {
    var names: [String] { get }
    func contains(_ name: String) -> Bool
    func json(of name: String) -> JSON?
    /// Some names as another section has them, or without them where it has none; in the order of the names.
    func replacing(_ replaced: Set<String>, from other: Self) -> Self
}

extension NamedValues: ObjectSection where Value: Described {
    func contains(_ name: String) -> Bool { self[name] != nil }

    func json(of name: String) -> JSON? { self[name].map { Value.schema.write($0) } }

    func replacing(_ replaced: Set<String>, from other: Self) -> Self {
        let kept = entries.filter { !replaced.contains($0.name) }
        let put = replaced.compactMap { name in other[name].map { (name: name, value: $0) } }
        var section = Self()
        for (name, value) in (kept + put).sorted(by: { $0.name < $1.name }) { section[name] = value }
        return section
    }
}

/// The objects of a blueprint, whatever their kinds. Looking one up takes the same time however many there are.
public struct BlueprintObjects: Sendable {
    private let sections: [ObjectKind: any ObjectSection]

    init(_ blueprint: Blueprint) {
        var sections: [ObjectKind: any ObjectSection] = [:]
        for kind in ObjectKind.allCases {
            guard let path = Blueprint.field(of: kind)?.keyPath else { continue }
            sections[kind] = blueprint[keyPath: path as PartialKeyPath<Blueprint>] as? any ObjectSection
        }
        self.sections = sections
    }

    /// Every object: kind by kind, each in the order of the blueprint.
    public var all: [ObjectReference] {
        ObjectKind.allCases.flatMap { kind in names(of: kind).map { ObjectReference(kind, $0) } }
    }

    /// The names of a kind's objects, in the order of the blueprint.
    public func names(of kind: ObjectKind) -> [String] { sections[kind]?.names ?? [] }

    /// Whether there is such an object.
    public func contains(_ object: ObjectReference) -> Bool { sections[object.kind]?.contains(object.name) == true }

    /// An object in its canonical form; nil when there is none.
    public subscript(_ object: ObjectReference) -> JSON? { sections[object.kind]?.json(of: object.name) }
}

extension Blueprint {
    /// The field that is a kind's section.
    static func field(of kind: ObjectKind) -> Field<Blueprint>? {
        schema.fields.first { $0.name == kind.section }
    }

    /// The JSON Schema of a kind's objects, each as a mapping.
    public static func jsonSchema(of kind: ObjectKind) -> JSONObject {
        field(of: kind)?.schema["additionalProperties"]?.object ?? ["type": "object"]
    }

    /// Its objects, whatever their kinds.
    public var objects: BlueprintObjects { BlueprintObjects(self) }

    /// Some objects as another blueprint has them, or without them where it has none. Nothing is checked.
    /// - Parameters:
    ///   - objects: the objects that are replaced, put in or taken away; all others stay.
    ///   - other: where their values come from.
    public func replacing(_ objects: some Sequence<ObjectReference>, from other: Blueprint) -> Blueprint {
        var next = self
        for (kind, ofKind) in Dictionary(grouping: objects, by: \.kind) {
            guard let path = Self.field(of: kind)?.keyPath else { continue }
            let partial = path as PartialKeyPath<Blueprint>
            guard let section = self[keyPath: partial] as? any ObjectSection else { continue }
            Self.replace(Set(ofKind.map(\.name)), in: section, at: partial, of: &next, from: other)
        }
        return next
    }

    private static func replace<Section: ObjectSection>(
        _ names: Set<String>, in section: Section, at path: PartialKeyPath<Blueprint>, of next: inout Blueprint,
        from other: Blueprint
    ) {
        guard let path = path as? WritableKeyPath<Blueprint, Section> else { return }
        next[keyPath: path] = section.replacing(names, from: other[keyPath: path])
    }

    /// Objects as the document that lists them. An object that stands twice is there twice: keep them apart before.
    public static func document(of objects: [(object: ObjectReference, content: JSON)]) -> DocumentNode {
        let root = DocumentPlace.root(line: nil)
        let byKind = Dictionary(grouping: objects, by: \.object.kind)
        let sections = ObjectKind.allCases.compactMap { kind -> DocumentNode.Entry? in
            guard let ofKind = byKind[kind] else { return nil }
            let place = root.below(kind.section)
            let entries = ofKind.map { object, content in
                let below = place.below(object.name)
                return DocumentNode.Entry(
                    name: object.name, place: below, value: JSONDocument.node(content, below))
            }
            return DocumentNode.Entry(
                name: kind.section, place: place, value: DocumentNode(content: .map(entries), place: place))
        }
        return DocumentNode(content: .map(sections), place: root)
    }

    /// Reads a part of a blueprint: shapes, ranges and names, but not whether every name that is named is there, which
    /// only the whole can tell.
    public static func readPart(_ document: DocumentNode) throws(DocumentComplaints) -> Blueprint {
        var complaints = DocumentComplaints()
        let blueprint = schema.read(document, &complaints)
        guard let blueprint, complaints.isEmpty else { throw complaints }
        return blueprint
    }

    /// Checks what only the whole can tell: that every name that is named is there, and that no section has too many.
    /// - Parameter document: where complaints find their places; objects that it does not list are told by pointer.
    public func checkWhole(in document: DocumentNode) throws(DocumentComplaints) {
        var complaints = DocumentComplaints()
        let objects = objects
        for kind in ObjectKind.allCases {
            guard let most = Self.field(of: kind)?.most, objects.names(of: kind).count > most else { continue }
            complaints.add(document.place(at: "/\(kind.section)"), "this has more than \(most) entries")
        }
        checkReferences(in: document, &complaints)
        guard complaints.isEmpty else { throw complaints }
    }
}

extension FieldDifference {
    /// What differs between two objects of one kind in their canonical form: what was there before, then what came. What
    /// stands in that form is what is not at its default, so the difference is that of `Schema.difference`.
    public static func between(_ old: JSON, _ new: JSON) -> [FieldDifference] {
        let (old, new) = (old.object ?? JSONObject(), new.object ?? JSONObject())
        let added = new.members.map(\.name).filter { old[$0] == nil }
        return (old.members.map(\.name) + added).compactMap { name in
            old[name] == new[name] ? nil : FieldDifference(field: name.text, old: old[name], new: new[name])
        }
    }
}
