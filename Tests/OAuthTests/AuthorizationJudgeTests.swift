import Codecs
import OAuth
import Testing

@Suite struct AuthorizationJudgeTests {
    private static let good: [(ByteString, ByteString)] = [
        ("client_id", "app"), ("response_type", "code"), ("redirect_uri", "https://app.example/back?keep=1"),
        ("scope", "openid profile"), ("state", "a b&c"), ("nonce", "n"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ("code_challenge_method", "S256"),
    ]

    private func judge(
        _ changes: [(ByteString, ByteString?)] = [], isKnown: Bool = true, change: (inout Client) -> Void = { _ in }
    ) throws -> AuthorizationJudgement {
        var client = Client(id: "app", name: "App")
        client.redirectURIs = [try RedirectURI(registering: "https://app.example/back?keep=1")]
        change(&client)
        var pairs = Self.good
        for (name, value) in changes {
            pairs.removeAll { $0.0 == name }
            if let value { pairs.append((name, value)) }
        }
        return AuthorizationJudge(issuer: "https://id.example").judge(
            try RequestParameters(pairs.map { FormURLEncoded.Pair($0.0, $0.1) }), client: isKnown ? client : nil,
            wasPushed: false)
    }

    @Test func `a good request is accepted as it was sent`() throws {
        guard case .accepted(let request) = try judge([("max_age", "60"), ("prompt", "login consent")]) else {
            Issue.record("refused")
            return
        }
        #expect(request.scope == Scope(["openid", "profile"]))
        #expect(request.isOpenID)
        #expect(request.nonce == "n")
        #expect(request.maximumAge == 60)
        #expect(request.prompts == [.login, .consent])
        #expect(
            request.answer.location(request.answer.parameters(code: "c"))
                == "https://app.example/back?keep=1&code=c&state=a%20b%26c&iss=https%3A%2F%2Fid.example")
    }

    @Test func `before client and address are known to be good, nothing is redirected`() throws {
        for judgement in [
            try judge(isKnown: false), try judge([("client_id", nil)]),
            try judge([("redirect_uri", "https://evil.example/")]),
            try judge([("redirect_uri", "javascript:alert(1)")]),
            try judge([("redirect_uri", "https://app.example/back")]),
            try judge([("redirect_uri", nil)]) {
                $0.redirectURIs += (try? [RedirectURI(registering: "https://app.example/2")]) ?? []
            },
            // What is wrong besides does not matter then.
            try judge([("redirect_uri", "https://evil.example/"), ("response_type", "token")]),
        ] {
            guard case .refusedHere = judgement else {
                Issue.record("\(judgement)")
                continue
            }
        }
    }

    @Test func `the only registered address need not be named`() throws {
        guard case .accepted(let request) = try judge([("redirect_uri", nil)]) else {
            Issue.record("refused")
            return
        }
        #expect(request.redirectURI == "https://app.example/back?keep=1")
    }

    @Test(
        arguments: [
            ("response_type", nil, OAuthError.Code.invalidRequest),
            ("response_type", "token", .unsupportedResponseType),
            ("response_type", "code id_token", .unsupportedResponseType), ("code_challenge", nil, .invalidRequest),
            ("code_challenge", "short", .invalidRequest),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN", .invalidRequest),
            ("code_challenge_method", nil, .invalidRequest), ("code_challenge_method", "plain", .invalidRequest),
            ("scope", "admin", .invalidScope), ("scope", "openid  profile", .invalidScope),
            ("scope", "a\"b", .invalidScope),
            ("prompt", "none login", .invalidRequest), ("prompt", "maybe", .invalidRequest),
            ("max_age", "-1", .invalidRequest),
            ("max_age", "1e3", .invalidRequest), ("max_age", "99999999999", .invalidRequest),
            ("request", "e30.", .requestNotSupported), ("request_uri", "https://x.example/", .requestURINotSupported),
            ("response_mode", "fragment", .invalidRequest),
        ] as [(ByteString, ByteString?, OAuthError.Code)])
    func `the client learns what is wrong`(name: ByteString, value: ByteString?, code: OAuthError.Code) throws {
        guard case .refused(let error, let answer) = try judge([(name, value)]) else {
            Issue.record("not refused at the client")
            return
        }
        #expect(error.code == code)
        #expect(answer.redirectURI == "https://app.example/back?keep=1")
        let said = answer.parameters(refusal: error)
        #expect(said.contains(FormURLEncoded.Pair("state", "a b&c")))
        #expect(said.contains(FormURLEncoded.Pair("iss", "https://id.example")))
    }

    @Test func `a client is held to what it registered`() throws {
        for (change, code) in [
            ({ $0.grants = [.clientCredentials] }, .unauthorizedClient),
            ({ $0.scope = Scope(["openid"]) }, .invalidScope),
            ({ $0.requiresPushedRequests = true }, .invalidRequest),
        ] as [((inout Client) -> Void, OAuthError.Code)] {
            guard case .refused(let error, _) = try judge(change: change) else {
                Issue.record("accepted")
                continue
            }
            #expect(error.code == code)
        }
    }

    @Test func `a state that is too long is refused and not sent back`() throws {
        let long = ByteString(utf8: [UInt8](repeating: UInt8(ascii: "a"), count: 2_049))
        guard case .refused(let error, let answer) = try judge([("state", long)]) else {
            Issue.record("accepted")
            return
        }
        #expect(error.code == .invalidRequest)
        #expect(answer.state == nil)
    }

    @Test func `a description travels as plain ASCII`() {
        let pairs = OAuthError(.invalidRequest, "a \"b\" \\ ü\n").parameters
        #expect(pairs[1].value == "a 'b' ' ???")
    }
}
