/// The one grammar of JSON here (RFC 8259): a recursive descent bounded by `depthLimit` that checks every byte once and
/// hands what it finds to a sink. A tree is built by one sink, nothing but the places of members by the other.
struct JSONParser<Sink: JSONSink> {
    private let text: UnsafeBufferPointer<UInt8>
    /// What is added to the places handed to the sink: where the text starts in a larger block.
    private let origin: Int
    private let depthLimit: Int
    private var names: JSONNameTable
    private(set) var sink: Sink
    private var offset = 0
    private var depth = 0

    init(
        _ text: UnsafeBufferPointer<UInt8>, origin: Int, depthLimit: Int, names: JSONNameTable, sink: Sink
    ) {
        self.text = text
        self.origin = origin
        self.depthLimit = depthLimit
        self.names = names
        self.sink = sink
    }

    mutating func document() throws(JSONError) -> Sink.Value {
        // Places are kept in 32 bits, with one to spare.
        guard text.count < Int(Int32.max) - origin else { throw failure(.count(limit: Int(Int32.max))) }
        skipWhiteSpace()
        let value = try value()
        skipWhiteSpace()
        guard offset == text.count else { throw failure(.trailingBytes) }
        return value
    }

    private func failure(_ reason: JSONError.Reason, at place: Int? = nil) -> JSONError {
        JSONError(reason: reason, offset: place ?? offset)
    }

    /// The byte at the cursor, or 0 at the end. A NUL in the text is refused wherever it is looked at.
    private var next: UInt8 { offset < text.count ? text[offset] : 0 }

    private var unexpected: JSONError {
        offset < text.count ? failure(.unexpectedByte(text[offset])) : failure(.unexpectedEnd)
    }

    private func place(from start: Int, to end: Int, _ kind: JSONPlace.Kind) -> JSONPlace {
        JSONPlace(kind, offset: origin + start, count: end - start, hasEscapes: false)
    }

    /// Most texts hold none.
    @inline(__always)
    private mutating func skipWhiteSpace() {
        if next <= 0x20 { skipSomeWhiteSpace() }
    }

    @inline(never)
    private mutating func skipSomeWhiteSpace() {
        while offset < text.count {
            switch text[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONError) -> Sink.Value {
        switch next {
        case UInt8(ascii: "\""): return sink.scalar(try string(), in: text, origin)
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "t"): return sink.scalar(try literal("true", .true), in: text, origin)
        case UInt8(ascii: "f"): return sink.scalar(try literal("false", .false), in: text, origin)
        case UInt8(ascii: "n"): return sink.scalar(try literal("null", .null), in: text, origin)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return sink.scalar(try number(), in: text, origin)
        default: throw unexpected
        }
    }

    private mutating func literal(_ word: StaticString, _ kind: JSONPlace.Kind) throws(JSONError) -> JSONPlace {
        let start = offset
        for index in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[index] else { throw unexpected }
            offset += 1
        }
        return place(from: start, to: offset, kind)
    }

    private mutating func enter() throws(JSONError) {
        guard depth < depthLimit else { throw failure(.depth(limit: depthLimit)) }
        depth += 1
        offset += 1
        skipWhiteSpace()
    }

    private mutating func leave() {
        depth -= 1
        offset += 1
    }

    private mutating func array() throws(JSONError) -> Sink.Value {
        let start = offset
        try enter()
        var elements = sink.noElements()
        if next == UInt8(ascii: "]") {
            leave()
            return sink.array(elements, place(from: start, to: offset, .array))
        }
        var count = 0
        while true {
            guard count < JSONReader.maximumElements else {
                throw failure(.count(limit: JSONReader.maximumElements))
            }
            sink.append(try value(), to: &elements, depth: depth)
            count += 1
            skipWhiteSpace()
            switch next {
            case UInt8(ascii: ","):
                offset += 1
                skipWhiteSpace()
            case UInt8(ascii: "]"):
                leave()
                return sink.array(elements, place(from: start, to: offset, .array))
            default: throw unexpected
            }
        }
    }

    private mutating func object() throws(JSONError) -> Sink.Value {
        let start = offset
        try enter()
        var members = sink.noMembers()
        if next == UInt8(ascii: "}") {
            leave()
            return sink.object(members, place(from: start, to: offset, .object))
        }
        let scope = names.open()
        var many: Set<ByteString>?
        var count = 0
        while true {
            guard count < JSONReader.maximumMembers else { throw failure(.count(limit: JSONReader.maximumMembers)) }
            guard next == UInt8(ascii: "\"") else { throw unexpected }
            let nameStart = offset
            let name = JSONName(try string(), in: text, origin)
            guard names.insert(name, in: text, origin, since: scope, &many) else {
                throw failure(.duplicateName(name.place.string(in: text, origin)), at: nameStart)
            }
            skipWhiteSpace()
            guard next == UInt8(ascii: ":") else { throw unexpected }
            offset += 1
            skipWhiteSpace()
            let value = try value()
            sink.append(name, value, to: &members, in: text, origin, depth: depth)
            count += 1
            skipWhiteSpace()
            switch next {
            case UInt8(ascii: ","):
                offset += 1
                skipWhiteSpace()
            case UInt8(ascii: "}"):
                names.close(scope)
                leave()
                return sink.object(members, place(from: start, to: offset, .object))
            default: throw unexpected
            }
        }
    }

