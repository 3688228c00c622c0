import Codecs

/// One thing that can be said about a kind: its name in documents, where it is kept, how it is read, and one sentence of help.
public struct Field<Root: Described>: Sendable {
    /// Its name in documents.
    public let name: String
    /// One sentence: what it does, and what it is when left out.
    public let help: String
    /// A value that makes sense, as it is written.
    public let example: String
    /// Whether it must be there.
    public let isRequired: Bool
    /// Whether it is never shown again.
    public let isSecret: Bool
    /// For reference pages.
    let words: String
    /// What has fields of its own below it.
    let below: (@Sendable () -> KindReference)?
    /// The most values by name; nil where there are none.
    let most: Int?
    /// Its JSON Schema.
    let schema: JSONObject
    /// Where it is kept, for the test that every property has a field.
    let keyPath: any PartialKeyPath<Root> & Sendable

    /// What it is when left out; nil where that is nothing.
    let defaultValue: JSON?

    /// The default, where it says something: not of what must be there, and not an empty one.
    var shownDefault: JSON? {
        guard !isRequired, let defaultValue else { return nil }
        switch defaultValue {
        case .string(let text): return text.isEmpty ? nil : defaultValue
        case .array(let elements): return elements.isEmpty ? nil : defaultValue
        case .object(let object): return object.members.isEmpty ? nil : defaultValue
        case .null: return nil
        default: return defaultValue
        }
    }

    /// Puts what it reads into a root; false after a complaint.
    let read: @Sendable (DocumentNode, inout Root, inout DocumentComplaints) -> Bool
    /// What is written; nil at the default.
    let write: @Sendable (Root) -> JSON?

    /// A field that may be left out, and then keeps the value that a new root has.
    public init<Value>(
        _ name: String, _ keyPath: any WritableKeyPath<Root, Value> & Sendable, _ type: FieldType<Value>,
        example: String,
        isRequired: Bool = false, isSecret: Bool = false, _ help: String
    ) {
        self.init(
            name: name, help: help, example: example, isRequired: isRequired, isSecret: isSecret, words: type.words,
            below: type.below, most: type.most, schema: type.schema, keyPath: keyPath,
            read: { node, root, complaints in
                guard let value = type.read(node, &complaints) else { return false }
                root[keyPath: keyPath] = value
                return true
            }, defaultValue: type.write(Root()[keyPath: keyPath]),
            write: { root in
                let value = root[keyPath: keyPath]
                return value == Root()[keyPath: keyPath] && !isRequired ? nil : type.write(value)
            })
    }

    /// A field that is nil when left out.
    public init<Value>(
        _ name: String, optional keyPath: any WritableKeyPath<Root, Value?> & Sendable, _ type: FieldType<Value>,
        example: String, isSecret: Bool = false, _ help: String
    ) {
        self.init(
            name: name, help: help, example: example, isRequired: false, isSecret: isSecret, words: type.words,
            below: type.below, most: type.most, schema: type.schema, keyPath: keyPath,
            read: { node, root, complaints in
                guard let value = type.read(node, &complaints) else { return false }
                root[keyPath: keyPath] = value
                return true
            }, defaultValue: nil, write: { root in root[keyPath: keyPath].map(type.write) })
    }

    private init(
        name: String, help: String, example: String, isRequired: Bool, isSecret: Bool, words: String,
        below: (@Sendable () -> KindReference)?, most: Int?, schema: JSONObject,
        keyPath: any PartialKeyPath<Root> & Sendable,
        read: @escaping @Sendable (DocumentNode, inout Root, inout DocumentComplaints) -> Bool,
        defaultValue: JSON?, write: @escaping @Sendable (Root) -> JSON?
    ) {
        self.name = name
        self.help = help
        self.example = example
        self.isRequired = isRequired
        self.isSecret = isSecret
        self.words = words
        self.below = below
        self.most = most
        self.schema = schema
        self.keyPath = keyPath
        self.read = read
        self.defaultValue = defaultValue
        self.write = write
    }
}
