import ControlPlane
import Hummingbird
import OAuth

/// Every address of the token service, on one screen.
struct AuthorizationRoutes: Sendable {
    let login: LoginEndpoint
    let signIn: SignInEndpoint
    let account: AccountEndpoint
    let reset: ResetEndpoint
    let authorize: AuthorizeEndpoint
    let pushedRequest: PushedRequestEndpoint
    let registration: RegistrationEndpoint
    let deviceAuthorization: DeviceAuthorizationEndpoint
    let device: DeviceEndpoint
    let endSession: EndSessionEndpoint
    let refresh: RefreshEndpoint
    let logout: LogoutEndpoint
    let revoke: RevokeEndpoint
    let keySet: KeySetEndpoint
    let token: TokenEndpoint
    let introspection: IntrospectionEndpoint
    let revocations: RevocationsEndpoint
    let userInfo: UserInfoEndpoint
    let metadata: MetadataEndpoint
    let clients: ClientDirectory

    init(_ parts: AuthorizationParts) {
        let cookies = CookieSession(parts.configuration)
        login = LoginEndpoint(
            login: PasswordLogin(parts), secondFactor: SecondFactor(parts), sessions: parts.sessions, cookies: cookies)
        signIn = SignInEndpoint(parts)
        account = AccountEndpoint(parts)
        reset = ResetEndpoint(parts)
        authorize = AuthorizeEndpoint(parts)
        endSession = EndSessionEndpoint(parts)
        refresh = RefreshEndpoint(sessions: parts.sessions, cookies: cookies)
        logout = LogoutEndpoint(sessions: parts.sessions, cookies: cookies)
        let authentication = ClientAuthentication(parts)
        pushedRequest = PushedRequestEndpoint(parts, authentication: authentication)
        registration = RegistrationEndpoint(parts)
        deviceAuthorization = DeviceAuthorizationEndpoint(parts, authentication: authentication)
        device = DeviceEndpoint(parts)
        revoke = RevokeEndpoint(parts, authentication: authentication)
        token = TokenEndpoint(parts, authentication: authentication)
        introspection = IntrospectionEndpoint(parts, authentication: authentication)
        revocations = RevocationsEndpoint(parts, authentication: authentication)
        userInfo = UserInfoEndpoint(
            store: parts.store,
            bearer: BearerAuthentication(revocations: parts.revocations, clock: parts.clock) {
                [keyring = parts.keyring] in
                keyring.keys.verifiers.anyAudience
            }, proofs: ProofOfPossession(parts, path: AuthorizationPath.userInfo))
        metadata = MetadataEndpoint(parts)
        clients = parts.clients
        keySet = KeySetEndpoint(keyring: parts.keyring)
    }

    func add<Context: RemoteAddressRequestContext>(to router: some RouterMethods<Context>) {
        let router = router.group().add(middleware: CrossOriginAnswers(clients: clients))
        func get(_ path: String, _ handler: @escaping EndpointHandler<Context>) {
            router.endpoint(RouterPath(path), [.get: handler])
        }
        func post(_ path: String, _ handler: @escaping EndpointHandler<Context>) {
            router.endpoint(RouterPath(path), [.post: handler])
        }
        func both(
            _ path: String, _ get: @escaping EndpointHandler<Context>, _ post: @escaping EndpointHandler<Context>
        ) {
            router.endpoint(RouterPath(path), [.get: get, .post: post])
        }

        // What a browser comes to.
        both(
            AuthorizationPath.authorize, { request, _ in try await authorize.begin(request) },
            { request, _ in try await authorize.begin(request) })
        get(AuthorizationFlow.continuePath) { request, _ in try await authorize.resume(request) }
        post("/authorize/consent") { try await authorize.decide($0, $1) }
        get(SignInEndpoint.path) { request, _ in try await signIn.show(request) }
        post("/sign-in/password") { try await signIn.password($0, $1) }
        post("/sign-in/code") { try await signIn.code($0, $1) }
        post("/sign-in/passkey") { try await signIn.passkey($0, $1) }
        both(ResetEndpoint.askingPath, { request, _ in try await reset.ask(request) }, { try await reset.send($0, $1) })
        both(
            ResetEndpoint.path, { request, _ in try await reset.show(request) }, { try await reset.set($0, $1) })
        both(DeviceEndpoint.path, { try await device.show($0, $1) }, { try await device.decide($0, $1) })
        both(
            AuthorizationPath.endSession, { try await endSession.answer($0, $1) },
            { try await endSession.answer($0, $1) })
        account.addRoutes(to: router)
        PageTemplates.addFiles(to: router)

        // What a client asks.
        post(AuthorizationPath.pushedRequest) { try await pushedRequest.answer($0, $1) }
        post(AuthorizationPath.registration) { try await registration.answer($0, $1) }
        post(AuthorizationPath.deviceAuthorization) { try await deviceAuthorization.answer($0, $1) }
        post(AuthorizationPath.token) { try await token.answer($0, $1) }
        post(AuthorizationPath.introspection) { try await introspection.answer($0, $1) }
        get(RevocationsEndpoint.path) { try await revocations.answer($0, $1) }
        post(AuthorizationPath.revocation) { try await revoke.answer($0, $1) }
        both(
            AuthorizationPath.userInfo, { request, _ in try await userInfo.answer(request) },
            { request, _ in try await userInfo.answer(request) })
        get(AuthorizationPath.keySet) { _, _ in keySet.answer() }
        for path in [AuthorizationPath.openIDConfiguration, AuthorizationPath.serverMetadata] {
            get(path) { _, _ in metadata.answer() }
        }

        // The short way in.
        post("/login") { try await login.answer($0, $1) }
        post("/refresh") { try await refresh.answer($0, $1) }
        post("/logout") { try await logout.answer($0, $1) }
    }
}

extension Response {
    /// An answer that hands out tokens, never to be kept by a cache (RFC 6749 §5.1).
    static func tokens(_ response: TokenResponse) -> Response {
        .json(response.json, headers: [.cacheControl: "no-store"])
    }
}
