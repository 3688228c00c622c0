import NIOCore
import NIOSSL

/// How connections to an endpoint are encrypted: TLS 1.2 or 1.3, with ALPN `http/1.1` (RFC 7301), and with a
/// certificate that must be trusted and name the endpoint (RFC 9110, section 4.3.4). Made once for each upstream: it
/// holds the parsed roots.
public final class UpstreamEncryption: Hashable, Sendable {
    /// The name in SNI and in the certificate, where it is not the endpoint's host.
    public let serverName: String?
    /// The certificates that are trusted, in PEM; nil: the system's.
    public let authorities: [UInt8]?
    private let context: NIOSSLContext

    /// Makes an encryption.
    /// - Parameters:
    ///   - authorities: the certificates that are trusted instead of the system's, in PEM.
    ///   - serverName: the name to ask for and to check, where it is not the endpoint's host.
    /// - Throws: what the TLS library says of certificates that it cannot read.
    public init(authorities: [UInt8]? = nil, serverName: String? = nil) throws {
        self.serverName = serverName
        self.authorities = authorities
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        configuration.minimumTLSVersion = .tlsv12
        if let authorities {
            let certificates = try NIOSSLCertificate.fromPEMBytes(authorities)
            guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
            configuration.trustRoots = .certificates(certificates)
        }
        context = try NIOSSLContext(configuration: configuration)
    }

    /// The handler for one connection to `host`.
    func handler(host: String) throws -> NIOSSLClientHandler {
        let name = serverName ?? host
        // An address is never in SNI (RFC 6066, section 3); the certificate must then have the address itself.
        return try NIOSSLClientHandler(context: context, serverHostname: Self.isAddress(name) ? nil : name)
    }

    /// Whether the peer's certificate names `host` or what is asked for instead, in a `dNSName` (RFC 9525, section 6). The TLS
    /// library is content with the address it connected to as well, which says nothing about a name: an address can be
    /// somebody else's.
    func names(_ host: String, in context: ChannelHandlerContext) -> Bool {
        var wanted = (serverName ?? host).lowercased()
        if Self.isAddress(wanted) { return true }
        if wanted.hasSuffix(".") { wanted.removeLast() }
        guard let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate() else { return false }
        let parent = wanted.firstIndex(of: ".").map { wanted[$0...] }
        return certificate._subjectAlternativeNames().contains { name in
            guard name.nameType == .dnsName else { return false }
            let text = name.contents.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }.lowercased()
            return text == wanted || parent.map { text == "*" + $0 } == true
        }
    }

    private static func isAddress(_ name: String) -> Bool {
        (try? SocketAddress(ipAddress: name, port: 0)) != nil
    }

    /// Whether both are made from the same words.
    public static func == (one: UpstreamEncryption, other: UpstreamEncryption) -> Bool {
        one === other || one.serverName == other.serverName && one.authorities == other.authorities
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(serverName)
        hasher.combine(authorities)
    }
}

/// The certificate of an upstream names somebody else.
struct UpstreamNameMismatch: Error, CustomStringConvertible {
    var description: String { "the certificate names another host" }
}
