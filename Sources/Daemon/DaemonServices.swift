import AIGateway
import Analytics
import ControlPlane
import Gateway
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Telemetry
import TokenService
import UnixSignals

/// Clears away what the token service needs no more, once a minute.
struct UpkeepService: Service {
    let tokens: AuthorizationService

    func run() async throws {
        await cancelWhenGracefulShutdown { await tokens.runUpkeep() }
    }
}

/// Looks after the ledger of what models cost once a minute, and writes the rest of it when the process stops.
struct LedgerService: Service {
    private static let interval = Duration.seconds(60)

    let ledger: SpendLedger
    let clock: @Sendable () -> Int64
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil {
                do {
                    try await ledger.keepUp(now: clock())
                } catch {
                    logger.error("the ledger of models cannot be written: \(error)")
                }
            }
        }
        do {
            try await ledger.close()
        } catch {
            logger.error("the ledger of models cannot be written: \(error)")
        }
    }
}

/// Collects what the event loops count each second, keeps it in the store every ten, and keeps the rest when the process stops.
struct AnalyticsService: Service {
    let recorder: AnalyticsRecorder
    let metrics: Metrics
    let clock: @Sendable () -> Int64
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The first keeping forgets what is old, too: not every server runs for an hour.
            var seconds = 3_592
            var isComplaining = false
            while (try? await Task.sleep(for: .seconds(1))) != nil {
                await collect()
                seconds = (seconds + 1) % 3_600
                // With the writing it stays below the ten seconds that a killed server may lose.
                guard seconds % 8 == 0 else { continue }
                do {
                    try await recorder.keep()
                    if seconds == 0 { try await recorder.keepUp(now: clock()) }
                    isComplaining = false
                } catch {
                    if !isComplaining { logger.error("analytics cannot be kept: \(error)") }
                    isComplaining = true
                }
            }
        }
        await collect()
        do {
            try await recorder.keep()
        } catch {
            logger.error("analytics cannot be kept: \(error)")
        }
    }

    private func collect() async {
        await recorder.take(metrics.drain(), inFlight: metrics.inFlight, now: clock())
    }
}

/// Keeps the gateway's listeners open until the process is told to stop, and then drains them.
struct GatewayListenerService: Service {
    let listeners: GatewayListeners
    let group: MultiThreadedEventLoopGroup
    /// Its connections run on the same loops.
    let providers: ProviderClients
    let doors: Doors

    func run() async throws {
        do {
            try await listeners.open()
            doors.opened()
            try? await gracefulShutdown()
            await listeners.shutDown()
            await providers.shutDown()
        } catch {
            await providers.shutDown()
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
