import AsyncHTTPClient
public import NIOCore
import Synchronization

/// The connections to providers. A client for each patience: what it waits for is a client's setting, not a request's.
///
/// They share the event loops of the gateway, so a request to a provider runs on the loop of its caller.
public final class ProviderClients: Sendable {
    private let group: any EventLoopGroup
    private let clients = Mutex<[ProviderPatience: HTTPClient]>([:])

    /// The most connections to one address at a time; further requests wait for one.
    private static let mostConnections = 8_192

    /// None yet.
    public init(group: any EventLoopGroup) { self.group = group }

    func client(_ patience: ProviderPatience) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[patience] { return client }
            var configuration = HTTPClient.Configuration(
                redirectConfiguration: .disallow,
                timeout: .init(
                    connect: .milliseconds(patience.connecting), read: .milliseconds(patience.silence)))
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.mostConnections
            // Whom to ask next, the plan of the request says.
            configuration.connectionPool.retryConnectionEstablishment = false
            let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
            clients[patience] = client
            return client
        }
    }

    /// Closes all connections. Nothing may be asked afterwards.
    public func shutDown() async {
        let all = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        for client in all { try? await client.shutdown() }
    }
}
