/// One check of a verification and how it went: what the terminal prints, the Studio draws and `explain` remembers.
public struct VerificationStep: Sendable, Equatable {
    /// What was looked at, in the order in which a verifier looks.
    public enum Check: String, Sendable, CaseIterable {
        /// Size, and three parts.
        case form
        /// The header's encoding, JSON and parameters.
        case header
        /// `alg` against the policy's list, before any key is touched (RFC 8725 §3.1).
        case algorithm
        /// `crit` (RFC 7515 §4.1.11).
        case critical
        /// The key that may verify this token.
        case key
        /// The signature over the original bytes.
        case signature
        /// What is inside an encrypted token; only such tokens have this check.
        case decryption
        /// The payload's encoding, JSON and the types of registered claims.
        case claims
        /// `typ` (RFC 8725 §3.11).
        case type
        /// `iss`.
        case issuer
        /// `aud`.
        case audience
        /// `exp`.
        case expiry
        /// `nbf`.
        case notBefore = "not-before"
        /// `iat`.
        case issuedAt = "issued-at"
        /// `cnf`: the key that the token is bound to, and whether its sender proved to hold it (RFC 7800).
        case confirmation
        /// The claims a policy demands.
        case requiredClaims = "required-claims"
        /// The scopes a policy demands.
        case scopes
        /// Whether the token, its session or its key has been revoked.
        case revocation
    }

    /// How a check went.
    public enum Outcome: String, Sendable {
        /// The check was made and the token passed it.
        case passed
        /// The check was made and the token was refused; it is the last step of its trace.
        case failed
        /// The policy asked for nothing here.
        case skipped
    }

    /// What was looked at.
    public let check: Check
    /// How it went.
    public let outcome: Outcome
    /// Why the token was refused; nil unless `outcome` is `failed`.
    public let code: RejectionCode?
    /// One sentence for people. Never the token, a secret or a whole claim set.
    public let detail: String
    /// The part of the token this speaks of, if one.
    public let part: TokenPart?
}

/// A token is refused: at which check, why, and in words.
public struct TokenRejection: Error, Sendable, Equatable, CustomStringConvertible {
    /// The check that said no.
    public let check: VerificationStep.Check
    /// Why, as a stable public name.
    public let code: RejectionCode
    /// Why, in one sentence for people.
    public let detail: String

    /// The same in words.
    public var description: String { "\(code.rawValue): \(detail)" }
}

/// Writes the trace while a token is judged. Without a listener it costs nothing: details are not even composed.
struct StepReporter {
    let listener: ((VerificationStep) -> Void)?

    func passed(_ check: VerificationStep.Check, part: TokenPart? = nil, _ detail: @autoclosure () -> String) {
        guard let listener else { return }
        listener(VerificationStep(check: check, outcome: .passed, code: nil, detail: detail(), part: part))
    }

    func skipped(_ check: VerificationStep.Check, _ detail: @autoclosure () -> String) {
        guard let listener else { return }
        listener(VerificationStep(check: check, outcome: .skipped, code: nil, detail: detail(), part: nil))
    }

    func refused(
        _ check: VerificationStep.Check, _ code: RejectionCode, part: TokenPart? = nil, _ detail: String
    ) -> TokenRejection {
        listener?(VerificationStep(check: check, outcome: .failed, code: code, detail: detail, part: part))
        return TokenRejection(check: check, code: code, detail: detail)
    }
}
