public import NIOCore

/// One address that requests are forwarded to. Only configuration makes one: nothing a client sends can choose it.
public struct UpstreamEndpoint: Hashable, Sendable {
    /// The configured name, for operators.
    public let name: String
    /// A host name or an address.
    public let host: String
    /// The TCP port.
    public let port: Int
    /// How its connections are encrypted; nil: not at all.
    public let encryption: UpstreamEncryption?
    /// `host:port`, an IPv6 address in brackets.
    public var address: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// Makes an endpoint.
    public init(name: String, host: String, port: Int, encryption: UpstreamEncryption? = nil) {
        self.name = name
        self.host = host
        self.port = port
        self.encryption = encryption
    }
}

/// How many connections a pool may hold and how long an upstream may take. Counts are per event loop.
public struct UpstreamLimits: Hashable, Sendable {
    /// Connections open or being opened, without those that are tunnels.
    public var maxOpen = 256
    /// Connections that are tunnels; one more call that offers a switch is refused as busy.
    public var maxTunnels = 4096
    /// Connections kept without a call.
    public var maxIdle = 64
    /// Calls that wait for a connection; one more is refused as busy.
    public var maxWaiting = 1024
    /// How long an idle connection is kept. Shorter than most servers' own limit, so that we close first.
    public var idleTimeout = TimeAmount.seconds(30)
    /// How long a connection may take to open, its encryption included, and how long a call may wait for one.
    public var connectTimeout = TimeAmount.seconds(5)
    /// For calls without a patience of their own: from the request's last byte to the response's head.
    public var responseHeadTimeout = TimeAmount.seconds(60)
    /// For calls without a patience of their own: how long a response body may pause, or the upstream may take nothing
    /// of a request body.
    public var bodyStall = TimeAmount.seconds(60)
    /// Interim responses before the final one.
    public var maxInterimResponses = 16
    /// Response bytes read ahead for a slow client before reading stops.
    public var maxEarlyBytes = 64 * 1024
    /// The kernel's receive buffer for each connection, in bytes. Bounded, because when an upstream closes, everything
    /// the kernel holds is read at once, however slow the client is.
    public var receiveBuffer = 512 * 1024
    /// How often the deadlines are looked at.
    public var tick = TimeAmount.milliseconds(500)

    /// The limits of the product.
    public init() {}
}
