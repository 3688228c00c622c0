import HTTPWire
import NIOCore
import NIOTLS

/// The hands of one upstream connection, and the only handler in its channel. Carries one call at a time.
///
/// It goes back to its pool only when request and response both ended cleanly and nothing is left over. After anything
/// odd it is closed: a byte too many would be the beginning of the next user's response.
final class UpstreamConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Its encryption is being agreed.
        case handshake
        case idle, head, body, tunnel
        /// The call is over; what was written is still to leave.
        case closing
        case closed
    }

    let pool: UpstreamPool
    var context: ChannelHandlerContext?
    var phase: Phase
    var call: UpstreamCall?
    private var isReused = false
    private(set) var isWritable = true

    var pending = ByteBuffer()
    private var isProcessing = false
    private var isReading = false
    private var readsPaused = false
    var peerClosed = false
    private var scanner = ResponseHeadScanner(to: .get)
    private var interimResponses = 0
    private var hasResponseByte = false
    private var keepAlive = false
    private var body = ResponseBodyReader(.none)

    private var held: ByteBuffer?
    private var needsFlush = false
    /// The error that ended the connection, if it was one.
    private(set) var error: (any Error)?
    /// Whether its pool waits for its encryption.
    var isAgreeing = false
    /// Whether the call was told that the upstream's side of the tunnel has ended.
    var tunnelEndTold = false
    /// Whether our side of the tunnel was shut.
    var outputShut = false
    /// When something last happened that the upstream owes us.
    var lastProgress: NIODeadline

    init(pool: UpstreamPool) {
        self.pool = pool
        phase = pool.endpoint.encryption == nil ? .idle : .handshake
        lastProgress = pool.now
    }

    // MARK: A call begins

    /// Whether it is connected, perhaps still agreeing its encryption.
    var isOpen: Bool { (phase == .idle || phase == .handshake) && context?.channel.isActive == true }

    /// Whether a call may be given to it.
    var isUsable: Bool { phase == .idle && context?.channel.isActive == true }

    func begin(_ call: UpstreamCall, isReused: Bool) {
        self.call = call
        self.isReused = isReused
        call.connection = self
        call.wasCarried = true
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
        // An upstream that has begun to answer may still be taking a long body.
        if phase == .tunnel || phase == .body { lastProgress = pool.now }
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

    /// Writes a piece of a body as one chunk.
    func writeChunk(_ piece: ByteBuffer) {
        guard piece.readableBytes > 0 else { return }
        pool.scratch.removeAll(keepingCapacity: true)
        let isWhole = piece.withUnsafeReadableBytes { ChunkWriter.frame($0, into: &pool.scratch) }
        write(ByteBuffer(bytes: pool.scratch))
        guard !isWhole else { return }
        write(piece)
        write(Self.pieceEnd)
    }

    func writeBodyEnd() { write(Self.bodyEnd) }

    private static let pieceEnd = ByteBuffer(staticString: ChunkWriter.pieceEnd)
    private static let bodyEnd = ByteBuffer(staticString: ChunkWriter.bodyEnd)

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
        if phase == .tunnel { tunnelOutputEnded() }
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
        // A head is owed whole: its bytes put nothing off.
        if phase != .head { lastProgress = pool.now }
        switch phase {
        case .closing, .closed: break
        case .handshake: context.close(promise: nil)
        case .idle:
            // Nobody asked: a second response, or the rest of one.
            drop()
        case .head, .body, .tunnel:
            var early = pending
            if early.readableBytes == 0 {
                pending = bytes
            } else {
                // Alone in its local, or it is copied. What was read is not dropped by itself: the buffer would grow.
                pending = ByteBuffer()
                if early.readerIndex > 0 { early.discardReadBytes() }
                early.writeBuffer(&bytes)
                pending = early
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
        self.error = error
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if phase == .handshake, case .handshakeCompleted = event as? TLSUserEvent {
            if pool.endpoint.encryption?.names(pool.endpoint.host, in: context) == true {
                phase = .idle
                pool.opened(self)
            } else {
                agreementFailed(UpstreamNameMismatch())
            }
        } else if phase == .tunnel, case .inputClosed = event as? ChannelEvent {
            peerClosed = true
            closedByPeer()
        }
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
            case .tunnel: goesOn = readTunnel()
            case .handshake, .idle, .closing, .closed: goesOn = false
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
        var arrived = pending
        guard let call, arrived.readableBytes > 0 else { return false }
        if !hasResponseByte {
            hasResponseByte = true
            call.firstByteAt = .now()
        }
        do throws(WireDefect) {
            let scanned = try arrived.withUnsafeReadableBytes { bytes throws(WireDefect) in try scanner.scan(bytes) }
            guard let head = scanned, let bytes = arrived.readSlice(length: head.length) else { return false }
            pending = arrived
            if head.isInterim { return try readInterim(head, bytes, of: call) }
            keepAlive = head.keepAlive
            body = ResponseBodyReader(head.framing)
            phase = .body
            lastProgress = pool.now
            call.response(head, bytes)
            return true
        } catch {
            fail(
                UpstreamFailure(
                    .protocolError, detail: "\(pool.endpoint.name) sent a response that breaks a rule: \(error)"))
            return false
        }
    }

    /// A switch of protocols is taken when it was offered. We asked for nothing else that an interim response could
    /// answer, so each is skipped.
    private func readInterim(
        _ head: ResponseHead, _ bytes: ByteBuffer, of call: UpstreamCall
    ) throws(WireDefect) -> Bool {
        interimResponses += 1
        if head.status == 101 {
            let isTaken = bytes.withUnsafeReadableBytes { call.offer?.isTaken(by: head, $0) == true }
            guard isTaken, call.isRequestEnded, !needsFlush else {
                throw WireDefect(
                    code: "unexpected-upgrade", what: "The response switches protocols unasked.", offset: 0)
            }
            becomeTunnel(head, bytes, of: call)
            return true
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
            switch try nextOfBody() {
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

    /// The next piece of what has arrived; in locals, as an access that lasts over a call is checked while it runs.
    private func nextOfBody() throws(WireDefect) -> ResponseBodyReader.Step {
        var (reader, bytes) = (body, pending)
        defer { (body, pending) = (reader, bytes) }
        return try reader.next(from: &bytes)
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
        if phase == .handshake {
            agreementFailed(error ?? ChannelError.eof)
            return
        }
        if phase == .tunnel, isTunnelOrderly {
            readTunnelToItsEnd()
            return
        }
        if let call, phase == .body {
            // What was read ahead for a slow client is still to be delivered.
            if call.isPaused, pending.readableBytes > 0 { return }
            if body.endsWithConnection, error == nil {
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

    private func agreementFailed(_ error: any Error) {
        let isCounted = isAgreeing
        drop()
        if isCounted { pool.agreementFailed(error) }
    }

    /// Closes the connection and tells its call, or lets the call be sent once more.
    func fail(_ failure: UpstreamFailure) {
        let call = call
        self.call = nil
        drop()
        guard let call else { return }
        call.connection = nil
        if failure.isRetryable, call.maySendAgain, !call.wasSentAgain {
            call.wasSentAgain = true
            pool.begin(call, fresh: true)
        } else {
            pool.fail(call, failure, hasResponseByte: hasResponseByte)
        }
    }

    private func cutOff(_ reason: UpstreamCutoff) {
        guard let call else { return }
        drop()
        call.finish()
        call.cutOff(reason)
    }

    /// Closes the connection; nobody is told.
    func drop() {
        guard phase != .closed else { return }
        if phase == .tunnel || phase == .closing { pool.tunnels -= 1 }
        phase = .closed
        call = nil
        held = nil
        pending = ByteBuffer()
        pool.forget(self)
        context?.close(promise: nil)
    }

    /// Looks at the clock.
    func tick(_ now: NIODeadline) {
        let waited = now - lastProgress
        switch phase {
        case .idle, .closed: return
        case .handshake:
            if waited > pool.limits.connectTimeout {
                agreementFailed(ChannelError.connectTimeout(pool.limits.connectTimeout))
            }
            return
        case .closing:
            if waited > pool.limits.bodyStall { drop() }
            return
        case .head, .body, .tunnel: break
        }
        guard let call else { return }
        let patience = call.patience ?? pool.patience
        if phase != .head, let end = patience.endsAt, end <= now {
            cutOff(.expired)
            return
        }
        switch phase {
        case .head where call.isRequestEnded:
            if waited > patience.responseHead {
                fail(UpstreamFailure(.timeout, detail: "\(pool.endpoint.name) sent no response in time"))
            }
        case .head where !isWritable:
            // Answers may pause without limit; what takes no more of a request is stuck.
            if isOver(patience.bodyStall ?? pool.limits.bodyStall, waited) {
                fail(UpstreamFailure(.timeout, detail: "\(pool.endpoint.name) takes no more of the request body"))
            }
        case .body where !call.isPaused:
            if isOver(patience.bodyStall, waited) {
                fail(UpstreamFailure(.timeout, detail: "\(pool.endpoint.name) stopped within a response body"))
            }
        case .tunnel:
            if isOver(patience.tunnelIdle, waited) { cutOff(.idle) }
        case .handshake, .idle, .head, .body, .closing, .closed: break
        }
    }

    private func isOver(_ limit: TimeAmount?, _ waited: TimeAmount) -> Bool {
        guard let limit else { return false }
        return waited > limit
    }
}
