/// Why bytes are not the DER structure that was asked for.
public enum DERError: Error, Equatable, Sendable {
    /// The bytes end inside an element, or a length is not in its shortest form (X.690 §10.1).
    case malformed
    /// Another element than the expected one stands here.
    case unexpectedTag(UInt8)
    /// Bytes follow the last element.
    case trailingBytes
}

/// Reads the elements of a DER structure (X.690) one after the other: just enough of it for keys.
public struct DERReader: Sendable {
    /// The tags that keys are made of.
    public enum Tag {
        /// INTEGER
        public static let integer: UInt8 = 0x02
        /// BIT STRING
        public static let bitString: UInt8 = 0x03
        /// OCTET STRING
        public static let octetString: UInt8 = 0x04
        /// NULL
        public static let null: UInt8 = 0x05
        /// OBJECT IDENTIFIER
        public static let objectIdentifier: UInt8 = 0x06
        /// SEQUENCE
        public static let sequence: UInt8 = 0x30
    }

    private var rest: ArraySlice<UInt8>

    /// A reader at the first element.
    public init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    /// A reader at an element inside a larger text, which is not copied.
    public init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// Whether every element has been read.
    public var isAtEnd: Bool { rest.isEmpty }

    /// The tag of the next element, or nil at the end.
    public var nextTag: UInt8? { rest.first }

    /// The contents of the next element, which must carry this tag.
    public mutating func read(_ tag: UInt8) throws(DERError) -> [UInt8] {
        Array(try contents(tag))
    }

    /// A reader over the contents of the next element.
    public mutating func enter(_ tag: UInt8) throws(DERError) -> DERReader {
        DERReader(try contents(tag))
    }

    /// A non-negative INTEGER as big-endian bytes without leading zeros; zero is empty.
    public mutating func readUnsignedInteger() throws(DERError) -> [UInt8] {
        let bytes = try contents(Tag.integer)
        guard let first = bytes.first, first < 0x80 else { throw .malformed }
        if bytes.count > 1, first == 0, bytes[bytes.startIndex + 1] < 0x80 { throw .malformed }
        return Array(bytes.drop { $0 == 0 })
    }

    /// A BIT STRING of whole bytes.
    public mutating func readBitString() throws(DERError) -> [UInt8] {
        let bytes = try contents(Tag.bitString)
        guard bytes.first == 0 else { throw .malformed }
        return Array(bytes.dropFirst())
    }

    /// Refuses anything that has not been read.
    public func finish() throws(DERError) {
        guard rest.isEmpty else { throw .trailingBytes }
    }

    private mutating func contents(_ tag: UInt8) throws(DERError) -> ArraySlice<UInt8> {
        guard let found = rest.first else { throw .malformed }
        guard found == tag else { throw .unexpectedTag(found) }
        var body = rest.dropFirst()
        guard let first = body.popFirst() else { throw .malformed }
        var length = Int(first)
        if first >= 0x80 {
            let octets = Int(first & 0x7F)
            guard octets >= 1, octets <= 4, body.count >= octets, body.first != 0 else { throw .malformed }
            length = 0
            for _ in 0..<octets {
                guard let octet = body.popFirst() else { throw .malformed }
                length = length << 8 | Int(octet)
            }
            guard length >= 0x80 else { throw .malformed }
        }
        guard body.count >= length else { throw .malformed }
        rest = body.dropFirst(length)
        return body.prefix(length)
    }
}

/// Writes DER elements (X.690): just enough of it for keys.
public enum DERWriter {
    /// One element around contents that are DER already.
    public static func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [tag]
        if contents.count < 0x80 {
            bytes.append(UInt8(contents.count))
        } else {
            var octets: [UInt8] = []
            var length = contents.count
            while length > 0 {
                octets.insert(UInt8(length & 0xFF), at: 0)
                length >>= 8
            }
            bytes.append(0x80 | UInt8(octets.count))
            bytes.append(contentsOf: octets)
        }
        return bytes + contents
    }

    /// A SEQUENCE of elements.
    public static func sequence(_ elements: [[UInt8]]) -> [UInt8] {
        element(DERReader.Tag.sequence, elements.flatMap { $0 })
    }

    /// A non-negative INTEGER from big-endian bytes.
    public static func unsignedInteger(_ magnitude: [UInt8]) -> [UInt8] {
        var bytes = Array(magnitude.drop { $0 == 0 })
        if bytes.isEmpty || bytes[0] >= 0x80 { bytes.insert(0, at: 0) }
        return element(DERReader.Tag.integer, bytes)
    }

    /// A BIT STRING of whole bytes.
    public static func bitString(_ bytes: [UInt8]) -> [UInt8] {
        element(DERReader.Tag.bitString, [0] + bytes)
    }
}
