import NIOCore

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Why accepting stopped for a while, for a listener's `onExhausted`.
public struct ExhaustedListener: Sendable, CustomStringConvertible {
    /// The system's error number: `EMFILE`, `ENFILE`, `ENOBUFS` or `ENOMEM`.
    public let errorNumber: Int32
    /// Client connections that were open.
    public let connections: Int

    /// A sentence for an operator.
    public var description: String {
        let what =
            switch errorNumber {
            case EMFILE: "this process has as many files and sockets open as it may"
            case ENFILE: "the system has as many files and sockets open as it can"
            default: "the system has no memory for another socket"
            }
        return "No connection can be accepted: \(what) (\(connections) are connections of clients)."
    }
}

/// How long to wait after accepting failed, and whether that was said already.
struct AcceptBackoff {
    static let shortest = TimeAmount.milliseconds(50)
    static let longest = TimeAmount.seconds(1)
    /// After so long without a failure the next one is a matter of its own.
    static let quiet = TimeAmount.seconds(10)

    private var delay = shortest
    private var lastFailure: NIODeadline?

    /// - Returns: whether this failure starts an episode.
    mutating func failed(_ now: NIODeadline) -> Bool {
        defer { lastFailure = now }
        guard let lastFailure else { return true }
        return now - lastFailure > Self.quiet
    }

    /// How long to wait now: twice as long each time.
    mutating func wait() -> TimeAmount {
        defer { delay = min(delay * 2, Self.longest) }
        return delay
    }

    mutating func accepted() { delay = Self.shortest }
}

/// Stops accepting while there are more connections than allowed, or no descriptor for another. Whoever comes then
/// waits in the kernel's queue, and idle connections are closed in their favour.
///
/// It turns reading off and on at the channel: after a failed accept the channel still counts as asked to read, so that
/// an outbound handler that holds `read` back alone would be woken again at once, for ever.
final class AcceptGateHandler: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private let count: ConnectionCount
    /// Asks the loops to close so many idle connections.
    private let makeRoom: (Int) -> Void
    private let onExhausted: (@Sendable (ExhaustedListener) -> Void)?
    private var backoff = AcceptBackoff()
    private var retry: Scheduled<Void>?

    init(
        _ count: ConnectionCount, onExhausted: (@Sendable (ExhaustedListener) -> Void)?,
        makeRoom: @escaping (Int) -> Void
    ) {
        self.count = count
        self.onExhausted = onExhausted
        self.makeRoom = makeRoom
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count.opened()
        unwrapInboundIn(data).closeFuture.whenComplete { [count] _ in count.closed() }
        backoff.accepted()
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let failure = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(failure.errnoCode) else {
            context.fireErrorCaught(error)
            return
        }
        count.acceptFailed()
        if backoff.failed(.now()) {
            onExhausted?(ExhaustedListener(errorNumber: failure.errnoCode, connections: count.current))
        }
        wait(context)
    }

    func read(context: ChannelHandlerContext) {
        if retry == nil, count.excess == 0 {
            context.read()
        } else {
            wait(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        retry?.cancel()
        retry = nil
        count.whenFreed(nil)
        context.fireChannelInactive()
    }

    private func wait(_ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        guard retry == nil else { return }
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((gate: self, context: context), eventLoop: eventLoop)
        retry = eventLoop.scheduleTask(in: backoff.wait()) { bound.value.gate.tryAgain(bound.value.context) }
        count.whenFreed {
            eventLoop.execute { bound.value.gate.connectionClosed(bound.value.context) }
        }
        makeRoom(max(1, count.excess))
    }

    /// Room for one is enough to go on, without waiting for the clock.
    private func connectionClosed(_ context: ChannelHandlerContext) {
        guard let waiting = retry, count.excess == 0 else { return }
        waiting.cancel()
        tryAgain(context)
    }

    private func tryAgain(_ context: ChannelHandlerContext) {
        retry = nil
        guard count.excess == 0 else {
            wait(context)
            return
        }
        count.whenFreed(nil)
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }
}
