/// A JSON value (RFC 8259) that is faithful to its text: members keep their order, numbers their digits, and strings
/// compare by bytes.
public enum JSON: Hashable, Sendable {
    /// The literal `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, as it was written.
    case number(JSONNumber)
    /// A string with its escapes resolved.
    case string(ByteString)
    /// Values in order.
    case array([JSON])
    /// Members in order, no name twice.
    case object(JSONObject)

    /// The string, if this is one.
    public var string: ByteString? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The whole number, if this is a number written without fraction or exponent that fits 64 bits.
    public var int64: Int64? {
        if case .number(let value) = self { value.int64 } else { nil }
    }

    /// The truth value, if this is one.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements, if this is an array.
    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, if this is an object.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// What kind of value this is, in words for error messages: "a string", "an object".
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A JSON number that remembers how it was written; `1.0`, `1` and `1e0` are three different texts.
public struct JSONNumber: Hashable, Sendable {
    /// The digits, sign, fraction and exponent as they stood in the text.
    public let text: ByteString

    /// A whole number.
    public init(_ value: Int64) {
        text = ByteString("\(value)")
    }

    /// Text that the reader has found to be a number.
    init(text: ByteString) {
        self.text = text
    }

    /// The value, when it was written without fraction or exponent and fits 64 bits.
    public var int64: Int64? {
        var digits = text.bytes[...]
        let negative = digits.first == UInt8(ascii: "-")
        if negative { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (tens, tensOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = tens.subtractingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !tensOverflow, !sumOverflow else { return nil }
            value = sum
        }
        guard !negative else { return value }
        return value == .min ? nil : -value
    }
}

/// The members of a JSON object, in the order in which they were written.
public struct JSONObject: Hashable, Sendable {
    /// One name and its value.
    public struct Member: Hashable, Sendable {
        /// The name, escapes resolved.
        public let name: ByteString
        /// The value.
        public var value: JSON

        /// A member.
        public init(name: ByteString, value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// Every member, in order; no name occurs twice.
    public private(set) var members: [Member] = []

    /// An object without members.
    public init() {}

    /// Members whose names are known to be distinct: of many, this is linear where setting them one by one is not.
    public init(distinct members: [Member]) {
        self.members = members
    }

    /// The value under a name. Setting appends or replaces in place; setting nil removes.
    public subscript(_ name: ByteString) -> JSON? {
        get {
            for member in members where member.name == name { return member.value }
            return nil
        }
        set {
            let place = members.firstIndex { $0.name == name }
            switch (place, newValue) {
            case (.some(let index), .some(let value)): members[index].value = value
            case (.some(let index), .none): members.remove(at: index)
            case (.none, .some(let value)): members.append(Member(name: name, value: value))
            case (.none, .none): break
            }
        }
    }
}

extension JSONObject {
    /// The value under a name that stands in the source code: found without making a `ByteString` of it first.
    public func value(named name: StaticString) -> JSON? {
        for member in members where member.name.equals(name) { return member.value }
        return nil
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// A literal in source code.
    public init(dictionaryLiteral elements: (ByteString, JSON)...) {
        for (name, value) in elements { self[name] = value }
    }
}

extension JSON: ExpressibleByStringLiteral {
    /// A literal in source code.
    public init(stringLiteral value: String) { self = .string(ByteString(value)) }
}

extension JSON: ExpressibleByIntegerLiteral {
    /// A literal in source code.
    public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
}

extension JSON: ExpressibleByBooleanLiteral {
    /// A literal in source code.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByArrayLiteral {
    /// A literal in source code.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON: ExpressibleByDictionaryLiteral {
    /// A literal in source code.
    public init(dictionaryLiteral elements: (ByteString, JSON)...) {
        var object = JSONObject()
        for (name, value) in elements { object[name] = value }
        self = .object(object)
    }
}

extension JSON {
    /// The names in a list of texts, or in one text with spaces between, as claims name several things; nil of anything else.
    public var names: [ByteString]? {
        if let array { return array.compactMap { $0.string } }
        return string?.bytes.split(separator: UInt8(ascii: " ")).map { ByteString(utf8: Array($0)) }
    }
}
