import Crypto
import Edge
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// A certificate made for one test, with its key and what issued it.
struct TestCertificate {
    let certificate: Certificate
    let key: P256.Signing.PrivateKey
    private let issuers: [Certificate]

    /// - Parameters:
    ///   - hosts: the DNS names; none: no subject alternative name at all.
    ///   - issuer: signs it; nil: it signs itself.
    init(
        _ hosts: [String], issuer: TestCertificate? = nil, from: Date = Date(timeIntervalSinceNow: -3600),
        until: Date = Date(timeIntervalSinceNow: 3600)
    ) throws {
        key = P256.Signing.PrivateKey()
        let subject = try DistinguishedName { CommonName(hosts.first ?? "Issuer") }
        certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: from,
            notValidAfter: until, issuer: issuer?.certificate.subject ?? subject, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                if hosts.isEmpty {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                } else {
                    SubjectAlternativeNames(hosts.map { .dnsName($0) })
                }
            },
            issuerPrivateKey: .init(issuer?.key ?? key))
        issuers = issuer.map { [$0.certificate] } ?? []
    }

    /// What an operator would give the listener.
    func source(_ name: String = "test", key other: TestCertificate? = nil) throws -> CertificateSource {
        let chain = try ([certificate] + issuers).map { try $0.serializeAsPEM().pemString }.joined(separator: "\n")
        return CertificateSource(
            name: name, chain: [UInt8](chain.utf8), key: [UInt8]((other ?? self).key.pemRepresentation.utf8))
    }

    /// What a client sees.
    func seen() throws -> NIOSSLCertificate {
        var bytes = DER.Serializer()
        try bytes.serialize(certificate)
        return try NIOSSLCertificate(bytes: bytes.serializedBytes, format: .der)
    }
}
