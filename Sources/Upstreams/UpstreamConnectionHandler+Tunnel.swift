import HTTPWire
import NIOCore

/// A connection after its upstream took an offer to switch protocols: bytes both ways, each side with an end of its
/// own, and never a second call.
extension UpstreamConnectionHandler {
    func becomeTunnel(_ head: ResponseHead, _ bytes: ByteBuffer, of call: UpstreamCall) {
        phase = .tunnel
        lastProgress = pool.now
        pool.tunnels += 1
        // From here on the end of one side is not the end of both.
        try? context?.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        call.tunnelOpened()
        call.switched(head, bytes)
    }

    func readTunnel() -> Bool {
        guard let call, !call.isPaused, pending.readableBytes > 0 else { return false }
        let piece = pending
        pending = ByteBuffer()
        call.responseBody(piece)
        return true
    }

    /// Whether the end that was seen is the upstream's own, and not a broken connection: after our end its end is the
    /// end of the channel.
    var isTunnelOrderly: Bool {
        guard error == nil else { return false }
        return call?.isRequestEnded == true || context?.channel.isActive == true
    }

    /// The upstream will send nothing more; what was read ahead for a slow client is still to be delivered.
    func readTunnelToItsEnd() {
        guard let call, pending.readableBytes == 0, !tunnelEndTold else { return }
        tunnelEndTold = true
        call.upstreamEnded()
        if call.isRequestEnded { completeTunnel() }
    }

    /// Our side has ended.
    func tunnelOutputEnded() {
        if tunnelEndTold {
            completeTunnel()
        } else {
            outputShut = true
            context?.close(mode: .output, promise: nil)
        }
    }

    private func completeTunnel() {
        guard phase == .tunnel, let call else { return }
        self.call = nil
        phase = .closing
        lastProgress = pool.now
        call.finish()
        closeWhenWritten()
        call.responseEnded()
    }

    /// When the upstream's side has ended, shutting ours is the whole channel's end, which would throw away what waits
    /// to be written; so it waits for that. A side shut before closes the channel by itself.
    private func closeWhenWritten() {
        guard let context, context.channel.isActive else {
            drop()
            return
        }
        guard !outputShut else { return }
        let channel = context.channel
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }
}
