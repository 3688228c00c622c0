import ControlPlane
import Gateway
import HTTPWire
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TokenService
import UnixSignals

/// Clears away what the token service needs no more, once a minute.
struct UpkeepService: Service {
    let tokens: AuthorizationService

    func run() async throws {
        await cancelWhenGracefulShutdown { await tokens.runUpkeep() }
    }
}

/// Keeps the gateway's door open until the process is told to stop, and then drains it.
struct GatewayListenerService: Service {
    /// How long requests under way may take to finish.
    static let grace = TimeAmount.seconds(10)

    let gateway: GatewayService
    let address: DaemonConfiguration.Address
    let trustedProxies: TrustedProxies
    let doors: Doors

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        do {
            let listener = try await gateway.listen(
                host: address.bindHost, port: address.port, group: group, trustedProxies: trustedProxies)
            doors.opened()
            try? await gracefulShutdown()
            await listener.shutDown(within: Self.grace)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }
}

/// Reads the configuration again at each SIGHUP. A bad document changes nothing.
struct ReloadService: Service {
    let configuration: ConfigurationService
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                let loaded = try await configuration.load(
                    by: ConfigurationService.Author(actor: .server, note: "SIGHUP"))
                logger.notice("configuration reloaded", metadata: ["routes": "\(loaded.routes)"])
            } catch {
                logger.error("the configuration is bad; nothing was changed", metadata: ["complaints": "\(error)"])
            }
        }
    }
}
