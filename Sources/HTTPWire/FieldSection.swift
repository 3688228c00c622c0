/// The field lines of a head while they are scanned, and what they say about framing and about the connection.
///
/// The grammar is the narrow one: RFC 9112, section 5, without folding, and without any repair.
struct FieldSection {
    var lines: [FieldLine] = []
    var contentLength: Int64?
    var isChunked = false
    var saysClose = false
    var saysKeepAlive = false
    /// Whether `Connection` names a field of this message, which then is for this hop only.
    var connectionNamesFields = false

    /// Scans the line in `start..<end` (without its CRLF) and returns what it is.
    mutating func add(
        _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int, limits: WireLimits
    ) throws(WireDefect) -> FieldLine {
        if lines.isEmpty { lines.reserveCapacity(16) }
        guard lines.count < limits.fieldCount else {
            throw WireDefect(
                status: 431, code: "too-many-fields", what: "The head has more field lines than are accepted.",
                offset: start)
        }
        let first = bytes[start]
        guard first != 0x20, first != 0x09 else {
            throw WireDefect(
                code: "folded-field", what: "A field line starts with a space; folded lines are not accepted.",
                offset: start)
        }
        var colon = start
        while colon < end, ASCIISet.token.contains(bytes[colon]) {
            if bytes[colon] == UInt8(ascii: "_"), limits.refusesUnderscores {
                throw WireDefect(
                    code: "field-name-underscore",
                    what: "A field name contains an underscore, which servers mistake for a hyphen.",
                    offset: colon)
            }
            colon += 1
        }
        guard colon < end, bytes[colon] == UInt8(ascii: ":"), colon > start else {
            throw WireDefect(
                code: "field-name-malformed", what: "A field name is empty, or holds a byte that names may not have.",
                offset: colon)
        }
        if let control = bytes.firstControl(from: colon + 1, to: end) {
            throw WireDefect(
                code: "field-value-malformed", what: "A field value holds a control character.", offset: control)
        }
        var valueStart = colon + 1
        var valueEnd = end
        while valueStart < valueEnd, bytes[valueStart] == 0x20 || bytes[valueStart] == 0x09 { valueStart += 1 }
        while valueEnd > valueStart, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 { valueEnd -= 1 }

        let nameRange = ByteRange(start: start, length: colon - start)
        let line = FieldLine(
            nameRange: nameRange, valueRange: ByteRange(start: valueStart, length: valueEnd - valueStart),
            name: FieldName(nameRange.slice(of: bytes)), lineEnd: UInt32(truncatingIfNeeded: end + 2))
        try judge(
            line, bytes, isPlain: valueEnd == end && valueStart <= colon + 2 && bytes[min(colon + 1, end)] != 0x09)
        lines.append(line)
        return line
    }

    /// Reads the fields that decide about framing and the connection. `isPlain`: at most one space before the value,
    /// nothing behind it; the framing fields are accepted in no other shape, because servers disagree about every other
    /// one.
    private mutating func judge(_ line: FieldLine, _ bytes: UnsafeRawBufferPointer, isPlain: Bool) throws(WireDefect) {
        let value = line.valueRange.slice(of: bytes)
        switch line.name {
        case .contentLength:
            guard contentLength == nil else {
                throw WireDefect(
                    code: "content-length-repeated", what: "Content-Length is given more than once.",
                    offset: line.nameRange.start)
            }
            guard isPlain, let length = Self.length(value) else {
                throw WireDefect(
                    code: "content-length-malformed",
                    what: "Content-Length must be plain decimal digits that fit in 63 bits.",
                    offset: line.valueRange.start)
            }
            contentLength = length
        case .transferEncoding:
            guard !isChunked else {
                throw WireDefect(
                    code: "transfer-encoding-repeated", what: "Transfer-Encoding is given more than once.",
                    offset: line.nameRange.start)
            }
            guard isPlain, value.equalsIgnoringCase("chunked") else {
                let isToken = isPlain && !value.isEmpty && value.allSatisfy { ASCIISet.token.contains($0) }
                throw WireDefect(
                    status: isToken ? 501 : 400, code: "transfer-encoding-unsupported",
                    what: "The only transfer coding accepted is exactly \"chunked\".", offset: line.valueRange.start)
            }
            isChunked = true
        case .connection:
            try readConnection(value, at: line.valueRange.start)
        default: break
        }
        if contentLength != nil, isChunked {
            throw WireDefect(
                code: "framing-ambiguous", what: "Content-Length and Transfer-Encoding are both given.",
                offset: line.nameRange.start)
        }
    }

    /// RFC 9110, section 8.6, narrowed: no sign, no leading zero, no list.
    static func length(_ digits: UnsafeRawBufferPointer) -> Int64? {
        guard let first = digits.first, digits.count <= 19, first != UInt8(ascii: "0") || digits.count == 1 else {
            return nil
        }
        var length: Int64 = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (shifted, tooLong) = length.multipliedReportingOverflow(by: 10)
            let (sum, tooLarge) = shifted.addingReportingOverflow(Int64(digit &- UInt8(ascii: "0")))
            guard !tooLong, !tooLarge else { return nil }
            length = sum
        }
        return length
    }

    private mutating func readConnection(_ value: UnsafeRawBufferPointer, at offset: Int) throws(WireDefect) {
        var options = ListScanner(value)
        while let option = options.next() {
            guard option.allSatisfy({ ASCIISet.token.contains($0) }) else {
                throw WireDefect(
                    code: "connection-malformed", what: "Connection must be a list of names.", offset: offset)
            }
            if option.equalsIgnoringCase("close") {
                saysClose = true
            } else if option.equalsIgnoringCase("keep-alive") {
                saysKeepAlive = true
            } else {
                connectionNamesFields = true
            }
        }
    }
}

/// Walks the elements of a comma-separated list, without the spaces around them; empty elements are skipped (RFC 9110,
/// section 5.6.1).
struct ListScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> UnsafeRawBufferPointer? {
        while position < bytes.count {
            let comma = bytes.firstIndex(of: UInt8(ascii: ","), from: position) ?? bytes.count
            var start = position
            var end = comma
            position = comma + 1
            while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
            while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
            if start < end { return UnsafeRawBufferPointer(rebasing: bytes[start..<end]) }
        }
        return nil
    }
}
