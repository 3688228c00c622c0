import Logging
import Storage

/// What the addresses of the token service are made of. Each endpoint takes what it needs from here.
struct AuthorizationParts: Sendable {
    let store: Store
    let configuration: AuthorizationConfiguration
    let refusals: RefusalLog
    let clients: ClientDirectory
    let keyring: SigningKeyring
    let accessTokens: TokenIssuer
    let idTokens: IDTokenIssuer
    let sessions: Sessions
    let notices: LogoutNotices
    let revocations: RevocationFeed
    let passwords: PasswordHashing
    let pages: PageTemplates
    let throttle = LoginThrottle()
    let secondFactorThrottle = LoginThrottle()
    /// Verifies our own access tokens when they come back to us as bearer tokens.
    let bearer: BearerAuthentication
    /// Seconds since 1970.
    let clock: @Sendable () -> Int64
    let logger: Logger
}
