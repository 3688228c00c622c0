import Codecs

/// A value of a request and where it stands, so that a complaint can name the place.
struct Field {
    let value: JSON
    let pointer: JSONPointer

    func refused(_ reason: String) -> ModelError {
        ModelError(.badRequest, ByteString(reason), pointer: pointer.text)
    }

    private func expected(_ kind: String) -> ModelError { refused("expected \(kind), found \(value.kind)") }

    func string() throws(ModelError) -> ByteString {
        guard let string = value.string else { throw expected("a string") }
        return string
    }

    func bool() throws(ModelError) -> Bool {
        guard let bool = value.bool else { throw expected("a boolean") }
        return bool
    }

    func number() throws(ModelError) -> JSONNumber {
        guard case .number(let number) = value else { throw expected("a number") }
        return number
    }

    func integer() throws(ModelError) -> Int64 {
        guard let integer = value.int64 else { throw expected("a whole number") }
        return integer
    }

    /// A count of tokens and the like.
    func count() throws(ModelError) -> Int64 {
        let count = try integer()
        guard count >= 0 else { throw refused("must not be negative") }
        return count
    }

    func object() throws(ModelError) -> JSONObject {
        guard let object = value.object else { throw expected("an object") }
        return object
    }

    func members() throws(ModelError) -> MemberReader { MemberReader(try object(), at: pointer) }

    func elements() throws(ModelError) -> [Field] {
        guard let array = value.array else { throw expected("an array") }
        var fields: [Field] = []
        fields.reserveCapacity(array.count)
        for (index, value) in array.enumerated() {
            fields.append(Field(value: value, pointer: .element(pointer, index)))
        }
        return fields
    }

    func strings() throws(ModelError) -> [ByteString] {
        var strings: [ByteString] = []
        for element in try elements() { strings.append(try element.string()) }
        return strings
    }
}

/// The members of one object, taken by name. `null` is the same as missing; what nobody took is unknown.
struct MemberReader {
    let pointer: JSONPointer
    private let members: [JSONObject.Member]
    private var taken: [Bool]

    init(_ object: JSONObject, at pointer: JSONPointer) {
        members = object.members
        taken = [Bool](repeating: false, count: members.count)
        self.pointer = pointer
    }

    /// The value under a name, unless it is missing or null.
    mutating func take(_ name: StaticString) -> Field? {
        for (index, member) in members.enumerated() where member.name.equals(name) {
            taken[index] = true
            guard member.value != .null else { return nil }
            return Field(value: member.value, pointer: .member(pointer, member.name))
        }
        return nil
    }

    /// The value under a name that must be there.
    mutating func require(_ name: StaticString) throws(ModelError) -> Field {
        guard let field = take(name) else {
            throw ModelError(
                .badRequest, "is required", pointer: JSONPointer.member(pointer, ByteString("\(name)")).text)
        }
        return field
    }

    /// Marks names as understood whose values say nothing here.
    mutating func pass(_ names: StaticString...) {
        for name in names { _ = take(name) }
    }

    /// What nobody took.
    var unknown: [JSONObject.Member] {
        zip(members, taken).filter { !$0.1 && $0.0.value != .null }.map(\.0)
    }
}

/// What a decoder does with members that it does not know.
public enum UnknownMembers: String, Sendable {
    /// Top-level ones stay in `Conversation.extensions`, deeper ones are named in `Conversation.ignored`.
    case keep
    /// The first one is a `badRequest` that names it.
    case refuse
}

/// Gathers the unknown members of one request under its policy.
struct UnknownMemberLog {
    let policy: UnknownMembers
    private(set) var ignored: [ByteString] = []
    /// More names than this say nothing that the first ones do not.
    private static let limit = 64

    init(_ policy: UnknownMembers) {
        self.policy = policy
    }

    /// Takes note of what is left of an object below the top level.
    mutating func close(_ reader: MemberReader) throws(ModelError) {
        for member in reader.unknown {
            let pointer = JSONPointer.member(reader.pointer, member.name).text
            guard policy == .keep else { throw Self.refusal(pointer) }
            if ignored.count < Self.limit { ignored.append(pointer) }
        }
    }

    /// What is left at the top level.
    func extensions(_ reader: MemberReader) throws(ModelError) -> JSONObject {
        let unknown = reader.unknown
        if policy == .refuse, let first = unknown.first {
            throw Self.refusal(JSONPointer.member(reader.pointer, first.name).text)
        }
        return JSONObject(distinct: unknown)
    }

    private static func refusal(_ pointer: ByteString) -> ModelError {
        ModelError(.badRequest, "is not known here", pointer: pointer)
    }
}
