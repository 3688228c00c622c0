/// How an exchange came to its end.
public enum ExchangeEnd: String, Hashable, Sendable, CaseIterable {
    /// The answer of the upstream, or the gateway's own, was sent to its end.
    case complete
    /// The client went away before that.
    case clientGone = "client-gone"
    /// The upstream could not be reached, or its answer broke off or was none.
    case upstreamFailed = "upstream-failed"
    /// It was ended while it still flowed: its token ran out, or nothing was sent for too long.
    case cutOff = "cut-off"
    /// The gateway refused the request.
    case refused
}

/// One finished request: the access log, the metrics, the explanations and the analytics are all derived from this one
/// value, and nothing else counts. Holds no token, no header value and no query.
///
/// Made once for each request: its texts are shared with the route, the verdict and the configuration, so that nothing
/// is allocated for it. It is lent and never copied, because a copy would hold each of them once more.
public struct ExchangeRecord: ~Copyable, Sendable {
    /// The request's place in its trace.
    public var hop: TraceHop
    /// When the request's head was complete, in milliseconds since 1970.
    public var start: Int64
    /// From there to the end, in nanoseconds.
    public var duration: Int64
    /// From the request's being given to the upstream to the first byte of its answer, in nanoseconds.
    public var firstByte: Int64?
    /// The listener's name.
    public var listener: String?
    /// The names of the route that was matched.
    public var route: RouteLabels?
    /// The method.
    public var method: ExchangeMethod
    /// The status that was answered; 0 when none was.
    public var status: Int
    /// How it ended.
    public var end: ExchangeEnd
    /// The stable reason of a refusal or failure.
    public var code: String?
    /// The phase that refused.
    public var phase: String?
    /// The bytes of the request's body that came in.
    public var requestBytes: Int64
    /// The bytes of the response's body that went out.
    public var responseBytes: Int64
    /// The client's address as text, without port.
    public var address: [UInt8]
    /// Whether the request brought a credential, good or not.
    public var hasCredential: Bool
    /// Who it was made for, once proven.
    public var caller: CallerIdentity?
    /// The name of the upstream's endpoint that was asked last.
    public var upstream: String?
    /// How often an upstream was asked.
    public var attempts: Int
    /// The language model that answered; nil where none was asked for.
    public var model: ModelFacts?
    /// The version of HTTP that the client spoke: `1.1`.
    public var httpVersion: String

    private let wholePath: [UInt8]

    /// A record. The path is the canonical one, without its query; it is shared, not copied.
    public init(
        hop: TraceHop, start: Int64, duration: Int64, firstByte: Int64? = nil, listener: String? = nil,
        route: RouteLabels? = nil, method: ExchangeMethod, path: [UInt8], status: Int, end: ExchangeEnd,
        code: String? = nil, phase: String? = nil, requestBytes: Int64 = 0, responseBytes: Int64 = 0,
        address: [UInt8] = [], hasCredential: Bool = false, caller: CallerIdentity? = nil, upstream: String? = nil,
        attempts: Int = 0, model: ModelFacts? = nil, httpVersion: String = "1.1"
    ) {
        self.hop = hop
        self.start = start
        self.duration = duration
        self.firstByte = firstByte
        self.listener = listener
        self.route = route
        self.method = method
        self.status = status
        self.end = end
        self.code = code
        self.phase = phase
        self.requestBytes = requestBytes
        self.responseBytes = responseBytes
        self.address = address
        self.hasCredential = hasCredential
        self.caller = caller
        self.upstream = upstream
        self.attempts = attempts
        self.model = model
        self.httpVersion = httpVersion
        wholePath = path
    }

    /// The trace.
    public var trace: TraceID { hop.outgoing.trace }

    /// Lends the canonical path, cut to 256 bytes at the end of a character. These are bytes of the client's choice.
    public func withPath<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        wholePath.withUnsafeBufferPointer { whole in
            body(UnsafeBufferPointer(rebasing: whole[..<UTF8Text.cut(whole)]))
        }
    }

    /// The same as text; what is not UTF-8 in it is replaced.
    public var path: String { withPath { String(decoding: $0, as: UTF8.self) } }
}
