/// What was decided about a header: what it says, that the policy lets it pass, and which keys it means. For the same
/// text, the same keys and the same policy the decision is the same, and need not be made again.
public final class HeaderDecision: Sendable {
    /// The encoded header and its dot.
    private let text: [UInt8]
    let header: TokenHeader
    let algorithm: SignatureAlgorithm
    let candidates: KeyCandidates

    init(_ plan: VerificationPlan) {
        let encoded = plan.token.encoded
        text = Array(encoded.bytes[...encoded.header.upperBound])
        header = plan.token.headerAlone
        algorithm = plan.algorithm
        candidates = plan.candidates
    }

    /// Whether the token begins with this very header.
    public func isAbout(_ token: [UInt8]) -> Bool {
        guard token.count > text.count else { return false }
        return text.withUnsafeBytes { text in
            token.withUnsafeBytes { token in
                var offset = 0
                while offset + 8 <= text.count {
                    guard
                        text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                            == token.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    else { return false }
                    offset += 8
                }
                while offset < text.count {
                    guard text[offset] == token[offset] else { return false }
                    offset += 1
                }
                return true
            }
        }
    }
}
