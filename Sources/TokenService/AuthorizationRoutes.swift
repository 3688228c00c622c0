import ControlPlane
import Hummingbird
import OAuth

/// Every address of the token service, on one screen.
struct AuthorizationRoutes: Sendable {
    let login: LoginEndpoint
    let refresh: RefreshEndpoint
    let logout: LogoutEndpoint
    let revoke: RevokeEndpoint
    let keySet: KeySetEndpoint

    init(_ parts: AuthorizationParts) {
        login = LoginEndpoint(
            store: parts.store, sessions: parts.sessions, passwords: parts.passwords, throttle: parts.throttle,
            clock: parts.clock)
        refresh = RefreshEndpoint(sessions: parts.sessions)
        logout = LogoutEndpoint(sessions: parts.sessions)
        revoke = RevokeEndpoint(
            store: parts.store, sessions: parts.sessions, bearer: parts.bearer, revocations: parts.revocations,
            lenientVerifier: parts.lenientVerifier, configuration: parts.configuration, clock: parts.clock)
        keySet = KeySetEndpoint(keySet: parts.keyring.keySet)
    }

    func add<Context: RemoteAddressRequestContext>(to router: some RouterMethods<Context>) {
        router.endpoint("/login", [.post: { [login] in try await login.answer($0, $1) }])
        router.endpoint("/refresh", [.post: { [refresh] request, _ in try await refresh.answer(request) }])
        router.endpoint("/logout", [.post: { [logout] request, _ in try await logout.answer(request) }])
        router.endpoint("/revoke", [.post: { [revoke] request, _ in try await revoke.answer(request) }])
        router.endpoint("/.well-known/jwks.json", [.get: { [keySet] _, _ in keySet.answer() }])
    }
}

extension Response {
    /// An answer that hands out tokens, never to be kept by a cache (RFC 6749 §5.1).
    static func tokens(_ response: TokenResponse) -> Response {
        .json(response.json, headers: [.cacheControl: "no-store"])
    }
}
