import HTTPWire

/// What `signet serve` was told.
public struct DaemonConfiguration: Sendable {
    /// A host and a port to listen on.
    public struct Address: Sendable {
        /// A name or an address; `localhost` means 127.0.0.1.
        public var host: String
        /// 0 to 65535; 0 lets the system choose.
        public var port: Int

        /// An address.
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// The data folder.
    public var dataFolder: String
    /// Where login, keys and the Studio are served.
    public var control: Address
    /// Where protected APIs are served.
    public var gateway: Address
    /// The exact `iss` of the tokens that are issued here.
    public var issuer: String
    /// Whom the tokens that are issued here are for (`aud`); at least one.
    public var audiences: [String]
    /// The configuration's document; nil is none, or the demo's.
    public var configurationFile: String?
    /// The addresses and networks of the proxies in front of both listeners whose `X-Forwarded-*` count.
    public var trustedProxies: [String] = []
    /// The addresses and networks beside the public internet that documents are fetched from by a visitor's word.
    public var fetchNetworks: [String] = []
    /// Whether to serve the demo's API, user and routes.
    public var demo: Bool
    /// Where messages to people are put; nil writes to nobody.
    public var mailFolder: String?
    /// `SIGNET_MASTER_KEY`, where set.
    public var masterKey: String?
    /// `SIGNET_DEMO_PASSWORD`, where set.
    public var demoPassword: String?

    /// Whether a text can be one of `trustedProxies` or `fetchNetworks`: an IP address, or a network as `10.0.0.0/8`.
    public static func isNetwork(_ text: String) -> Bool { IPNetwork(text) != nil }

    var proxies: TrustedProxies { TrustedProxies(trustedProxies.compactMap { IPNetwork($0) }) }

    /// A configuration.
    public init(
        dataFolder: String, control: Address, gateway: Address, issuer: String, audiences: [String],
        configurationFile: String?, demo: Bool, masterKey: String?, demoPassword: String?
    ) {
        self.dataFolder = dataFolder
        self.control = control
        self.gateway = gateway
        self.issuer = issuer
        self.audiences = audiences
        self.configurationFile = configurationFile
        self.demo = demo
        self.masterKey = masterKey
        self.demoPassword = demoPassword
    }
}

/// The server cannot start, or must not go on; says what to do.
public struct StartFailure: Error, Sendable, CustomStringConvertible {
    /// What went wrong and what to do.
    public let description: String

    /// A failure.
    public init(_ description: String) {
        self.description = description
    }
}