    /// A string; the place is what stands between the quotation marks.
    private mutating func string() throws(JSONError) -> JSONPlace {
        offset += 1
        let start = offset
        skipPlain()
        guard next == UInt8(ascii: "\"") else { return try string(from: start) }
        offset += 1
        return JSONPlace(.string, offset: origin + start, count: offset - 1 - start, hasEscapes: false)
    }

    /// The rest of a string that holds more than plain letters.
    @inline(never)
    private mutating func string(from start: Int) throws(JSONError) -> JSONPlace {
        var hasEscapes = false
        var hasDelete = false
        while true {
            skipPlain()
            guard offset < text.count else { throw failure(.unexpectedEnd) }
            switch text[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return JSONPlace(
                    .string, offset: origin + start, count: offset - 1 - start, hasEscapes: hasEscapes,
                    hasDelete: hasDelete)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try escape()
            case 0..<0x20: throw failure(.controlCharacter)
            case 0x7F:
                hasDelete = true
                offset += 1
            case 0x20..<0x7F: offset += 1
            default:
                guard let length = UTF8Sequence.length(in: text, at: offset) else { throw failure(.notUTF8) }
                offset += length
            }
        }
    }

    /// Passes over bytes that mean nothing in a string, eight at a time.
    @inline(__always)
    private mutating func skipPlain() {
        guard let start = text.baseAddress else { return }
        let raw = UnsafeRawPointer(start)
        let last = text.count &- 8
        var place = offset
        while place <= last {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let quote = word ^ 0x2222_2222_2222_2222
            let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
            // The top bit of a byte comes to stand where the byte is `"`, `\`, below 0x20, or above 0x7E: a difference of
            // two bytes below 0x80 has it only when it is negative, and a byte from 0x80 on is marked as it is. A borrow
            // or a carry can only mark bytes above a true mark, and the lowest is what counts.
            let marks =
                (quote &- 0x0101_0101_0101_0101) | (backslash &- 0x0101_0101_0101_0101)
                | (word &- 0x2020_2020_2020_2020) | (word &+ 0x0101_0101_0101_0101) | word
            let found = marks & 0x8080_8080_8080_8080
            guard found == 0 else {
                offset = place &+ found.trailingZeroBitCount >> 3
                return
            }
            place &+= 8
        }
        offset = place
    }

    private mutating func escape() throws(JSONError) {
        let place = offset
        offset += 1
        guard offset < text.count else { throw failure(.unexpectedEnd) }
        let letter = text[offset]
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            let unit = try hexUnit(place)
            guard unit < 0xDC00 || unit > 0xDFFF else { throw failure(.escape, at: place) }
            guard unit >= 0xD800, unit < 0xDC00 else { return }
            for expected in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
                guard next == expected else { throw failure(.escape, at: place) }
                offset += 1
            }
            let low = try hexUnit(place)
            guard low >= 0xDC00, low < 0xE000 else { throw failure(.escape, at: place) }
        default: throw failure(.escape, at: place)
        }
    }

    private mutating func hexUnit(_ place: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard offset < text.count else { throw failure(.unexpectedEnd) }
            guard let digit = Hex.value(text[offset]) else { throw failure(.escape, at: place) }
            unit = unit << 4 | UInt32(digit)
            offset += 1
        }
        return unit
    }

    private var isDigit: Bool { next &- UInt8(ascii: "0") < 10 }

    private mutating func number() throws(JSONError) -> JSONPlace {
        let start = offset
        var hasExponent = false
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
            hasExponent = true
            offset += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
            try digits(start)
        }
        // A double holds every whole number of 308 digits.
        if hasExponent || offset - start > 308 {
            guard DecimalMagnitude(Array(text[start..<offset])).fitsDouble else {
                throw failure(.numberRange, at: start)
            }
        }
        return place(from: start, to: offset, .number)
    }

    private mutating func digits(_ start: Int) throws(JSONError) {
        guard isDigit else { throw failure(.number, at: start) }
        var place = offset &+ 1
        while place < text.count, text[place] &- UInt8(ascii: "0") < 10 { place &+= 1 }
        offset = place
    }
}
