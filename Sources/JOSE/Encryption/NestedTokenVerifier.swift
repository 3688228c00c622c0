public import Tokens

/// Verifies a signed token inside an encrypted one: two layers, no more. The encryption says who may read; only the
/// signature inside says who wrote (RFC 8725 §3.3), so it is never optional.
public struct NestedTokenVerifier: Sendable {
    /// Opens the outer layer.
    public let decrypter: TokenDecrypter
    /// Verifies the inner one.
    public let verifier: TokenVerifier

    /// A verifier of tokens that this decrypter opens and this verifier believes.
    public init(decrypter: TokenDecrypter, verifier: TokenVerifier) {
        self.decrypter = decrypter
        self.verifier = verifier
    }

    /// Opens and verifies. `cty` must say `JWT` (RFC 7519 §5.2).
    /// - Parameters:
    ///   - token: the text as it arrived: five parts.
    ///   - now: seconds since 1970.
    ///   - confirmation: what the sender proved beside the token.
    ///   - revocations: what has been revoked; nil where nobody knows.
    ///   - report: hears of each step as it is made, first of the outer token, then of the inner one.
    public func verify(
        _ token: [UInt8], now: Int64, confirmation: Confirmation = .none,
        revocations: RevocationSnapshot? = .empty, report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> VerifiedToken {
        let content = try decrypter.decrypt(token, report: report)
        try NestedContent.check(content.bytes, header: content.header, report: report)
        return try verifier.verify(
            content.bytes, now: now, confirmation: confirmation, revocations: revocations, report: report)
    }
}
