#if Server
    import ArgumentParser
    import Daemon
    import Foundation
    import Logging

    /// Runs the server.
    struct ServeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve", abstract: "Run the token service, the Studio and the gateway.",
            discussion: """
                Everything is kept in one folder; no other service is needed. SIGHUP reads the configuration again, \
                SIGTERM stops gracefully. SIGNET_MASTER_KEY (base64url of 32 bytes) seals the keys at rest; without it a \
                file in the data folder does.
                """)

        @Option(name: .long, help: "The folder for everything that must last.")
        var data = "./signet-data"

        @Option(name: .long, help: "Where login, keys and the Studio are served.")
        var control = ListenAddress(host: "localhost", port: 8080)

        @Option(name: .long, help: "Where protected APIs are served.")
        var gateway = ListenAddress(host: "127.0.0.1", port: 8000)

        @Option(name: .long, help: "The issuer (iss) of tokens made here. Default: http:// and the control address.")
        var issuer: String?

        @Option(
            name: .long,
            help: "Whom tokens made here are for (aud). May be repeated. Default: signet, or demo with --demo."
        )
        var audience: [String] = []

        @Option(
            name: .long,
            help: ArgumentHelp(
                "What the gateway serves: a YAML or JSON document.",
                discussion: "signet check FILE looks at one, signet explain-setting api says what can stand in it.",
                valueName: "file"))
        var config: String?

        @Option(
            name: .long,
            help: ArgumentHelp(
                "A proxy in front of both listeners, whose X-Forwarded-For and -Proto count. May be repeated.",
                discussion: "An IP address, or a network as 10.0.0.0/8 or 2001:db8::/32.", valueName: "network"))
        var trustedProxy: [String] = []

        @Option(
            name: .long,
            help: ArgumentHelp(
                "A network that keys are fetched from for the Studio's online page, also by http. May be repeated.",
                discussion: "Without it only the public internet is asked, by https.", valueName: "network"))
        var fetchNetwork: [String] = []

        @Option(
            name: .long,
            help: "A folder for mail to people, a file for each message; offers links to set a forgotten password.")
        var mailFolder: String?

        @Flag(name: .long, help: "Serve a small API, a user \"demo\" and two APIs to play with.")
        var demo = false

        func validate() throws {
            if demo, config != nil {
                throw ValidationError("--demo brings its own configuration; leave --config out")
            }
            for (option, networks) in [("--trusted-proxy", trustedProxy), ("--fetch-network", fetchNetwork)] {
                guard let wrong = networks.first(where: { !DaemonConfiguration.isNetwork($0) }) else { continue }
                throw ValidationError(
                    "\(option) needs an IP address, or a network as 10.0.0.0/8 or 2001:db8::/32 without bits "
                        + "behind its prefix; \"\(wrong)\" is none")
            }
            guard audience.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("--audience needs a name") }
        }

        func run() async throws {
            LoggingSystem.bootstrap { label in
                var handler = StreamLogHandler.standardError(label: label)
                handler.logLevel = .notice
                return handler
            }
            let environment = ProcessInfo.processInfo.environment
            var configuration = DaemonConfiguration(
                dataFolder: data, control: control.address, gateway: gateway.address,
                issuer: issuer ?? "http://\(control.address)",
                audiences: audience.isEmpty ? [demo ? "demo" : "signet"] : audience, configurationFile: config,
                demo: demo,
                masterKey: environment["SIGNET_MASTER_KEY"], demoPassword: environment["SIGNET_DEMO_PASSWORD"])
            configuration.mailFolder = mailFolder
            configuration.trustedProxies = trustedProxy
            configuration.fetchNetworks = fetchNetwork
            let daemon = SignetDaemon(
                configuration: configuration, logger: Logger(label: "signet"), announce: Output.line)
            do {
                try await daemon.run()
            } catch {
                throw CommandFailure.refused("\(error)")
            }
        }
    }

    /// `host:port` at a terminal.
    struct ListenAddress: ExpressibleByArgument, CustomStringConvertible {
        let address: DaemonConfiguration.Address

        init(host: String, port: Int) {
            address = DaemonConfiguration.Address(host: host, port: port)
        }

        init?(argument: String) {
            guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
                (0...65_535).contains(port)
            else { return nil }
            var host = String(argument[..<colon])
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            guard !host.isEmpty else { return nil }
            self.init(host: host, port: port)
        }

        var description: String { address.description }
        var defaultValueDescription: String { description }
    }
#endif
