import Codecs
import OAuth
import Testing

@testable import TokenService

/// What comes next, by OpenID Connect Core §3.1.2, without a page or a database.
@Suite struct AuthorizationStepTests {
    /// What a test changes of the usual situation: somebody logged in 100 seconds before a request that arrived just now.
    private struct Change {
        var parameters: [(ByteString, ByteString)] = []
        var client: (inout Client) -> Void = { _ in }
        var authenticated: Int64? = 900
        var expected: ByteString?
        var allowed: Scope? = Scope(["openid", "profile"])
        var isSessionNew = false
        var now: Int64 = 1_000
    }

    private func next(_ change: Change) throws -> AuthorizationStep {
        var client = Client(id: "app", name: "App")
        client.redirectURIs = [try RedirectURI(registering: "https://app.example/back")]
        change.client(&client)
        var pairs: [(ByteString, ByteString)] = [
            ("client_id", "app"), ("response_type", "code"), ("scope", "openid profile"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ("code_challenge_method", "S256"),
        ]
        for (name, value) in change.parameters { pairs = pairs.filter { $0.0 != name } + [(name, value)] }
        let judgement = AuthorizationJudge(issuer: "https://id.example").judge(
            try RequestParameters(pairs.map { FormURLEncoded.Pair($0.0, $0.1) }), client: client, wasPushed: false)
        guard case .accepted(let request) = judgement else { throw OAuthError(.invalidRequest, "\(judgement)") }
        let session = change.authenticated.map { time in
            BrowserSessionRecord(
                id: "bws_1", userID: "usr_1", authenticated: time, methods: ["pwd"], agent: "", created: time,
                seen: time, expires: time + 9_999)
        }
        return AuthorizationStep.next(
            .init(
                request: request, client: client, session: session, expectedUser: change.expected,
                allowed: change.allowed, isSessionNew: change.isSessionNew, now: change.now))
    }

    private func code(_ step: AuthorizationStep) -> OAuthError.Code? {
        if case .refuse(let error) = step { error.code } else { nil }
    }

    @Test func `whoever is logged in and has agreed is asked nothing`() throws {
        #expect(try next(Change()) == .grant)
        #expect(try next(Change(parameters: [("prompt", "none")])) == .grant)
        #expect(try next(Change(parameters: [("scope", "openid")])) == .grant)
    }

    @Test func `nobody, somebody else, or too long ago means to sign in`() throws {
        #expect(try next(Change(authenticated: nil)) == .signIn)
        #expect(try next(Change(expected: "usr_2")) == .signIn)
        #expect(try next(Change(expected: "usr_1")) == .grant)
        #expect(try next(Change(parameters: [("max_age", "99")])) == .signIn)
        #expect(try next(Change(parameters: [("max_age", "100")])) == .grant)
        #expect(try next(Change(parameters: [("max_age", "0")])) == .signIn)
        for prompt: ByteString in ["login", "select_account"] {
            #expect(try next(Change(parameters: [("prompt", prompt)])) == .signIn)
        }
    }

    @Test func `a login since the request arrived is as fresh as can be`() throws {
        for wish: (ByteString, ByteString) in [("prompt", "login"), ("max_age", "0")] {
            #expect(
                try next(Change(parameters: [wish], authenticated: 1_005, isSessionNew: true, now: 1_020)) == .grant)
        }
        #expect(try next(Change(authenticated: 1_005, expected: "usr_2", isSessionNew: true, now: 1_020)) == .signIn)
    }

    @Test func `with prompt none the client hears what would have been asked`() throws {
        let none: (ByteString, ByteString) = ("prompt", "none")
        #expect(code(try next(Change(parameters: [none], authenticated: nil))) == .loginRequired)
        #expect(code(try next(Change(parameters: [none], expected: "usr_2"))) == .loginRequired)
        #expect(code(try next(Change(parameters: [none, ("max_age", "5")]))) == .loginRequired)
        #expect(code(try next(Change(parameters: [none], allowed: nil))) == .consentRequired)
    }

    @Test func `consent is asked for what was not allowed before, or when the client wants it`() throws {
        #expect(try next(Change(allowed: nil)) == .consent)
        #expect(try next(Change(parameters: [("scope", "openid email")])) == .consent)
        #expect(try next(Change(parameters: [("prompt", "consent")])) == .consent)
    }

    @Test func `our own clients are not asked about, unless they want it`() throws {
        #expect(try next(Change(client: { $0.isFirstParty = true }, allowed: nil)) == .grant)
        let wish = Change(
            parameters: [("prompt", "consent")], client: { $0.isFirstParty = true }, allowed: nil)
        #expect(try next(wish) == .consent)
    }

    @Test func `an app that anybody could pretend to be is asked about every time`() throws {
        let native = try RedirectURI(registering: "com.example.app:/back")
        let pretender = Change(client: {
            $0.authentication = .none
            $0.redirectURIs = [native]
        })
        #expect(try next(pretender) == .consent)
        #expect(try next(Change(client: { $0.authentication = .none })) == .grant)
    }
}
