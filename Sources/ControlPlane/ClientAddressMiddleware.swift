import HTTPTypes
import HTTPWire
import Hummingbird
import NIOCore

/// Puts the client's address in the place of a trusted proxy's, for all that counts tries and writes addresses down.
struct ClientAddressMiddleware: RouterMiddleware {
    private static let field = HTTPField.Name("X-Forwarded-For")

    let proxies: TrustedProxies

    func handle(
        _ request: Request, context: ControlPlaneContext,
        next: @concurrent (Request, ControlPlaneContext) async throws -> Response
    ) async throws -> Response {
        guard let name = Self.field, let text = context.remoteAddress?.ipAddress,
            let peer = IPAddress(Array(text.utf8)),
            proxies.contains(peer)
        else { return try await next(request, context) }
        let lines = request.headers[values: name].map { Array($0.utf8) }
        var context = context
        context.remoteAddress = try? SocketAddress(
            ipAddress: proxies.client(peer: peer, forwardedFor: lines).description, port: 0)
        return try await next(request, context)
    }
}
