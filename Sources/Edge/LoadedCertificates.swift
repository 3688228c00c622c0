import NIOCore
import NIOSSL
import SwiftASN1
import X509

/// Certificates that were read and checked, and the TLS context that serves them.
struct LoadedCertificates: Sendable {
    let context: NIOSSLContext
    let served: [ServedCertificate]

    init(_ sources: [CertificateSource]) throws(CertificateDefect) {
        guard !sources.isEmpty else { throw CertificateDefect("", .nothingToServe) }
        var served: [ServedCertificate] = []
        var pairs: [NIOSSLContextConfigurationOverride] = []
        var first: NIOSSLContext?
        for source in sources {
            let (chain, leaf) = try Self.readChain(source)
            let key = try Self.readKey(source)
            // A context of its own for each: making one is what checks that the key fits.
            let context = try Self.makeContext(chain, key, source.name)
            first = first ?? context
            served.append(leaf)
            var pair = NIOSSLContextConfigurationOverride()
            pair.certificateChain = chain
            pair.privateKey = key
            pairs.append(pair)
        }
        self.served = served
        if sources.count == 1, let first {
            context = first
        } else {
            context = try Self.makeContext(choosing: pairs, by: HostChoice(served.map(\.hosts)))
        }
    }

    // MARK: Reading

    private static func readChain(
        _ source: CertificateSource
    ) throws(CertificateDefect) -> ([NIOSSLCertificateSource], ServedCertificate) {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(source.chain), let leaf = chain.first,
            let bytes = try? leaf.toDERBytes()
        else { throw CertificateDefect(source.name, .unreadableCertificate) }
        guard let hosts = try? hosts(of: bytes) else { throw CertificateDefect(source.name, .unreadableNames) }
        return (
            chain.map { .certificate($0) },
            ServedCertificate(
                name: source.name, hosts: hosts, validFrom: Int64(leaf.notValidBefore),
                validUntil: Int64(leaf.notValidAfter))
        )
    }

    private static func hosts(of certificate: [UInt8]) throws -> [String] {
        let names = try Certificate(derEncoded: certificate).extensions.subjectAlternativeNames
        return names?.compactMap { name in
            if case .dnsName(let host) = name { host.lowercased() } else { nil }
        } ?? []
    }

    private static func readKey(_ source: CertificateSource) throws(CertificateDefect) -> NIOSSLPrivateKeySource {
        guard let key = try? NIOSSLPrivateKey(bytes: source.key, format: .pem) else {
            // PKCS #8 (RFC 7468, section 11) and the older form that says it in a header line.
            let isEncrypted = String(decoding: source.key, as: UTF8.self).contains("ENCRYPTED")
            throw CertificateDefect(source.name, isEncrypted ? .encryptedKey : .unreadableKey)
        }
        return .privateKey(key)
    }

    // MARK: Contexts

    private static func makeContext(
        _ chain: [NIOSSLCertificateSource], _ key: NIOSSLPrivateKeySource, _ name: String
    ) throws(CertificateDefect) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration(chain, key))
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw CertificateDefect(name, .keyDoesNotFit)
        } catch {
            throw CertificateDefect(name, .refused)
        }
    }

    /// A context that has no certificate of its own, so that nothing of one can be sent along with another.
    private static func makeContext(
        choosing pairs: [NIOSSLContextConfigurationOverride], by choice: HostChoice
    ) throws(CertificateDefect) -> NIOSSLContext {
        guard let first = pairs.first, let key = first.privateKey else { throw CertificateDefect("", .nothingToServe) }
        var configuration = configuration([], key)
        configuration.privateKey = nil
        configuration.sslContextCallback = { client, promise in
            promise.succeed(pairs[choice.index(for: client.serverHostname)])
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw CertificateDefect("", .refused)
        }
    }

    private static func configuration(
        _ chain: [NIOSSLCertificateSource], _ key: NIOSSLPrivateKeySource
    ) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // For TLS 1.2, the recommended ones of RFC 9325, section 4.2. TLS 1.3 has no others.
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        return configuration
    }
}

/// Which certificate is for which host.
struct HostChoice: Sendable {
    private var exact: [String: Int] = [:]
    /// `*.example.com` stands under `.example.com`.
    private var wildcards: [String: Int] = [:]

    /// - Parameter certificates: the lower-case names of each certificate; the first with a name has it.
    init(_ certificates: [[String]]) {
        for (index, hosts) in certificates.enumerated() {
            for host in hosts {
                if host.hasPrefix("*.") {
                    let suffix = String(host.dropFirst())
                    wildcards[suffix] = wildcards[suffix] ?? index
                } else {
                    exact[host] = exact[host] ?? index
                }
            }
        }
    }

    /// The certificate for a host, the first when none is for it. A wildcard stands for one whole label (RFC 9525,
    /// section 6.3).
    func index(for host: String?) -> Int {
        guard let host = host?.lowercased() else { return 0 }
        if let index = exact[host] { return index }
        guard let dot = host.firstIndex(of: "."), dot != host.startIndex, let index = wildcards[String(host[dot...])]
        else { return 0 }
        return index
    }
}
