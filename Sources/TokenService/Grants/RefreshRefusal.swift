import ControlPlane
import OAuth

/// Why a session is not passed on. Each door says it in its own form.
enum RefreshRefusal: Error {
    /// The token is unknown, expired, another client's or bound to another key, or its session has ended.
    case unknown
    /// The token was used before: somebody else may have it, so its session has ended.
    case reused
    /// More was asked for than was granted.
    case scopeTooWide

    /// The form of the token endpoint (RFC 6749 §5.2).
    var oauthError: OAuthError {
        switch self {
        case .unknown:
            OAuthError(.invalidGrant, "The refresh token is unknown, over or another client's, or its session ended.")
        case .reused:
            OAuthError(.invalidGrant, "The refresh token was used before; its session has been ended.")
        case .scopeTooWide:
            OAuthError(.invalidScope, "A refresh can only narrow the scope.")
        }
    }
}

extension RefreshRefusal: ProblemConvertible {
    /// The form of the short way in.
    var problem: ProblemBody {
        switch self {
        case .reused: ProblemOf.refreshTokenReused
        // Nobody can ask for a scope there.
        case .unknown, .scopeTooWide: ProblemOf.refreshTokenInvalid
        }
    }
}
