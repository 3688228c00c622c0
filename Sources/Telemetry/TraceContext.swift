/// What a `traceparent` field says (W3C Trace Context §3.2): the trace, the step in it that sends the request, and
/// whether the sender records it.
public struct TraceContext: Hashable, Sendable {
    /// The bytes of a `traceparent` of version 00.
    public static let length = 55

    /// The trace.
    public let trace: TraceID
    /// The sender's step.
    public let span: SpanID
    /// The flag `sampled`, the only one that version 00 defines (§3.2.2.5).
    public let isSampled: Bool

    /// A context of these parts.
    public init(trace: TraceID, span: SpanID, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// Reads the value of a `traceparent` field without the whitespace around it; nil means that the trace starts
    /// afresh. Version 00 is 55 bytes; a higher one may go on after a dash, and nothing is assumed about that rest
    /// (§4.3); version ff is invalid. Digits are in lower case, and neither identifier is all zero.
    public init?(traceparent text: UnsafeRawBufferPointer) {
        guard text.count >= Self.length,
            let version = HexDigits.value(in: text, at: 0, count: 2), version != 0xFF,
            text[2] == Self.dash, text[35] == Self.dash, text[52] == Self.dash,
            let trace = TraceID(lowercase: text, at: 3),
            let span = SpanID(lowercase: text, at: 36),
            let flags = HexDigits.value(in: text, at: 53, count: 2),
            text.count == Self.length || (version > 0 && text[Self.length] == Self.dash)
        else { return nil }
        self.init(trace: trace, span: span, isSampled: flags & 1 == 1)
    }

    /// The same from an array.
    public init?(traceparent text: [UInt8]) {
        let context = text.withUnsafeBytes { TraceContext(traceparent: $0) }
        guard let context else { return nil }
        self = context
    }

    /// Appends the 55 bytes of version 00. Flags that version 00 does not define are zero, whatever a client sent.
    public func append(to output: inout [UInt8]) {
        output.append("00-")
        trace.append(to: &output)
        output.append(Self.dash)
        span.append(to: &output)
        output.append(isSampled ? "-01" : "-00")
    }

    /// Appends the whole field line, with its CRLF.
    public func appendLine(to output: inout [UInt8]) {
        output.append("traceparent: ")
        append(to: &output)
        output.append("\r\n")
    }

    private static let dash = UInt8(ascii: "-")
}

/// One request's place in its trace: who sent it to the gateway, and as whom the gateway sends it on.
///
/// `tracestate` belongs to `traceparent` and is decided here alone, by `passesTraceState`: without a valid
/// `traceparent` it means nothing and must not go on (§3.3). A request with more than one `traceparent` field has no
/// valid one: give nil then.
public struct TraceHop: Hashable, Sendable {
    /// What the upstream is sent, and what every record of this request is found by.
    public let outgoing: TraceContext
    /// The client's step, when the client brought a trace.
    public let parent: SpanID?

    /// Whether the client's `tracestate` goes on to the upstream.
    public var passesTraceState: Bool { parent != nil }

    /// Continues the client's trace with a step of the gateway's own, or starts one. A fresh trace is marked as
    /// sampled unless `samplesFresh` is false: an upstream that follows its caller would otherwise record nothing.
    public init(continuing received: TraceContext?, samplesFresh: Bool = true) {
        var generator = SystemRandomNumberGenerator()
        self.init(continuing: received, samplesFresh: samplesFresh, using: &generator)
    }

    /// The same with other random numbers: the system's cost a system call each, a loop may keep its own.
    public init(
        continuing received: TraceContext?, samplesFresh: Bool = true, using generator: inout some RandomNumberGenerator
    ) {
        outgoing = TraceContext(
            trace: received?.trace ?? TraceID(using: &generator), span: SpanID(using: &generator),
            isSampled: received?.isSampled ?? samplesFresh)
        parent = received?.span
    }
}
