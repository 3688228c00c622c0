import NIOSSL
import Synchronization

/// The certificates that a listener serves, and how they are exchanged while it runs.
///
/// A client that names its host (SNI, RFC 6066, section 3) gets the first certificate with exactly that name, else the
/// first with a wildcard that covers it, else the first of all. TLS 1.2 and 1.3, with forward secrecy and authenticated
/// encryption only.
public final class ListenerCertificates: Sendable {
    private let loaded: Mutex<LoadedCertificates>

    /// Reads and checks certificates. Costs a few signatures: not for an event loop.
    /// - Throws: `CertificateDefect`, which says which one is no good and why.
    public init(_ sources: [CertificateSource]) throws(CertificateDefect) {
        loaded = Mutex(try LoadedCertificates(sources))
    }

    /// Serves other certificates to every handshake from now on. Connections that are open stay as they are. When one of
    /// the new ones is no good, nothing changes.
    /// - Throws: `CertificateDefect`.
    public func replace(_ sources: [CertificateSource]) throws(CertificateDefect) {
        let replacement = try LoadedCertificates(sources)
        loaded.withLock { $0 = replacement }
    }

    /// What is served now, in the order given.
    public var served: [ServedCertificate] { loaded.withLock { $0.served } }

    /// What clients will mind about what is served now.
    /// - Parameter now: seconds since 1970.
    public func warnings(at now: Int64) -> [CertificateWarning] {
        served.flatMap { certificate in
            var reasons: [CertificateWarning.Reason] = []
            if now > certificate.validUntil { reasons.append(.expired) }
            if now < certificate.validFrom { reasons.append(.notYetValid) }
            if certificate.hosts.isEmpty { reasons.append(.noHosts) }
            return reasons.map { CertificateWarning(certificate: certificate.name, reason: $0) }
        }
    }

    /// The TLS end of one connection, with the certificates of this moment.
    func makeHandler() -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: loaded.withLock { $0.context })
    }
}
