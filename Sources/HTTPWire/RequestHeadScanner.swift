/// Scans a request head in place, as its bytes arrive: HTTP/1.1 and 1.0 in the narrow grammar, everything else is a
/// `WireDefect`.
///
/// Servers disagree about every lenient reading of RFC 9112, and a gateway that passes on what it read leniently hands
/// the difference to an attacker. So nothing is repaired, and only one CRLF before the request line is forgiven
/// (section 2.2).
public struct RequestHeadScanner: Sendable {
    private let limits: WireLimits
    private var lines = LineScanner()
    private var section = FieldSection()
    private var head = RequestHead()
    private var hasRequestLine = false
    private var hostCount = 0
    private var sectionStart = 0
    private var authority: ByteRange?

    /// Makes a scanner that holds heads to `limits`.
    public init(limits: WireLimits = WireLimits()) {
        self.limits = limits
    }

    /// Forgets everything and waits for the next head.
    public mutating func reset() {
        self = RequestHeadScanner(limits: limits)
    }

    /// How many bytes before the request line are to be thrown away before `scan` is called: 2 for one empty line, else
    /// 0; nil when one more byte is needed to say.
    public static func leadingEmptyLine(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let first = bytes.first, first == 0x0D else { return 0 }
        guard bytes.count > 1 else { return nil }
        return bytes[1] == 0x0A ? 2 : 0
    }

    /// Scans as far as the bytes reach. `bytes` must begin with the same bytes as in the call before.
    /// - Returns: the head, or nil when more bytes are needed.
    /// - Throws: the first defect; the scanner must not be used for this connection again.
    public mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(WireDefect) -> RequestHead? {
        while let end = try lines.lineEnd(in: bytes) {
            let start = lines.lineStart
            if !hasRequestLine {
                try readRequestLine(bytes, from: start, to: end)
                hasRequestLine = true
                lines.advance(past: end)
                sectionStart = lines.lineStart
                continue
            }
            if start == end {
                lines.advance(past: end)
                return try finish(bytes)
            }
            try check(fieldEnd: end, start: start)
            let line = try section.add(bytes, from: start, to: end, limits: limits)
            try read(line, bytes)
            lines.advance(past: end)
        }
        try checkUnfinished(bytes)
        return nil
    }

    private func check(fieldEnd end: Int, start: Int) throws(WireDefect) {
        guard end - start <= limits.field else {
            throw WireDefect(
                status: 431, code: "field-too-large", what: "A field line is longer than is accepted.", offset: start)
        }
        guard end - sectionStart <= limits.fieldList else {
            throw WireDefect(
                status: 431, code: "head-too-large", what: "The field lines are longer than is accepted.", offset: start
            )
        }
    }

    /// A line that has not ended must not grow past its limit, and must not begin like something that is not HTTP.
    private func checkUnfinished(_ bytes: UnsafeRawBufferPointer) throws(WireDefect) {
        let start = lines.lineStart
        guard start < bytes.count else { return }
        if hasRequestLine {
            try check(fieldEnd: bytes.count - 1, start: start)
        } else if !ASCIISet.token.contains(bytes[start]) {
            throw Self.malformedRequestLine(at: start)
        } else if bytes.count - start > limits.target + 48 {
            throw Self.targetTooLong(at: start)
        }
    }

    // MARK: The request line (RFC 9112, section 3)

    private mutating func readRequestLine(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int)
        throws(WireDefect)
    {
        var index = start
        while index < end, ASCIISet.token.contains(bytes[index]) { index += 1 }
        guard index > start, index < end, bytes[index] == 0x20 else { throw Self.malformedRequestLine(at: index) }
        guard index - start <= 32 else {
            throw WireDefect(
                status: 501, code: "method-unknown", what: "The method's name is too long to be one.", offset: start)
        }
        head.methodRange = ByteRange(start: start, length: index - start)
        let method = head.methodRange.slice(of: bytes)
        head.method = RequestMethod(method)

        let targetStart = index + 1
        index = targetStart
        while index < end, ASCIISet.visible.contains(bytes[index]) { index += 1 }
        let targetLength = index - targetStart
        guard targetLength <= limits.target else { throw Self.targetTooLong(at: targetStart) }
        guard index < end, bytes[index] == 0x20, targetLength > 0 else { throw Self.malformedRequestLine(at: index) }
        head.targetRange = ByteRange(start: targetStart, length: targetLength)
        try readVersion(UnsafeRawBufferPointer(rebasing: bytes[(index + 1)..<end]), at: index + 1)

        if head.method == .other, method.equals("CONNECT") || method.equals("TRACE") {
            throw WireDefect(
                status: 501, code: "method-refused", what: "CONNECT and TRACE are never served here.", offset: start)
        }
        try readTarget(bytes)
    }

