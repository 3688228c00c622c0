import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// How every Hummingbird listener of this process is set up: header limits and idle timeouts said out loud.
enum HummingbirdListener {
    static func application<Responder: HTTPResponder>(
        _ responder: Responder, address: BindAddress, logger: Logger, onOpen: @escaping @Sendable () -> Void
    ) -> some ApplicationProtocol
    where Responder.Context: RequestContext, Responder.Context.Source == ApplicationRequestContextSource {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return Application(
            responder: responder,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    idleTimeout: .seconds(60),
                    httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                        maxHeaderFieldSize: 8_192, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(address: address, serverName: nil),
            onServerRunning: { _ in onOpen() },
            logger: quiet)
    }
}
