public import Blueprint
public import Codecs
public import JOSE

/// What a configuration names and does not hold: files, environment variables, keys that others publish.
public struct Surroundings: Sendable {
    /// The token service in this process; nil where there is none.
    public var builtIn: TrustedIssuer?
    /// Answers what belongs to the control plane of this process; nil where there is none.
    public var controlPlane: AsyncDestination?
    /// Answers by the language models that an API offers, which are behind so many segments of the path; nil where there
    /// are none.
    public var models: (@Sendable (_ api: String, _ offer: ModelOffer, _ segments: Int) -> AsyncDestination)?
    /// A file by its name in the document; nil when it cannot be read.
    public var readFile: @Sendable (String) -> [UInt8]?
    /// An environment variable.
    public var environment: @Sendable (String) -> String?
    /// What the server keeps sealed under a name.
    public var storedSecret: @Sendable (String) -> [UInt8]? = { _ in nil }
    /// Seconds since 1970.
    public var now: @Sendable () -> Int64
    /// Fetches the key set at an address.
    public var fetchKeys: RemoteKeySet.Fetch
    /// Finds the key set's address in an issuer's metadata (OpenID Connect Discovery §4, RFC 8414 §3) and fetches it.
    public var discoverKeys: RemoteKeySet.Fetch

    /// Surroundings.
    public init(
        builtIn: TrustedIssuer?, readFile: @escaping @Sendable (String) -> [UInt8]?,
        environment: @escaping @Sendable (String) -> String?, now: @escaping @Sendable () -> Int64,
        fetchKeys: @escaping RemoteKeySet.Fetch,
        discoverKeys: @escaping RemoteKeySet.Fetch
    ) {
        self.builtIn = builtIn
        self.readFile = readFile
        self.environment = environment
        self.now = now
        self.fetchKeys = fetchKeys
        self.discoverKeys = discoverKeys
    }

    /// What a secret's source holds, without the line end that editors put behind it; nil when there is nothing.
    public func secret(_ source: SecretSource) -> [UInt8]? {
        let found: [UInt8]? =
            switch source {
            case .environment(let name): environment(name).map { Array($0.utf8) }
            case .file(let path): readFile(path)
            case .stored(let name): storedSecret(name)
            }
        guard var bytes = found else { return nil }
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        return bytes.isEmpty ? nil : bytes
    }
}

/// An issuer, by its exact name and the keys it is believed with.
public struct TrustedIssuer: Sendable {
    /// The exact `iss`.
    public let issuer: ByteString
    /// Its keys.
    public let keys: KeySet

    /// An issuer.
    public init(issuer: ByteString, keys: KeySet) {
        self.issuer = issuer
        self.keys = keys
    }
}
