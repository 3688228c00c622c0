public import HTTPWire
public import NIOCore

/// One request and its answer. Lives on its connection's event loop; no part of it may be touched from anywhere else.
///
/// Answer it exactly once: `respond` for a whole local answer, or `accept` (to receive the body) and `writeHead`,
/// `writeBody`, `finish`. Calls that come too late, because the client is gone or the exchange is over, do nothing.
///
/// Bodies are without framing on both ways: how the answer's end is told to this client is the exchange's business.
public final class Exchange {
    /// The head, as offsets into `headBytes`.
    public let head: RequestHead
    /// Exactly the head's bytes.
    public let headBytes: ByteBuffer
    /// The one path for the policy and for the wire.
    public private(set) var path: CanonicalPath
    /// The loop on which all of this happens.
    public var eventLoop: any EventLoop { loop.eventLoop }
    /// When the head was complete, to the precision of the loop's tick.
    public let startedAt: NIODeadline
    /// The handler's own record of this exchange.
    public var attachment: AnyObject?

    /// Whether the request body was read to its end (or there is none).
    public internal(set) var bodyIsComplete: Bool
    /// The status that was written, or 0.
    public private(set) var status = 0
    /// Whether a response head was written: from here on nothing else can be answered.
    public var headWritten: Bool { status != 0 }
    /// Whether the exchange is answered or its client gone.
    public var isOver: Bool { connection == nil }

    private let loop: EdgeLoop
    /// Nil once it is over.
    private var connection: ClientConnectionHandler?
    private(set) var observer: ExchangeObserver?
    private(set) var bodyIsPaused = false
    private var awaitsContinue: Bool
    private var asksUpgrade = false
    private(set) var isTunnel = false
    private var framing = BodyFraming.none
    private var lengthLeft: Int64 = 0
    private var headSaysKeepAlive = false

    init(
        head: RequestHead, headBytes: ByteBuffer, path: CanonicalPath, connection: ClientConnectionHandler,
        loop: EdgeLoop
    ) {
        self.head = head
        self.headBytes = headBytes
        self.path = path
        self.connection = connection
        self.loop = loop
        startedAt = loop.now
        bodyIsComplete = head.framing == .none || head.framing == .length(0)
        awaitsContinue = head.expectsContinue
    }

    /// The client's address as text, without port: the peer's, or what a trusted proxy says. Found out once.
    public private(set) lazy var client: [UInt8] = {
        guard let peer = connection?.peer else { return [] }
        guard let proxy = trustedProxy else { return peer }
        let lines = withHeadBytes { head.forwarded("x-forwarded-for", of: $0) }
        return Array(loop.configuration.trustedProxies.client(peer: proxy, forwardedFor: lines).description.utf8)
    }()

    /// Whether the client's connection is encrypted: this one, or what a trusted proxy says of its own.
    public var isEncrypted: Bool {
        guard let proxy = trustedProxy else { return loop.isEncrypted }
        let lines = withHeadBytes { head.forwarded("x-forwarded-proto", of: $0) }
        guard !lines.isEmpty else { return loop.isEncrypted }
        return loop.configuration.trustedProxies.isEncrypted(peer: proxy, forwardedProto: lines)
    }

    /// The peer, where it is one.
    private var trustedProxy: IPAddress? {
        let proxies = loop.configuration.trustedProxies
        guard !proxies.isEmpty, let peer = connection?.peer, let address = IPAddress(peer), proxies.contains(address)
        else { return nil }
        return address
    }

    /// Makes `path` what it is where slashes are not kept: one between segments, never encoded.
    public func readPathStrictly() throws(WireDefect) {
        path = try headBytes.withUnsafeReadableBytes { bytes throws(WireDefect) in
            try CanonicalPath(target: head.pathRange.slice(of: bytes))
        }
    }

