public import Codecs
import Crypto
public import Tokens

/// Verifies DPoP proofs (RFC 9449 §4.3): that the sender of this request holds a key, and which one.
///
/// A proof is for one use: whoever accepts one remembers its `jti` for `maximumAge` and twice the leeway.
public struct DPoPProofVerifier: Sendable {
    /// The algorithms that senders of proofs have: what a server takes that does not know them.
    public static let widelyUsed: [SignatureAlgorithm] = [.es256, .ed25519, .ps256, .rs256, .es384]

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

    /// The names of the accepted algorithms, as metadata and challenges list them (RFC 9449 §5.1, §7.1).
    public var algorithmNames: [ByteString] {
        judge.algorithms.map { ByteString($0.rawValue) }
            + (judge.acceptsEdDSA && judge.algorithms.contains(.ed25519) ? ["EdDSA"] : [])
    }

    /// How long whoever accepts a proof remembers it, in seconds: from then on its `iat` is too old.
    public var lifetime: Int64 { judge.maximumAge + 2 * judge.leeway + 1 }

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
    /// The thumbprint of the key that made it (RFC 7638), as an access token names it in `cnf.jkt`.
    public let thumbprint: ByteString

    /// What the proof shows, to be handed to the verifier of the access token that came with it.
    public var confirmation: Confirmation { .key(thumbprint: thumbprint) }
}
