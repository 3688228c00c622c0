public import HTTPWire
public import NIOCore

/// One request and its answer. Lives on its connection's event loop; no part of it may be touched from anywhere else.
///
/// Answer it exactly once: `respond` for a whole local answer, or `accept` (to receive the body) and `writeHead`,
/// `writeBody`, `finish`. Calls that come too late, because the client is gone or the exchange is over, do nothing.
public final class Exchange {
    /// The head, as offsets into `headBytes`.
    public let head: RequestHead
    /// Exactly the head's bytes.
    public let headBytes: ByteBuffer
    /// The one path for the policy and for the wire.
    public let path: CanonicalPath
    /// The loop on which all of this happens.
    public var eventLoop: any EventLoop { loop.eventLoop }
    /// When the head was complete, to the precision of the loop's tick.
    public let startedAt: NIODeadline
    /// The handler's own record of this exchange.
    public var attachment: AnyObject?

    /// Whether the request body was read to its end (or there is none).
    public internal(set) var bodyIsComplete: Bool
    /// Whether a response head was written: from here on nothing else can be answered.
    public private(set) var headWritten = false
    /// The status that was written, or 0.
    public private(set) var status = 0
    /// Whether the exchange is answered or its client gone.
    public private(set) var isOver = false

    private let loop: EdgeLoop
    private var connection: ClientConnectionHandler?
    private(set) var observer: ExchangeObserver?
    private(set) var bodyIsPaused = false
    private var awaitsContinue: Bool

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

    /// The client's address as text, without port: the peer's, or what a trusted proxy says.
    public var client: [UInt8] {
        guard let peer = connection?.peer else { return [] }
        guard let proxy = trustedProxy else { return peer }
        let lines = withHeadBytes { head.forwarded("x-forwarded-for", of: $0) }
        return Array(loop.configuration.trustedProxies.client(peer: proxy, forwardedFor: lines).description.utf8)
    }

    /// Whether the client's connection is encrypted, which only a trusted proxy's can be.
    public var isEncrypted: Bool {
        guard let proxy = trustedProxy else { return false }
        let lines = withHeadBytes { head.forwarded("x-forwarded-proto", of: $0) }
        return loop.configuration.trustedProxies.isEncrypted(peer: proxy, forwardedProto: lines)
    }

    /// The peer, where it is one.
    private var trustedProxy: IPAddress? {
        let proxies = loop.configuration.trustedProxies
        guard !proxies.isEmpty, let peer = connection?.peer, let address = IPAddress(peer), proxies.contains(address)
        else { return nil }
        return address
    }

    /// Calls `body` with the head's bytes.
    public func withHeadBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        headBytes.withUnsafeReadableBytes(body)
    }

    /// Calls `body` with a range of the head.
    public func withBytes<R>(of range: ByteRange, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        headBytes.withUnsafeReadableBytes { body(range.slice(of: $0)) }
    }

    /// A copy of a range of the head.
    public func bytes(of range: ByteRange) -> [UInt8] {
        withBytes(of: range) { [UInt8]($0) }
    }

    /// Whether an answer started now may leave the connection open: the client wants it, the listener is not draining,
    /// and what is left of the body will come by itself and is short enough to be read and thrown away.
    public var keepsAlive: Bool {
        guard head.keepAlive, !loop.isDraining, let connection else { return false }
        return bodyIsComplete || !awaitsContinue && connection.canDiscardRest
    }

    // MARK: The request body

    /// Starts the body: what arrived already is delivered at once. A client that waits for `100 Continue` is told to go
    /// on.
    public func accept(_ observer: ExchangeObserver) {
        guard !isOver, self.observer == nil, let connection else { return }
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
        guard !isOver, !headWritten, let connection else { return }
        headWritten = true
        status = answer.status
        connection.write(answer, keepAlive: keepsAlive && !answer.closes, to: head)
        end(keepAlive: keepsAlive && !answer.closes)
    }

    /// Writes the bytes of a response head. They are held back until the body's first piece or a flush, so that both
    /// leave in one write.
    public func writeHead(_ bytes: ByteBuffer, status: Int) {
        guard !isOver, !headWritten else { return }
        headWritten = true
        self.status = status
        connection?.hold(bytes)
    }

    /// Writes response body bytes as they go on the wire (the caller frames them).
    public func writeBody(_ wireBytes: ByteBuffer) {
        guard !isOver, headWritten else { return }
        connection?.write(wireBytes)
    }

    /// Sends what was written so far.
    public func flush() {
        guard !isOver else { return }
        connection?.flushWritten()
    }

    /// Ends the exchange after a complete response. `keepAlive` must be what the response head said.
    public func finish(keepAlive: Bool) {
        guard !isOver, headWritten else { return }
        end(keepAlive: keepAlive && head.keepAlive)
    }

    /// Ends the exchange in the middle: the connection is reset, so that nobody mistakes the rest for a complete
    /// response.
    public func abort() {
        guard !isOver, let connection else { return }
        release()
        connection.abort()
    }

    /// Whether the client's socket takes more; when false, wait for `clientWritable`.
    public var isWritable: Bool { connection?.isWritable ?? false }

    private func end(keepAlive: Bool) {
        guard let connection else { return }
        release()
        connection.exchangeEnded(keepAlive: keepAlive)
    }

    /// Cuts the ties; returns who was watching.
    @discardableResult
    func release() -> ExchangeObserver? {
        let watching = observer
        isOver = true
        connection = nil
        observer = nil
        return watching
    }
}
