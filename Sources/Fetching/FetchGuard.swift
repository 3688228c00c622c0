public import HTTPWire

/// Where this server may be sent by somebody else's word: a pure judgement.
///
/// Whoever names an address to fetch from must not reach, through this server, what only this server can reach: itself, its
/// neighbours, a cloud's metadata (CWE-918). So the host is resolved once, every address that it has must be public, and
/// the connection is made to an address that was judged, not to the name again.
public struct FetchGuard: Sendable {
    private let networks: [IPNetwork]

    /// A guard.
    /// - Parameter networks: what the operator opened beside the public internet, and there `http` as well.
    public init(networks: [IPNetwork] = []) {
        self.networks = networks
    }

    /// The one address to connect to.
    /// - Parameter resolved: every address that the host has.
    public func address(of place: FetchAddress, resolved: [IPAddress]) throws(FetchFailure) -> IPAddress {
        guard let first = resolved.first else { throw .noSuchHost(place.host) }
        for address in resolved where !isOpened(address) {
            guard address.isPublic else { throw .notPublic(place.host) }
            guard place.isEncrypted else { throw .notEncrypted(place.host) }
        }
        // Many networks have no way out over IPv6, and none is without IPv4.
        return resolved.first { $0.bytes.count == 4 } ?? first
    }

    private func isOpened(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }
}

/// Why nothing was fetched. It may be shown to whoever asked: it tells nothing of what is inside a network.
public enum FetchFailure: Error, Sendable, Equatable {
    /// It is no http or https address.
    case unreadableAddress
    /// The host has no address.
    case noSuchHost(String)
    /// An address of the host is not on the public internet.
    case notPublic(String)
    /// It would be asked without TLS.
    case notEncrypted(String)
    /// No connection, no TLS, or no answer in time.
    case unreachable(String, why: String)
    /// It answered with another status than 200; redirects are not followed.
    case status(String, Int)
    /// The document is too large.
    case tooLarge(String)
    /// Too many are being fetched.
    case busy

    /// One sentence.
    public var sentence: String {
        switch self {
        case .unreadableAddress: "This is no https address."
        case .noSuchHost(let host): "There is no host named \(host)."
        case .notPublic(let host):
            "\(host) is not on the public internet, and this server asks nobody else. Its operator can open a network with "
                + "--fetch-network."
        case .notEncrypted(let host):
            "\(host) is asked over https only: whoever is on the way could hand over keys of their own."
        case .unreachable(let host, let why): "\(host) could not be read: \(why)."
        case .status(let host, let status):
            (300..<400).contains(status)
                ? "\(host) leads elsewhere (status \(status)); no redirect is followed."
                : "\(host) answered with status \(status)."
        case .tooLarge(let host): "\(host) sends more than \(GuardedFetch.maximumSize) bytes."
        case .busy: "Too many are asking at this moment. Try again shortly."
        }
    }
}

extension FetchFailure: CustomStringConvertible {
    /// The same.
    public var description: String { sentence }
}
