import HTTPWire
import NIOCore

/// The hands of one upstream connection, and the only handler in its channel. Carries one call at a time.
///
/// It goes back to its pool only when request and response both ended cleanly and nothing is left over. After anything
/// odd it is closed: a byte too many would be the beginning of the next user's response.
final class UpstreamConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case idle, head, body, closed
    }

    private let pool: UpstreamPool
    private var context: ChannelHandlerContext?
    private var phase = Phase.idle
    private var call: UpstreamCall?
    private var isReused = false
    private(set) var isWritable = true

    private var pending = ByteBuffer()
    private var isProcessing = false
    private var isReading = false
    private var readsPaused = false
    private var peerClosed = false
    private var scanner = ResponseHeadScanner(to: .get)
    private var interimResponses = 0
    private var hasResponseByte = false
    private var keepAlive = false
    private var body = ResponseBodyReader(.none)

    private var held: ByteBuffer?
    private var needsFlush = false
    /// When something last happened that the upstream owes us.
    private(set) var lastProgress: NIODeadline

    init(pool: UpstreamPool) {
        self.pool = pool
        lastProgress = pool.now
    }

    // MARK: A call begins

    /// Whether a call may be given to it.
    var isUsable: Bool { phase == .idle && context?.channel.isActive == true }

    func begin(_ call: UpstreamCall, isReused: Bool) {
        self.call = call
        self.isReused = isReused
        call.connection = self
        phase = .head
        scanner = ResponseHeadScanner(to: call.method, limits: pool.headLimits)
        interimResponses = 0
        hasResponseByte = false
        lastProgress = pool.now
        held = call.head
        needsFlush = true
        call.connected()
        if call.isRequestEnded { flushWritten() }
    }

    func write(_ bytes: ByteBuffer) {
        needsFlush = true
        guard var head = held else {
            context?.write(wrapOutboundOut(bytes), promise: nil)
            return
        }
        held = nil
        if bytes.readableBytes <= 4096 {
            head.writeImmutableBuffer(bytes)
            context?.write(wrapOutboundOut(head), promise: nil)
        } else {
            context?.write(wrapOutboundOut(head), promise: nil)
            context?.write(wrapOutboundOut(bytes), promise: nil)
        }
    }

    func flushWritten() {
        guard needsFlush else { return }
        needsFlush = false
        if let head = held {
            held = nil
            context?.write(wrapOutboundOut(head), promise: nil)
        }
        context?.flush()
    }

    func requestEnded() {
        lastProgress = pool.now
        flushWritten()
    }

    func resume() {
        lastProgress = pool.now
        process()
        if !isReading { call?.responseReadComplete() }
        if peerClosed { closedByPeer() }
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        isReading = true
        lastProgress = pool.now
        switch phase {
        case .closed: break
        case .idle:
            // Nobody asked: a second response, or the rest of one.
            drop()
        case .head, .body:
            if pending.readableBytes == 0 {
                pending = bytes
            } else {
                pending.writeBuffer(&bytes)
            }
            process()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        call?.responseReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        lastProgress = pool.now
        if isWritable { call?.upstreamWritable() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        peerClosed = true
        closedByPeer()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: The response

    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        var goesOn = true
        while goesOn {
            switch phase {
            case .head: goesOn = readHead()
            case .body: goesOn = readBody()
            case .idle, .closed: goesOn = false
            }
        }
        isProcessing = false
        if pending.readableBytes == 0 { pending = ByteBuffer() }
        boundEarlyBytes()
    }

    private func boundEarlyBytes() {
        let excess = pending.readableBytes > pool.limits.maxEarlyBytes
        guard excess != readsPaused, phase != .closed, !peerClosed, let context else { return }
        readsPaused = excess
        try? context.channel.syncOptions?.setOption(.autoRead, value: !excess)
    }

    private func readHead() -> Bool {
        guard let call, pending.readableBytes > 0 else { return false }
        hasResponseByte = true
        do throws(WireDefect) {
            let scanned = try pending.withUnsafeReadableBytes { bytes throws(WireDefect) in try scanner.scan(bytes) }
            guard let head = scanned, let bytes = pending.readSlice(length: head.length) else { return false }
            if head.isInterim { return try skip(head, of: call) }
            keepAlive = head.keepAlive
            body = ResponseBodyReader(head.framing)
            phase = .body
            call.response(head, bytes)
            return true
        } catch {
            fail(
                UpstreamFailure(
                    .protocolError, detail: "\(pool.endpoint.name) sent a response that breaks a rule: \(error)"))
            return false
        }
    }

    /// We asked for nothing that an interim response could answer, so each is skipped, and a switch of protocols is an
    /// error.
    private func skip(_ head: ResponseHead, of call: UpstreamCall) throws(WireDefect) -> Bool {
        interimResponses += 1
        guard head.status != 101 else {
            throw WireDefect(code: "unexpected-upgrade", what: "The response switches protocols unasked.", offset: 0)
        }
        guard interimResponses <= pool.limits.maxInterimResponses else {
            throw WireDefect(
                code: "too-many-interim-responses", what: "More interim responses than are accepted.", offset: 0)
        }
        scanner = ResponseHeadScanner(to: call.method, limits: pool.headLimits)
        return true
    }

    private func readBody() -> Bool {
        // The end needs no room at the client, and a peer that closes behind it must not look like one that broke off.
        guard let call, !call.isPaused || body.isComplete else { return false }
        do throws(WireDefect) {
            switch try body.next(from: &pending) {
            case .more: return false
            case .piece(let piece): call.responseBody(piece)
            case .end: complete(call)
            }
            return true
        } catch {
            fail(UpstreamFailure(.protocolError, detail: "\(pool.endpoint.name) broke its body's framing: \(error)"))
            return false
        }
    }

    private func complete(_ call: UpstreamCall) {
        let isClean = keepAlive && call.isRequestEnded && pending.readableBytes == 0 && !peerClosed && !needsFlush
        self.call = nil
        call.finish()
        if isClean {
            phase = .idle
            lastProgress = pool.now
            pool.giveBack(self)
        } else {
            drop()
        }
        call.responseEnded()
    }

    // MARK: The end

    private func closedByPeer() {
        guard phase != .closed else { return }
        if let call, phase == .body {
            // What was read ahead for a slow client is still to be delivered.
            if call.isPaused, pending.readableBytes > 0 { return }
            if body.endsWithConnection {
                complete(call)
                return
            }
        }
        let isSilent = !hasResponseByte
        fail(
            UpstreamFailure(
                .unreachable,
                detail: "\(pool.endpoint.name) closed the connection "
                    + (isSilent ? "without a response" : "within a response"),
                isRetryable: isSilent && isReused))
    }

    /// Closes the connection and tells its call, or lets the pool try once more.
    func fail(_ failure: UpstreamFailure) {
        let call = call
        self.call = nil
        drop()
        guard let call else { return }
        call.connection = nil
        if failure.isRetryable, call.mayRetry {
            call.wasRetried = true
            pool.begin(call, fresh: true)
        } else {
            call.finish()
            call.failed(failure)
        }
    }

    /// Closes the connection; nobody is told.
    func drop() {
        guard phase != .closed else { return }
        phase = .closed
        call = nil
        held = nil
        pending = ByteBuffer()
        pool.forget(self)
        context?.close(promise: nil)
    }

    /// Looks at the clock.
    func tick(_ now: NIODeadline) {
        guard let call else { return }
        let waited = now - lastProgress
        switch phase {
        case .head where call.isRequestEnded:
            if waited > pool.limits.responseHeadTimeout {
                fail(UpstreamFailure(.timeout, detail: "\(pool.endpoint.name) sent no response in time"))
            }
        case .head where !isWritable:
            if waited > pool.limits.bodyStall {
                fail(UpstreamFailure(.timeout, detail: "\(pool.endpoint.name) takes no more of the request body"))
            }
        case .body where !call.isPaused:
            if waited > pool.limits.bodyStall {
                fail(UpstreamFailure(.timeout, detail: "\(pool.endpoint.name) stopped within a response body"))
            }
        case .head, .body, .idle, .closed: break
        }
    }
}
