public import Codecs

/// A kind of thing that a person configures: everything that can be said about it, said once. Reading, complaints, writing,
/// difference, JSON Schema and the reference page come from its fields.
public protocol Described: Sendable, Equatable {
    /// With every field at its default.
    init()

    /// Its fields.
    static var schema: Schema<Self> { get }
}

/// The fields of a kind, in the order in which they are written.
public struct Schema<Root: Described>: Sendable {
    /// What one is called: `an upstream`.
    public let words: String
    /// One sentence.
    public let summary: String
    /// The fields.
    public let fields: [Field<Root>]
    /// The field that a value without a mapping stands for, as in `orders: http://127.0.0.1:9001`.
    public let short: String?
    /// What must hold between fields: a complaint, or nil.
    private let judge: @Sendable (Root) -> String?

    /// A schema.
    public init(
        _ words: String, _ summary: String, short: String? = nil,
        judge: @escaping @Sendable (Root) -> String? = { _ in nil },
        @FieldBuilder<Root> fields: () -> [Field<Root>]
    ) {
        self.words = words
        self.summary = summary
        self.short = short
        self.judge = judge
        self.fields = fields()
    }

    /// Reads an object, or complains about everything that is wrong with it.
    public func read(_ node: DocumentNode, _ complaints: inout DocumentComplaints) -> Root? {
        guard case .map(let entries) = node.content else { return readShort(node, &complaints) }
        var root = Root()
        var isGood = true
        for entry in entries {
            guard let field = fields.first(where: { $0.name == entry.name }) else {
                let known = fields.map(\.name)
                let near = NearestName.of(entry.name, among: known)
                complaints.add(
                    entry.place,
                    "\(words) has no \"\(entry.name)\""
                        + (near.map { "; did you mean \"\($0)\"?" } ?? "; it knows \(known.joined(separator: ", "))"))
                isGood = false
                continue
            }
            if !field.read(entry.value, &root, &complaints) { isGood = false }
        }
        for field in fields where field.isRequired && !entries.contains(where: { $0.name == field.name }) {
            complaints.add(node.place, "\(words) needs \"\(field.name)\": \(field.help)")
            isGood = false
        }
        return isGood ? judged(root, node, &complaints) : nil
    }

    private func readShort(_ node: DocumentNode, _ complaints: inout DocumentComplaints) -> Root? {
        guard let short, let field = fields.first(where: { $0.name == short }), !node.isNothing else {
            complaints.add(node.place, "this must be a mapping that describes \(words), not \(node.kind)")
            return nil
        }
        var root = Root()
        guard field.read(node, &root, &complaints) else { return nil }
        let missing = fields.filter { $0.isRequired && $0.name != short }
        for field in missing { complaints.add(node.place, "\(words) needs \"\(field.name)\": \(field.help)") }
        return missing.isEmpty ? judged(root, node, &complaints) : nil
    }

    private func judged(_ root: Root, _ node: DocumentNode, _ complaints: inout DocumentComplaints) -> Root? {
        guard let complaint = judge(root) else { return root }
        complaints.add(node.place, complaint)
        return nil
    }

    /// Every field that is not at its default, in the order of the declaration.
    public func write(_ root: Root) -> JSON {
        var object = JSONObject()
        for field in fields { if let value = field.write(root) { object[ByteString(field.name)] = value } }
        return .object(object)
    }

    /// What differs between two, field by field.
    public func difference(_ old: Root, _ new: Root) -> [FieldDifference] {
        fields.compactMap { field in
            let (before, after) = (field.write(old), field.write(new))
            return before == after ? nil : FieldDifference(field: field.name, old: before, new: after)
        }
    }

    /// JSON Schema 2020-12.
    public var jsonSchema: JSONObject {
        var properties = JSONObject()
        for field in fields {
            var schema = field.schema
            schema["description"] = .string(ByteString(field.help))
            if field.isSecret { schema["writeOnly"] = true }
            if let value = field.shownDefault { schema["default"] = value }
            properties[ByteString(field.name)] = .object(schema)
        }
        var schema: JSONObject = [
            "type": "object", "description": .string(ByteString(summary)), "properties": .object(properties),
            "additionalProperties": false,
        ]
        let required = fields.filter(\.isRequired)
        if !required.isEmpty { schema["required"] = .array(required.map { .string(ByteString($0.name)) }) }
        return schema
    }
}

/// A field that differs, and its values as they are written; nil is the default.
public struct FieldDifference: Sendable, Equatable {
    /// The field.
    public let field: String
    /// Before.
    public let old: JSON?
    /// After.
    public let new: JSON?
}

extension DocumentNode {
    var isNothing: Bool { if case .nothing = content { true } else { false } }
}

/// Collects the fields of a schema.
@resultBuilder public enum FieldBuilder<Root: Described> {
    /// One field.
    public static func buildExpression(_ field: Field<Root>) -> Field<Root> { field }

    /// All of them.
    public static func buildBlock(_ fields: Field<Root>...) -> [Field<Root>] { fields }
}
