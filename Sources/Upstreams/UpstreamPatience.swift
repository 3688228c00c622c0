public import NIOCore

/// How long one call bears with its upstream. Looked at once per tick of the pool, so late by at most that.
public struct UpstreamPatience: Sendable {
    /// From the request's last byte to the response's head.
    public var responseHead = TimeAmount.seconds(60)
    /// How long the response's body may pause, or the upstream may take nothing of the request's; nil: without limit.
    public var bodyStall: TimeAmount? = .seconds(60)
    /// How long a tunnel may carry nothing in both directions; nil: without limit.
    public var tunnelIdle: TimeAmount?
    /// When a response body or a tunnel that is still under way is cut off.
    public var endsAt: NIODeadline?

    /// The patience of the product.
    public init() {}
}

/// Why a response or a tunnel was cut off though nobody failed.
public enum UpstreamCutoff: Hashable, Sendable, CaseIterable {
    /// It lasted until `UpstreamPatience.endsAt`.
    case expired
    /// The tunnel carried nothing for longer than `UpstreamPatience.tunnelIdle`.
    case idle
}
