import Codecs
import SwiftASN1
public import Tokens
@_spi(FixedExpiryValidationTime) import X509

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Whose word about a key is taken: the certificates at which a chain must end (RFC 5280 §6).
///
/// Revocation of certificates is not looked at: nothing here asks anybody. An anchor is for one purpose, the signing of
/// tokens; whoever trusts the roots of the web for it lets every owner of a domain sign.
public struct CertificateTrust: Sendable {
    private let anchors: [X509.Certificate]

    /// Trusts these certificates; at least one. They are authorities: a key whose own certificate is at hand needs no chain,
    /// `Certificate.key` reads it.
    public init(anchors: [Tokens.Certificate]) throws(KeyError) {
        guard !anchors.isEmpty else { throw KeyError(.certificate, "there is no certificate to be trusted") }
        var parsed: [X509.Certificate] = []
        for anchor in anchors { parsed.append(try Self.parsed(anchor)) }
        self.anchors = parsed
    }

    /// The key of the first certificate of a chain, once the chain was validated.
    ///
    /// Each certificate must be issued by the next one, as RFC 7515 §4.1.6 orders them, and the last one by an anchor, or
    /// be one itself. Validity, basic and name constraints and key usage are looked at for each; SHA-1 signatures are refused.
    /// - Parameters:
    ///   - chain: the certificates, the key's own one first.
    ///   - purpose: what the key is for; nil takes what keys of its kind are for.
    ///   - now: seconds since 1970.
    public func key(
        certifiedBy chain: [Tokens.Certificate], purpose: KeyPurpose? = nil, now: Int64
    ) async throws(KeyError) -> DecodedKey {
        guard let own = chain.first, chain.count <= KeyCertificates.maximumCount else {
            throw KeyError(
                .untrusted, "a chain has 1 to \(KeyCertificates.maximumCount) certificates; this one has \(chain.count)"
            )
        }
        var parsed: [X509.Certificate] = []
        for certificate in chain {
            try Self.checkTime(certificate, now)
            parsed.append(try Self.parsed(certificate))
        }
        for (index, certificate) in parsed.enumerated() {
            try Self.checkOrder(parsed, at: index)
            try Self.checkUsage(certificate, isIssuer: index > 0)
        }
        let date = Date(timeIntervalSince1970: Double(now))
        var verifier = Verifier(rootCertificates: CertificateStore(anchors)) {
            RFC5280Policy(fixedExpiryValidationTime: date)
        }
        switch await verifier.validate(leaf: parsed[0], intermediates: CertificateStore(parsed.dropFirst())) {
        case .validCertificate: return try own.key(purpose: purpose)
        case .couldNotValidate(let failures) where failures.isEmpty:
            throw KeyError(
                .untrusted,
                "the chain of \(Self.name(chain[chain.count - 1].subject)) leads to none of the trusted certificates, "
                    + "or has a critical extension that is not understood")
        case .couldNotValidate:
            throw KeyError(
                .untrusted,
                "the chain leads to a trusted certificate and breaks its rules: validity, basic constraints or name "
                    + "constraints (RFC 5280 §6.1)")
        }
    }

    private static func parsed(_ certificate: Tokens.Certificate) throws(KeyError) -> X509.Certificate {
        do {
            return try X509.Certificate(derEncoded: certificate.der)
        } catch {
            throw KeyError(.malformed, "the certificate for \(name(certificate.subject)) is damaged")
        }
    }

    private static func checkTime(_ certificate: Tokens.Certificate, _ now: Int64) throws(KeyError) {
        guard now < certificate.notBefore || now > certificate.notAfter else { return }
        let first = NumericDate(seconds: certificate.notBefore).utc
        let last = NumericDate(seconds: certificate.notAfter).utc
        throw KeyError(.untrusted, "the certificate for \(name(certificate.subject)) is valid from \(first) to \(last)")
    }

    /// Each one is issued by the next. No two have one name: among certificates that could each have issued the others,
    /// whoever looks for a way would look for long.
    private static func checkOrder(_ chain: [X509.Certificate], at index: Int) throws(KeyError) {
        let certificate = chain[index]
        guard !chain[..<index].contains(where: { $0.subject == certificate.subject }) else {
            throw KeyError(.untrusted, "two certificates of the chain are for the same name")
        }
        guard index + 1 < chain.count, certificate.issuer != chain[index + 1].subject else { return }
        throw KeyError(
            .untrusted,
            "certificate \(index + 1) of the chain was not issued by the one behind it (RFC 7515 §4.1.6)")
    }

    /// The signature's hash, and what the certificate's key may be used for (RFC 5280 §4.2.1.3).
    private static func checkUsage(_ certificate: X509.Certificate, isIssuer: Bool) throws(KeyError) {
        // Nobody looks at the signature of one that is its own issuer.
        if certificate.signatureAlgorithm == .sha1WithRSAEncryption, certificate.issuer != certificate.subject {
            throw KeyError(.untrusted, "a certificate of the chain is signed with SHA-1, which is broken")
        }
        let usage: KeyUsage?
        do {
            usage = try certificate.extensions.keyUsage
        } catch {
            throw KeyError(.malformed, "the key usage of a certificate is damaged")
        }
        guard let usage, !(isIssuer ? usage.keyCertSign : usage.digitalSignature) else { return }
        throw KeyError(
            .untrusted,
            isIssuer
                ? "a certificate of the chain may not issue certificates (key usage)"
                : "the certificate is not for signatures (key usage)")
    }

    private static func name(_ subject: String) -> String { Display.quoted(ByteString(subject)) }
}
