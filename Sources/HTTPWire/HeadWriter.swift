/// Writes the heads that leave: a request head for an upstream, a response head for a client, the head of a local
/// answer.
///
/// Fields that pass are copied in runs, straight from the bytes they came in. The framing is always written anew from
/// what was understood, never copied (RFC 9112, section 6). What a caller adds is checked byte by byte: an illegal line
/// never leaves.
public enum HeadWriter {
    /// Appends the request head that the upstream receives: canonical path, fresh framing, no hop-by-hop field, none of
    /// the fields in which a client could speak as a proxy, and our own `X-Forwarded-*`.
    /// - Parameters:
    ///   - head: the client's head, and `bytes` its bytes.
    ///   - peer: the client's address as text.
    ///   - upgrade: the protocols that the upstream may switch to.
    ///   - dropped: what else is not passed on of this request alone.
    ///   - addLines: appends field lines of this request alone: whole ones, and nobody's but our own.
    public static func request(
        _ head: RequestHead, _ bytes: UnsafeRawBufferPointer, path: CanonicalPath, rewrite: RequestRewrite,
        peer: [UInt8], isEncrypted: Bool, upgrade: UpgradeOffer? = nil, dropping dropped: FieldNameSet = [],
        into out: inout [UInt8], adding addLines: (inout [UInt8]) -> Void = { _ in }
    ) {
        out.append(contentsOf: head.methodRange.slice(of: bytes))
        out.append(0x20)
        out.append(contentsOf: path.bytes)
        if let query = path.query {
            out.append(UInt8(ascii: "?"))
            out.append(contentsOf: query)
        }
        append(" HTTP/1.1\r\nHost: ", to: &out)
        let authority = head.hostRange.slice(of: bytes)
        if case .upstream(let host) = rewrite.host, host.withUnsafeBytes({ HostGrammar.accepts($0) }) {
            out.append(contentsOf: host)
        } else {
            out.append(contentsOf: authority)
        }
        append("\r\n", to: &out)
        let dropped = dropped.union(rewrite.dropped).union(.neverForwarded)
        let names = head.connectionNamesFields ? ConnectionNames(head.fields, bytes) : nil
        copy(head.fields, bytes, into: &out) { line in
            dropped.contains(line.name) || names?.contain(line, bytes) == true
                || !rewrite.droppedNames.isEmpty && isNamed(line.nameRange.slice(of: bytes), in: rewrite.droppedNames)
        }
        framing(head.framing, into: &out)
        if let upgrade {
            append("Connection: upgrade\r\nUpgrade: ", to: &out)
            out.append(contentsOf: upgrade.list)
            append("\r\n", to: &out)
        }
        append("X-Forwarded-For: ", to: &out)
        out.append(contentsOf: peer)
        append(isEncrypted ? "\r\nX-Forwarded-Proto: https" : "\r\nX-Forwarded-Proto: http", to: &out)
        append("\r\nX-Forwarded-Host: ", to: &out)
        out.append(contentsOf: authority)
        append("\r\n", to: &out)
        for (name, value) in rewrite.added { field(name, value, into: &out) }
        addLines(&out)
        append("\r\n", to: &out)
    }

    /// Appends the response head that the client receives for an upstream's.
    /// - Parameters:
    ///   - framing: how the body will be framed on the client's connection.
    ///   - keepAlive: whether the client's connection lives on.
    ///   - version: the version the client speaks; HTTP/1.0 must be told when the connection stays.
    ///   - rewrite: which of the upstream's fields stay behind, and what is said in addition.
    public static func response(
        _ head: ResponseHead, _ bytes: UnsafeRawBufferPointer, framing: BodyFraming, keepAlive: Bool,
        version: HTTPVersion, rewrite: ResponseRewrite = .none,
        into out: inout [UInt8]
    ) {
        statusLineAndFields(head, bytes, rewrite, into: &out)
        if framing == .none, let length = head.announcedLength {
            self.framing(.length(length), into: &out)
        } else {
            self.framing(framing, into: &out)
        }
        connection(keepAlive: keepAlive, version: version, into: &out)
        append("\r\n", to: &out)
    }

    /// Appends the head of a 101 response, which says what the connection switches to (RFC 9110, section 15.2.2).
    public static func switching(
        _ head: ResponseHead, _ bytes: UnsafeRawBufferPointer, rewrite: ResponseRewrite = .none, into out: inout [UInt8]
    ) {
        statusLineAndFields(head, bytes, rewrite, into: &out)
        for line in head.fields where line.name == .upgrade {
            append("Upgrade: ", to: &out)
            out.append(contentsOf: line.valueRange.slice(of: bytes))
            append("\r\n", to: &out)
        }
        append("Connection: upgrade\r\n\r\n", to: &out)
    }

    /// Appends the head of a local answer with a body of `length` bytes (nil where the status has none).
    public static func answer(
        status: Int, fields: [(name: [UInt8], value: [UInt8])], length: Int?, keepAlive: Bool, version: HTTPVersion,
        into out: inout [UInt8]
    ) {
        append("HTTP/1.1 ", to: &out)
        decimal(min(max(status, 200), 599), into: &out)
        out.append(0x20)
        append(StatusPhrase.of(status), to: &out)
        append("\r\n", to: &out)
        for (name, value) in fields { field(name, value, into: &out) }
        if let length { framing(.length(Int64(length)), into: &out) }
        connection(keepAlive: keepAlive, version: version, into: &out)
        append("\r\n", to: &out)
    }