    /// Calls `body` with the head's bytes.
    @inlinable
    public func withHeadBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        headBytes.withUnsafeReadableBytes(body)
    }

    /// Calls `body` with a range of the head.
    @inlinable
    public func withBytes<R>(of range: ByteRange, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        headBytes.withUnsafeReadableBytes { body(range.slice(of: $0)) }
    }

    /// A copy of a range of the head.
    public func bytes(of range: ByteRange) -> [UInt8] {
        withBytes(of: range) { [UInt8]($0) }
    }

    /// Whether an answer started now may leave the connection open: the client wants it and offered no tunnel, the
    /// listener is not draining, and what is left of the body will come by itself and is short enough to be read and
    /// thrown away.
    public var keepsAlive: Bool {
        guard head.keepAlive, !loop.isDraining, let connection, !offersTunnel else { return false }
        return bodyIsComplete || !awaitsContinue && connection.canDiscardRest
    }

    // MARK: The request body

    /// How long the body is, as its head says; nil for a chunked body, whose end alone will tell. A body longer than what
    /// was allowed with `limitBody` is for the caller to refuse before it accepts.
    public var declaredBodyLength: Int64? {
        switch head.framing {
        case .length(let length): length
        case .none: 0
        case .chunked, .untilClose: nil
        }
    }

    /// Allows this exchange's body so many bytes, at most what the listener allows. Call it before `accept`; a body that
    /// passes it ends the exchange and the connection (413, `body-too-large`).
    public func limitBody(to bytes: Int64) { connection?.limitBody(to: bytes) }

    /// Starts the body: what arrived already is delivered at once. A client that waits for `100 Continue` is told to go
    /// on.
    public func accept(_ observer: ExchangeObserver) {
        guard self.observer == nil, let connection else { return }
        self.observer = observer
        if bodyIsComplete {
            observer.requestBodyEnded()
        } else {
            if awaitsContinue {
                awaitsContinue = false
                connection.sendContinue()
            }
            connection.bodyMayFlow()
        }
    }

    /// Stops delivering the body; at most a bounded number of bytes is read ahead.
    public func pauseBody() { bodyIsPaused = true }

    /// Delivers the body again.
    public func resumeBody() {
        guard bodyIsPaused else { return }
        bodyIsPaused = false
        connection?.bodyMayFlow()
    }

    /// The client sent body bytes without waiting for `100 Continue`: there is nothing left to tell it.
    func bodyArrived() { awaitsContinue = false }

    // MARK: The answer

    /// Writes a whole answer and ends the exchange.
    public func respond(_ answer: LocalAnswer) {
        guard !headWritten, let connection else { return }
        status = answer.status
        connection.write(answer, keepAlive: keepsAlive && !answer.closes, to: head)
        end(keepAlive: keepsAlive && !answer.closes)
    }

    /// Writes the head of a final response, with the framing that this client understands. It is held back until the
    /// body's first piece or a flush, so that both leave in one write.
    /// - Parameters:
    ///   - head: the head as it was read, and `bytes` its bytes.
    ///   - rewrite: what is dropped from it and added to it.
    public func writeHead(_ head: ResponseHead, _ bytes: ByteBuffer, rewrite: ResponseRewrite = .none) {
        guard !headWritten, !head.isInterim, let connection else { return }
        switch head.framing {
        case .none: framing = .none
        case .length(let length):
            framing = head.framing
            lengthLeft = length
        case .chunked, .untilClose:
            // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
            framing = self.head.version == .http10 ? .untilClose : .chunked
        }
        headSaysKeepAlive = keepsAlive && framing != .untilClose
        status = head.status
        let (framing, keepAlive) = (framing, headSaysKeepAlive)
        connection.hold { out in
            bytes.withUnsafeReadableBytes { bytes in
                HeadWriter.response(
                    head, bytes, framing: framing, keepAlive: keepAlive, version: self.head.version,
                    rewrite: rewrite, into: &out)
            }
        }
    }

    /// Writes some of the response body, without framing. A body that is longer than its head said ends the exchange
    /// with a reset.
    public func writeBody(_ piece: ByteBuffer) {
        guard headWritten, let connection else { return }
        switch framing {
        case .untilClose: connection.write(piece)
        case .chunked: connection.writeChunk(piece)
        case .length:
            lengthLeft -= Int64(piece.readableBytes)
            if lengthLeft >= 0 { connection.write(piece) } else { abort() }
        case .none: break
        }
    }

    /// Sends what was written so far.
    public func flush() {
        connection?.flushWritten()
    }

    /// Ends the exchange after a complete response. One that is shorter than its head said is reset instead. In a
    /// tunnel only our side ends: the exchange lasts until the client's does too.
    public func finish() {
        guard headWritten, let connection else { return }
        if isTunnel {
            connection.endTunnelOutput()
            return
        }
        switch framing {
        case .length where lengthLeft != 0: abort()
        case .chunked:
            connection.write(Self.bodyEnd)
            end(keepAlive: headSaysKeepAlive)
        case .none, .length, .untilClose: end(keepAlive: headSaysKeepAlive)
        }
    }

    /// Ends the exchange in the middle: the connection is reset, so that nobody mistakes the rest for a complete
    /// response.
    public func abort() {
        guard let connection else { return }
        release()
        connection.abort()
    }

    /// Whether the client's socket takes more; when false, wait for `clientWritable`.
    public var isWritable: Bool { connection?.isWritable ?? false }

    // MARK: Switching protocols (RFC 9110, section 7.8)

    /// Says that the answer may be a 101. What the client sends behind its head is held back until then, bounded.
    public func expectUpgrade() { asksUpgrade = bodyIsComplete }

    /// Whether the client may send bytes for a tunnel behind its head, now or while the answer is on its way. After an
    /// answer that makes no tunnel they must not be read as its next request, so that this is the connection's last.
    private var offersTunnel: Bool {
        head.connectionNamesFields && withHeadBytes { UpgradeOffer(head, $0) != nil }
    }

    /// Answers 101 and makes the connection a tunnel of bytes: the observer receives the client's as `requestBody` and
    /// its end as `requestBodyEnded`; `writeBody` writes and `finish` ends ours. Only after `expectUpgrade` and
    /// `accept`.
    /// - Returns: whether it is a tunnel now.
    public func switchProtocols(_ head: ResponseHead, _ bytes: ByteBuffer, rewrite: ResponseRewrite = .none) -> Bool {
        guard !headWritten, asksUpgrade, observer != nil, head.status == 101, let connection else {
            return false
        }
        isTunnel = true
        status = 101
        framing = .untilClose
        connection.hold { out in
            bytes.withUnsafeReadableBytes { HeadWriter.switching(head, $0, rewrite: rewrite, into: &out) }
        }
        connection.becomeTunnel()
        return true
    }

    /// Ends an answer that may last no longer: a tunnel closes on both sides after what was written, any other answer
    /// is reset, so that nobody mistakes it for complete.
    public func cutOff() {
        guard isTunnel, let connection else {
            abort()
            return
        }
        release()
        connection.closeTunnel()
    }

    private func end(keepAlive: Bool) {
        guard let connection else { return }
        release()
        connection.exchangeEnded(keepAlive: keepAlive)
    }

    private static let bodyEnd = ByteBuffer(staticString: ChunkWriter.bodyEnd)

    /// Cuts the ties; returns who was watching.
    @discardableResult
    func release() -> ExchangeObserver? {
        let watching = observer
        connection = nil
        observer = nil
        return watching
    }
}
