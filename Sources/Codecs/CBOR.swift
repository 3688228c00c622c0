/// A value of CBOR (RFC 8949), as far as security keys write it: no floating point, no tags, no indefinite lengths.
public indirect enum CBOR: Hashable, Sendable {
    /// A whole number that fits 64 bits with its sign.
    case integer(Int64)
    /// Bytes.
    case bytes([UInt8])
    /// Well-formed UTF-8.
    case text(ByteString)
    /// Values in their order.
    case array([CBOR])
    /// Members by name, in the order in which they stand; no name twice.
    case map([Member])
    /// True or false.
    case bool(Bool)
    /// `null`.
    case null

    /// A member of a map.
    public struct Member: Hashable, Sendable {
        /// The name: a number or a text.
        public let name: CBOR
        /// The value.
        public let value: CBOR
    }

    /// The number, if it is one.
    public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    /// The bytes, if it is some.
    public var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    /// The text, if it is one.
    public var text: ByteString? { if case .text(let text) = self { text } else { nil } }

    /// The value of a map's member with a number for a name.
    public subscript(_ name: Int64) -> CBOR? { member(.integer(name)) }
    /// The value of a map's member with a text for a name.
    public subscript(_ name: ByteString) -> CBOR? { member(.text(name)) }

    private func member(_ name: CBOR) -> CBOR? {
        guard case .map(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
}

/// Why bytes are no CBOR that is read here, and where.
public struct CBORError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Reason: Sendable {
        /// The bytes end inside a value.
        case truncated
        /// A number is not in its shortest form (RFC 8949 §4.2.1), or larger than 64 bits with a sign.
        case number
        /// A text is not well-formed UTF-8.
        case text
        /// A name is there twice, or is neither a number nor a text.
        case name
        /// Floating point, tags, indefinite lengths, undefined and reserved values.
        case unsupported
        /// More than 8 levels, or more than 1,000 values in one.
        case tooLarge
        /// Bytes follow the value.
        case trailing
    }

    /// What is wrong.
    public let reason: Reason
    /// Where, in bytes.
    public let offset: Int

    /// An error.
    public init(reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

/// Reads CBOR strictly: one value has one spelling.
public enum CBORReader {
    private static let maximumDepth = 8
    private static let maximumCount = 1_000

    /// The one value that the bytes are.
    public static func read(_ bytes: [UInt8]) throws(CBORError) -> CBOR {
        let (value, end) = try readFirst(bytes[...])
        guard end == bytes.endIndex else { throw CBORError(reason: .trailing, offset: end) }
        return value
    }

    /// The value at the start of some bytes, and the index of the first byte after it.
    public static func readFirst(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> (value: CBOR, end: Int) {
        var cursor = Cursor(bytes: bytes, offset: bytes.startIndex)
        let value = try cursor.value(depth: maximumDepth)
        return (value, cursor.offset)
    }

    private struct Cursor {
        let bytes: ArraySlice<UInt8>
        var offset: Int

        mutating func value(depth: Int) throws(CBORError) -> CBOR {
            let start = offset
            guard depth > 0 else { throw CBORError(reason: .tooLarge, offset: start) }
            guard let first = take(1).first else { throw CBORError(reason: .truncated, offset: start) }
            let detail = first & 0x1F
            switch first >> 5 {
            case 0: return .integer(try signed(argument(detail, start), start))
            case 1: return .integer(-1 - (try signed(argument(detail, start), start)))
            case 2: return .bytes(Array(try string(detail, start)))
            case 3:
                let text = Array(try string(detail, start))
                guard UTF8Sequence.isValid(text) else { throw CBORError(reason: .text, offset: start) }
                return .text(ByteString(utf8: text))
            case 4:
                var elements: [CBOR] = []
                for _ in 0..<(try count(detail, start)) { elements.append(try value(depth: depth - 1)) }
                return .array(elements)
            case 5: return .map(try members(try count(detail, start), depth: depth))
            case 7 where detail == 20 || detail == 21: return .bool(detail == 21)
            case 7 where detail == 22: return .null
            default: throw CBORError(reason: .unsupported, offset: start)
            }
        }

        private mutating func members(_ count: Int, depth: Int) throws(CBORError) -> [Member] {
            var members: [Member] = []
            var names: Set<CBOR> = []
            for _ in 0..<count {
                let start = offset
                let name = try value(depth: depth - 1)
                guard name.integer != nil || name.text != nil, names.insert(name).inserted else {
                    throw CBORError(reason: .name, offset: start)
                }
                members.append(Member(name: name, value: try value(depth: depth - 1)))
            }
            return members
        }

        private typealias Member = CBOR.Member

        private mutating func string(_ detail: UInt8, _ start: Int) throws(CBORError) -> ArraySlice<UInt8> {
            let wanted = try argument(detail, start)
            guard wanted <= UInt64(bytes.endIndex - offset) else { throw CBORError(reason: .truncated, offset: start) }
            return take(Int(wanted))
        }

        private mutating func count(_ detail: UInt8, _ start: Int) throws(CBORError) -> Int {
            let count = try argument(detail, start)
            guard count <= UInt64(maximumCount) else { throw CBORError(reason: .tooLarge, offset: start) }
            return Int(count)
        }

        /// The number that belongs to a first byte (RFC 8949 §3), in its shortest form.
        private mutating func argument(_ detail: UInt8, _ start: Int) throws(CBORError) -> UInt64 {
            guard detail >= 24 else { return UInt64(detail) }
            guard detail <= 27 else { throw CBORError(reason: .unsupported, offset: start) }
            let width = 1 << Int(detail - 24)
            let digits = take(width)
            guard digits.count == width else { throw CBORError(reason: .truncated, offset: start) }
            let number = digits.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let least: [UInt64] = [24, 1 << 8, 1 << 16, 1 << 32]
            guard number >= least[Int(detail - 24)] else { throw CBORError(reason: .number, offset: start) }
            return number
        }

        private func signed(_ number: UInt64, _ start: Int) throws(CBORError) -> Int64 {
            guard let signed = Int64(exactly: number) else { throw CBORError(reason: .number, offset: start) }
            return signed
        }

        /// Up to so many bytes; fewer at the end.
        private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
            let taken = bytes[offset...].prefix(count)
            offset = taken.endIndex
            return taken
        }
    }
}
