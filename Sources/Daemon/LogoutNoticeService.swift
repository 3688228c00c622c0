import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import TokenService

/// Carries logout notices to clients: one POST to the address that the operator registered, no redirects, five seconds.
struct LogoutNoticeService: Service {
    private static let patience = TimeAmount.seconds(5)

    let tokens: AuthorizationService

    func run() async throws {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPClient.Configuration(
                redirectConfiguration: .disallow, timeout: .init(connect: Self.patience, read: Self.patience)))
        await cancelWhenGracefulShutdown {
            await tokens.runLogoutNotices { address, form in
                var request = HTTPClientRequest(url: address)
                request.method = .POST
                request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
                request.body = .bytes(ByteBuffer(string: form))
                let answer = try? await client.execute(request, timeout: Self.patience)
                return answer?.status == .ok || answer?.status == .noContent
            }
        }
        try await client.shutdown()
    }
}
