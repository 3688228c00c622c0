public import Codecs
import Crypto
public import Tokens

/// Verifies DPoP proofs (RFC 9449 §4.3): that the sender of this request holds a key, and which one.
///
/// A proof is for one use: whoever accepts one remembers its `jti` for `maximumAge` and twice the leeway.
public struct DPoPProofVerifier: Sendable {
    private let judge: DPoPProofJudge

    /// A verifier.
    /// - Parameters:
    ///   - algorithms: those that are accepted; algorithms with a shared secret never are.
    ///   - maximumAge: the most seconds since the proof was made.
    ///   - leeway: seconds by which clocks may differ; more than 120 counts as 120.
    ///   - acceptsEdDSA: whether a proof may name Ed25519 by its older name `EdDSA` (RFC 8037), as many senders do.
    public init(
        algorithms: [SignatureAlgorithm] = [.es256, .ed25519], maximumAge: Int64 = 60, leeway: Int64 = 30,
        acceptsEdDSA: Bool = false
    ) {
        judge = DPoPProofJudge(
            algorithms: algorithms, maximumAge: maximumAge, leeway: leeway, acceptsEdDSA: acceptsEdDSA)
    }

    /// Verifies a proof.
    /// - Parameters:
    ///   - proof: the value of the request's one `DPoP` field.
    ///   - expected: the request it must be for.
    ///   - now: seconds since 1970.
    ///   - report: hears of each step as it is made.
    public func verify(
        _ proof: [UInt8], expecting expected: DPoPExpectation, now: Int64,
        report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> VerifiedDPoPProof {
        let plan = try judge.plan(proof, report: report)
        var thumbprint: ByteString?
        var holds = false
        if let material = plan.key.material, let key = try? VerificationKey(plan.key) {
            thumbprint = Thumbprint.of(material)
            holds = key.verifies(plan.signature, over: plan.encoded.signingInput)
        }
        let claims = try judge.judge(
            plan, signatureHolds: holds && thumbprint != nil, expecting: expected, now: now, report: report)
        return VerifiedDPoPProof(claims: claims, thumbprint: thumbprint ?? "")
    }

    /// What `ath` must be for an access token: SHA-256 in base64url (RFC 9449 §4.2).
    public static func hash(ofAccessToken token: [UInt8]) -> ByteString {
        ByteString(utf8: Base64URL.encodeBytes(Array(SHA256.hash(data: token))))
    }
}

/// A DPoP proof that was verified. Only a `DPoPProofVerifier` makes one.
public struct VerifiedDPoPProof: Sendable {
    /// What the proof says; `tokenID` is its `jti`.
    public let claims: Claims
    /// The thumbprint of the key that made it (RFC 7638), to be compared with `cnf.jkt` of the access token.
    public let thumbprint: ByteString

    /// Whether an access token is bound to this proof's key (RFC 9449 §6.1).
    public func binds(_ accessToken: VerifiedToken) -> Bool {
        ClaimPath("cnf", "jkt").value(in: accessToken.claims)?.string == thumbprint
    }
}
