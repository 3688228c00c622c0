/// Where a value stands in a text that has been found to be JSON, and of what kind it is. Twelve bytes; costs nothing to
/// make, and means something only together with its text.
public struct JSONPlace: Sendable, Equatable {
    /// The kinds of values; the two truth values are told apart.
    public enum Kind: UInt8, Sendable {
        /// The literal `null`.
        case null
        /// The literal `false`.
        case `false`
        /// The literal `true`.
        case `true`
        /// A number.
        case number
        /// A string; its place is what stands between the quotation marks.
        case string
        /// An array, brackets included.
        case array
        /// An object, braces included.
        case object
    }

    /// What stands there.
    public let kind: Kind
    /// Whether a string has escapes, so that its bytes are not its meaning.
    public let hasEscapes: Bool
    /// Whether a DEL (0x7F) stands in a string, the one control character that the grammar lets through.
    let hasDelete: Bool
    private let start: Int32
    private let length: Int32

    init(_ kind: Kind, offset: Int, count: Int, hasEscapes: Bool, hasDelete: Bool = false) {
        self.kind = kind
        self.hasEscapes = hasEscapes
        self.hasDelete = hasDelete
        start = Int32(truncatingIfNeeded: offset)
        length = Int32(truncatingIfNeeded: count)
    }

    /// The offset in bytes from the start of the text, or of the block that the text is part of.
    public var offset: Int { Int(start) }
    /// The length in bytes, as written.
    public var count: Int { Int(length) }
    /// The bytes, as written.
    public var range: Range<Int> { offset..<(offset + count) }

    /// What kind of value this is, in words for error messages: "a string", "an object".
    public var kindInWords: String {
        switch kind {
        case .null: "null"
        case .false, .true: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONPlace {
    /// The string that stands here, escapes resolved.
    public func string(in block: [UInt8]) -> ByteString {
        block.withUnsafeBufferPointer { string(in: $0, 0) }
    }

    /// The number that stands here.
    public func number(in block: [UInt8]) -> JSONNumber {
        JSONNumber(text: ByteString(utf8: Array(written(in: block))))
    }

    /// The number that stands here, if it is written as twelve digits or fewer and nothing else: read without a copy.
    public func shortNumber(in block: [UInt8]) -> Int64? {
        guard kind == .number, count <= 12 else { return nil }
        return block.withUnsafeBufferPointer { block in
            let digits = stretch(of: block, 0)
            var whole: Int64 = 0
            var offset = 0
            if digits.count >= 8, let start = digits.baseAddress {
                guard let eight = Self.eightDigits(start) else { return nil }
                whole = eight
                offset = 8
            }
            while offset < digits.count {
                let digit = digits[offset] ^ UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                whole = whole * 10 + Int64(digit)
                offset += 1
            }
            return whole
        }
    }

    /// The number that eight digits write; nil if one of them is none. Neighbours are joined to pairs, fours and eight.
    private static func eightDigits(_ start: UnsafePointer<UInt8>) -> Int64? {
        let text = UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
        let digits = text ^ 0x3030_3030_3030_3030
        guard (digits | (digits &+ 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0 == 0 else { return nil }
        let pairs = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
        return Int64((fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF)
    }

    /// Whether the string, which holds words with one space between each, has this word. Escapes are not resolved.
    public func containsWord(_ word: ByteString, in block: [UInt8]) -> Bool {
        block.withUnsafeBufferPointer { block in
            word.bytes.withUnsafeBufferPointer { word in
                let text = stretch(of: block, 0)
                var start = 0
                while start < text.count {
                    var end = start
                    while end < text.count, text[end] != 0x20 { end += 1 }
                    if Self.equal(UnsafeBufferPointer(rebasing: text[start..<end]), word) { return true }
                    start = end + 1
                }
                return false
            }
        }
    }

    /// The bytes as written; empty if the place is not in the block.
    public func written(in block: [UInt8]) -> ArraySlice<UInt8> {
        guard offset >= 0, count >= 0, offset + count <= block.count else { return [] }
        return block[range]
    }

    /// Whether the string that stands here is this one, byte for byte, escapes resolved.
    public func equals(_ wanted: ByteString, in block: [UInt8]) -> Bool {
        guard !hasEscapes else { return string(in: block) == wanted }
        return wanted.bytes.withUnsafeBufferPointer { wanted in
            block.withUnsafeBufferPointer { Self.equal(stretch(of: $0, 0), wanted) }
        }
    }

    /// Whether the string that stands here is this literal, byte for byte, escapes resolved.
    public func equals(literal wanted: StaticString, in block: [UInt8]) -> Bool {
        guard !hasEscapes else { return string(in: block).equals(wanted) }
        guard wanted.hasPointerRepresentation else { return false }
        let wanted = UnsafeBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount)
        return block.withUnsafeBufferPointer { Self.equal(stretch(of: $0, 0), wanted) }
    }

    /// The bytes of this place in a text that starts at `origin` of the block; empty when they are not all there.
    func stretch(of text: UnsafeBufferPointer<UInt8>, _ origin: Int) -> UnsafeBufferPointer<UInt8> {
        let start = offset - origin
        guard start >= 0, count >= 0, start + count <= text.count else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(rebasing: text[start..<(start + count)])
    }

    func string(in text: UnsafeBufferPointer<UInt8>, _ origin: Int) -> ByteString {
        let written = stretch(of: text, origin)
        return ByteString(utf8: hasEscapes ? JSONEscapes.resolved(written) : Array(written))
    }

    /// Whether two stretches hold the same bytes; eight are compared at a time.
    static func equal(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        guard let first = left.baseAddress, let second = right.baseAddress else { return left.count == 0 }
        var offset = 0
        while offset + 8 <= left.count {
            let a = UnsafeRawPointer(first + offset).loadUnaligned(as: UInt64.self)
            let b = UnsafeRawPointer(second + offset).loadUnaligned(as: UInt64.self)
            guard a == b else { return false }
            offset += 8
        }
        while offset < left.count {
            guard first[offset] == second[offset] else { return false }
            offset += 1
        }
        return true
    }
}

/// Resolves the escapes of a string that has been found to be well-formed (RFC 8259 §7).
enum JSONEscapes {
    static func resolved(_ written: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(written.count)
        var offset = 0
        func unit(at place: Int) -> UInt32 {
            guard place + 4 <= written.count else { return 0xFFFD }
            return written[place..<(place + 4)].reduce(0) { $0 << 4 | UInt32(Hex.value($1) ?? 0) }
        }
        while offset < written.count {
            guard written[offset] == UInt8(ascii: "\\"), offset + 1 < written.count else {
                bytes.append(written[offset])
                offset += 1
                continue
            }
            let letter = written[offset + 1]
            offset += 2
            switch letter {
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = unit(at: offset)
                offset += 4
                if scalar >= 0xD800, scalar < 0xDC00 {
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + ((unit(at: offset + 2) & 0x3FF))
                    offset += 6
                }
                append(scalar, to: &bytes)
            default: bytes.append(letter)
            }
        }
        return bytes
    }

    /// The UTF-8 of a scalar (RFC 3629 §3).
    private static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        func continuation(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: scalar >> shift & 0x3F | 0x80) }
        switch scalar {
        case 0..<0x80: bytes.append(UInt8(truncatingIfNeeded: scalar))
        case 0x80..<0x800:
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 6 | 0xC0))
            bytes.append(continuation(0))
        case 0x800..<0x10000:
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 12 | 0xE0))
            bytes.append(continuation(6))
            bytes.append(continuation(0))
        default:
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 18 & 0x07 | 0xF0))
            bytes.append(continuation(12))
            bytes.append(continuation(6))
            bytes.append(continuation(0))
        }
    }
}

