public import HTTPWire
public import NIOCore
import Upstreams

/// What a route says about how its requests are forwarded. Built once per route and shared by all of its requests.
public struct ForwardingRule: Sendable {
    /// What changes in the request head.
    public var rewrite = RequestRewrite()
    /// What changes in the head of the upstream's answer. Answers of our own are not the upstream's: see
    /// `ForwardingObserver.refusal`.
    public var response = ResponseRewrite.none
    /// Whether a client may switch to another protocol, such as WebSocket, if the upstream agrees (RFC 9110, section
    /// 7.8).
    public var allowsUpgrade = true
    /// How long a connection that was switched may carry nothing in both directions; nil: without limit.
    public var tunnelIdle: TimeAmount?
    /// From the request's last byte to the head of the upstream's answer.
    public var responseHeadTimeout = TimeAmount.seconds(60)
    /// How long the answer's body may pause, or the upstream take nothing of the request's; nil: without limit, as
    /// server-sent events want it.
    public var bodyStall: TimeAmount? = .seconds(60)
    /// Whether answers are meant to flow for long: they, like tunnels, end with the token that allowed them.
    public var mayLast = false

    /// Changes nothing, allows switches, and has the patience of the product.
    public init(rewrite: RequestRewrite = RequestRewrite()) {
        self.rewrite = rewrite
    }

    func patience(endingAt end: NIODeadline?) -> UpstreamPatience {
        var patience = UpstreamPatience()
        patience.responseHead = responseHeadTimeout
        patience.bodyStall = bodyStall
        patience.tunnelIdle = tunnelIdle
        patience.endsAt = end
        return patience
    }
}

/// What one request alone changes, beside its route's rule.
public struct ForwardingChanges: Sendable {
    /// The path that the upstream sees; nil is the exchange's own.
    public var path: CanonicalPath?
    /// What else of the client's request is not passed on.
    public var dropped: FieldNameSet = []
    /// What changes in the head of the upstream's answer; nil is what the rule says.
    public var response: ResponseRewrite?
    /// When an answer or a tunnel that still flows is cut off: the end of the token that allowed it.
    public var endsAt: NIODeadline?

    /// Changes nothing.
    public init() {}
}
