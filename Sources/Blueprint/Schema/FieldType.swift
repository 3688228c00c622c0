public import Codecs

/// How a field's value is read, written and described. A value, so that types are put together from types.
public struct FieldType<Value: Sendable & Equatable>: Sendable {
    /// Reads a value; nil after a complaint.
    public let read: @Sendable (DocumentNode, inout DocumentComplaints) -> Value?
    /// The one way in which it is written.
    public let write: @Sendable (Value) -> JSON
    /// Its JSON Schema (2020-12).
    public let schema: JSONObject
    /// For reference pages: `a whole number from 1 to 100`.
    let words: String
    /// What has fields of its own, where this type has, or where its elements have.
    let below: (@Sendable () -> KindReference)?
    /// The most values by name; nil where there are none.
    let most: Int?

    init(
        read: @escaping @Sendable (DocumentNode, inout DocumentComplaints) -> Value?,
        write: @escaping @Sendable (Value) -> JSON, schema: JSONObject, words: String,
        below: (@Sendable () -> KindReference)? = nil, most: Int? = nil
    ) {
        self.read = read
        self.write = write
        self.schema = schema
        self.words = words
        self.below = below
        self.most = most
    }
}

extension FieldType where Value == String {
    /// Text of a length in bytes.
    public static func text(_ lengths: ClosedRange<Int> = 1...1_024, _ words: String = "text") -> Self {
        FieldType(
            read: { node, complaints in
                guard let text = node.text, lengths.contains(text.utf8.count) else {
                    complaints.add(
                        node.place,
                        node.text == nil
                            ? "this must be \(words), not \(node.kind)"
                            : "this must have \(lengths.lowerBound) to \(lengths.upperBound) bytes")
                    return nil
                }
                return text
            },
            write: { .string(ByteString($0)) },
            schema: [
                "type": "string", "minLength": .number(JSONNumber(Int64(lengths.lowerBound))),
                "maxLength": .number(JSONNumber(Int64(lengths.upperBound))),
            ], words: words)
    }

    /// Text that a judgement accepts.
    public static func text(
        _ words: String, example: String, judge: @escaping @Sendable (String) -> Bool
    ) -> Self {
        let plain = text(1...2_048, words)
        return FieldType(
            read: { node, complaints in
                guard let text = plain.read(node, &complaints) else { return nil }
                guard judge(text) else {
                    complaints.add(node.place, "\"\(text)\" is not \(words), such as \(example)")
                    return nil
                }
                return text
            }, write: plain.write, schema: ["type": "string", "examples": [.string(ByteString(example))]], words: words)
    }

    /// The name of an object of another kind.
    public static func reference(to kind: ObjectKind) -> Self {
        let name = text("the name of \(kind.words)", example: "orders", judge: ObjectName.isName)
        return FieldType(
            read: name.read, write: name.write,
            schema: [
                "type": "string", "pattern": .string(ByteString(ObjectName.pattern)),
                "x-refers-to": .string(ByteString(kind.rawValue)),
            ],
            words: "the name of \(kind.words)")
    }
}

extension FieldType where Value == Bool {
    /// `true` or `false`.
    public static var flag: Self {
        FieldType(
            read: { node, complaints in
                if let text = node.literal, text == "true" || text == "false" { return text == "true" }
                complaints.add(node.place, "this must be true or false")
                return nil
            }, write: { .bool($0) }, schema: ["type": "boolean"], words: "true or false")
    }
}

extension FieldType where Value == Int64 {
    /// A whole number in a range.
    public static func integer(_ range: ClosedRange<Int64>) -> Self {
        let words = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return FieldType(
            read: { node, complaints in
                guard let text = node.literal, let number = WholeNumber.read(text), range.contains(number) else {
                    complaints.add(node.place, "this must be \(words)")
                    return nil
                }
                return number
            }, write: { .number(JSONNumber($0)) },
            schema: [
                "type": "integer", "minimum": .number(JSONNumber(range.lowerBound)),
                "maximum": .number(JSONNumber(range.upperBound)),
            ], words: words)
    }
}

extension FieldType {
    /// What is written as one word and means something, such as `30s` or `100/min`.
    static func word(
        _ words: String, pattern: String, example: String, read: @escaping @Sendable (String) -> Value?,
        write: @escaping @Sendable (Value) -> String
    ) -> Self {
        FieldType(
            read: { node, complaints in
                guard let text = node.text, let value = read(text) else {
                    complaints.add(node.place, "this must be \(words), such as \(example)")
                    return nil
                }
                return value
            }, write: { .string(ByteString(write($0))) },
            schema: [
                "type": "string", "pattern": .string(ByteString(pattern)), "examples": [.string(ByteString(example))],
            ], words: words)
    }

