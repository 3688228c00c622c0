public import Tokens

/// Tries what an attacker tries first: whether a token was signed with a secret that stands in the list of weak ones.
/// Needs nothing but the token (RFC 8725 §2.2).
public enum WeakSecretSearch {
    /// How a search ended.
    public enum Outcome: Sendable, Equatable {
        /// The token was signed with this secret, which everybody can find.
        case found(secret: [UInt8])
        /// None of so many candidates.
        case notFound(tried: Int)
        /// Not an HMAC token in three parts.
        case notApplicable
    }

    /// Made once: some ten thousand of them.
    private static let candidates = WeakSecret.candidates

    /// The finding `weak-secret` about a token whose secret was found; nil when it was not. The secret is not repeated.
    /// - Parameter token: at most `EncodedToken.maximumSize` bytes.
    public static func finding(_ token: [UInt8]) -> Finding? {
        guard case .found(let secret) = search(token) else { return nil }
        return WeakSecret.finding(found: secret)
    }

    /// Whether a search would compute anything for this token.
    public static func applies(to token: [UInt8]) -> Bool { WeakSecret.target(token) != nil }

    /// Tries every candidate of `WeakSecret.candidates`, some ten thousand, against an HS256, HS384 or HS512 token.
    /// - Parameter token: at most `EncodedToken.maximumSize` bytes.
    public static func search(_ token: [UInt8]) -> Outcome {
        guard let (algorithm, input, signature) = WeakSecret.target(token) else { return .notApplicable }
        for secret in candidates where SharedSecretMAC.compute(algorithm, secret, input) == signature {
            return .found(secret: secret)
        }
        return .notFound(tried: candidates.count)
    }
}
