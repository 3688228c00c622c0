public import Edge
public import Upstreams

/// Decides what a client is told when its upstream fails, and hears how each exchange ended. One per event loop.
open class ForwardingObserver {
    /// Makes an observer.
    public init() {}

    /// The answer for a client whose upstream gave none. Asked only while nothing was sent to the client. Must not name
    /// the upstream.
    open func refusal(for failure: UpstreamFailure, of exchange: Exchange) -> LocalAnswer {
        LocalAnswer(status: failure.status)
    }

    /// The exchange is over, one way or another; called once for each.
    open func finished(_ exchange: Exchange, _ outcome: ForwardingOutcome) {}
}

/// How a forwarded exchange ended, and how much was moved.
public struct ForwardingOutcome: Sendable {
    /// The ways it can end.
    public enum Ending: Sendable {
        /// The response was passed on completely, or both sides of a tunnel ended.
        case complete
        /// The client went away or broke its body's framing; the upstream call was cancelled.
        case clientGone
        /// The upstream gave no complete response.
        case upstreamFailed(UpstreamFailure)
        /// The answer or the tunnel still flowed at the request's `endsAt` and was ended.
        case expired
        /// The tunnel carried nothing for longer than the rule's `tunnelIdle` and was ended.
        case idle
    }

    /// How it ended.
    public let ending: Ending
    /// The status the client saw, or 0.
    public let status: Int
    /// Bytes of the request body passed on, or of the client's side of a tunnel.
    public let requestBytes: Int64
    /// Bytes of the response body passed on, or of the upstream's side of a tunnel.
    public let responseBytes: Int64
    /// The name of the endpoint that had the request last; empty when none had it.
    public let endpoint: String
    /// How often the request was given to an endpoint.
    public let attempts: Int
    /// From the beginning of the forwarding to the first byte of the upstream's answer; nil when there was none.
    public let nanosecondsToFirstByte: Int64?
}
