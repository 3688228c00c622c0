public import Codecs
public import Tokens

/// Verifies signatures over any content (RFC 7515): compact, flattened or general JSON, attached or detached, with the
/// payload in base64url or as it is (RFC 7797). For tokens there is `TokenVerifier`, which asks more.
public struct JWSVerifier: Sendable {
    /// The trusted keys.
    public let keys: KeySet
    private let judge: ContentJudge

    /// A verifier that trusts these keys and asks for this.
    public init(keys: KeySet, policy: ContentPolicy) {
        self.keys = keys
        judge = ContentJudge(policy: policy)
    }

    /// What is asked.
    public var policy: ContentPolicy { judge.policy }

    /// Verifies something signed.
    /// - Parameters:
    ///   - text: what arrived.
    ///   - detached: the content, where it travels apart from its signatures; nil where it is inside.
    ///   - maximumSize: the largest text that is looked at, in bytes.
    ///   - report: hears of each step; with several signatures, of the steps of each.
    public func verify(
        _ text: [UInt8], detached: [UInt8]? = nil, maximumSize: Int = EncodedContent.defaultMaximumSize,
        report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> VerifiedContent {
        let plan = try judge.plan(
            text, detached: detached, keys: keys.descriptions, maximumSize: maximumSize, report: report)
        var verified: [VerifiedSignature] = []
        for question in plan.questions {
            let input = question.protected + [UInt8(ascii: ".")] + plan.signedPayload
            let answer = question.candidates.first { keys.keys[$0].verifies(question.signature, over: input[...]) }
            guard let answer else {
                if case .exactly = policy.signers { continue }
                throw TokenRejection.signatureMismatch(report)
            }
            verified.append(
                VerifiedSignature(
                    header: question.header, algorithm: question.algorithm, keyID: keys.keys[answer].id))
        }
        guard !verified.isEmpty else { throw TokenRejection.signatureMismatch(report) }
        report?(.signatureHolds(count: verified.count))
        return VerifiedContent(payload: plan.payload, signatures: verified)
    }
}

/// Content whose signatures were verified. Only a `JWSVerifier` makes one.
public struct VerifiedContent: Sendable {
    /// The content.
    public let payload: [UInt8]
    /// The signatures that hold and were asked for, in the order of the text; at least one. Of others nothing is kept.
    public let signatures: [VerifiedSignature]
}

/// A signature that holds.
public struct VerifiedSignature: Sendable {
    /// The protected header. What stood unprotected is not here: nobody vouches for it.
    public let header: JSONObject
    /// The algorithm.
    public let algorithm: SignatureAlgorithm
    /// The identifier of the key that made it, as the trusted set names it.
    public let keyID: ByteString?
}
