public import HTTPWire
public import Hummingbird
public import Logging
public import NIOCore

/// What the control plane knows about a request besides the request: who sent it, and where to log.
public struct ControlPlaneContext: RequestContext, RemoteAddressRequestContext {
    /// What the framework itself keeps for a request.
    public var coreContext: CoreRequestContextStorage

    /// Who asks: the peer of the connection, or where that is a trusted proxy, whom it names in `X-Forwarded-For`.
    public internal(set) var remoteAddress: SocketAddress?

    /// Who acts; the door that lets a request in says so.
    public var actor = AuditActor.server

    /// What they may do with this server; nil is nothing.
    public var role: Role?

    /// The context of a request that came another way than over a channel of the framework.
    /// - Parameters:
    ///   - remoteAddress: who asks, judged already.
    ///   - logger: where to log; gets `requestID` as the framework's own do.
    public init(remoteAddress: SocketAddress?, requestID: String, logger: Logger) {
        var logger = logger
        logger[metadataKey: "hb.request.id"] = .string(requestID)
        coreContext = CoreRequestContextStorage(source: LoggerSource(logger: logger))
        self.remoteAddress = remoteAddress
    }

    /// The context of one request on a channel.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

private struct LoggerSource: RequestContextSource {
    let logger: Logger
}

extension Router where Context == ControlPlaneContext {
    /// The router that all control-plane features add their routes to: every answer, errors and 404s included, leaves
    /// with the security headers, and every error as a problem body.
    /// - Parameters:
    ///   - trustedProxies: who may say for whom it asks.
    ///   - explain: takes note of each refusal; nil gives it no trace.
    public static func controlPlane(
        trustedProxies: TrustedProxies = .none, explain: RefusalExplaining? = nil
    ) -> Router<ControlPlaneContext> {
        let router = Router(context: ControlPlaneContext.self)
        router.add(middleware: ClientAddressMiddleware(proxies: trustedProxies))
        router.add(middleware: SecurityHeadersMiddleware())
        router.add(middleware: ProblemMiddleware(explain: explain))
        return router
    }
}
