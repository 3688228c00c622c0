import HTTPWire
import NIOCore

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The hands of one client connection, and the last handler in its channel (TLS may stand in front): bytes in, bytes out.
///
/// Requests are taken one at a time and answered in order. What a client sends early stays in `pending`; reading stops
/// only when that grows past its bound, so in ordinary traffic the socket's read interest is never touched.
final class ClientConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between requests, or in the middle of a head.
        case head
        /// An exchange whose body is not complete.
        case body
        /// An exchange whose body is complete; its answer is not.
        case response
        /// The answer is complete, the body is not: read and thrown away.
        case discard
        /// The protocol was switched: bytes both ways, until both sides have ended.
        case tunnel
        /// The last answer is written and our side shut; waiting for the client to notice.
        case lingering
        case closed
    }

    let loop: EdgeLoop
    /// Where this connection stands in its loop's list.
    var slot = -1
    private(set) var isWritable = true
    var phase = Phase.head
    var context: ChannelHandlerContext?
    var exchange: Exchange?

    var pending = ByteBuffer()
    private var isProcessing = false
    private(set) var isReading = false
    private var readsPaused = false

    private var scanner: RequestHeadScanner
    private var headStarted = false
    private var skippedEmptyLine = false
    private var body = RequestBodyReader()

    private var held: ByteBuffer?
    private var needsFlush = false
    var deadlines: ConnectionDeadlines
    private var peerText: [UInt8]?
    private var discarded = 0
    var ends = TunnelEnds()

    init(loop: EdgeLoop) {
        self.loop = loop
        scanner = RequestHeadScanner(limits: loop.configuration.limits)
        deadlines = ConnectionDeadlines(loop.configuration, now: loop.now)
    }

    /// The client's address as text, made once.
    var peer: [UInt8] {
        if let peerText { return peerText }
        let text = [UInt8]((context?.channel.remoteAddress?.ipAddress ?? "unknown").utf8)
        peerText = text
        return text
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    /// What was accepted just before the listener began to stop is not open before this.
    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        if loop.isStopped { abort() } else if loop.isDraining { drain() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        // A tunnel may still have to pass on what the client sent before it ended.
        if phase != .tunnel || !ends.input { gone() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // After our own end the client's is the end of the channel.
        if phase == .tunnel, ends.outputShut, !ends.isBroken { tunnelInputEnded() } else { gone() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if phase == .tunnel, case .inputClosed = event as? ChannelEvent { tunnelInputEnded() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ends.isBroken = true
        context.closeSocket()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        isReading = true
        switch phase {
        case .lingering:
            discarded += bytes.readableBytes
            if discarded > loop.configuration.maxDiscardedBytes { context.closeSocket() }
        case .closed: break
        case .head, .body, .response, .discard, .tunnel:
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
        // First: what this call lets flow on belongs to no read any more and is flushed by itself.
        isReading = false
        exchange?.observer?.requestReadComplete()
        if needsFlush { flushWritten() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable { exchange?.observer?.clientWritable() }
    }

    func gone() {
        guard phase != .closed else { return }
        phase = .closed
        loop.remove(self)
        pending = ByteBuffer()
        held = nil
        let exchange = exchange
        self.exchange = nil
        exchange?.release()?.clientGone()
    }

    // MARK: Reading

    /// Goes on with what has arrived, until more is needed or an exchange has to be waited for.
    func process() {
        guard !isProcessing else { return }
        isProcessing = true
        var goesOn = true
        while goesOn {
            switch phase {
            case .head: goesOn = readHead()
            case .body: goesOn = readBody()
            case .discard: goesOn = discardBody()
            case .tunnel: goesOn = readTunnel()
            case .response, .lingering, .closed: goesOn = false
            }
        }
        isProcessing = false
        if pending.readableBytes == 0 { pending = ByteBuffer() }
        boundEarlyBytes()
    }

    private func boundEarlyBytes() {
        let excess = pending.readableBytes > loop.configuration.maxEarlyBytes
        guard excess != readsPaused, phase != .closed, let context else { return }
        readsPaused = excess
        try? context.channel.syncOptions?.setOption(.autoRead, value: !excess)
    }

    private func readHead() -> Bool {
        var bytes = pending
        if !headStarted, !skippedEmptyLine {
            guard let skip = bytes.withUnsafeReadableBytes({ RequestHeadScanner.leadingEmptyLine(in: $0) }) else {
                return false
            }
            bytes.moveReaderIndex(forwardBy: skip)
            pending = bytes
            skippedEmptyLine = skip > 0
        }
        guard bytes.readableBytes > 0 else { return false }
        if !headStarted {
            headStarted = true
            deadlines.headStarted(loop.now)
        }
        do throws(WireDefect) {
            let scanned = try bytes.withUnsafeReadableBytes { bytes throws(WireDefect) in try scanner.scan(bytes) }
            guard let head = scanned, let headBytes = bytes.readSlice(length: head.length) else { return false }
            pending = bytes
            let path = try headBytes.withUnsafeReadableBytes { bytes throws(WireDefect) in
                try CanonicalPath(
                    target: head.pathRange.slice(of: bytes), keepsSlashes: loop.handler.keepsSlashes)
            }
            begin(head, headBytes, path)
            return true
        } catch {
            refuse(error)
            return false
        }
    }

    private func begin(_ head: RequestHead, _ headBytes: ByteBuffer, _ path: CanonicalPath) {
        scanner.reset()
        headStarted = false
        skippedEmptyLine = false
        let exchange = Exchange(head: head, headBytes: headBytes, path: path, connection: self, loop: loop)
        self.exchange = exchange
        if exchange.bodyIsComplete {
            phase = .response
        } else {
            phase = .body
            body = RequestBodyReader(head.framing, limit: loop.configuration.limits.body)
            deadlines.bodyStarted(loop.now)
        }
        loop.handler.handle(exchange)
    }

    private func readBody() -> Bool {
        guard let exchange, let observer = exchange.observer, !exchange.bodyIsPaused else { return false }
        do throws(WireDefect) {
            switch try nextOfBody() {
            case .more: return false
            case .piece(let piece):
                exchange.bodyArrived()
                deadlines.bodyReceived(piece.readableBytes)
                observer.requestBody(piece)
            case .end:
                phase = .response
                exchange.bodyIsComplete = true
                observer.requestBodyEnded()
            }
            return true
        } catch {
            refuse(error)
            return false
        }
    }

    /// The next piece of what has arrived; in locals, as an access that lasts over a call is checked while it runs.
    private func nextOfBody() throws(WireDefect) -> RequestBodyReader.Step {
        var (reader, bytes) = (body, pending)
        defer { (body, pending) = (reader, bytes) }
        return try reader.next(from: &bytes)
    }

    private func discardBody() -> Bool {
        do throws(WireDefect) {
            switch try nextOfBody() {
            case .more: return false
            case .piece(let piece):
                discarded += piece.readableBytes
                deadlines.bodyReceived(piece.readableBytes)
                guard discarded <= loop.configuration.maxDiscardedBytes else {
                    close()
                    return false
                }
            case .end:
                becomeIdle()
            }
            return true
        } catch {
            close()
            return false
        }
    }

    /// Whether the rest of the request body may be read and thrown away after an early answer.
    var canDiscardRest: Bool { body.remainder <= Int64(loop.configuration.maxDiscardedBytes) }

    /// Changes how long the body of this exchange may be.
    func limitBody(to bytes: Int64) {
        if phase == .body { body.limit = min(max(0, bytes), loop.configuration.limits.body) }
    }

    func bodyMayFlow() {
        guard phase == .body || phase == .tunnel else { return }
        process()
        // Outside a read nobody else says that this was all for now.
        if !isReading { exchange?.observer?.requestReadComplete() }
    }

    /// The client broke the protocol. Nobody knows where its next request would start, so this answer is its last (RFC
    /// 9112, section 9.2).
    private func refuse(_ defect: WireDefect) {
        let exchange = exchange
        self.exchange = nil
        let hasAnswerBegun = exchange?.headWritten == true
        exchange?.release()?.clientGone()
        guard phase != .closed else { return }
        guard !hasAnswerBegun else {
            abort()
            return
        }
        write(loop.handler.refusal(for: defect, from: peer), keepAlive: false, to: exchange?.head)
        close()
    }

    // MARK: Writing

    func sendContinue() {
        write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
        if !isReading { flushWritten() }
    }

    func write(_ answer: LocalAnswer, keepAlive: Bool, to head: RequestHead?) {
        let hasBody = answer.status != 204 && answer.status != 304
        let (whole, _) = loop.buffer { out in
            HeadWriter.answer(
                status: answer.status, fields: answer.fields, length: hasBody ? answer.body.count : nil,
                keepAlive: keepAlive, version: head?.version ?? .http11, into: &out)
            if hasBody, head?.method != .head { out.append(contentsOf: answer.body) }
        }
        write(whole)
    }

    /// Keeps a head back until it can leave together with the first piece of its body.
    func hold(writing head: (inout [UInt8]) -> Void) {
        // One still held is a whole answer without a body.
        if let earlier = held { context?.write(wrapOutboundOut(earlier), promise: nil) }
        held = loop.buffer(room: 1024, writing: head).buffer
        needsFlush = true
    }

    /// Writes a piece of a body as one chunk.
    func writeChunk(_ piece: ByteBuffer) {
        guard piece.readableBytes > 0 else { return }
        let (chunk, isWhole) = loop.buffer { out in
            piece.withUnsafeReadableBytes { ChunkWriter.frame($0, into: &out) }
        }
        write(chunk)
        guard !isWhole else { return }
        write(piece)
        write(Self.pieceEnd)
    }

    private static let pieceEnd = ByteBuffer(staticString: ChunkWriter.pieceEnd)

    func write(_ bytes: ByteBuffer) {
        needsFlush = true
        guard var head = held else {
            context?.write(wrapOutboundOut(bytes), promise: nil)
            return
        }
        held = nil
        // A small piece is copied behind the head: one plain write costs less than a gathering one.
        if bytes.readableBytes <= head.writableBytes || bytes.readableBytes <= 4096 {
            head.writeImmutableBuffer(bytes)
            context?.write(wrapOutboundOut(head), promise: nil)
        } else {
            context?.write(wrapOutboundOut(head), promise: nil)
            context?.write(wrapOutboundOut(bytes), promise: nil)
        }
    }

    func flushWritten() {
        needsFlush = false
        if let head = held {
            held = nil
            context?.write(wrapOutboundOut(head), promise: nil)
        }
        context?.flush()
    }

    // MARK: Ending

    func exchangeEnded(keepAlive: Bool) {
        exchange = nil
        guard phase == .body || phase == .response else { return }
        if !keepAlive || loop.isDraining {
            if needsFlush { flushWritten() }
            close()
            return
        }
        if phase == .response {
            becomeIdle()
        } else {
            phase = .discard
            discarded = 0
            // What is thrown away has its own bound.
            body.limit = .max
        }
        if needsFlush, !isReading { flushWritten() }
        if phase == .discard || pending.readableBytes > 0 { process() }
    }

    private func becomeIdle() {
        phase = .head
        deadlines.becameIdle(loop.now)
    }

    /// Ends the connection politely: everything written is sent, our side shuts, and the client's last bytes are read
    /// for a moment. Closing at once could make the kernel send a reset, which destroys an answer that is still under
    /// way.
    func close() {
        guard phase != .lingering, phase != .closed, let context else { return }
        phase = .lingering
        pending = ByteBuffer()
        discarded = 0
        deadlines.lingering(loop.now)
        flushWritten()
        if readsPaused {
            readsPaused = false
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        }
        shutOutput()
    }

    /// Ends our side after everything that was written. When the client's has ended already, that is the whole
    /// channel's end, which would throw away what waits; so it waits for that.
    private func shutOutput() {
        guard let context else { return }
        guard ends.input else {
            context.close(mode: .output, promise: nil)
            return
        }
        let channel = context.channel
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    /// Ends the connection with a reset.
    func abort() {
        guard phase != .closed else { return }
        guard let context else {
            gone()
            return
        }
        if let socket = context.channel as? any SocketOptionProvider {
            _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        context.closeSocket()
    }

    /// Since when nothing is under way; nil while something is.
    var idleSince: NIODeadline? { phase == .head && !headStarted ? deadlines.since : nil }

    /// Ends an idle connection to make room for another.
    /// - Returns: false when it is not idle, or its last answer is not out yet.
    func evict() -> Bool {
        guard idleSince != nil, let context,
            (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 == 0
        else { return false }
        // An encrypted connection says goodbye with this. Nobody waits for the answer: the last response had its time.
        context.close(mode: .output, promise: nil)
        context.closeSocket()
        return true
    }

    /// The listener is stopping: close now when nothing is under way.
    func drain() {
        if phase == .head, !headStarted, context?.channel.isActive == true { close() }
    }

    /// Looks at the clock.
    func tick(_ now: NIODeadline) {
        guard let context else { return }
        var waiting = 0
        if !isWritable || phase == .lingering {
            waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        }
        if waiting == 0 {
            deadlines.writesFlow()
        } else if deadlines.isWriteStalled(waiting: waiting, now) {
            abort()
            return
        }
        switch phase {
        case .head where headStarted:
            if deadlines.isHeadLate(now) {
                refuse(
                    WireDefect(status: 408, code: "head-timeout", what: "The head took too long to arrive.", offset: 0))
            }
        case .head:
            if deadlines.isIdleTooLong(now) { close() }
        case .body where exchange?.observer == nil || exchange?.bodyIsPaused == true:
            deadlines.bodyPaused(now)
        case .discard:
            if deadlines.isBodyTooSlow(now) { close() }
        case .body:
            if deadlines.isBodyTooSlow(now) {
                refuse(WireDefect(status: 408, code: "body-too-slow", what: "The body arrives too slowly.", offset: 0))
            }
        case .lingering where waiting > 0:
            deadlines.lingering(now)
        case .lingering:
            if deadlines.isLingerOver(now) { context.closeSocket() }
        case .response, .tunnel, .closed: break
        }
    }
}
