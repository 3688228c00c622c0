public import Tokens

/// Decides whether a token is good, and says why not: the one verifier behind every door.
///
/// Hold one per policy, keep it ready, call it from any thread. It remembers the headers of the first good tokens, so
/// that reading the next ones costs less; nothing that it answers depends on what it remembers.
public struct TokenVerifier: Sendable {
    /// The trusted keys.
    public let keys: KeySet
    private let judge: TokenJudge
    private let headers = HeaderMemory()

    /// A verifier that trusts these keys and asks for this.
    public init(keys: KeySet, policy: ClaimPolicy) {
        self.init(keys: keys, policy: policy, maximumHeaderSize: EncodedToken.maximumHeaderSize)
    }

    /// The same for tokens with larger headers.
    init(keys: KeySet, policy: ClaimPolicy, maximumHeaderSize: Int) {
        self.keys = keys
        judge = TokenJudge(policy: policy, maximumHeaderSize: maximumHeaderSize)
    }

    /// What is asked of a token.
    public var policy: ClaimPolicy { judge.policy }

    /// Verifies a token.
    /// - Parameters:
    ///   - token: the text as it arrived.
    ///   - now: seconds since 1970.
    ///   - confirmation: what the sender proved beside the token.
    ///   - revocations: what has been revoked; nil where nobody knows.
    ///   - report: hears of each step as it is made; absent, it costs nothing.
    public func verify(
        _ token: [UInt8], now: Int64, confirmation: Confirmation = .none,
        revocations: RevocationSnapshot? = .empty, report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> VerifiedToken {
        let known = headers.decision(for: token)
        let plan = try judge.plan(token, keys: keys.descriptions, known: known, report: report)
        let signer = signer(of: plan)
        if signer != nil, known == nil { headers.remember(plan) }
        let keyID = signer.flatMap { keys.descriptions[$0].id }
        let claims = try judge.judge(
            plan, signatureHolds: signer != nil, keyID: keyID, now: now, confirmation: confirmation,
            revocations: revocations, report: report)
        return VerifiedToken(header: plan.token.header, claims: claims, keyID: keyID)
    }

    /// The position of the key that made the signature; nil when none of the plan's candidates did.
    private func signer(of plan: VerificationPlan) -> Int? {
        var signer: Int?
        _ = plan.isAnswered { signature, input in
            signer = plan.candidates.first { keys.keys.span[$0].verifies(signature: signature, input: input) }
            return signer != nil
        }
        return signer
    }

    /// The steps that led to a rejection, told again: the signature's answer is known, so nothing is computed unless it
    /// matters which of several keys gave it.
    public func steps(
        to rejection: TokenRejection, of token: [UInt8], now: Int64, confirmation: Confirmation = .none,
        revocations: RevocationSnapshot? = .empty
    ) -> [VerificationStep] {
        var steps: [VerificationStep] = []
        do throws(TokenRejection) {
            let plan = try judge.plan(token, keys: keys.descriptions) { steps.append($0) }
            let signer =
                rejection.check == .revocation && plan.candidates.count > 1 ? signer(of: plan) : plan.candidates.first
            _ = try judge.judge(
                plan, signatureHolds: rejection.check != .signature, keyID: signer.flatMap { keys.descriptions[$0].id },
                now: now, confirmation: confirmation, revocations: revocations
            ) { steps.append($0) }
        } catch {
            // The rejection is the last of the steps.
        }
        return steps
    }
}
