/// Why a text is not JSON, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Equatable, Sendable {
        /// The text ends before the value does.
        case unexpectedEnd
        /// A byte that cannot stand here.
        case unexpectedByte(UInt8)
        /// Bytes that are not UTF-8: overlong, a surrogate, or truncated (RFC 8259 §8.1).
        case notUTF8
        /// An escape that RFC 8259 §7 does not know, or half of a surrogate pair.
        case escape
        /// A control character stands unescaped in a string.
        case controlCharacter
        /// A number that RFC 8259 §6 does not allow.
        case number
        /// A number too large for a double: readers would disagree about it.
        case numberRange
        /// A name stands twice in one object; two readers could take two different values (RFC 7515 §4, RFC 7519 §4).
        case duplicateName(ByteString)
        /// More arrays and objects inside one another than allowed.
        case depth(limit: Int)
        /// More members in an object, or elements in an array, than allowed.
        case count(limit: Int)
        /// Something follows the value.
        case trailingBytes
    }

    /// What is wrong.
    public let reason: Reason
    /// The offset in bytes from the start of the text.
    public let offset: Int

    /// The same in words.
    public var description: String {
        switch reason {
        case .unexpectedEnd: "the text ends in the middle of a value, at byte \(offset)"
        case .unexpectedByte(let byte): "unexpected \(Self.name(byte)) at byte \(offset)"
        case .notUTF8: "bytes that are not UTF-8 at byte \(offset)"
        case .escape: "an invalid escape at byte \(offset)"
        case .controlCharacter: "an unescaped control character at byte \(offset)"
        case .number: "an invalid number at byte \(offset)"
        case .numberRange: "a number too large to represent at byte \(offset)"
        // The name itself is somebody else's text and does not belong on a terminal or in a log.
        case .duplicateName: "a name stands twice in one object, again at byte \(offset)"
        case .depth(let limit): "more than \(limit) levels of nesting at byte \(offset)"
        case .count(let limit): "more than \(limit) members in one object or array at byte \(offset)"
        case .trailingBytes: "something follows the value at byte \(offset)"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        byte > 0x20 && byte < 0x7F ? "'\(String(decoding: [byte], as: UTF8.self))'" : "byte 0x\(Hex.encode([byte]))"
    }
}

/// Reads JSON text strictly (RFC 8259): one value, UTF-8, no duplicate names, bounded depth, linear time.
public enum JSONReader {
    /// The most members of one object.
    public static let maximumMembers = 1_000
    /// The most elements of one array.
    public static let maximumElements = 10_000

    /// Reads the one value that the whole text is.
    /// - Parameter depth: the most arrays and objects inside one another.
    public static func read(_ text: [UInt8], depth: Int = 64) throws(JSONError) -> JSON {
        try JSONScanner.parse(text, 0..<text.count, depth: depth, TreeSink()).value
    }
}

/// Builds the tree.
private struct TreeSink: JSONSink {
    func scalar(_ place: JSONPlace, in text: UnsafeBufferPointer<UInt8>, _ origin: Int) -> JSON {
        switch place.kind {
        case .string: .string(place.string(in: text, origin))
        case .number: .number(JSONNumber(text: place.string(in: text, origin)))
        case .true: .bool(true)
        case .false: .bool(false)
        case .null, .array, .object: .null
        }
    }

    func noElements() -> [JSON] { [] }
    mutating func append(_ value: JSON, to elements: inout [JSON], depth: Int) { elements.append(value) }
    func array(_ elements: [JSON], _ place: JSONPlace) -> JSON { .array(elements) }
    func noMembers() -> [JSONObject.Member] { [] }

    mutating func append(
        _ name: JSONName, _ value: JSON, to members: inout [JSONObject.Member], in text: UnsafeBufferPointer<UInt8>,
        _ origin: Int, depth: Int
    ) {
        members.append(JSONObject.Member(name: name.place.string(in: text, origin), value: value))
    }

    func object(_ members: [JSONObject.Member], _ place: JSONPlace) -> JSON {
        .object(JSONObject(distinct: members))
    }
}
