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
        case .duplicateName(let name): "the name \"\(name.text)\" stands twice in one object, again at byte \(offset)"
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
    /// The most members of one object or elements of one array.
    public static let maximumCount = 10_000

    /// Reads the one value that the whole text is.
    /// - Parameter depth: the most arrays and objects inside one another.
    public static func read(_ text: [UInt8], depth: Int = 64) throws(JSONError) -> JSON {
        var parser = JSONParser(text: text, depthLimit: depth)
        return try parser.document()
    }
}

/// A recursive descent bounded by `depthLimit`; each function reads one production of the grammar.
private struct JSONParser {
    let text: [UInt8]
    let depthLimit: Int
    var offset = 0
    var depth = 0

    init(text: [UInt8], depthLimit: Int) {
        self.text = text
        self.depthLimit = depthLimit
    }

    func failure(_ reason: JSONError.Reason, at place: Int? = nil) -> JSONError {
        JSONError(reason: reason, offset: place ?? offset)
    }

    /// The byte at the cursor, or 0 at the end. A NUL in the text is refused wherever it is looked at.
    var next: UInt8 { offset < text.count ? text[offset] : 0 }

    var unexpected: JSONError {
        offset < text.count ? failure(.unexpectedByte(text[offset])) : failure(.unexpectedEnd)
    }

    mutating func skipWhiteSpace() {
        while offset < text.count {
            switch text[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    mutating func document() throws(JSONError) -> JSON {
        skipWhiteSpace()
        let value = try value()
        skipWhiteSpace()
        guard offset == text.count else { throw failure(.trailingBytes) }
        return value
    }

    mutating func value() throws(JSONError) -> JSON {
        switch next {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw unexpected
        }
    }

    mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for index in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[index] else { throw unexpected }
            offset += 1
        }
        return value
    }

    mutating func enter() throws(JSONError) {
        guard depth < depthLimit else { throw failure(.depth(limit: depthLimit)) }
        depth += 1
        offset += 1
        skipWhiteSpace()
    }

    mutating func leave() {
        depth -= 1
        offset += 1
    }

    mutating func array() throws(JSONError) -> [JSON] {
        try enter()
        var elements: [JSON] = []
        if next == UInt8(ascii: "]") {
            leave()
            return elements
        }
        while true {
            guard elements.count < JSONReader.maximumCount else {
                throw failure(.count(limit: JSONReader.maximumCount))
            }
            elements.append(try value())
            skipWhiteSpace()
            switch next {
            case UInt8(ascii: ","):
                offset += 1
                skipWhiteSpace()
            case UInt8(ascii: "]"):
                leave()
                return elements
            default: throw unexpected
            }
        }
    }

    mutating func object() throws(JSONError) -> JSONObject {
        try enter()
        var members: [JSONObject.Member] = []
        var names: Set<ByteString> = []
        if next == UInt8(ascii: "}") {
            leave()
            return JSONObject()
        }
        while true {
            guard members.count < JSONReader.maximumCount else { throw failure(.count(limit: JSONReader.maximumCount)) }
            guard next == UInt8(ascii: "\"") else { throw unexpected }
            let place = offset
            let name = try string()
            guard isNew(name, among: members, &names) else { throw failure(.duplicateName(name), at: place) }
            skipWhiteSpace()
            guard next == UInt8(ascii: ":") else { throw unexpected }
            offset += 1
            skipWhiteSpace()
            members.append(JSONObject.Member(name: name, value: try value()))
            skipWhiteSpace()
            switch next {
            case UInt8(ascii: ","):
                offset += 1
                skipWhiteSpace()
            case UInt8(ascii: "}"):
                leave()
                return JSONObject(distinct: members)
            default: throw unexpected
            }
        }
    }

    /// A few names are compared one by one; a hash set takes over before that could become quadratic.
    func isNew(_ name: ByteString, among members: [JSONObject.Member], _ names: inout Set<ByteString>) -> Bool {
        guard members.count >= 16 else {
            return !members.contains { $0.name == name }
        }
        if names.isEmpty {
            for member in members { names.insert(member.name) }
        }
        return names.insert(name).inserted
    }

    mutating func string() throws(JSONError) -> ByteString {
        offset += 1
        var bytes: [UInt8] = []
        var runStart = offset
        while true {
            guard offset < text.count else { throw failure(.unexpectedEnd) }
            let byte = text[offset]
            switch byte {
            case UInt8(ascii: "\""):
                bytes.append(contentsOf: text[runStart..<offset])
                offset += 1
                return ByteString(utf8: bytes)
            case UInt8(ascii: "\\"):
                bytes.append(contentsOf: text[runStart..<offset])
                try escape(into: &bytes)
                runStart = offset
            case 0..<0x20: throw failure(.controlCharacter)
            case 0x20..<0x80: offset += 1
            default:
                guard let length = UTF8Sequence.length(in: text, at: offset) else { throw failure(.notUTF8) }
                offset += length
            }
        }
    }

    mutating func escape(into bytes: inout [UInt8]) throws(JSONError) {
        let place = offset
        offset += 1
        guard offset < text.count else { throw failure(.unexpectedEnd) }
        let letter = text[offset]
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try hexUnit(place)
            if scalar >= 0xD800, scalar < 0xDC00 {
                guard next == UInt8(ascii: "\\") else { throw failure(.escape, at: place) }
                offset += 1
                guard next == UInt8(ascii: "u") else { throw failure(.escape, at: place) }
                offset += 1
                let low = try hexUnit(place)
                guard low >= 0xDC00, low < 0xE000 else { throw failure(.escape, at: place) }
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let character = Unicode.Scalar(scalar) else { throw failure(.escape, at: place) }
            bytes.append(contentsOf: Array(String(Character(character)).utf8))
        default: throw failure(.escape, at: place)
        }
    }

    mutating func hexUnit(_ place: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Hex.value(next) else { throw failure(.escape, at: place) }
            unit = unit << 4 | UInt32(digit)
            offset += 1
        }
        return unit
    }

    var isDigit: Bool { next >= UInt8(ascii: "0") && next <= UInt8(ascii: "9") }

    mutating func number() throws(JSONError) -> JSONNumber {
        let start = offset
        if next == UInt8(ascii: "-") { offset += 1 }
        if next == UInt8(ascii: "0") {
            offset += 1
            guard !isDigit else { throw failure(.number, at: start) }
        } else {
            try digits(start)
        }
        if next == UInt8(ascii: ".") {
            offset += 1
            try digits(start)
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            offset += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
            try digits(start)
        }
        let written = Array(text[start..<offset])
        guard DecimalMagnitude(written).fitsDouble else { throw failure(.numberRange, at: start) }
        return JSONNumber(text: ByteString(utf8: written))
    }

    mutating func digits(_ start: Int) throws(JSONError) {
        guard isDigit else { throw failure(.number, at: start) }
        while isDigit { offset += 1 }
    }
}
