public import ControlPlane
import HTTPTypes
import JOSE
import OAuth
public import Storage
import Tokens

/// The problems that the token service answers with. One place, so that each code has one meaning.
enum ProblemOf {
    /// The same for an unknown name, a wrong password and a disabled user.
    static let wrongCredentials = ProblemBody(
        .unauthorized, code: "credentials-wrong", title: "Wrong name or password",
        detail: "There is no active user with this name and this password.", oauthError: "invalid_grant",
        headers: [.wwwAuthenticate: BearerChallenge().headerValue])

    /// A code that is wrong, was used before, or is of a time that is over.
    static let wrongCode = ProblemBody(
        .unauthorized, code: "second-factor-wrong", title: "Wrong code",
        detail: "This code is wrong, was used before or is over. Wait for the next one, or use a recovery code.",
        oauthError: "invalid_grant", headers: [.wwwAuthenticate: BearerChallenge().headerValue])

    /// The password was right, and a second factor was set up.
    static let codeNeeded = ProblemBody(
        .unauthorized, code: "second-factor-needed", title: "A code is needed",
        detail: "This account has a second factor. Send the authenticator's code, or a recovery code, as `code`, too.",
        oauthError: "invalid_grant", headers: [.wwwAuthenticate: BearerChallenge().headerValue])

    /// A passkey's answer that is not accepted, whatever is wrong with it.
    static let passkeyRefused = ProblemBody(
        .unauthorized, code: "passkey-refused", title: "The passkey was not accepted",
        detail: "The passkey is not known here, or its answer is not good. Try again, or use your password.",
        oauthError: "invalid_grant", headers: [.wwwAuthenticate: BearerChallenge().headerValue])

    /// Too many passwords are being checked at once.
    static let tooManyLogins = ProblemBody(
        .serviceUnavailable, code: "login-overloaded", title: "Too many logins at once",
        detail: "The server checks as many passwords as it can. Try again in a few seconds.",
        headers: [.retryAfter: "5"])

    static func tooManyTries(wait: Int64) -> ProblemBody {
        ProblemBody(
            .tooManyRequests, code: "login-throttled", title: "Too many tries",
            detail: "There were too many wrong tries. Try again in \(wait) seconds.",
            headers: [.retryAfter: "\(wait)"])
    }

    /// A refresh token that is unknown, expired or of an ended session.
    static let refreshTokenInvalid = ProblemBody(
        .badRequest, code: "refresh-token-invalid", title: "The refresh token is no good",
        detail: "The refresh token is unknown or expired, or its session has ended. Log in again.",
        oauthError: "invalid_grant")

    /// A refresh token that was used before: somebody else may have it, so its session has ended.
    static let refreshTokenReused = ProblemBody(
        .badRequest, code: "refresh-token-reused", title: "The refresh token was used before",
        detail: "A refresh token works once. This one was used before, so its session has been ended. Log in again.",
        oauthError: "invalid_grant")

    /// The token to revoke belongs to somebody else.
    static let notYourToken = ProblemBody(
        .forbidden, code: "revocation-forbidden", title: "Not your token",
        detail: "Only its own user, or an admin with a management token, may revoke this token.",
        oauthError: "access_denied")

    /// There is no client of this id.
    static let noSuchClient = ProblemBody(
        .notFound, code: "client-unknown", title: "Unknown client", detail: "There is no client of this id.")

    /// The client is part of this server.
    static let builtInClient = ProblemBody(
        .conflict, code: "client-built-in", title: "This client is built in",
        detail: "The client is part of this server: it can be disabled, and neither replaced nor deleted.")

    /// Nobody who manages asks for what is managed.
    static let noServerRole = ProblemBody(
        .forbidden, code: "server-role-missing", title: "You do not manage this server",
        detail: "This needs a token of a management client, for a user with a role on this server.",
        oauthError: "insufficient_scope")

    /// Somebody asks for what would give them a role that they have not.
    static let ownersOnly = ProblemBody(
        .forbidden, code: "role-insufficient", title: "Your role does not allow this",
        detail: "Only somebody with this user's role, or an owner, may do this.", oauthError: "insufficient_scope")

    /// What OAuth says of a client's document, as management tells it.
    static func management(_ error: OAuthError) -> ProblemBody {
        error.code == .invalidClient
            ? noSuchClient
            : ProblemBody(
                .badRequest, code: "client-metadata-invalid", title: "The client's document is not acceptable",
                detail: error.detail, oauthError: error.code.rawValue)
    }

    /// A way to hand tokens out that does not exist.
    static let badMode = ProblemBody(
        .badRequest, code: "mode-invalid", title: "No such mode",
        detail: "The member `mode` can only be cookie; without it tokens are in the body.",
        oauthError: "invalid_request")

    /// Somebody without a registration token wants to register a client.
    static let registrationRefused = ProblemBody(
        .unauthorized, code: "registration-refused", title: "A registration token is needed",
        detail: "Clients register themselves with a token that the operator makes, and that works for a day.",
        oauthError: "invalid_token", headers: [.wwwAuthenticate: BearerChallenge(failure: .invalidToken).headerValue])

    /// A reset link that is over.
    static let resetLinkOver = ProblemBody(
        .badRequest, code: "reset-link-over", title: "This link works no more",
        detail: "It was used, or is older than half an hour. Ask for another one.")

