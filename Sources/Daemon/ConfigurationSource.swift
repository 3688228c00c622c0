import Blueprint
import Gateway
import Logging

/// Where the gateway's configuration comes from: a file, the demo, or nowhere.
struct ConfigurationSource: Sendable {
    let file: ConfigurationFile?
    /// The demo's API and whom its tokens are for.
    let demo: (port: Int, audience: String)?
    let gateway: GatewayService
    let builtIn: @Sendable () -> TrustedIssuer
    let fetch: KeyFetch
    let accessLog: AccessLogFile
    let metrics: MetricsEndpoint
    let logger: Logger

    /// Reads the configuration and puts it to work; on any complaint nothing changes.
    /// - Returns: the number of routes.
    func load() async throws -> Int {
        if let file {
            let loaded = try await file.load(into: gateway, builtIn: builtIn(), fetch: fetch)
            try accessLog.open(file.place(of: AccessLogPlace(loaded.blueprint)))
            metrics.admit(MetricsNetworks.read(loaded.blueprint))
            for warning in loaded.warnings { logger.warning("configuration \(file.path), \(warning)") }
            return loaded.routes
        }
        guard let demo else { return 0 }
        let text = DemoConfiguration.document(port: demo.port, audience: demo.audience)
        let blueprint = try Blueprint.read(try YAMLDocument.read(text))
        let surroundings = Surroundings(
            builtIn: builtIn(), readFile: { _ in nil }, environment: { _ in nil }, fetchKeys: fetch.keys,
            discoverKeys: fetch.discovered)
        return try await gateway.load(blueprint, in: surroundings).routes
    }
}
