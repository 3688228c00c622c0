public import HTTPWire
public import NIOCore

/// One request to an upstream and its response, on one event loop. Subclass it and override what happens; hand it to a
/// pool or to a balancer.
///
/// Order of the callbacks: `connected`, then `response`, `responseBody`…, `responseEnded`; or, when a protocol was
/// offered and the upstream takes it, `connected`, `switched`, `responseBody`…, `upstreamEnded`, `responseEnded`; or
/// `failed` or `cutOff` at any point, once, as the last.
open class UpstreamCall {
    /// The request head exactly as it goes on the wire; kept until a response begins, for being sent again.
    let head: ByteBuffer
    let method: RequestMethod
    let framing: BodyFraming
    let offer: UpgradeOffer?
    let patience: UpstreamPatience?
    /// Whether a body follows the head.
    public let hasBody: Bool
    var connection: UpstreamConnectionHandler?
    var pool: UpstreamPool?
    var balancer: UpstreamBalancer?
    /// The balancer's endpoints that were given this call, a bit each.
    var tried: UInt64 = 0
    var endpointIndex = 0
    var timesSentOn = 0
    var waitingSince = NIODeadline.distantPast
    var wasSentAgain = false
    /// Whether a connection has carried it: then the upstream may have acted on it.
    var wasCarried = false
    private(set) var isOver = false
    private(set) var isPaused = false
    private(set) var isRequestEnded: Bool

    /// How often it was given to an endpoint, or sent again to the same one.
    public internal(set) var attempts = 0
    /// The name of the endpoint that has or had it; empty before the first.
    public internal(set) var endpointName = ""
    /// When the first byte of a response came.
    public internal(set) var firstByteAt: NIODeadline?

    /// Makes a call.
    /// - Parameters:
    ///   - head: the request head's bytes, which announce the framing of `body`.
    ///   - method: decides about the response's framing and about sending it again.
    ///   - body: the framing of the body that `sendBody` and `endRequest` make; with none the request is its head.
    ///   - offer: what the head offers to switch to; nil: a 101 breaks the protocol.
    ///   - patience: nil for the pool's.
    public init(
        head: ByteBuffer, method: RequestMethod, body: BodyFraming = .none, offer: UpgradeOffer? = nil,
        patience: UpstreamPatience? = nil
    ) {
        self.head = head
        self.method = method
        self.offer = offer
        self.patience = patience
        framing = body
        hasBody = body != .none && body != .length(0)
        isRequestEnded = !hasBody
    }

    // MARK: What happens

    /// A connection carries this call now and the head is on its way: body bytes may follow.
    open func connected() {}
    /// The final response's head; `bytes` are exactly its bytes.
    open func response(_ head: ResponseHead, _ bytes: ByteBuffer) {}
    /// Some bytes of the response body, without framing, or of the tunnel.
    open func responseBody(_ piece: ByteBuffer) {}
    /// Everything that one read brought was delivered: the moment to flush.
    open func responseReadComplete() {}
    /// The response is complete, or both sides of the tunnel have ended, and the call is over.
    open func responseEnded() {}
    /// The upstream took one of the protocols offered: from here on `sendBody` and `endRequest` are our side of a
    /// tunnel.
    open func switched(_ head: ResponseHead, _ bytes: ByteBuffer) {}
    /// The upstream will send nothing more through the tunnel.
    open func upstreamEnded() {}
    /// There will be no (complete) response; the call is over.
    open func failed(_ failure: UpstreamFailure) {}
    /// The response or the tunnel has lasted as long as it may; the call is over.
    open func cutOff(_ reason: UpstreamCutoff) {}
    /// The upstream takes bytes again after `isWritable` was false.
    open func upstreamWritable() {}

    // MARK: What its owner does

    /// Sends body bytes, without framing. Only between `connected` and `endRequest`.
    public func sendBody(_ piece: ByteBuffer) {
        guard !isOver, let connection else { return }
        if framing == .chunked { connection.writeChunk(piece) } else { connection.write(piece) }
    }

    /// The request is complete, or our side of the tunnel ends; sends what was written.
    public func endRequest() {
        guard !isOver, !isRequestEnded else { return }
        isRequestEnded = true
        if framing == .chunked { connection?.writeBodyEnd() }
        connection?.requestEnded()
    }

    /// Sends what was written so far.
    public func flush() {
        guard !isOver else { return }
        connection?.flushWritten()
    }

    /// Whether the upstream's socket takes more; when false, wait for `upstreamWritable`.
    public var isWritable: Bool { connection?.isWritable ?? false }

    /// Stops delivering the response body.
    public func pauseResponse() { isPaused = true }

    /// Delivers the response body again.
    public func resumeResponse() {
        guard isPaused else { return }
        isPaused = false
        connection?.resume()
    }

    /// Nobody wants the response any more: its connection is closed, because its rest would belong to nobody.
    public func cancel() {
        guard !isOver else { return }
        let carrying = connection
        let pool = pool
        finish()
        if let carrying { carrying.drop() } else { pool?.withdraw(self) }
    }

    /// Marks the end; nothing is called back after it.
    func finish() {
        isOver = true
        connection = nil
        pool = nil
        if let balancer {
            self.balancer = nil
            balancer.left(endpointIndex)
        }
    }

    /// Our side is open again, as one of a tunnel.
    func tunnelOpened() { isRequestEnded = false }

    /// Whether the head may be sent once more after its connection broke before the first byte of a response (RFC 9110,
    /// section 9.2.2).
    var maySendAgain: Bool { !hasBody && method.isIdempotent }
}
