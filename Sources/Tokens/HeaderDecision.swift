import Codecs

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

    /// The token, if it begins with this very header and is of the usual form: three parts in base64url, the signature as
    /// long as the first of its keys makes them.
    func token(_ text: [UInt8], _ keys: [KeyDescription], maximumHeaderSize: Int) -> DecodedToken? {
        guard isAbout(text), let place = candidates.first, place < keys.count,
            let length = keys[place].signatureLength, self.text.count - 1 <= maximumHeaderSize
        else { return nil }
        return DecodedToken(
            EncodedToken(text, header: self.text.count - 1, signature: Base64URL.encodedCount(length)), header: header)
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
