import Codecs

/// Holds claims against a policy: type, issuer, audience, times, binding, required claims, scopes, in
/// this order.
struct ClaimJudge {
    let policy: ClaimPolicy

    func judge(
        _ claims: Claims, header: TokenHeader, now: Int64, confirmation: Confirmation, _ steps: StepReporter
    ) throws(TokenRejection) {
        try checkType(header, steps)
        try checkIssuer(claims, steps)
        try checkAudience(claims, steps)
        try checkExpiry(claims, now, steps)
        try checkNotBefore(claims, now, steps)
        try checkIssuedAt(claims, now, steps)
        try checkConfirmation(claims, confirmation, steps)
        try checkRequiredClaims(claims, steps)
        try checkScopes(claims, steps)
    }

    /// Every check, whatever became of the one before.
    func survey(_ claims: Claims, header: TokenHeader, now: Int64, _ steps: StepReporter) {
        try? checkType(header, steps)
        try? checkIssuer(claims, steps)
        try? checkAudience(claims, steps)
        try? checkExpiry(claims, now, steps)
        try? checkNotBefore(claims, now, steps)
        try? checkIssuedAt(claims, now, steps)
        try? checkConfirmation(claims, .none, steps)
        try? checkRequiredClaims(claims, steps)
        try? checkScopes(claims, steps)
    }

    private func checkType(_ header: TokenHeader, _ steps: StepReporter) throws(TokenRejection) {
        guard let types = policy.types else {
            return steps.skipped(.type, "the policy asks for no type")
        }
        guard header.typePlace != nil || !policy.acceptsMissingType else {
            return steps.passed(.type, part: .header, "there is no \"typ\", which is allowed here")
        }
        guard types.contains(where: { header.hasType($0) }) else {
            let found = header.type.map { Display.quoted($0) } ?? "missing"
            throw steps.refused(
                .type, .typeMismatch, part: .header, "\"typ\" is \(found); expected is \(Display.list(types))")
        }
        steps.passed(.type, part: .header, "\"typ\" is \(Display.list(types))")
    }

    private func checkIssuer(_ claims: Claims, _ steps: StepReporter) throws(TokenRejection) {
        guard let issuers = policy.issuers else {
            return steps.skipped(.issuer, "the policy names no issuer")
        }
        guard claims.isIssued(byOneOf: issuers) else {
            let found = claims.issuer.map { Display.quoted($0) } ?? "missing"
            throw steps.refused(
                .issuer, .issuerMismatch, part: .payload, "\"iss\" is \(found); trusted is \(Display.list(issuers))")
        }
        steps.passed(.issuer, part: .payload, "issued by \(Display.list(claims.issuer.map { [$0] } ?? []))")
    }

    private func checkAudience(_ claims: Claims, _ steps: StepReporter) throws(TokenRejection) {
        guard let audiences = policy.audiences else {
            return steps.skipped(.audience, "the policy names no audience")
        }
        guard let match = claims.firstAudience(of: audiences),
            policy.audienceMatch == .any || policy.audienceMatch.accepts(claims.audience ?? [], served: audiences)
        else {
            let found = claims.audience.map { Display.list($0) } ?? "missing"
            throw steps.refused(
                .audience, .audienceMismatch, part: .payload,
                "\"aud\" is \(found.isEmpty ? "empty" : found); served here is \(Display.list(audiences))")
        }
        steps.passed(.audience, part: .payload, "meant for \(Display.quoted(match))")
    }

    /// RFC 7519 §4.1.4: not accepted on or after the time, leeway allowed.
    private func checkExpiry(_ claims: Claims, _ now: Int64, _ steps: StepReporter) throws(TokenRejection) {
        guard let expiry = claims.expiry else {
            guard !policy.requiredClaims.contains(where: { $0.name == "exp" }) else {
                throw steps.refused(
                    .expiry, .expiryMissing, part: .payload, "\"exp\" is missing: the token would never end")
            }
            return steps.skipped(.expiry, "the token has no \"exp\" and the policy does not ask for one")
        }
        guard now < saturating(expiry.ceiling, plus: policy.leeway) else {
            throw steps.refused(.expiry, .tokenExpired, part: .payload, "expired at \(expiry.utc)")
        }
        steps.passed(.expiry, part: .payload, "expires at \(expiry.utc)")
    }

