import Codecs
public import Tokens

/// Verifies tokens that bring their key along in a certificate chain (`x5c`, RFC 7515 §4.1.6). Any other verifier passes
/// over what a token says about its own key; this one takes it where the chain leads to a trusted certificate.
public struct CertifiedTokenVerifier: Sendable {
    /// Whose word about keys is taken.
    public let trust: CertificateTrust
    /// What is asked of a token.
    public let policy: ClaimPolicy

    /// A verifier.
    public init(trust: CertificateTrust, policy: ClaimPolicy) {
        self.trust = trust
        self.policy = policy
    }

    /// Verifies a token.
    /// - Parameters:
    ///   - token: the text as it arrived.
    ///   - now: seconds since 1970; certificates are judged at this time too.
    ///   - confirmation: what the sender proved beside the token.
    ///   - revocations: what has been revoked; nil where nobody knows.
    ///   - report: hears of each step as it is made.
    public func verify(
        _ token: [UInt8], now: Int64, confirmation: Confirmation = .none,
        revocations: RevocationSnapshot? = .empty, report: ((VerificationStep) -> Void)? = nil
    ) async throws(TokenRejection) -> VerifiedToken {
        let keys = try await certifiedKeys(token, now, report)
        return try TokenVerifier(keys: keys, policy: policy, maximumHeaderSize: Self.maximumHeaderSize)
            .verify(token, now: now, confirmation: confirmation, revocations: revocations, report: report)
    }

    private static let maximumHeaderSize = EncodedToken.maximumCertifiedHeaderSize

    /// The one key that the token's chain is for; none where the token is refused before any key is looked for.
    private func certifiedKeys(
        _ token: [UInt8], _ now: Int64, _ report: ((VerificationStep) -> Void)?
    ) async throws(TokenRejection) -> KeySet {
        guard let encoded = try? EncodedToken(token, maximumHeaderSize: Self.maximumHeaderSize),
            let header = try? DecodedToken(encoded).header
        else {
            return .empty
        }
        // Ed25519 has an older name (RFC 8037), where the policy takes it.
        let name = policy.acceptsEdDSA && header.algorithm == "EdDSA" ? "Ed25519" : header.algorithm
        guard let algorithm = SignatureAlgorithm(name: name), policy.algorithms.contains(algorithm) else {
            return .empty
        }
        do throws(KeyError) {
            guard let certificates = try KeyCertificates(header: header.json) else {
                throw KeyError(.untrusted, "the token brings no certificate chain (x5c)")
            }
            try certificates.requireMatchingHashes()
            let key = try await trust.key(certifiedBy: certificates.chain, purpose: .signature(algorithm), now: now)
            return try KeySet([key])
        } catch {
            throw TokenRejection.certificateUntrusted(error.detail, report)
        }
    }
}
