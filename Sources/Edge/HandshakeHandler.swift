import NIOCore
import NIOTLS

/// Stands behind TLS until a handshake ends, to count those that fail.
///
/// No deadline of its own: before its first request a connection has only as long as a head may take.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let count: ConnectionCount
    private var hasEnded = false

    init(_ count: ConnectionCount) { self.count = count }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            hasEnded = true
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !hasEnded {
            hasEnded = true
            count.handshakeFailed()
        }
        context.fireErrorCaught(error)
    }
}
