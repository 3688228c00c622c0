public import Codecs

/// JSON read for looking at, never for deciding: every value with its place in the text, repeated names and all.
///
/// Where `JSONReader` refuses, this goes on as long as the text makes sense: repeated names, a comma too many, escapes
/// that mean nothing. One pass, an explicit stack, bounded depth and count; what was read before a fault stays.
public struct LenientJSON: Sendable {
    /// The most values that are noted.
    public static let maximumNodes = 20_000
    /// The most arrays and objects inside one another.
    public static let maximumDepth = 128

    /// What a value is.
    public enum Kind: Sendable, Equatable {
        /// `null`.
        case null
        /// `true` or `false`.
        case bool
        /// A number.
        case number
        /// A string.
        case string
        /// An array.
        case array
        /// An object.
        case object
    }

    /// One value and where it stands.
    public struct Node: Sendable {
        /// What it is.
        public let kind: Kind
        /// The index of the array or object around it; nil for the outermost value.
        public let parent: Int?
        /// Its name, escapes resolved; nil in arrays and for the outermost value.
        public let name: ByteString?
        /// Where its name stands, quotation marks included; empty when there is none.
        public let nameRange: Range<Int>
        /// Its place among its siblings, from 0.
        public let position: Int
        /// Where the value stands in the text.
        public fileprivate(set) var range: Range<Int>
        /// The string, escapes resolved; nil when it is none.
        public let string: ByteString?
        /// The index of an earlier member of the same object that has the same name.
        public let namesake: Int?
    }

    /// Where reading stopped, and why.
    public struct Problem: Sendable, Equatable {
        /// The offset in bytes from the start of the text.
        public let offset: Int
        /// Why, as a clause.
        public let detail: String
    }

    /// The text.
    public let text: [UInt8]
    /// Every value, outer ones before inner ones, in the order of the text.
    public private(set) var nodes: [Node] = []
    /// Why reading stopped before the end; nil when it did not.
    public private(set) var problem: Problem?
    /// How many bytes were looked at, those looked at twice counted twice.
    public private(set) var steps = 0

    private struct Frame {
        let node: Int
        let isObject: Bool
        var count = 0
        var names: [ByteString: Int] = [:]
    }

    private var offset = 0
    private var stack: [Frame] = []

    /// Reads a text.
    public init(_ text: [UInt8]) {
        self.text = text
        walk()
        stack = []
    }

    /// The indices of the outermost object's members; empty when the text is no object.
    public var members: [Int] {
        guard nodes.first?.kind == .object else { return [] }
        return nodes.indices.filter { nodes[$0].parent == 0 }
    }

    /// A value's text as it was written.
    public func source(of index: Int) -> ArraySlice<UInt8> {
        guard nodes.indices.contains(index) else { return [] }
        return text[nodes[index].range]
    }

    /// How a value is reached from outside: `user.roles[2]`; at most eight names are said.
    public func path(of index: Int) -> String {
        var steps: [String] = []
        var at: Int? = index
        while let current = at, nodes.indices.contains(current), steps.count < 8 {
            let node = nodes[current]
            if let name = node.name {
                let shown = Display.quoted(name)
                steps.append(Self.isPlain(name) ? name.text : shown)
            } else if node.parent != nil {
                steps.append("[\(node.position)]")
            }
            at = node.parent
        }
        var path = ""
        for step in steps.reversed() {
            path += path.isEmpty || step.utf8.first == UInt8(ascii: "[") ? step : "." + step
        }
        return path
    }

