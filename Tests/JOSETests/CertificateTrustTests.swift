import Codecs
import Crypto
import Foundation
import JOSE
import SwiftASN1
import Testing
import Tokens
import X509

/// Keys out of certificate chains in headers (RFC 7515 §4.1.6).
@Suite struct CertificateTrustTests {
    private static let now: Int64 = 1_790_000_000

    /// A name, its key, and a certificate for it.
    private struct Holder {
        let key: P256.Signing.PrivateKey
        let certificate: X509.Certificate

        /// Certified by an issuer, or by itself, for a day around `now`.
        init(_ name: String, by issuer: Holder? = nil, issues: Bool = false, usage: KeyUsage? = nil) throws {
            let key = P256.Signing.PrivateKey()
            let subject = try DistinguishedName { CommonName(name) }
            self.key = key
            certificate = try X509.Certificate(
                version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
                notValidBefore: Date(timeIntervalSince1970: Double(CertificateTrustTests.now - 86_400)),
                notValidAfter: Date(timeIntervalSince1970: Double(CertificateTrustTests.now + 86_400)),
                issuer: issuer?.certificate.subject ?? subject, subject: subject,
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try X509.Certificate.Extensions {
                    Critical(
                        issues ? BasicConstraints.isCertificateAuthority(maxPathLength: nil) : .notCertificateAuthority)
                    if let usage { Critical(usage) }
                },
                issuerPrivateKey: .init(issuer?.key ?? key))
        }

        var der: [UInt8] {
            get throws {
                var serializer = DER.Serializer()
                try serializer.serialize(certificate)
                return serializer.serializedBytes
            }
        }

        func token(_ chain: [Holder], header: JSONObject = [:]) throws -> [UInt8] {
            let read = try KeyReader.read(Array(key.pemRepresentation.utf8))
            let signing = try SigningKey(try #require(read.first))
            var header = header
            header["x5c"] = .array(try chain.map { .string(ByteString(Base64.encode(try $0.der))) })
            return Array(
                try TokenSigner(key: signing).sign(
                    claims: ["sub": "ada", "exp": .number(JSONNumber(CertificateTrustTests.now + 200_000))], type: nil,
                    header: header
                ).utf8)
        }
    }

    private func verifier(_ anchors: Holder...) throws -> CertifiedTokenVerifier {
        CertifiedTokenVerifier(
            trust: try CertificateTrust(anchors: try anchors.map { try Tokens.Certificate(der: try $0.der) }),
            policy: ClaimPolicy(algorithms: [.es256]))
    }

    private func code(
        _ token: [UInt8], _ verifier: CertifiedTokenVerifier, now: Int64 = CertificateTrustTests.now
    ) async -> RejectionCode? {
        do throws(TokenRejection) {
            _ = try await verifier.verify(token, now: now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `a chain to an anchor vouches for its first key`() async throws {
        let root = try Holder("Root", issues: true)
        let middle = try Holder("Middle", by: root, issues: true)
        let leaf = try Holder("Signer", by: middle, usage: KeyUsage(digitalSignature: true))
        #expect(await code(try leaf.token([leaf, middle]), try verifier(root)) == nil)
        #expect(await code(try leaf.token([leaf, middle, root]), try verifier(root)) == nil)
        #expect(await code(try leaf.token([leaf]), try verifier(middle)) == nil)
        // What is trusted is an authority; a signer's own certificate is trusted as a key.
        #expect(await code(try leaf.token([leaf]), try verifier(leaf)) == .certificateUntrusted)
        var forged = try leaf.token([leaf, middle])
        let last = forged.count - 10
        forged[last] = forged[last] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        #expect(await code(forged, try verifier(root)) == .signatureMismatch)
        // Another key's token with this chain.
        #expect(await code(try middle.token([leaf, middle]), try verifier(root)) == .signatureMismatch)
    }

    @Test func `a chain that no anchor vouches for`() async throws {
        let root = try Holder("Root", issues: true)
        let middle = try Holder("Middle", by: root, issues: true)
        let leaf = try Holder("Signer", by: middle)
        let good = try leaf.token([leaf, middle])
        let trusting = try verifier(root)
        #expect(await code(good, trusting) == nil)
        #expect(await code(good, trusting, now: Self.now - 86_401) == .certificateUntrusted)
        #expect(await code(good, trusting, now: Self.now + 86_401) == .certificateUntrusted)
        #expect(await code(good, try verifier(try Holder("Root", issues: true))) == .certificateUntrusted)
        for chain in [[leaf], [leaf, root], [middle, leaf], [leaf, middle, middle], [leaf, root, middle]] {
            #expect(await code(try leaf.token(chain), trusting) == .certificateUntrusted)
        }
        let usages = [KeyUsage(keyEncipherment: true), KeyUsage(keyCertSign: true)]
        for usage in usages {
            let other = try Holder("Signer", by: middle, usage: usage)
            #expect(await code(try other.token([other, middle]), trusting) == .certificateUntrusted)
        }
        let plain = try Holder("Middle", by: root)
        let below = try Holder("Signer", by: plain)
        #expect(await code(try below.token([below, plain]), trusting) == .certificateUntrusted)
        let signer = try Holder("Middle", by: root, issues: true, usage: KeyUsage(digitalSignature: true))
        let under = try Holder("Signer", by: signer)
        #expect(await code(try under.token([under, signer]), trusting) == .certificateUntrusted)
        #expect(throws: KeyError.self) { try CertificateTrust(anchors: []) }
    }

    @Test func `a hash of another certificate`() async throws {
        let root = try Holder("Root", issues: true)
        let leaf = try Holder("Signer", by: root)
        func hash(_ holder: Holder) throws -> JSON {
            .string(ByteString(Base64URL.encode(Array(SHA256.hash(data: try holder.der)))))
        }
        let trusting = try verifier(root)
        #expect(await code(try leaf.token([leaf], header: ["x5t#S256": try hash(leaf)]), trusting) == nil)
        #expect(
            await code(try leaf.token([leaf], header: ["x5t#S256": try hash(root)]), trusting)
                == .certificateUntrusted)
    }
}