    private mutating func readVersion(_ version: UnsafeRawBufferPointer, at offset: Int) throws(WireDefect) {
        if version.equals("HTTP/1.1") {
            head.version = .http11
        } else if version.equals("HTTP/1.0") {
            head.version = .http10
        } else if version.count == 8, UnsafeRawBufferPointer(rebasing: version[..<5]).equals("HTTP/"),
            version[5] >= UInt8(ascii: "0"), version[5] <= UInt8(ascii: "9"), version[6] == UInt8(ascii: "."),
            version[7] >= UInt8(ascii: "0"), version[7] <= UInt8(ascii: "9")
        {
            throw WireDefect(
                status: 505, code: "version-unsupported", what: "Only HTTP/1.1 and HTTP/1.0 are spoken here.",
                offset: offset)
        } else {
            throw Self.malformedRequestLine(at: offset)
        }
    }

    private mutating func readTarget(_ bytes: UnsafeRawBufferPointer) throws(WireDefect) {
        let range = head.targetRange
        let target = range.slice(of: bytes)
        if target.first == UInt8(ascii: "/") {
            head.pathRange = range
            return
        }
        var schemeLength = 0
        if target.count > 7, UnsafeRawBufferPointer(rebasing: target[..<7]).equalsIgnoringCase("http://") {
            schemeLength = 7
        } else if target.count > 8, UnsafeRawBufferPointer(rebasing: target[..<8]).equalsIgnoringCase("https://") {
            schemeLength = 8
        } else {
            throw WireDefect(
                code: "target-malformed", what: "The request target must be a path, or an http URL for a proxy.",
                offset: range.start)
        }
        var end = schemeLength
        while end < target.count, target[end] != UInt8(ascii: "/"), target[end] != UInt8(ascii: "?"),
            target[end] != UInt8(ascii: "#")
        {
            end += 1
        }
        authority = ByteRange(start: range.start + schemeLength, length: end - schemeLength)
        head.pathRange = ByteRange(start: range.start + end, length: target.count - end)
    }

    // MARK: Fields that only requests have

    private mutating func read(_ line: FieldLine, _ bytes: UnsafeRawBufferPointer) throws(WireDefect) {
        switch line.name {
        case .host:
            hostCount += 1
            guard hostCount == 1 else {
                throw WireDefect(
                    code: "host-repeated", what: "Host is given more than once.", offset: line.nameRange.start)
            }
            guard HostGrammar.accepts(line.valueRange.slice(of: bytes)) else {
                throw WireDefect(
                    code: "host-malformed", what: "Host must be one name or address with an optional port.",
                    offset: line.valueRange.start)
            }
            head.hostRange = line.valueRange
        case .expect:
            guard line.valueRange.slice(of: bytes).equalsIgnoringCase("100-continue") else {
                throw WireDefect(
                    status: 417, code: "expectation-unsupported",
                    what: "The only expectation met here is 100-continue.",
                    offset: line.valueRange.start)
            }
            head.expectsContinue = true
        default: break
        }
    }

    private mutating func finish(_ bytes: UnsafeRawBufferPointer) throws(WireDefect) -> RequestHead {
        guard hostCount == 1 else {
            throw WireDefect(code: "host-missing", what: "Host is missing.", offset: sectionStart)
        }
        if let authority, !authority.slice(of: bytes).equalsIgnoringCase(head.hostRange.slice(of: bytes)) {
            throw WireDefect(
                code: "host-contradicts-target", what: "Host and the host in the request target differ.",
                offset: head.hostRange.start)
        }
        if section.isChunked {
            guard head.version == .http11 else {
                throw WireDefect(
                    code: "transfer-encoding-in-http10", what: "HTTP/1.0 has no Transfer-Encoding.",
                    offset: sectionStart)
            }
            head.framing = .chunked
        } else if let length = section.contentLength {
            guard length <= limits.body else {
                throw WireDefect(
                    status: 413, code: "body-too-large", what: "The body is longer than is accepted.",
                    offset: sectionStart)
            }
            head.framing = .length(length)
        }
        head.keepAlive = !section.saysClose && (head.version == .http11 || section.saysKeepAlive)
        head.connectionNamesFields = section.connectionNamesFields
        let hasBody = head.framing != .none && head.framing != .length(0)
        head.expectsContinue = head.expectsContinue && head.version == .http11 && hasBody
        head.fields = section.lines
        head.length = lines.lineStart
        return head
    }

    private static func malformedRequestLine(at offset: Int) -> WireDefect {
        WireDefect(
            code: "request-line-malformed",
            what: "The request line must be a method, a target and HTTP/1.1, one space apart.",
            offset: offset)
    }

    private static func targetTooLong(at offset: Int) -> WireDefect {
        WireDefect(
            status: 414, code: "target-too-long", what: "The request target is longer than is accepted.", offset: offset
        )
    }
}
