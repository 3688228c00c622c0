import HTTPWire

/// The head of a request for an `AsyncDestination`: what an upstream would be sent, with the client's hop left behind, the
/// path in canonical form, the caller's identity and the gateway's own `X-Forwarded-*` and `traceparent` in it.
public struct AsyncRequestHead: Sendable {
    private let bytes: [UInt8]
    private let head: RequestHead
    /// How many bytes of the path, and of the target.
    private let pathLength: Int

    /// Reads a head that `HeadWriter.request` wrote.
    init(written bytes: [UInt8]) throws {
        // What the gateway adds must not make it too large: the client's part has been measured already.
        var limits = WireLimits()
        limits.target *= 4
        limits.field *= 4
        limits.fieldList *= 4
        limits.fieldCount *= 4
        limits.refusesUnderscores = false
        var scanner = RequestHeadScanner(limits: limits)
        let scanned = try bytes.withUnsafeBytes { try scanner.scan($0) }
        guard let scanned else {
            throw WireDefect(code: "request-line-malformed", what: "The head has no end.", offset: bytes.count)
        }
        self.bytes = bytes
        head = scanned
        let target = bytes[scanned.targetRange.start..<scanned.targetRange.end]
        pathLength = target.firstIndex(of: UInt8(ascii: "?")).map { $0 - target.startIndex } ?? target.count
    }

    /// The method; methods are case-sensitive.
    public var method: String { text(head.methodRange) }
    /// The canonical path with its query, as the client sent it.
    public var target: String { text(head.targetRange) }
    /// The canonical path.
    public var path: String { text(ByteRange(start: head.targetRange.start, length: pathLength)) }
    /// What stands behind the `?`, as the client sent it; nil when there was none.
    public var query: String? {
        guard pathLength < head.targetRange.length else { return nil }
        let start = head.targetRange.start + pathLength + 1
        return text(ByteRange(start: start, length: head.targetRange.end - start))
    }
    /// The host that the client called, with its port where it said one.
    public var authority: String { text(head.hostRange) }
    /// How long the body is; nil when only its end will tell, 0 when there is none.
    public var bodyLength: Int64? {
        switch head.framing {
        case .none: 0
        case .length(let length): length
        case .chunked, .untilClose: nil
        }
    }

    /// Calls `body` with every field line but those that speak of the connection, and `Host`. `Content-Length` is among
    /// them.
    public func forEachField(_ body: (_ name: String, _ value: String) -> Void) {
        for line in head.fields
        where line.name == .contentLength || !FieldNameSet.hopByHop.contains(line.name) && line.name != .host {
            body(text(line.nameRange), text(line.valueRange))
        }
    }

    /// The value of the first field with a name; nil when there is none.
    /// - Parameter name: in lower case.
    public func first(_ name: String) -> String? {
        let wanted = Array(name.utf8)
        return bytes.withUnsafeBytes { bytes in
            head.fields.first { $0.nameRange.slice(of: bytes).isName(wanted) }
                .map { String(decoding: $0.valueRange.slice(of: bytes), as: UTF8.self) }
        }
    }

    /// How the answer to it is framed.
    var requestMethod: RequestMethod { head.method }

    private func text(_ range: ByteRange) -> String {
        bytes.withUnsafeBytes { String(decoding: range.slice(of: $0), as: UTF8.self) }
    }
}
