import Codecs
import ControlPlane
import HTTPTypes
import JOSE
import OAuth
import Testing
import Tokens

@testable import TokenService

@Suite struct TokenExchangeTests {
    private func start() async throws -> (TestInstallation, TestClient, Answer) {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app") {
            $0.scope = Scope(["openid", "orders:read", "orders:write"])
            $0.audiences = ["orders", "invoices"]
        }
        let agent = try await signet.register("agent") {
            $0.grants = [.tokenExchange]
            $0.scope = Scope(["orders:read", "billing"])
        }
        let code = try await signet.code(for: app, user: user, scope: ["openid", "orders:read", "orders:write"])
        return (signet, agent, try await signet.exchange(code, as: app))
    }

    private func exchange(
        _ signet: TestInstallation, _ token: String, as client: TestClient,
        _ further: [(ByteString, ByteString)] = []
    ) async throws -> Answer {
        try await signet.form(
            "/token",
            [
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", ByteString(token)),
                ("subject_token_type", TokenRequest.accessTokenType),
            ] + further, as: client)
    }

    @Test func `the new token says less, ends no later, and tells who acts`() async throws {
        let (signet, agent, tokens) = try await start()
        signet.time.advance(100)
        let answer = try await exchange(signet, tokens.access, as: agent, [("audience", "orders")])
        #expect(answer.status == .ok)
        #expect(answer.json["issued_token_type"]?.string == TokenRequest.accessTokenType)
        #expect(answer.json["scope"] == "orders:read")
        #expect(answer.json["expires_in"] == 200)
        let old = try TestInstallation.claims(tokens.access)
        let new = try TestInstallation.claims(answer.access)
        #expect(new["aud"] == "orders")
        for name: ByteString in ["sub", "sid", "auth_time", "roles", "exp"] { #expect(new[name] == old[name]) }
        #expect(new["client_id"] == "agent")
        #expect(new["act"] == ["sub": "agent"])
        // What ends the session ends it, too.
        _ = try await signet.logout(tokens.refresh)
        let verifier = TokenVerifier(
            keys: signet.service.keySet,
            policy: ClaimPolicy(algorithms: [.es256], types: ["at+jwt"], issuers: [TestInstallation.issuer]))
        let rejection = #expect(throws: TokenRejection.self) {
            try verifier.verify(
                Array(answer.access.utf8), now: signet.time.now, revocations: signet.service.revocations.snapshot)
        }
        #expect(rejection?.code == .tokenRevoked)
        #expect(try await exchange(signet, tokens.access, as: agent).error == "invalid_request")
    }

    /// What ends a token.
    enum End: CaseIterable {
        case itself, itsSession, itsClient, itsKey
    }

    @Test(arguments: End.allCases)
    func `whatever ends a token ends what was exchanged for it, and for that`(end: End) async throws {
        let (signet, agent, tokens) = try await start()
        try await signet.service.keyring.provide(.ed25519, by: .server)
        let other = try await signet.register("other") {
            $0.grants = [.tokenExchange, .clientCredentials]
            $0.scope = Scope(["orders:read"])
            $0.accessTokenAlgorithm = .ed25519
        }
        // A token of a person's session, and one of a client alone.
        let own = try await signet.register("own") {
            $0.grants = [.clientCredentials]
            $0.scope = Scope(["orders:read"])
        }
        let alone = try await signet.form("/token", [("grant_type", "client_credentials")], as: own)
        let subjects = end == .itsSession ? [(tokens, "app")] : [(tokens, "app"), (alone, "own")]
        var exchanged: [String] = []
        for (subject, _) in subjects {
            // Another client holds it, another key signed it, in another second.
            signet.time.advance(1)
            let first = try await exchange(signet, subject.access, as: other)
            let second = try await exchange(signet, first.access, as: agent)
            exchanged += [first.access, second.access]
        }
        let bystander = try await signet.form("/token", [("grant_type", "client_credentials")], as: other)
        let policy = ClaimPolicy(algorithms: [.es256, .ed25519], types: ["at+jwt"], issuers: [TestInstallation.issuer])
        let verifier = TokenVerifier(keys: signet.service.keySet, policy: policy)
        func refuses(_ token: String) -> RejectionCode? {
            do throws(TokenRejection) {
                _ = try verifier.verify(
                    Array(token.utf8), now: signet.time.now, revocations: signet.service.revocations.snapshot)
                return nil
            } catch {
                return error.code
            }
        }
        for token in exchanged + [bystander.access] { #expect(refuses(token) == nil) }
        let root = try await signet.addUser("root", serverRole: .owner)
        let admin = try await signet.managementToken(of: root, by: try await signet.registerConsole())
        for (subject, client) in subjects {
            switch end {
            case .itself: #expect(try await signet.revoke(subject.access, bearer: admin).status == .ok)
            case .itsSession: _ = try await signet.logout(subject.refresh)
            case .itsClient: #expect(try await signet.manage(.post, "/clients/\(client)/revoke").status == .ok)
            case .itsKey: try await signet.service.keyring.rotate(.es256, .emergency, by: .server)
            }
        }
        for token in exchanged { #expect(refuses(token) == .tokenRevoked) }
        #expect(refuses(bystander.access) == nil)
    }

    @Test func `nothing widens`() async throws {
        let (signet, agent, tokens) = try await start()
        for scope: ByteString in ["orders:write", "billing", "orders:read billing", "admin"] {
            #expect(
                try await exchange(signet, tokens.access, as: agent, [("scope", scope)]).error == "invalid_scope")
        }
        #expect(
            try await exchange(signet, tokens.access, as: agent, [("audience", "payroll")]).error == "invalid_target")
        let first = try await exchange(signet, tokens.access, as: agent, [("audience", "orders")])
        #expect(
            try await exchange(signet, first.access, as: agent, [("audience", "invoices")]).error == "invalid_target")
    }

    @Test func `models only become fewer, and each budget stays in force for what comes of it`() async throws {
        let (signet, agent, tokens) = try await start()
        let first = try await exchange(
            signet, tokens.access, as: agent,
            [("models", "fast big fast"), ("budget", "0.10 USD"), ("expires_in", "60")])
        #expect(first.json["expires_in"] == 60)
        let claims = try TestInstallation.claims(first.access)
        #expect(claims["models"] == ["fast", "big"])
        let own: JSON = [
            "id": claims["jti"] ?? .null, "amount": "0.10", "currency": "USD", "until": claims["exp"] ?? .null,
        ]
        #expect(claims["budgets"] == .array([own]))
        // Nothing said: nothing more.
        let second = try TestInstallation.claims(try await exchange(signet, first.access, as: agent).access)
        #expect(second["models"] == claims["models"])
        #expect(second["budgets"] == claims["budgets"])
        let third = try await exchange(
            signet, first.access, as: agent, [("models", "big"), ("budget", "5 EUR"), ("expires_in", "9999")])
        let narrow = try TestInstallation.claims(third.access)
        #expect(narrow["models"] == ["big"])
        #expect(narrow["exp"] == claims["exp"])
        #expect(narrow["budgets"]?.array?.count == 2)
        #expect(narrow["budgets"]?.array?.first == own)
        #expect(narrow["budgets"]?.array?.last?.object?["id"] == narrow["jti"])
        for models: ByteString in ["slow", "big slow"] {
            #expect(
                try await exchange(signet, first.access, as: agent, [("models", models)]).error == "invalid_request")
        }
    }

    @Test(
        arguments: [
            ("models", " "), ("budget", "1"), ("budget", "-1 USD"), ("budget", "1 usd"),
            ("budget", "1e3 USD"),
            ("budget", "1. USD"), ("budget", "1  USD"), ("budget", "1.0000000001 USD"), ("budget", "9999999999 USD"),
            ("expires_in", "0"), ("expires_in", "+5"), ("expires_in", "1.5"), ("expires_in", "99999999999999999999"),
        ] as [(ByteString, ByteString)])
    func `limits for models that cannot be read are refused`(name: ByteString, value: ByteString) async throws {
        let (signet, agent, tokens) = try await start()
        #expect(try await exchange(signet, tokens.access, as: agent, [(name, value)]).error == "invalid_request")
    }

    @Test func `a chain of actors is told, and ends at four`() async throws {
        let (signet, agent, tokens) = try await start()
        var token = tokens.access
        for length in 1...5 {
            let answer = try await exchange(signet, token, as: agent)
            #expect((answer.status == .ok) == (length <= 4))
            if length == 2 {
                #expect(
                    try TestInstallation.claims(answer.access)["act"] == ["sub": "agent", "act": ["sub": "agent"]])
            }
            if answer.status == .ok { token = answer.access }
        }
    }

    @Test func `other things than our own good access tokens are refused`() async throws {
        let (signet, agent, tokens) = try await start()
        let forged = try TokenSigner(key: SigningKey.generate(.es256), type: "at+jwt")
            .sign(claims: try TestInstallation.claims(tokens.access))
        let idToken = try #require(tokens.json["id_token"]?.string?.text)
        for token in [forged, idToken, tokens.refresh, "x"] {
            #expect(try await exchange(signet, token, as: agent).error == "invalid_request")
        }
        signet.time.advance(301)
        #expect(try await exchange(signet, tokens.access, as: agent).error == "invalid_request")
        let open = try await signet.register("open") {
            $0.grants = [.tokenExchange]
            $0.authentication = .none
        }
        #expect(try await exchange(signet, tokens.access, as: open).error == "unauthorized_client")
    }
}
