public import Codecs

/// Judges a token up to and after the one question that needs cryptography: does the signature hold?
///
/// Who can answer it differs (BoringSSL here, WebCrypto in a browser); everything else is this code, everywhere.
/// `plan` runs before a key is touched and says which keys to ask; `judge` runs on the answer.
public struct TokenJudge: Sendable {
    private let claimJudge: ClaimJudge
    private let maximumHeaderSize: Int

    /// A judge for one policy.
    /// - Parameters:
    ///   - policy: what is asked of the token.
    ///   - maximumHeaderSize: the largest encoded header that is looked at, in bytes.
    public init(policy: ClaimPolicy, maximumHeaderSize: Int = EncodedToken.maximumHeaderSize) {
        claimJudge = ClaimJudge(policy: policy)
        self.maximumHeaderSize = maximumHeaderSize
    }

    /// What is asked of the token.
    public var policy: ClaimPolicy { claimJudge.policy }

    /// Everything that can be said before a key is touched, and which keys may answer for this token.
    /// - Parameters:
    ///   - text: the token as it arrived.
    ///   - keys: the trusted keys, by what they say about themselves.
    ///   - known: a decision about this token's header, made by this judge for these keys. Whoever listens hears of
    ///     every step, and then it is made again.
    ///   - report: hears of each step as it is made.
    public func plan(
        _ text: [UInt8], keys: [KeyDescription], known: HeaderDecision? = nil,
        report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> VerificationPlan {
        let steps = StepReporter(listener: report)
        if let known, report == nil, mayHaveMade(known, keys),
            let token = known.token(text, keys, maximumHeaderSize: maximumHeaderSize)
        {
            return VerificationPlan(token: token, algorithm: known.algorithm, candidates: known.candidates)
        }
        let token = try decode(text, steps)
        let algorithm = try allowedAlgorithm(of: token.header, steps)
        try checkCritical(token.header, steps)
        let candidates = try KeyChoice(keys: keys, steps: steps).candidates(for: token.header, algorithm)
        try checkSignature(token, algorithm, candidates, keys, steps)
        return VerificationPlan(token: token, algorithm: algorithm, candidates: candidates)
    }

    /// Everything that can be said once the signature has been checked.
    /// - Parameters:
    ///   - signatureHolds: whether one of the plan's candidates verified the signature.
    ///   - keyID: the identifier of the key that did; nil when it has none.
    ///   - now: seconds since 1970.
    ///   - confirmation: what the sender proved beside the token.
    ///   - revocations: what has been revoked; nil where nobody knows, as in a browser.
    public func judge(
        _ plan: VerificationPlan, signatureHolds: Bool, keyID: ByteString? = nil, now: Int64,
        confirmation: Confirmation = .none, revocations: RevocationSnapshot?,
        report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> Claims {
        let steps = StepReporter(listener: report)
        guard signatureHolds else {
            throw steps.refused(
                .signature, .signatureMismatch, part: .signature, "the signature does not belong to this text and key")
        }
        steps.passed(.signature, part: .signature, "the \(plan.algorithm.rawValue) signature holds")
        let claims = try decodeClaims(plan.token, steps)
        try claimJudge.judge(claims, header: plan.token.header, now: now, confirmation: confirmation, steps)
        try checkRevocation(claims, keyID, revocations, steps)
        return claims
    }

    /// What the checks of the claims would say, each by itself and whatever became of the others: for people who look at a
    /// token, never for a decision. Nothing where the claims cannot be read.
    /// - Parameter now: seconds since 1970.
    public func survey(_ text: [UInt8], now: Int64) -> [VerificationStep] {
        guard let encoded = try? EncodedToken(text, maximumHeaderSize: maximumHeaderSize),
            let token = try? DecodedToken(encoded), let claims = try? token.claims()
        else { return [] }
        var steps: [VerificationStep] = []
        claimJudge.survey(claims, header: token.header, now: now, StepReporter(listener: { steps.append($0) }))
        return steps
    }

    /// Whether this judge could have made the decision for these keys: one of another judge must open no door.
    private func mayHaveMade(_ decision: HeaderDecision, _ keys: [KeyDescription]) -> Bool {
        policy.algorithms.contains(decision.algorithm)
            && decision.candidates.allSatisfy { index in
                index < keys.count && keys[index].algorithm == decision.algorithm && keys[index].mayVerify
            }
    }

    private func divide(_ text: [UInt8], _ steps: StepReporter) throws(TokenRejection) -> EncodedToken {
        do throws(FormDefect) {
            return try EncodedToken(text, maximumHeaderSize: maximumHeaderSize)
        } catch {
            throw steps.refused(.form, error.code, error.detail)
        }
    }

    private func decode(_ text: [UInt8], _ steps: StepReporter) throws(TokenRejection) -> DecodedToken {
        let encoded = try divide(text, steps)
        steps.passed(.form, "three parts, \(text.count) bytes")
        do throws(HeaderDefect) {
            let token = try DecodedToken(encoded)
            steps.passed(
                .header, part: .header,
                "a JSON object with \(Display.count(token.header.json.members.count, "parameter"))")
            return token
        } catch {
            throw steps.refused(.header, error.code, part: .header, error.detail)
        }
    }

    private func allowedAlgorithm(
        of header: TokenHeader, _ steps: StepReporter
    ) throws(TokenRejection) -> SignatureAlgorithm {
        // The name that most tokens bear is one that the policy lists.
        for algorithm in claimJudge.policy.algorithms
        where header.algorithmPlace.equals(literal: algorithm.name, in: header.block) {
            steps.passed(.algorithm, part: .header, "\(algorithm.rawValue) is allowed")
            return algorithm
        }
        return try HeaderRules(steps: steps).algorithm(
            header.algorithm, allowed: policy.algorithms, acceptsEdDSA: policy.acceptsEdDSA)
    }

    /// RFC 7515 §4.1.11. `b64` has no place in a JWT (RFC 7797 §7), and no other extension is supported, so that a
    /// well-formed `crit` is refused as well.
    private func checkCritical(_ header: TokenHeader, _ steps: StepReporter) throws(TokenRejection) {
        guard header.criticalPlace != nil || header.hasUnencodedMark else {
            return steps.passed(.critical, part: .header, "no extension is marked critical")
        }
        _ = try HeaderRules(steps: steps).critical(header.json, understandsB64: false)
    }

    private func checkSignature(
        _ token: DecodedToken, _ algorithm: SignatureAlgorithm, _ candidates: KeyCandidates, _ keys: [KeyDescription],
        _ steps: StepReporter
    ) throws(TokenRejection) {
        let length: Int
        do throws(Base64Error) {
            length = try token.signatureLength()
        } catch {
            throw steps.refused(
                .signature, .signatureEncoding, part: .signature, "the signature is not base64url: \(error.description)"
            )
        }
        guard candidates.contains(where: { keys[$0].signatureLength == length }) else {
            throw steps.refused(
                .signature, .signatureLength, part: .signature,
                "the signature has \(length) bytes; this key's \(algorithm.rawValue) signatures have "
                    + "\(keys[candidates[0]].signatureLength ?? 0)")
        }
    }

    private func decodeClaims(_ token: DecodedToken, _ steps: StepReporter) throws(TokenRejection) -> Claims {
        do throws(ClaimDefect) {
            let claims = try token.claims()
            steps.passed(
                .claims, part: .payload, "a JSON object with \(Display.count(claims.json.members.count, "claim"))")
            return claims
        } catch {
            throw steps.refused(.claims, error.code, part: .payload, error.detail)
        }
    }

    private func checkRevocation(
        _ claims: Claims, _ keyID: ByteString?, _ revocations: RevocationSnapshot?, _ steps: StepReporter
    ) throws(TokenRejection) {
        guard let revocations else {
            return steps.skipped(.revocation, "nobody here knows what has been revoked; ask the issuer")
        }
        guard !revocations.revokes(claims, keyID: keyID) else {
            throw steps.refused(
                .revocation, .tokenRevoked, part: .payload, "the token, its session or its key has been revoked")
        }
        steps.passed(.revocation, "neither the token nor its session nor its key has been revoked")
    }
}

/// What is known of a token before its signature is checked, and which keys may check it.
public struct VerificationPlan: Sendable {
    /// The token, its header decoded.
    public let token: DecodedToken
    /// The algorithm that both policy and key allow.
    public let algorithm: SignatureAlgorithm
    /// Positions of the keys to try, in the list that `plan` was given.
    public let candidates: KeyCandidates

    /// What was decided about the header.
    public var headerDecision: HeaderDecision { HeaderDecision(self) }

    /// The signature's bytes.
    public var signature: [UInt8] { token.withSignature { signature, _ in Array(signature) } }

    /// Asks whether the signature belongs to the signing input, with both as they lie in memory.
    public func isAnswered(
        by check: (_ signature: UnsafeRawBufferPointer, _ input: UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        token.withSignature(check)
    }
}
