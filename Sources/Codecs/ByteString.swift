/// UTF-8 text that compares the way protocols do: byte by byte.
///
/// Swift's `String ==` follows Unicode canonical equivalence, under which two different client identifiers, key
/// identifiers or audiences can be "equal". Whatever decides who somebody is, or what they may do, is a `ByteString`.
public struct ByteString: Hashable, Sendable {
    /// The bytes, well-formed UTF-8.
    public let bytes: [UInt8]

    /// The UTF-8 of a Swift string.
    public init(_ text: String) {
        bytes = [UInt8](text.utf8)
    }

    /// Bytes that the caller knows to be well-formed UTF-8; nothing is checked or repaired.
    public init(utf8 bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The text for people: to print, never to compare.
    public var text: String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// The number of bytes.
    public var count: Int { bytes.count }

    /// Whether there are no bytes.
    public var isEmpty: Bool { bytes.isEmpty }

    /// Whether these are the bytes of a literal.
    public func equals(_ literal: StaticString) -> Bool {
        guard literal.hasPointerRepresentation, bytes.count == literal.utf8CodeUnitCount else { return false }
        for (index, byte) in bytes.enumerated() where byte != literal.utf8Start[index] { return false }
        return true
    }

    /// Whether a C0 control character or DEL stands anywhere in the text.
    public var hasControlCharacter: Bool {
        bytes.contains { $0 < 0x20 || $0 == 0x7F }
    }
}

extension ByteString: ExpressibleByStringLiteral {
    /// A literal in source code.
    public init(stringLiteral value: String) {
        self.init(value)
    }
}

extension ByteString: CustomStringConvertible {
    /// The same in words.
    public var description: String { text }
}

extension ByteString: Comparable {
    /// Orders by bytes.
    public static func < (left: ByteString, right: ByteString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