    /// One of a few words.
    public static func choice() -> Self where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
        let names = Value.allCases.map(\.rawValue)
        let words = "one of \(names.joined(separator: ", "))"
        return FieldType(
            read: { node, complaints in
                guard let text = node.text, let value = Value(rawValue: text) else {
                    let near = node.text.flatMap { NearestName.of($0, among: names) }
                    complaints.add(
                        node.place, "this must be \(words)" + (near.map { "; did you mean \($0)?" } ?? ""))
                    return nil
                }
                return value
            }, write: { .string(ByteString($0.rawValue)) },
            schema: ["type": "string", "enum": .array(names.map { .string(ByteString($0)) })], words: words)
    }

    /// A list of values; one alone may stand without the list.
    public static func list<Element>(
        of element: FieldType<Element>, _ counts: ClosedRange<Int> = 1...256
    ) -> Self where Value == [Element] {
        FieldType(
            read: { node, complaints in
                guard case .list(let nodes) = node.content else {
                    return element.read(node, &complaints).map { [$0] }
                }
                guard counts.contains(nodes.count) else {
                    complaints.add(
                        node.place, "this list must have \(counts.lowerBound) to \(counts.upperBound) elements")
                    return nil
                }
                let values = nodes.compactMap { element.read($0, &complaints) }
                return values.count == nodes.count ? values : nil
            }, write: { .array($0.map(element.write)) },
            schema: [
                "type": "array", "items": .object(element.schema),
                "minItems": .number(JSONNumber(Int64(counts.lowerBound))),
                "maxItems": .number(JSONNumber(Int64(counts.upperBound))),
            ], words: "a list of \(element.words)", below: element.below)
    }

    /// Values by name, in the order of the document.
    public static func map<Element>(
        of element: FieldType<Element>, names: String = "names of objects", most: Int = 10_000
    ) -> Self where Value == NamedValues<Element> {
        FieldType(
            read: { node, complaints in
                guard case .map(let entries) = node.content else {
                    complaints.add(node.place, "this must be a mapping (name: value), not \(node.kind)")
                    return nil
                }
                guard entries.count <= most else {
                    complaints.add(node.place, "this has more than \(most) entries")
                    return nil
                }
                var values = NamedValues<Element>()
                var isGood = true
                for entry in entries {
                    if !ObjectName.isName(entry.name) {
                        complaints.add(entry.place, "\"\(entry.name)\" is no name: \(ObjectName.words)")
                        isGood = false
                    } else if let value = element.read(entry.value, &complaints) {
                        values[entry.name] = value
                    } else {
                        isGood = false
                    }
                }
                return isGood ? values : nil
            },
            write: { values in
                .object(
                    JSONObject(
                        distinct: values.entries.map {
                            JSONObject.Member(name: ByteString($0.name), value: element.write($0.value))
                        }))
            },
            schema: [
                "type": "object", "propertyNames": ["pattern": .string(ByteString(ObjectName.pattern))],
                "additionalProperties": .object(element.schema),
            ], words: "\(element.words) by name", below: element.below, most: most)
    }

    /// An object with fields of its own.
    public static func object() -> Self where Value: Described {
        FieldType(
            read: { Value.schema.read($0, &$1) }, write: { Value.schema.write($0) }, schema: Value.schema.jsonSchema,
            words: Value.schema.words, below: { Value.schema.reference })
    }
}

/// Values by name, in an order of their own.
public struct NamedValues<Value: Sendable & Equatable>: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private var order: [String] = []
    private var values: [String: Value] = [:]

    /// None.
    public init() {}

    /// These, in this order.
    public init(dictionaryLiteral elements: (String, Value)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// Names and values, in order.
    public var entries: [(name: String, value: Value)] {
        order.compactMap { name in values[name].map { (name, $0) } }
    }

    /// The names, in order.
    public var names: [String] { order }

    /// Whether there are none.
    public var isEmpty: Bool { order.isEmpty }

    /// The value of a name; nil takes it away.
    public subscript(name: String) -> Value? {
        get { values[name] }
        set {
            if newValue == nil {
                order.removeAll { $0 == name }
            } else if values[name] == nil {
                order.append(name)
            }
            values[name] = newValue
        }
    }

    /// Whether names and values are the same, in whatever order.
    public static func == (left: Self, right: Self) -> Bool { left.values == right.values }
}
