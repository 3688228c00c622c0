public import Edge
import HTTPWire
import NIOCore
public import Upstreams

/// Connects an exchange with a call to an upstream: head, bodies, back-pressure and the ends of both. How either side
/// frames its bodies is that side's own business. One per event loop.
///
/// The upstream receives the canonical path, the client's `Host` unless the rewrite says otherwise, and our own
/// `X-Forwarded-For`, `-Proto` and `-Host`; what the client said in those, and everything hop-by-hop, stays behind, but
/// for an offer to switch protocols that the rule allows. Bodies pass as slices, uncopied.
public final class Forwarder {
    fileprivate let observer: ForwardingObserver
    private var scratch: [UInt8] = []
    private let allocator = ByteBufferAllocator()

    /// Makes a forwarder for one loop.
    public init(observer: ForwardingObserver) {
        self.observer = observer
        scratch.reserveCapacity(4096)
    }

    /// Forwards the exchange; the answer comes from the upstream or from `ForwardingObserver.refusal`.
    /// The exchange and the balancer must belong to the same event loop.
    /// - Parameters:
    ///   - rule: what its route says.
    ///   - changes: what this request alone changes.
    ///   - addLines: appends field lines of this request alone to its head: whole ones, our own writing and never a
    ///     client's.
    public func forward(
        _ exchange: Exchange, to upstream: UpstreamBalancer, by rule: ForwardingRule = ForwardingRule(),
        changes: ForwardingChanges = ForwardingChanges(), adding addLines: (inout [UInt8]) -> Void = { _ in }
    ) {
        // In a local, because every access to a property that lasts over a call is checked while it runs.
        var written = scratch
        scratch = []
        written.removeAll(keepingCapacity: true)
        let client = exchange.client
        let isEncrypted = exchange.isEncrypted
        let offer = exchange.withHeadBytes { bytes in
            let offer = rule.allowsUpgrade ? UpgradeOffer(exchange.head, bytes) : nil
            HeadWriter.request(
                exchange.head, bytes, path: changes.path ?? exchange.path, rewrite: rule.rewrite, peer: client,
                isEncrypted: isEncrypted, upgrade: offer, dropping: changes.dropped, into: &written, adding: addLines)
            return offer
        }
        var head = allocator.buffer(capacity: written.count)
        head.writeBytes(written)
        scratch = written
        let call = ForwardedCall(
            head: head, exchange: exchange, forwarder: self, rewrite: changes.response ?? rule.response, offer: offer,
            patience: rule.patience(endingAt: changes.endsAt))
        if offer != nil { exchange.expectUpgrade() }
        // The body may flow only once a connection carries the call; that the client is gone must be heard before.
        exchange.pauseBody()
        exchange.accept(RequestPump(exchange: exchange, call: call))
        upstream.begin(call)
    }
}

/// Passes the request body on, and hears about the client.
private final class RequestPump: ExchangeObserver {
    private let exchange: Exchange
    private let call: ForwardedCall

    init(exchange: Exchange, call: ForwardedCall) {
        self.exchange = exchange
        self.call = call
    }

    override func requestBody(_ piece: ByteBuffer) {
        call.requestBytes += Int64(piece.readableBytes)
        call.sendBody(piece)
        if !call.isWritable { exchange.pauseBody() }
    }

    override func requestBodyEnded() {
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
    var requestBytes: Int64 = 0
    private let forwarder: Forwarder
    private let exchange: Exchange
    private let rewrite: ResponseRewrite
    private let begunAt = NIODeadline.now()
    private var responseBytes: Int64 = 0
    private var isReported = false

    init(
        head: ByteBuffer, exchange: Exchange, forwarder: Forwarder, rewrite: ResponseRewrite, offer: UpgradeOffer?,
        patience: UpstreamPatience
    ) {
        self.exchange = exchange
        self.forwarder = forwarder
        self.rewrite = rewrite
        super.init(
            head: head, method: exchange.head.method, body: exchange.bodyIsComplete ? .none : exchange.head.framing,
            offer: offer, patience: patience)
    }

    override func connected() {
        if hasBody { exchange.resumeBody() }
    }

    override func response(_ head: ResponseHead, _ bytes: ByteBuffer) {
        exchange.writeHead(head, bytes, rewrite: rewrite)
    }

    override func responseBody(_ piece: ByteBuffer) {
        responseBytes += Int64(piece.readableBytes)
        exchange.writeBody(piece)
        if !exchange.isWritable { pauseResponse() }
    }

    override func responseReadComplete() {
        exchange.flush()
    }

    override func responseEnded() {
        exchange.finish()
        report(.complete)
    }

    override func switched(_ head: ResponseHead, _ bytes: ByteBuffer) {
        exchange.resumeBody()
        guard exchange.switchProtocols(head, bytes, rewrite: rewrite) else {
            exchange.abort()
            cancel()
            report(.clientGone)
            return
        }
    }

    override func upstreamEnded() {
        exchange.finish()
    }

    override func failed(_ failure: UpstreamFailure) {
        if exchange.headWritten {
            exchange.abort()
        } else {
            exchange.respond(forwarder.observer.refusal(for: failure, of: exchange))
        }
        report(.upstreamFailed(failure))
    }

    override func cutOff(_ reason: UpstreamCutoff) {
        exchange.cutOff()
        switch reason {
        case .expired: report(.expired)
        case .idle: report(.idle)
        }
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
                ending: ending, status: exchange.status, requestBytes: requestBytes, responseBytes: responseBytes,
                endpoint: endpointName, attempts: attempts,
                nanosecondsToFirstByte: firstByteAt.map { ($0 - begunAt).nanoseconds }))
    }
}
