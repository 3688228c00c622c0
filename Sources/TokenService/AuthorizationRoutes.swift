import ControlPlane
import Hummingbird
import OAuth

/// Every address of the token service, on one screen.
struct AuthorizationRoutes: Sendable {
    let login: LoginEndpoint
    let authorize: AuthorizeEndpoint
    let pushedRequest: PushedRequestEndpoint
    let endSession: EndSessionEndpoint
    let refresh: RefreshEndpoint
    let logout: LogoutEndpoint
    let revoke: RevokeEndpoint
    let keySet: KeySetEndpoint
    let token: TokenEndpoint
    let introspection: IntrospectionEndpoint
    let userInfo: UserInfoEndpoint
    let metadata: MetadataEndpoint

    init(_ parts: AuthorizationParts) {
        login = LoginEndpoint(login: PasswordLogin(parts), sessions: parts.sessions)
        authorize = AuthorizeEndpoint(parts)
        endSession = EndSessionEndpoint(parts)
        refresh = RefreshEndpoint(sessions: parts.sessions)
        logout = LogoutEndpoint(sessions: parts.sessions)
        let authentication = ClientAuthentication(parts)
        pushedRequest = PushedRequestEndpoint(parts, authentication: authentication)
        revoke = RevokeEndpoint(parts, authentication: authentication)
        token = TokenEndpoint(parts, authentication: authentication)
        introspection = IntrospectionEndpoint(parts, authentication: authentication)
        userInfo = UserInfoEndpoint(
            store: parts.store,
            bearer: BearerAuthentication(
                verifier: parts.anyAudienceVerifier, revocations: parts.revocations, clock: parts.clock))
        metadata = MetadataEndpoint(parts)
        keySet = KeySetEndpoint(keySet: parts.keyring.keySet)
    }

    func add<Context: RemoteAddressRequestContext>(to router: some RouterMethods<Context>) {
        let begin: EndpointHandler<Context> = { [authorize] request, _ in try await authorize.begin(request) }
        router.endpoint(RouterPath(AuthorizationPath.authorize), [.get: begin, .post: begin])
        router.endpoint(
            RouterPath(AuthorizationPath.pushedRequest),
            [.post: { [pushedRequest] in try await pushedRequest.answer($0, $1) }])
        router.endpoint(
            "/authorize/continue", [.get: { [authorize] request, _ in try await authorize.resume(request) }])
        router.endpoint("/authorize/login", [.post: { [authorize] in try await authorize.signIn($0, $1) }])
        router.endpoint(
            "/authorize/consent", [.post: { [authorize] request, _ in try await authorize.decide(request) }])
        let leave: EndpointHandler<Context> = { [endSession] request, _ in try await endSession.answer(request) }
        router.endpoint(RouterPath(AuthorizationPath.endSession), [.get: leave, .post: leave])
        PageTemplates.addFiles(to: router)
        router.endpoint("/login", [.post: { [login] in try await login.answer($0, $1) }])
        router.endpoint("/refresh", [.post: { [refresh] request, _ in try await refresh.answer(request) }])
        router.endpoint("/logout", [.post: { [logout] request, _ in try await logout.answer(request) }])
        router.endpoint(RouterPath(AuthorizationPath.token), [.post: { [token] in try await token.answer($0, $1) }])
        router.endpoint(
            RouterPath(AuthorizationPath.introspection),
            [.post: { [introspection] in try await introspection.answer($0, $1) }])
        router.endpoint(
            RouterPath(AuthorizationPath.revocation), [.post: { [revoke] in try await revoke.answer($0, $1) }])
        let tell: EndpointHandler<Context> = { [userInfo] request, _ in try await userInfo.answer(request) }
        router.endpoint(RouterPath(AuthorizationPath.userInfo), [.get: tell, .post: tell])
        router.endpoint(RouterPath(AuthorizationPath.keySet), [.get: { [keySet] _, _ in keySet.answer() }])
        for path in [AuthorizationPath.openIDConfiguration, AuthorizationPath.serverMetadata] {
            router.endpoint(RouterPath(path), [.get: { [metadata] _, _ in metadata.answer() }])
        }
    }
}

extension Response {
    /// An answer that hands out tokens, never to be kept by a cache (RFC 6749 §5.1).
    static func tokens(_ response: TokenResponse) -> Response {
        .json(response.json, headers: [.cacheControl: "no-store"])
    }
}