    /// People cannot ask for reset links here.
    static let resetNotOffered = ProblemBody(
        .notFound, code: "reset-not-offered", title: "Ask whoever runs this server",
        detail: "This server sends no mail. Its operator can give you a link to set a new password.")

    /// No key signs with this algorithm.
    static let noSuchSigningKey = ProblemBody(
        .notFound, code: "signing-key-unknown", title: "No such signing key",
        detail: "No key signs with this algorithm here; `signing-key list` shows those that do.")

    /// There is no live session of this id.
    static let noSuchSession = ProblemBody(
        .notFound, code: "session-unknown", title: "Unknown session",
        detail: "There is no live session of this id; `session list` shows those of a user.")

    /// There is no user of this name.
    static let noSuchUser = ProblemBody(
        .notFound, code: "user-unknown", title: "Unknown user", detail: "There is no user of this name.")

    /// There is a user of this name already.
    static let userNameTaken = ProblemBody(
        .conflict, code: "user-name-taken", title: "The name is taken",
        detail: "There is a user of this name already.")

    /// A login page that is over, or another browser's.
    static let transactionUnknown = ProblemBody(
        .badRequest, code: "login-transaction-unknown", title: "This page is no longer good",
        detail: "It was open too long, was answered already, or was begun in another browser; or this browser sends no "
            + "cookies. Go back to the application and begin again.")

    /// An ID token that was to say who should be logged in says nothing that can be believed.
    static let hintInvalid = ProblemBody(
        .badRequest, code: "id-token-hint-invalid", title: "This link does not work",
        detail: "The application named a person by an ID token that is none of ours. Go back to it and try again.")

    /// A protected address was called without a bearer token.
    static let bearerMissing = ProblemBody(
        .unauthorized, code: "token-missing", title: "A token is needed",
        detail: "Send an access token in the header `Authorization: Bearer …`.",
        headers: [.wwwAuthenticate: BearerChallenge().headerValue])

    /// A token that is bound to a key came as a bearer token or with another key's proof, or one that is bound to none
    /// came with a proof (RFC 9449 §7.1, §7.2).
    static func confirmationRefused(_ rejection: TokenRejection) -> ProblemBody {
        let isBound = rejection.code == .tokenBound
        return ProblemBody(
            .unauthorized, code: rejection.code.rawValue,
            title: isBound ? "The token is bound to a key" : "The token is bound to no key",
            detail: isBound
                ? "This access token works only together with proofs of its key; it is no bearer token."
                : "This access token is a bearer token; send it in the header `Authorization: Bearer …`.",
            oauthError: "invalid_token",
            headers: [
                .wwwAuthenticate: isBound
                    ? DPoPChallenge(
                        failure: .invalidToken, algorithms: ProofOfPossession.verifier.algorithmNames
                    ).headerValue : BearerChallenge(failure: .invalidToken).headerValue
            ])
    }

    /// A token that is bound to a key came without a good proof of that key (RFC 9449 §7.1).
    static func proofRefused(_ detail: String) -> ProblemBody {
        ProblemBody(
            .unauthorized, code: "proof-refused", title: "The proof is not accepted", detail: detail,
            oauthError: "invalid_dpop_proof",
            headers: [
                .wwwAuthenticate: DPoPChallenge(
                    failure: .invalidProof, algorithms: ProofOfPossession.verifier.algorithmNames
                ).headerValue
            ])
    }

    /// The user of a good token is no more, or disabled.
    static let bearerUserGone = ProblemBody(
        .unauthorized, code: "user-inactive", title: "The user is not active",
        detail: "The user that this access token speaks for is not active any more.", oauthError: "invalid_token",
        headers: [.wwwAuthenticate: BearerChallenge(failure: .invalidToken).headerValue])

    /// A good token that was not granted for learning who somebody is.
    static let openIDNotGranted = ProblemBody(
        .forbidden, code: "scope-openid-missing", title: "The scope openid is missing",
        detail: "Ask for the scope openid when asking for this access token.", oauthError: "insufficient_scope",
        headers: [.wwwAuthenticate: BearerChallenge(failure: .insufficientScope, scope: "openid").headerValue])

    /// A protected address was called with a bearer token that is not accepted.
    static func bearerRefused(_ rejection: TokenRejection) -> ProblemBody {
        ProblemBody(
            .unauthorized, code: rejection.code.rawValue, title: "The token is not accepted",
            detail:
                "The access token in the Authorization header was refused at the step `\(rejection.check.rawValue)`.",
            oauthError: "invalid_token",
            headers: [.wwwAuthenticate: BearerChallenge(failure: .invalidToken).headerValue])
    }
}

extension StoreError: ProblemConvertible {
    /// What a caller may know: nothing was done, and whether trying again can help.
    public var problem: ProblemBody {
        switch code {
        case .diskFull, .readOnly, .busy, .inputOutput, .closed:
            ProblemBody(
                .serviceUnavailable, code: "store-unavailable", title: "The server cannot store anything now",
                detail: "Nothing was changed. Try again later; the operator finds the reason in the log.",
                headers: [.retryAfter: "5"])
        default:
            ProblemBody(
                .internalServerError, code: "internal-error", title: "Internal error",
                detail: "The server failed; its log says more. Nothing was changed.")
        }
    }
}
