import Codecs
import OAuth
import Testing

@Suite struct RequestReadingTests {
    private func parameters(_ text: String) throws -> RequestParameters { try RequestParameters(Array(text.utf8)) }

    private func basic(_ text: String) -> ByteString { ByteString("Basic " + Base64.encode(Array(text.utf8))) }

    @Test func `a parameter comes once, but for those that may repeat`() throws {
        for text in ["a=1&a=1", "client_id=x&redirect_uri=y&redirect_uri=z", "a=&a="] {
            let error = #expect(throws: OAuthError.self) { try parameters(text) }
            #expect(error?.code == .invalidRequest)
        }
        #expect(try parameters("resource=a&resource=b&audience=c").all("resource") == ["a", "b"])
        #expect(try parameters("a=")["a"] == nil)
        #expect(throws: OAuthError.self) { try parameters("a=").required("a") }
    }

    @Test func `a stranger's odd parameter name is not repeated`() {
        let error = #expect(throws: OAuthError.self) { try parameters("%22%3Cx=1&%22%3Cx=2&b=1") }
        #expect(error?.detail.contains("twice") == true)
        let odd = #expect(throws: OAuthError.self) { try parameters("%20=1&%20=2") }
        #expect(odd?.detail == "The parameter with an unusual name is given twice.")
    }

    @Test(arguments: [
        ("app:secret", "app", "secret"), ("app:a%3Ab%25c", "app", "a:b%c"), ("my%20app:a+b", "my app", "a b"),
        ("app:", "app", ""), ("app:a:b", "app", "a:b"),
    ])
    func `both halves of Basic are form-encoded`(text: String, id: String, secret: String) throws {
        let read = try ClientCredentials.read(authorization: basic(text), parameters: try parameters(""))
        #expect(read.clientID == ByteString(id))
        guard case .basicSecret(let found) = read.proof else {
            Issue.record("another proof")
            return
        }
        #expect(found == ByteString(secret))
    }

    @Test func `credentials that cannot be read, or none, are an invalid client`() throws {
        for field in [ByteString("Basic ???"), basic("nocolon"), basic(":secret"), basic("app:%zz")] {
            let error = #expect(throws: OAuthError.self) {
                try ClientCredentials.read(authorization: field, parameters: try parameters(""))
            }
            #expect(error?.code == .invalidClient)
        }
        let nothing = #expect(throws: OAuthError.self) {
            try ClientCredentials.read(authorization: nil, parameters: try parameters("grant_type=x"))
        }
        #expect(nothing?.code == .invalidClient)
        let bearer = try ClientCredentials.read(
            authorization: "Bearer x", parameters: try parameters("client_id=app"))
        #expect(bearer.clientID == "app")
    }

    @Test func `two ways at once are refused`() {
        for (field, text) in [
            (basic("app:s"), "client_secret=s"), (basic("app:s"), "client_assertion=x&client_assertion_type=y"),
            (nil, "client_id=app&client_secret=s&client_assertion=x&client_assertion_type=y"),
            (basic("app:s"), "client_id=other"), (nil, "client_id=app&client_assertion=x"),
            (nil, "client_id=app&client_assertion_type=x"),
            (nil, "client_id=app&client_assertion=x&client_assertion_type=y"),
        ] as [(ByteString?, String)] {
            let error = #expect(throws: OAuthError.self) {
                try ClientCredentials.read(authorization: field, parameters: try parameters(text))
            }
            #expect(error?.code == .invalidRequest)
        }
    }

    @Test func `the challenge of RFC 7636 appendix B is met by its verifier alone`() throws {
        let challenge = try #require(CodeChallenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"))
        let verifier: ByteString = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        #expect(challenge.isMet(by: verifier))
        for other: ByteString in [
            "", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk=",
            challenge.text,
        ] { #expect(!challenge.isMet(by: other)) }
        for text: ByteString in ["", "x", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"] {
            #expect(CodeChallenge(text) == nil)
        }
    }

    @Test func `scopes are names with one space between them`() throws {
        #expect(try Scope(text: "b a b").names == ["b", "a"])
        #expect(try Scope(text: "").isEmpty)
        for text: ByteString in [" a", "a ", "a  b", "a\"b", "a\\b", "ü"] {
            #expect(throws: OAuthError.self) { try Scope(text: text) }
        }
        let scope = Scope(["a", "b"])
        #expect(Scope(["b"]).isSubset(of: scope))
        #expect(!Scope(["c"]).isSubset(of: scope))
        #expect(scope.intersection(Scope(["b", "c"])).names == ["b"])
        #expect(scope.union(Scope(["b", "c"])).text == "a b c")
    }

    @Test func `token requests are read by their grant`() throws {
        guard
            case .authorizationCode(let exchange) = try TokenRequest(
                try parameters("grant_type=authorization_code&code=c&code_verifier=v"))
        else {
            Issue.record("another grant")
            return
        }
        #expect(exchange.code == "c")
        #expect(exchange.verifier == "v")
        #expect(exchange.redirectURI == nil)
        for (text, code) in [
            ("", OAuthError.Code.invalidRequest), ("grant_type=password", .unsupportedGrantType),
            ("grant_type=authorization_code", .invalidRequest), ("grant_type=refresh_token", .invalidRequest),
            ("grant_type=client_credentials&scope=a++b", .invalidScope),
            (
                "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=a&subject_token_type=b&actor_token=c",
                .invalidRequest
            ),
        ] {
            let error = #expect(throws: OAuthError.self) { try TokenRequest(try parameters(text)) }
            #expect(error?.code == code)
        }
    }
}
