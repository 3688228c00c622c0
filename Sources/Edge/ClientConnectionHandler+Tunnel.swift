import NIOCore

/// How far the two sides of a tunnel have ended.
struct TunnelEnds {
    /// The client has ended its side.
    var input = false
    /// The observer was told so, after everything that came before.
    var inputTold = false
    /// Our side has nothing more to say.
    var output = false
    /// The socket was told so.
    var outputShut = false
    /// The connection ended with an error.
    var isBroken = false
}

/// A connection after a switch of protocols: bytes both ways, each side with an end of its own.
extension ClientConnectionHandler {
    func becomeTunnel() {
        guard phase == .response, let context else { return }
        phase = .tunnel
        // From here on the end of one side is not the end of both.
        try? context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        bodyMayFlow()
        if !isReading { flushWritten() }
    }

    /// Passes on what has arrived, and then the client's end.
    func readTunnel() -> Bool {
        guard let exchange, let observer = exchange.observer, !exchange.bodyIsPaused else { return false }
        if pending.readableBytes > 0 {
            let piece = pending
            pending = ByteBuffer()
            observer.requestBody(piece)
            return true
        }
        guard ends.input, !ends.inputTold else { return false }
        ends.inputTold = true
        observer.requestBodyEnded()
        closeTunnelWhenBothEnded()
        return false
    }

    func tunnelInputEnded() {
        ends.input = true
        process()
        if !isReading { exchange?.observer?.requestReadComplete() }
    }

    /// Our side ends; the client may still send.
    func endTunnelOutput() {
        guard phase == .tunnel, !ends.output else { return }
        ends.output = true
        flushWritten()
        // With the client's side ended already this would be the end of the channel, and of what waits to be written.
        if !ends.input {
            ends.outputShut = true
            context?.close(mode: .output, promise: nil)
        }
        closeTunnelWhenBothEnded()
    }

    private func closeTunnelWhenBothEnded() {
        if phase == .tunnel, ends.output, ends.inputTold { closeTunnel() }
    }

    /// Closes both sides, after what was written.
    func closeTunnel() {
        exchange?.release()
        exchange = nil
        guard context != nil, phase == .tunnel else {
            gone()
            return
        }
        if ends.outputShut {
            phase = .lingering
            deadlines.lingering(loop.now)
        } else {
            close()
        }
    }
}
