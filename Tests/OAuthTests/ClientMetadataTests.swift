import Codecs
import OAuth
import Testing

@Suite struct ClientMetadataTests {
    private let least: JSONObject = ["redirect_uris": ["https://app.example/back"]]

    @Test func `a document says it all, and comes back the same`() throws {
        let document: JSONObject = [
            "client_id": "app", "client_name": "The app", "token_endpoint_auth_method": "private_key_jwt",
            "grant_types": ["authorization_code", "client_credentials"], "response_types": ["code"],
            "redirect_uris": ["https://app.example/back"], "post_logout_redirect_uris": ["https://app.example/bye"],
            "scope": "openid orders", "audiences": ["orders"], "first_party": true,
            "require_pushed_authorization_requests": false, "dpop_bound_access_tokens": true, "jwks": ["keys": []],
            "backchannel_logout_uri": "https://app.example/out", "access_token_lifetime": 60,
        ]
        let client = try Client(document: document, id: "app")
        #expect(client.requiresDPoP)
        #expect(client.isFirstParty)
        #expect(client.accessTokenLifetime == 60)
        #expect(try Client(document: client.document, id: "app") == client)
        #expect(Set(client.document.members) == Set(document.members))
    }

    @Test func `what is missing has its usual value`() throws {
        let client = try Client(document: least, id: "app")
        #expect(client.authentication == .secretBasic)
        #expect(client.grants == [.authorizationCode, .refreshToken])
        #expect(client.name == "app")
        #expect(!client.isFirstParty)
        #expect(client.scope == Client.usualScope)
    }

    @Test(
        arguments: [
            ("client_id", "other"), ("client_name", ""), ("client_name", 1),
            ("token_endpoint_auth_method", "tls_client_auth"),
            ("grant_types", ["implicit"]), ("grant_types", ["password"]), ("grant_types", "authorization_code"),
            ("response_types", ["token"]), ("redirect_uris", []), ("redirect_uris", [1]),
            ("redirect_uris", ["http://a.example"]),
            ("scope", "a  b"), ("first_party", "yes"), ("access_token_lifetime", 5), ("access_token_lifetime", 86_401),
            ("first_partie", true), ("jwks_uri", "https://app.example/keys"),
            ("backchannel_logout_uri", "http://10.0.0.1/"), ("management", true), ("management", "yes"),
            ("scope", "openid signet:manage"), ("jwks", "x"), ("jwks", ["keys": ["x"]]), ("jwks", ["keys": "x"]),
        ] as [(ByteString, JSON)])
    func `what is wrong is refused by its name`(name: ByteString, value: JSON) {
        var document = least
        document[name] = value
        let error = #expect(throws: OAuthError.self) { try Client(document: document, id: "app") }
        #expect(error?.code == .invalidClientMetadata || error?.code == .invalidRedirectURI)
    }

    @Test func `private halves and shared secrets are refused, and not repeated`() throws {
        let point: JSONObject = ["kty": "EC", "crv": "P-256", "x": "x", "y": "y"]
        for (name, kty) in [
            ("d", "EC"), ("d", "RSA"), ("p", "RSA"), ("q", "RSA"), ("dp", "RSA"), ("dq", "RSA"), ("qi", "RSA"),
            ("oth", "RSA"), ("d", "OKP"), ("priv", "AKP"), ("k", "oct"), ("k", "EC"), ("d", "of-a-later-day"),
        ] as [(ByteString, ByteString)] {
            var key = point
            key["kty"] = .string(kty)
            key[name] = "c2VjcmV0"
            for jwks: JSON in [["keys": [.object(key)]], ["keys": [.object(point), .object(key)]], .object(key)] {
                var document = least
                document["jwks"] = jwks
                let error = #expect(throws: OAuthError.self) { try Client(document: document, id: "app") }
                #expect(error?.description.contains("private key") == true)
                #expect(error?.description.contains("c2VjcmV0") == false)
            }
        }
        for jwks: JSON in [["keys": [.object(point)]], .object(point), ["keys": []]] {
            var document = least
            document["jwks"] = jwks
            #expect(try Client(document: document, id: "app").keys == jwks)
        }
    }

    @Test func `a management client is our own, and its tokens are for nothing else`() throws {
        var document = least
        document["management"] = true
        document["first_party"] = true
        let client = try Client(document: document, id: "console")
        #expect(client.isManagement && client.scope.contains(Client.managementScope))
        #expect(try Client(document: client.document, id: "console") == client)
        for (name, value) in [
            ("audiences", ["orders"]), ("grant_types", ["authorization_code", "client_credentials"]),
            ("grant_types", ["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"]),
            ("first_party", false),
        ] as [(ByteString, JSON)] {
            var wrong = document
            wrong[name] = value
            #expect(throws: OAuthError.self) { try Client(document: wrong, id: "console") }
        }
    }

    @Test func `what contradicts itself is refused`() {
        for document: JSONObject in [
            ["grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"], [:],
            ["redirect_uris": ["https://app.example/"], "token_endpoint_auth_method": "private_key_jwt"],
        ] { #expect(throws: OAuthError.self) { try Client(document: document, id: "app") } }
    }

    @Test func `an id is printable and holds no colon`() {
        for id: ByteString in ["app", "https//x", "a.b-c_d~"] { #expect(Client.isID(id)) }
        for id: ByteString in ["", "a b", "a:b", "a\"b", "ü", "a\u{0}"] { #expect(!Client.isID(id)) }
        #expect(!Client.isID(ByteString(String(repeating: "a", count: 129))))
    }
}