extension JSONPlace {
    /// Whether a C0 control character or DEL stands in the string.
    public func hasControlCharacter(in block: [UInt8]) -> Bool {
        // The grammar refuses the others but as escapes.
        hasEscapes ? string(in: block).hasControlCharacter : hasDelete
    }

    /// The value that stands here, as a tree.
    public func value(in block: [UInt8]) -> JSON {
        switch kind {
        case .null: .null
        case .false: .bool(false)
        case .true: .bool(true)
        case .number: .number(number(in: block))
        case .string: .string(string(in: block))
        case .array, .object: (try? JSONReader.read(Array(written(in: block)), depth: Int.max)) ?? .null
        }
    }

    /// The elements of an array that is known to hold nothing but strings: each is shown until the answer is true.
    public func containsString(in block: [UInt8], where matches: (JSONPlace) -> Bool) -> Bool {
        guard kind == .array else { return false }
        return block.withUnsafeBufferPointer { block in
            var offset = self.offset
            let end = min(offset + count, block.count)
            while offset < end {
                defer { offset += 1 }
                guard block[offset] == UInt8(ascii: "\"") else { continue }
                let start = offset + 1
                var hasEscapes = false
                var hasDelete = false
                offset = start
                while offset < end, block[offset] != UInt8(ascii: "\"") {
                    if block[offset] == 0x7F { hasDelete = true }
                    if block[offset] == UInt8(ascii: "\\") {
                        hasEscapes = true
                        offset += 1
                    }
                    offset += 1
                }
                let element = JSONPlace(
                    .string, offset: start, count: offset - start, hasEscapes: hasEscapes, hasDelete: hasDelete)
                if matches(element) { return true }
            }
            return false
        }
    }
}