    /// Appends one field line if its name is a token and its value holds no control character; else nothing.
    /// Framing and connection fields are refused too: they are not the caller's to say.
    @discardableResult
    public static func field(_ name: [UInt8], _ value: [UInt8], into out: inout [UInt8]) -> Bool {
        guard !name.isEmpty, name.allSatisfy({ ASCIISet.token.contains($0) }) else { return false }
        let isOurs = name.withUnsafeBytes { FieldNameSet.hopByHop.contains(FieldName($0)) }
        guard !isOurs, value.withUnsafeBytes({ $0.firstControl(from: 0, to: $0.count) == nil }) else { return false }
        out.append(contentsOf: name)
        append(": ", to: &out)
        out.append(contentsOf: value)
        append("\r\n", to: &out)
        return true
    }

    // MARK: Pieces

    private static func statusLineAndFields(
        _ head: ResponseHead, _ bytes: UnsafeRawBufferPointer, _ rewrite: ResponseRewrite, into out: inout [UInt8]
    ) {
        append("HTTP/1.1 ", to: &out)
        out.append(contentsOf: head.statusRange.slice(of: bytes))
        if head.statusRange.length == 3 { out.append(0x20) }
        append("\r\n", to: &out)
        let names = head.connectionNamesFields ? ConnectionNames(head.fields, bytes) : nil
        let dropped = FieldNameSet.hopByHop.union(rewrite.dropped)
        copy(head.fields, bytes, into: &out) { line in
            dropped.contains(line.name) || names?.contain(line, bytes) == true
                || !rewrite.droppedNames.isEmpty && rewrite.drops(named: line, bytes)
        }
        if !rewrite.lines.isEmpty { out.append(contentsOf: rewrite.lines) }
    }

    /// Copies the lines that stay; neighbours are copied in one run.
    private static func copy(
        _ lines: [FieldLine], _ bytes: UnsafeRawBufferPointer, into out: inout [UInt8],
        unless drops: (FieldLine) -> Bool
    ) {
        var runStart: Int?
        var runEnd = 0
        for line in lines {
            if drops(line) {
                if let start = runStart {
                    out.append(contentsOf: ByteRange(start: start, length: runEnd - start).slice(of: bytes))
                }
                runStart = nil
            } else {
                if runStart == nil { runStart = line.nameRange.start }
                runEnd = Int(line.lineEnd)
            }
        }
        if let start = runStart {
            out.append(contentsOf: ByteRange(start: start, length: runEnd - start).slice(of: bytes))
        }
    }

    private static func framing(_ framing: BodyFraming, into out: inout [UInt8]) {
        switch framing {
        case .none, .untilClose: break
        case .length(let length):
            append("Content-Length: ", to: &out)
            decimal(length, into: &out)
            append("\r\n", to: &out)
        case .chunked:
            append("Transfer-Encoding: chunked\r\n", to: &out)
        }
    }

    private static func connection(keepAlive: Bool, version: HTTPVersion, into out: inout [UInt8]) {
        if !keepAlive {
            append("Connection: close\r\n", to: &out)
        } else if version == .http10 {
            append("Connection: keep-alive\r\n", to: &out)
        }
    }

    private static func decimal(_ number: some FixedWidthInteger, into out: inout [UInt8]) {
        var rest = UInt64(clamping: number)
        var digits: (UInt64, UInt64) = (1, rest)
        while digits.1 >= 10 { digits = (digits.0 * 10, digits.1 / 10) }
        var place = digits.0
        while place > 0 {
            out.append(0x30 + UInt8(truncatingIfNeeded: rest / place))
            rest %= place
            place /= 10
        }
    }

    private static func append(_ text: StaticString, to out: inout [UInt8]) {
        text.withUTF8Buffer { out.append(contentsOf: $0) }
    }

    private static func hyphened(_ byte: UInt8) -> UInt8 {
        let isAlphanumeric =
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        return isAlphanumeric ? byte.lowercased : UInt8(ascii: "-")
    }

    /// Whether `name` is in `names`; all that is no letter and no digit is the same here: CGI-like
    /// servers make `_` of `-`, of `.`, or of everything.
    private static func isNamed(_ name: UnsafeRawBufferPointer, in names: [[UInt8]]) -> Bool {
        names.contains { wanted in
            guard wanted.count == name.count else { return false }
            for index in 0..<wanted.count {
                if hyphened(name[index]) != hyphened(wanted[index]) { return false }
            }
            return true
        }
    }
}

/// The fields that `Connection` names, which are for this hop only (RFC 9110, section 7.6.1).
private struct ConnectionNames {
    private let options: [UnsafeRawBufferPointer]

    init(_ lines: [FieldLine], _ bytes: UnsafeRawBufferPointer) {
        var options: [UnsafeRawBufferPointer] = []
        for line in lines where line.name == .connection {
            var list = ListScanner(line.valueRange.slice(of: bytes))
            while let option = list.next(), options.count < 64 { options.append(option) }
        }
        self.options = options
    }

    func contain(_ line: FieldLine, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let name = line.nameRange.slice(of: bytes)
        return options.contains { $0.equalsIgnoringCase(name) }
    }
}
