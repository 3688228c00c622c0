public import HTTPWire
public import NIOCore

/// One request to an upstream and its response, on one event loop. Subclass it and override what happens; hand it to a
/// pool.
///
/// Order of the callbacks: `connected`, then `response`, `responseBody`…, `responseEnded`; or `failed` at any point,
/// once, as the last.
open class UpstreamCall {
    /// The request head exactly as it goes on the wire; kept until a response begins, for the one retry.
    let head: ByteBuffer
    let method: RequestMethod
    /// Whether a body follows the head.
    public let hasBody: Bool
    var connection: UpstreamConnectionHandler?
    var pool: UpstreamPool?
    var waitingSince = NIODeadline.distantPast
    var wasRetried = false
    private(set) var isOver = false
    private(set) var isPaused = false
    private(set) var isRequestEnded: Bool

    /// Makes a call.
    /// - Parameters:
    ///   - head: the request head's bytes, with the framing that `sendBody` will follow.
    ///   - method: decides about the response's framing and about the retry.
    ///   - hasBody: whether `sendBody` and `endRequest` follow; else the request is its head.
    public init(head: ByteBuffer, method: RequestMethod, hasBody: Bool) {
        self.head = head
        self.method = method
        self.hasBody = hasBody
        isRequestEnded = !hasBody
    }

    // MARK: What happens

    /// A connection carries this call now and the head is on its way: body bytes may follow.
    open func connected() {}
    /// The final response's head; `bytes` are exactly its bytes.
    open func response(_ head: ResponseHead, _ bytes: ByteBuffer) {}
    /// Some bytes of the response body, without framing.
    open func responseBody(_ piece: ByteBuffer) {}
    /// Everything that one read brought was delivered: the moment to flush.
    open func responseReadComplete() {}
    /// The response is complete, and the call is over.
    open func responseEnded() {}
    /// There will be no (complete) response; the call is over.
    open func failed(_ failure: UpstreamFailure) {}
    /// The upstream takes bytes again after `isWritable` was false.
    open func upstreamWritable() {}

    // MARK: What its owner does

    /// Sends body bytes as they go on the wire (the caller frames them). Only between `connected` and `endRequest`.
    public func sendBody(_ wireBytes: ByteBuffer) {
        guard !isOver else { return }
        connection?.write(wireBytes)
    }

    /// The request is complete; sends what was written.
    public func endRequest() {
        guard !isOver, !isRequestEnded else { return }
        isRequestEnded = true
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
    }

    /// Whether the head may be sent once more after its connection broke before the first byte of a response (RFC 9110,
    /// section 9.2.2).
    var mayRetry: Bool { !wasRetried && !hasBody && method.isIdempotent }
}
