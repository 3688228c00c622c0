public import HTTPWire
public import NIOCore

/// The limits of a listener: what a client may send, how slowly, and how many of them there may be.
public struct EdgeConfiguration: Sendable {
    /// Limits of heads and bodies.
    public var limits = WireLimits()
    /// From a request's first byte (or the accept) to the end of its head.
    public var headTimeout = TimeAmount.seconds(10)
    /// How long a connection may wait between two requests.
    public var idleTimeout = TimeAmount.seconds(60)
    /// How long a body may be slower than `bodyMinimumRate`.
    public var bodyGrace = TimeAmount.seconds(10)
    /// Bytes per second that a request body must make on average after the grace.
    public var bodyMinimumRate = 1024
    /// How long a client may take nothing of what waits for it.
    public var writeStall = TimeAmount.seconds(30)
    /// How long a closing connection is read from, so that its last answer is not lost in a reset.
    public var lingerTimeout = TimeAmount.seconds(2)
    /// Open connections of the whole listener. The one that passes this number makes the longest idle one go; while none
    /// is idle, accepting pauses. It is passed by at most what one wake-up of the listening socket brings, four.
    public var maxConnections = 10_000
    /// Bytes a client may send ahead (pipelined requests, a body nobody takes yet) before reading stops.
    public var maxEarlyBytes = 64 * 1024
    /// Body bytes thrown away after an early answer before the connection is given up instead.
    public var maxDiscardedBytes = 256 * 1024
    /// How often a loop looks at its connections' deadlines. Deadlines are late by at most this much.
    public var tick = TimeAmount.milliseconds(500)
    /// Who may say for whom it asks.
    public var trustedProxies = TrustedProxies.none
    /// Length of the queue of connections the kernel has accepted and we have not.
    public var backlog: Int32 = 1024
    /// Called on an event loop when connections cannot be accepted for want of descriptors or memory; once until it was
    /// well for ten seconds. Must not block.
    public var onExhausted: (@Sendable (ExhaustedListener) -> Void)?

    /// The limits of the product.
    public init() {}

    /// Lowers `maxConnections` to what a process's descriptors allow: two for each connection of a client, because its
    /// exchange may need one to an upstream, and a reserve for everything else (files, loops, listeners, databases). With
    /// few descriptors the reserve shrinks to half of them.
    /// - Parameters:
    ///   - descriptors: how many the process may have open (`RLIMIT_NOFILE`), or this listener's share of them.
    ///   - reserve: how many are not for connections.
    public mutating func limitConnections(toDescriptors descriptors: Int, reserve: Int = 128) {
        let kept = min(max(0, reserve), max(0, descriptors) / 2)
        maxConnections = min(maxConnections, max(1, (max(0, descriptors) - kept) / 2))
    }
}
