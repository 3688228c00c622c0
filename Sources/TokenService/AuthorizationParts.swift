import JOSE
import Logging
import Storage

/// What the addresses of the token service are made of. Each endpoint takes what it needs from here.
struct AuthorizationParts: Sendable {
    let store: Store
    let configuration: AuthorizationConfiguration
    let clients: ClientDirectory
    let keyring: SigningKeyring
    let accessTokens: TokenIssuer
    let idTokens: IDTokenIssuer
    let sessions: Sessions
    let revocations: RevocationFeed
    let passwords: PasswordHashing
    let pages: PageTemplates
    let throttle = LoginThrottle()
    let secondFactorThrottle = LoginThrottle()
    /// Verifies our own access tokens when they come back to us as bearer tokens.
    let bearer: BearerAuthentication
    /// Accepts every access token of ours that is good now, whomever it is for.
    let anyAudienceVerifier: TokenVerifier
    /// Accepts every access token of ours that some route may still accept.
    let lenientVerifier: TokenVerifier
    /// Seconds since 1970.
    let clock: @Sendable () -> Int64
    let logger: Logger
}
