public import Edge
public import HTTPWire
import NIOCore
public import Upstreams

/// Connects an exchange with a call to an upstream: head, bodies, back-pressure and the ends of both. One per event
/// loop.
///
/// The upstream receives the canonical path, the client's `Host` unless the rewrite says otherwise, and our own
/// `X-Forwarded-For`, `-Proto` and `-Host`; what the client said in those, and everything hop-by-hop, stays behind.
/// Bodies pass as slices, uncopied.
public final class Forwarder {
    fileprivate let observer: ForwardingObserver
    fileprivate var scratch: [UInt8] = []
    private let allocator = ByteBufferAllocator()

    /// Makes a forwarder for one loop.
    public init(observer: ForwardingObserver) {
        self.observer = observer
        scratch.reserveCapacity(4096)
    }

    /// Forwards the exchange; the answer comes from the upstream or from `ForwardingObserver.refusal`.
    /// The exchange and the pool must belong to the same event loop.
    /// - Parameter path: what the upstream sees; nil is the exchange's own.
    public func forward(
        _ exchange: Exchange, to pool: UpstreamPool, path: CanonicalPath? = nil,
        rewrite: RequestRewrite = RequestRewrite()
    ) {
        scratch.removeAll(keepingCapacity: true)
        let client = exchange.client
        let isEncrypted = exchange.isEncrypted
        exchange.withHeadBytes { bytes in
            HeadWriter.request(
                exchange.head, bytes, path: path ?? exchange.path, rewrite: rewrite, peer: client,
                isEncrypted: isEncrypted,
                into: &scratch)
        }
        let call = ForwardedCall(head: takeScratch(room: 0), exchange: exchange, forwarder: self)
        // The body may flow only once a connection carries the call; that the client is gone must be heard before.
        exchange.pauseBody()
        exchange.accept(RequestPump(exchange: exchange, call: call))
        pool.begin(call)
    }

    /// What was written to `scratch`, as a buffer with room for `room` more bytes.
    fileprivate func takeScratch(room: Int) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: scratch.count + room)
        buffer.writeBytes(scratch)
        return buffer
    }

    /// `piece` as one chunk; small ones in one buffer.
    fileprivate func writeChunk(_ piece: ByteBuffer, to write: (ByteBuffer) -> Void) {
        scratch.removeAll(keepingCapacity: true)
        HeadWriter.chunkStart(piece.readableBytes, into: &scratch)
        if piece.readableBytes <= 4096 {
            var chunk = takeScratch(room: piece.readableBytes + 2)
            chunk.writeImmutableBuffer(piece)
            chunk.writeStaticString("\r\n")
            write(chunk)
        } else {
            write(takeScratch(room: 0))
            write(piece)
            write(Self.lineEnd)
        }
    }

    fileprivate static let lineEnd = ByteBuffer(staticString: "\r\n")
    fileprivate static let lastChunk = ByteBuffer(staticString: "0\r\n\r\n")
}

/// Passes the request body on, and hears about the client.
private final class RequestPump: ExchangeObserver {
    private let exchange: Exchange
    private let call: ForwardedCall
    private let isChunked: Bool

    init(exchange: Exchange, call: ForwardedCall) {
        self.exchange = exchange
        self.call = call
        isChunked = exchange.head.framing == .chunked
    }

    override func requestBody(_ piece: ByteBuffer) {
        call.requestBytes += Int64(piece.readableBytes)
        if isChunked {
            call.forwarder.writeChunk(piece) { call.sendBody($0) }
        } else {
            call.sendBody(piece)
        }
        if !call.isWritable { exchange.pauseBody() }
    }

    override func requestBodyEnded() {
        if isChunked { call.sendBody(Forwarder.lastChunk) }
        call.endRequest()
    }

    override func requestReadComplete() {
        call.flush()
    }

    override func clientWritable() {
        call.resumeResponse()
    }

    override func clientGone() {
        call.cancel()
        call.report(.clientGone)
    }
}

/// Passes the response on, and hears about the upstream.
private final class ForwardedCall: UpstreamCall {
    let forwarder: Forwarder
    var requestBytes: Int64 = 0
    private let exchange: Exchange
    private var responseBytes: Int64 = 0
    private var framing = BodyFraming.none
    private var keepAlive = false
    private var isReported = false

    init(head: ByteBuffer, exchange: Exchange, forwarder: Forwarder) {
        self.exchange = exchange
        self.forwarder = forwarder
        super.init(head: head, method: exchange.head.method, hasBody: !exchange.bodyIsComplete)
    }

    override func connected() {
        if hasBody { exchange.resumeBody() }
    }

    override func response(_ head: ResponseHead, _ bytes: ByteBuffer) {
        framing = head.framing
        if framing == .chunked || framing == .untilClose {
            // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
            framing = exchange.head.version == .http10 ? .untilClose : .chunked
        }
        keepAlive = exchange.keepsAlive && framing != .untilClose
        forwarder.scratch.removeAll(keepingCapacity: true)
        bytes.withUnsafeReadableBytes { bytes in
            HeadWriter.response(
                head, bytes, framing: framing, keepAlive: keepAlive, version: exchange.head.version,
                into: &forwarder.scratch)
        }
        exchange.writeHead(forwarder.takeScratch(room: 1024), status: head.status)
    }

    override func responseBody(_ piece: ByteBuffer) {
        responseBytes += Int64(piece.readableBytes)
        if framing == .chunked {
            forwarder.writeChunk(piece) { exchange.writeBody($0) }
        } else {
            exchange.writeBody(piece)
        }
        if !exchange.isWritable { pauseResponse() }
    }

    override func responseReadComplete() {
        exchange.flush()
    }

    override func responseEnded() {
        if framing == .chunked { exchange.writeBody(Forwarder.lastChunk) }
        exchange.finish(keepAlive: keepAlive)
        report(.complete)
    }

    override func failed(_ failure: UpstreamFailure) {
        if exchange.headWritten {
            exchange.abort()
        } else {
            exchange.respond(forwarder.observer.refusal(for: failure, of: exchange))
        }
        report(.upstreamFailed(failure))
    }

    override func upstreamWritable() {
        exchange.resumeBody()
    }

    func report(_ ending: ForwardingOutcome.Ending) {
        guard !isReported else { return }
        isReported = true
        forwarder.observer.finished(
            exchange,
            ForwardingOutcome(
                ending: ending, status: exchange.status, requestBytes: requestBytes, responseBytes: responseBytes))
    }
}