    private static func isPlain(_ name: ByteString) -> Bool {
        !name.isEmpty && name.count <= 64 && name.bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ".") }
    }

    // Reading

    private mutating func walk() {
        skipBlanks()
        guard value(name: nil, nameRange: 0..<0, position: 0, namesake: nil) else { return }
        while let frame = stack.last {
            guard step(in: frame) else { return }
        }
        skipBlanks()
        if offset < text.count { fail("something follows the value") }
    }

    /// One member, element or closing bracket; false when reading cannot go on.
    private mutating func step(in frame: Frame) -> Bool {
        skipBlanks()
        let closing = frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        if offset < text.count, text[offset] == closing { return close() }
        if frame.count > 0 {
            guard offset < text.count, text[offset] == UInt8(ascii: ",") else {
                return fail(offset < text.count ? "a comma or a closing bracket is missing" : "the text ends too early")
            }
            offset += 1
            skipBlanks()
            if offset < text.count, text[offset] == closing { return close() }
        }
        let top = stack.count - 1
        stack[top].count += 1
        guard frame.isObject else { return value(name: nil, nameRange: 0..<0, position: frame.count, namesake: nil) }
        let start = offset
        guard offset < text.count else { return fail("the text ends too early") }
        guard text[offset] == UInt8(ascii: "\"") else { return fail("a name in quotation marks is missing") }
        guard let name = string() else { return false }
        let nameRange = start..<offset
        skipBlanks()
        guard offset < text.count, text[offset] == UInt8(ascii: ":") else { return fail("a colon is missing") }
        offset += 1
        skipBlanks()
        let namesake = stack[top].names[name]
        if namesake == nil { stack[top].names[name] = nodes.count }
        return value(name: name, nameRange: nameRange, position: frame.count, namesake: namesake)
    }

    private mutating func close() -> Bool {
        offset += 1
        if let frame = stack.popLast() { nodes[frame.node].range = nodes[frame.node].range.lowerBound..<offset }
        return true
    }

    private mutating func value(name: ByteString?, nameRange: Range<Int>, position: Int, namesake: Int?) -> Bool {
        guard nodes.count < Self.maximumNodes else { return fail("more than \(Self.maximumNodes) values") }
        guard offset < text.count else { return fail("the text ends too early") }
        let start = offset
        var content: ByteString?
        let kind: Kind
        switch text[offset] {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard stack.count < Self.maximumDepth else { return fail("more than \(Self.maximumDepth) levels") }
            kind = text[offset] == UInt8(ascii: "{") ? .object : .array
            offset += 1
        case UInt8(ascii: "\""):
            kind = .string
            content = string()
            guard content != nil else { return false }
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            kind = .number
            while offset < text.count, Self.isNumberByte(text[offset]) { offset += 1 }
        default:
            while offset < text.count, Self.isLetter(text[offset]) { offset += 1 }
            let word = text[start..<offset]
            if word.elementsEqual("null".utf8) {
                kind = .null
            } else if word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) {
                kind = .bool
            } else {
                offset = start
                return fail("no value can start like this")
            }
        }
        steps += offset - start
        let isContainer = kind == .object || kind == .array
        let parent = stack.last?.node
        nodes.append(
            Node(
                kind: kind, parent: parent, name: name, nameRange: nameRange, position: position,
                range: start..<(isContainer ? text.count : offset), string: content, namesake: namesake))
        if isContainer { stack.append(Frame(node: nodes.count - 1, isObject: kind == .object)) }
        return true
    }

    /// A string from its quotation mark on; nil when it does not end.
    private mutating func string() -> ByteString? {
        let start = offset
        offset += 1
        var bytes: [UInt8] = []
        while offset < text.count, text[offset] != UInt8(ascii: "\"") {
            if text[offset] == UInt8(ascii: "\\") {
                escape(into: &bytes)
            } else {
                bytes.append(text[offset])
                offset += 1
            }
        }
        steps += offset - start
        guard offset < text.count else {
            fail("a string does not end")
            return nil
        }
        offset += 1
        return UTF8Sequence.isValid(bytes)
            ? ByteString(utf8: bytes) : ByteString(String(decoding: bytes, as: UTF8.self))
    }

    /// An escape; one that means nothing stands for itself, half of a surrogate pair for U+FFFD.
    private mutating func escape(into bytes: inout [UInt8]) {
        offset += 1
        guard offset < text.count else { return }
        let letter = text[offset]
        offset += 1
        switch letter {
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            guard var scalar = unit(at: offset) else { return bytes.append(letter) }
            offset += 4
            if scalar >= 0xD800, scalar < 0xDC00, offset + 1 < text.count, text[offset] == UInt8(ascii: "\\"),
                text[offset + 1] == UInt8(ascii: "u"), let low = unit(at: offset + 2), low >= 0xDC00, low < 0xE000
            {
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
                offset += 6
            }
            let character = Unicode.Scalar(scalar) ?? "\u{FFFD}"
            bytes.append(contentsOf: Array(String(Character(character)).utf8))
        default: bytes.append(letter)
        }
    }

    private func unit(at place: Int) -> UInt32? {
        guard place + 4 <= text.count, let bytes = try? Hex.decode(Array(text[place..<(place + 4)])) else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    private mutating func skipBlanks() {
        while offset < text.count {
            switch text[offset] {
            case 0x20, 0x09, 0x0A, 0x0D:
                offset += 1
                steps += 1
            default: return
            }
        }
    }

    @discardableResult private mutating func fail(_ detail: String) -> Bool {
        if problem == nil { problem = Problem(offset: offset, detail: detail) }
        return false
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
    }
}
