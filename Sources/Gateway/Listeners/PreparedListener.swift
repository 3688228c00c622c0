import Edge
public import HTTPWire
import NIOCore

/// A listener as it will be opened: everything that it names has been read.
public struct PreparedListener: Sendable {
    /// Its name.
    public let name: String
    /// The host to bind, an IPv6 address without its brackets.
    public let host: String
    /// The port.
    public let port: Int
    /// Who may say for whom it asks.
    public var trustedProxies = TrustedProxies.none
    /// The most connections at a time; nil is what the descriptors allow.
    public var maximumConnections: Int?
    /// The largest request body, in bytes.
    public var maximumBody: Int64?
    /// How long a connection may rest, in milliseconds.
    public var idleTimeout: Int64?
    /// What everything at it belongs to; nil looks for each request's route.
    var route: Route?
    /// Empty speaks clear HTTP.
    var certificates: [CertificateSource] = []

    /// A listener with everything at its default.
    public init(name: String, host: String, port: Int) {
        self.name = name
        self.host = host
        self.port = port
    }

    /// Whether another one can be made of it without closing it: only its certificates may differ.
    func opensLike(_ other: PreparedListener) -> Bool {
        host == other.host && port == other.port && trustedProxies == other.trustedProxies
            && maximumConnections == other.maximumConnections && maximumBody == other.maximumBody
            && idleTimeout == other.idleTimeout && (route == nil) == (other.route == nil)
            && certificates.isEmpty == other.certificates.isEmpty
    }

    func configuration(
        descriptors: Int, onExhausted: @escaping @Sendable (ExhaustedListener) -> Void
    ) -> EdgeConfiguration {
        var configuration = EdgeConfiguration()
        configuration.limitConnections(toDescriptors: descriptors)
        configuration.trustedProxies = trustedProxies
        if let maximumConnections {
            configuration.maxConnections = min(maximumConnections, configuration.maxConnections)
        }
        if let maximumBody { configuration.limits.body = maximumBody }
        if let idleTimeout { configuration.idleTimeout = .milliseconds(idleTimeout) }
        configuration.onExhausted = onExhausted
        return configuration
    }
}
