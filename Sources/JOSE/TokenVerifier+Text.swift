public import Tokens

extension TokenVerifier {
    /// Verifies a token that is a `String`: the bytes of its UTF-8 are what arrived.
    /// - Parameters:
    ///   - token: the text.
    ///   - now: seconds since 1970.
    ///   - confirmation: what the sender proved beside the token.
    ///   - revocations: what has been revoked; nil where nobody knows.
    ///   - report: hears of each step as it is made; absent, it costs nothing.
    public func verify(
        _ token: String, now: Int64, confirmation: Confirmation = .none,
        revocations: RevocationSnapshot? = .empty, report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> VerifiedToken {
        try verify(Array(token.utf8), now: now, confirmation: confirmation, revocations: revocations, report: report)
    }
}
