/// Scans an upstream's response head in place, as its bytes arrive. As strict as the request scanner, because a
/// response that two parties read differently belongs to two users (RFC 9112, sections 4 and 6.3).
public struct ResponseHeadScanner: Sendable {
    private let limits: WireLimits
    private let method: RequestMethod
    private var lines = LineScanner()
    private var section = FieldSection()
    private var head = ResponseHead()
    private var hasStatusLine = false
    private var sectionStart = 0

    /// Makes a scanner for the response to a request with this method.
    public init(to method: RequestMethod, limits: WireLimits = WireLimits()) {
        self.method = method
        self.limits = limits
    }

    /// Scans as far as the bytes reach. `bytes` must begin with the same bytes as in the call before.
    /// - Returns: the head, or nil when more bytes are needed.
    /// - Throws: the first defect; its status says nothing here, the upstream is at fault.
    public mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(WireDefect) -> ResponseHead? {
        while let end = try lines.lineEnd(in: bytes) {
            let start = lines.lineStart
            if !hasStatusLine {
                try readStatusLine(bytes, from: start, to: end)
                hasStatusLine = true
                lines.advance(past: end)
                sectionStart = lines.lineStart
                continue
            }
            if start == end {
                lines.advance(past: end)
                return try finish()
            }
            try check(end: end, start: start)
            _ = try section.add(bytes, from: start, to: end, limits: limits)
            lines.advance(past: end)
        }
        try check(end: bytes.count, start: lines.lineStart)
        if !hasStatusLine, let first = bytes.first, first != UInt8(ascii: "H") { throw Self.malformedStatusLine(at: 0) }
        return nil
    }

    private func check(end: Int, start: Int) throws(WireDefect) {
        guard end - start <= limits.field, end - sectionStart <= limits.fieldList else {
            throw WireDefect(
                status: 431, code: "head-too-large", what: "The response head is longer than is accepted.",
                offset: start)
        }
    }

    private mutating func readStatusLine(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int)
        throws(WireDefect)
    {
        let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        guard line.count >= 12, line[8] == 0x20 else { throw Self.malformedStatusLine(at: start) }
        let version = UnsafeRawBufferPointer(rebasing: line[..<8])
        if version.equals("HTTP/1.1") {
            head.version = .http11
        } else if version.equals("HTTP/1.0") {
            head.version = .http10
        } else {
            throw Self.malformedStatusLine(at: start)
        }
        var status = 0
        for digit in line[9..<12] {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else {
                throw Self.malformedStatusLine(at: start + 9)
            }
            status = status * 10 + Int(digit &- UInt8(ascii: "0"))
        }
        guard status >= 100, status <= 599 else { throw Self.malformedStatusLine(at: start + 9) }
        // The space before an empty reason is often forgotten; without it there must be nothing at all.
        guard line.count == 12 || line[12] == 0x20 else { throw Self.malformedStatusLine(at: start + 12) }
        if let control = bytes.firstControl(from: start + 12, to: end) { throw Self.malformedStatusLine(at: control) }
        head.status = status
        head.statusRange = ByteRange(start: start + 9, length: end - start - 9)
    }

    /// RFC 9112, section 6.3.
    private mutating func finish() throws(WireDefect) -> ResponseHead {
        if section.isChunked, head.version == .http10 {
            throw WireDefect(
                code: "transfer-encoding-in-http10", what: "HTTP/1.0 has no Transfer-Encoding.", offset: sectionStart)
        }
        let isBodyless = head.isInterim || head.status == 204
        if isBodyless, section.isChunked || (section.contentLength ?? 0) != 0 {
            throw WireDefect(
                code: "body-in-bodyless-response", what: "A 1xx or 204 response announces a body.", offset: sectionStart
            )
        }
        if isBodyless || head.status == 304 || method == .head {
            head.framing = .none
        } else if section.isChunked {
            head.framing = .chunked
        } else if let length = section.contentLength {
            head.framing = .length(length)
        } else {
            head.framing = .untilClose
        }
        head.announcedLength = isBodyless ? nil : section.contentLength
        head.keepAlive =
            !section.saysClose && (head.version == .http11 || section.saysKeepAlive) && head.framing != .untilClose
        head.connectionNamesFields = section.connectionNamesFields
        head.fields = section.lines
        head.length = lines.lineStart
        return head
    }

    private static func malformedStatusLine(at offset: Int) -> WireDefect {
        WireDefect(
            code: "status-line-malformed",
            what: "The status line must be HTTP/1.1 or 1.0, a space, three digits and a reason.",
            offset: offset)
    }
}