    private func checkNotBefore(_ claims: Claims, _ now: Int64, _ steps: StepReporter) throws(TokenRejection) {
        guard let notBefore = claims.notBefore else {
            return steps.skipped(.notBefore, "the token has no \"nbf\"")
        }
        guard saturating(now, plus: policy.leeway) >= notBefore.ceiling else {
            throw steps.refused(.notBefore, .tokenNotYetValid, part: .payload, "not valid before \(notBefore.utc)")
        }
        steps.passed(.notBefore, part: .payload, "valid since \(notBefore.utc)")
    }

    private func checkIssuedAt(_ claims: Claims, _ now: Int64, _ steps: StepReporter) throws(TokenRejection) {
        if let complaint = policy.ageComplaint(claims, now: now) {
            throw steps.refused(.issuedAt, complaint.code, part: .payload, complaint.detail)
        }
        guard let issuedAt = claims.issuedAt else {
            return steps.skipped(.issuedAt, "the token has no \"iat\"")
        }
        guard saturating(now, plus: policy.leeway) >= issuedAt.ceiling else {
            throw steps.refused(
                .issuedAt, .tokenIssuedInFuture, part: .payload, "issued in the future: \(issuedAt.utc)")
        }
        steps.passed(.issuedAt, part: .payload, "issued at \(issuedAt.utc)")
    }

    /// RFC 7800 §3: whoever takes a bound token without its proof takes it from a thief as well.
    private func checkConfirmation(
        _ claims: Claims, _ confirmation: Confirmation, _ steps: StepReporter
    ) throws(TokenRejection) {
        let binding = TokenBinding(claims)
        guard policy.confirmation.accepts(binding, confirmation) else {
            guard let binding else {
                throw steps.refused(
                    .confirmation, .tokenNotBound, part: .payload,
                    "the token is bound to no key (there is no \"cnf\"), and is wanted with a proof of its key")
            }
            let proven = confirmation == .none ? "nobody proved to hold it" : "another key was proved"
            throw steps.refused(
                .confirmation, .tokenBound, part: .payload, "the token is \(binding.inWords); \(proven)")
        }
        guard let binding else { return steps.skipped(.confirmation, "the token is bound to no key") }
        guard policy.confirmation != .unchecked else {
            return steps.skipped(
                .confirmation, "the token is \(binding.inWords); no proof was looked at: it is no bearer token")
        }
        steps.passed(.confirmation, part: .payload, "\(binding.inWords), which the sender holds")
    }

    private func checkRequiredClaims(_ claims: Claims, _ steps: StepReporter) throws(TokenRejection) {
        guard !policy.requiredClaims.isEmpty || !policy.claimRules.isEmpty else {
            return steps.skipped(.requiredClaims, "the policy requires no claim")
        }
        try checkRequirements(claims, steps)
        if let complaint = policy.ruleComplaint(claims) {
            throw steps.refused(.requiredClaims, complaint.code, part: .payload, complaint.detail)
        }
        steps.passed(
            .requiredClaims, part: .payload,
            "has \(Display.list(policy.requiredClaims.map { $0.name } + policy.claimRules.map { $0.path.name }))")
    }

    private func checkRequirements(_ claims: Claims, _ steps: StepReporter) throws(TokenRejection) {
        // Embedded Swift 6.3 traps when asked for the span of an empty array of these.
        guard !policy.requiredClaims.isEmpty else { return }
        // Looked at where they stand: nothing is copied for it.
        let requirements = policy.requiredClaims.span
        for index in requirements.indices {
            guard let place = claims.place(of: requirements[index]) else {
                throw steps.refused(
                    .requiredClaims, .claimMissing, part: .payload,
                    "the required claim \(Display.quoted(requirements[index].name)) is missing")
            }
            guard requirements[index].accepts(place, in: claims.block) else {
                throw steps.refused(
                    .requiredClaims, .claimMismatch, part: .payload,
                    "the claim \(Display.quoted(requirements[index].name)) "
                        + requirements[index].complaint(about: place.value(in: claims.block))
                )
            }
        }
    }

    private func checkScopes(_ claims: Claims, _ steps: StepReporter) throws(TokenRejection) {
        guard !policy.scopes.isEmpty else {
            return steps.skipped(.scopes, "the policy requires no scope")
        }
        for scope in policy.scopes where !claims.grants(scope) {
            throw steps.refused(
                .scopes, .scopeMissing, part: .payload, "the scope \(Display.quoted(scope)) is not granted")
        }
        steps.passed(.scopes, part: .payload, "grants \(Display.list(policy.scopes))")
    }

    private func saturating(_ time: Int64, plus leeway: Int64) -> Int64 {
        let (sum, overflow) = time.addingReportingOverflow(leeway)
        return overflow ? .max : sum
    }
}
