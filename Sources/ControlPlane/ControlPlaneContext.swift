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

    /// The trace that the gateway gave the request, 32 hexadecimal digits; nil of one that came to a listener of the
    /// control plane's own.
    public let trace: String?

    /// The context of a request that came another way than over a channel of the framework.
    /// - Parameters:
    ///   - remoteAddress: who asks, judged already.
    ///   - trace: the request's trace, which names it in the log, too.
    ///   - logger: where to log.
    public init(remoteAddress: SocketAddress?, trace: String, logger: Logger) {
        var logger = logger
        logger[metadataKey: "hb.request.id"] = .string(trace)
        self.trace = trace
        coreContext = CoreRequestContextStorage(source: LoggerSource(logger: logger))
        self.remoteAddress = remoteAddress
    }

    /// The context of one request on a channel.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
        trace = nil
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
