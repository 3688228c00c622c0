import Glibc

/// RFC 8259 once more, as a push-down automaton without recursion: what the reader is held against. It builds nothing
/// and knows no limits; it says whether a text is one JSON value, how deep, and how wide.
struct JSONGrammar {
    /// The most containers inside one another.
    private(set) var depth = 0
    /// The most members of one object.
    private(set) var members = 0
    /// The most elements of one array.
    private(set) var elements = 0
    /// Whether a number is too large for a double.
    private(set) var hasHugeNumber = false

    private enum Expected { case value, valueOrEnd, name, nameOrEnd, colon, commaOrEnd, nothing }

    private let text: [UInt8]
    private var offset = 0
    private var open: [(bracket: UInt8, count: Int)] = []

    /// Nil when the text is not exactly one JSON value in UTF-8.
    init?(_ text: [UInt8]) {
        self.text = text
        guard String(validating: text, as: UTF8.self) != nil, read() else { return nil }
    }

    private var next: UInt8? { offset < text.count ? text[offset] : nil }

    private mutating func read() -> Bool {
        var expected = Expected.value
        while true {
            while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { offset += 1 }
            guard let byte = next else { return expected == .nothing }
            switch (expected, byte) {
            case (.nothing, _): return false
            case (.value, UInt8(ascii: "{")), (.valueOrEnd, UInt8(ascii: "{")):
                push(UInt8(ascii: "{"))
                expected = .nameOrEnd
            case (.value, UInt8(ascii: "[")), (.valueOrEnd, UInt8(ascii: "[")):
                push(UInt8(ascii: "["))
                expected = .valueOrEnd
            case (.valueOrEnd, UInt8(ascii: "]")), (.nameOrEnd, UInt8(ascii: "}")): expected = pop()
            case (.value, _), (.valueOrEnd, _):
                guard scalar(byte) else { return false }
                expected = afterValue()
            case (.name, UInt8(ascii: "\"")), (.nameOrEnd, UInt8(ascii: "\"")):
                guard string() else { return false }
                expected = .colon
            case (.colon, UInt8(ascii: ":")):
                offset += 1
                expected = .value
            case (.commaOrEnd, UInt8(ascii: ",")):
                offset += 1
                expected = open.last?.bracket == UInt8(ascii: "{") ? .name : .value
            case (.commaOrEnd, UInt8(ascii: "]")):
                guard open.last?.bracket == UInt8(ascii: "[") else { return false }
                expected = pop()
            case (.commaOrEnd, UInt8(ascii: "}")):
                guard open.last?.bracket == UInt8(ascii: "{") else { return false }
                expected = pop()
            default: return false
            }
        }
    }

    private mutating func push(_ bracket: UInt8) {
        offset += 1
        open.append((bracket, 0))
        depth = max(depth, open.count)
    }

    private mutating func pop() -> Expected {
        offset += 1
        open.removeLast()
        return afterValue()
    }

    private mutating func afterValue() -> Expected {
        guard let last = open.indices.last else { return .nothing }
        open[last].count += 1
        if open[last].bracket == UInt8(ascii: "{") {
            members = max(members, open[last].count)
        } else {
            elements = max(elements, open[last].count)
        }
        return .commaOrEnd
    }

    private mutating func scalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "t"): word("true")
        case UInt8(ascii: "f"): word("false")
        case UInt8(ascii: "n"): word("null")
        default: number()
        }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        for index in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[index] else { return false }
            offset += 1
        }
        return true
    }

    private mutating func string() -> Bool {
        offset += 1
        while let byte = next {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): guard escape() else { return false }
            case 0..<0x20: return false
            default: break
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let letter = next else { return false }
        offset += 1
        guard letter == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(letter) }
        guard let unit = unit() else { return false }
        guard unit & 0xF800 == 0xD800 else { return true }
        guard unit < 0xDC00, word("\\u"), let low = self.unit() else { return false }
        return low & 0xFC00 == 0xDC00
    }

    private mutating func unit() -> UInt32? {
        guard offset + 4 <= text.count else { return nil }
        let digits = text[offset..<(offset + 4)]
        offset += 4
        guard digits.allSatisfy({ isxdigit(Int32($0)) != 0 }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func number() -> Bool {
        let start = offset
        if next == UInt8(ascii: "-") { offset += 1 }
        if next == UInt8(ascii: "0") { offset += 1 } else { guard digits() else { return false } }
        if next == UInt8(ascii: ".") {
            offset += 1
            guard digits() else { return false }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            offset += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
            guard digits() else { return false }
        }
        if strtod(String(decoding: text[start..<offset], as: UTF8.self), nil).isInfinite { hasHugeNumber = true }
        return true
    }

    private mutating func digits() -> Bool {
        let start = offset
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
        return offset > start
    }
}
