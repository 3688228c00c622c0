public import HTTPWire
public import NIOCore

/// The seam between the edge and the product: one instance per event loop answers every exchange of that loop.
///
/// A class and not a protocol, so that the call is one indirect jump; per loop, so that a subclass may hold its loop's
/// snapshots without a lock. Everything is called on the loop and must not block.
open class ExchangeHandler {
    /// Makes a handler.
    public init() {}

    /// A request's head is complete. Answer it exactly once, now or later, on the same loop: `respond`, or `accept` and
    /// the streaming calls.
    open func handle(_ exchange: Exchange) {
        exchange.respond(
            ProblemAnswer.make(
                status: 404, code: "no-route", detail: "Nothing is served here.", trace: ProblemAnswer.randomTrace()))
    }

    /// Whether encoded slashes and repeated ones are kept in the paths of exchanges: whoever keeps them must ask
    /// `Exchange.readPathStrictly` where they are not wanted.
    open var keepsSlashes: Bool { false }

    /// A client broke the framing, the path grammar or a time limit, so no exchange exists. The connection is closed
    /// after the answer. The answer must not repeat what the client sent.
    open func refusal(for defect: WireDefect, from peer: [UInt8]) -> LocalAnswer {
        ProblemAnswer.make(
            status: defect.status, code: defect.code, detail: defect.what, trace: ProblemAnswer.randomTrace())
    }
}

/// Hears about one exchange's request body and its client, on the exchange's loop. Override what matters.
open class ExchangeObserver {
    /// Makes an observer.
    public init() {}

    /// Some bytes of the body, without any framing. Slices of the read buffer: keep them only as long as needed.
    open func requestBody(_ piece: ByteBuffer) {}
    /// The body is complete. Called also, and at once, when there is none. In a tunnel it is called once more, when the
    /// client will send nothing more.
    open func requestBodyEnded() {}
    /// Everything that one read brought was delivered: the moment to flush.
    open func requestReadComplete() {}
    /// The client takes bytes again after `isWritable` was false.
    open func clientWritable() {}
    /// The client is gone, or broke the framing of its body. The exchange is over; nothing can be answered any more.
    open func clientGone() {}
}
