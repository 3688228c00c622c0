import NIOCore
import NIOSSL

extension ChannelHandlerContext {
    /// Closes the socket itself. An ordinary `close` on an encrypted connection says goodbye first and waits for the
    /// client's; that would keep a dead client's descriptor, and would make the rest of a broken answer look complete.
    func closeSocket() {
        let encrypted = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (encrypted ?? self).close(promise: nil)
    }
}
