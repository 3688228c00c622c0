import Codecs
import Testing
import Tokens

/// One good token for each profile, all with one issuer, one audience and one key, so that nothing but the profiles
/// themselves keeps them apart.
enum ProfileSamples {
    static let party: JSON = "https://issuer.example"
    static let client: ByteString = "https://issuer.example"
    static let audience: ByteString = "orders"

    enum Profile: String, CaseIterable, Sendable {
        case accessToken, idToken, clientAssertion, dpopProof, logoutToken, securityEventToken
    }

    static let jwk: JSONObject = [
        "kty": "EC", "crv": "P-256", "x": SampleKeys.text([UInt8](repeating: 0x17, count: 32)),
        "y": SampleKeys.text([UInt8](repeating: 0x17, count: 32)),
    ]

    static func header(_ profile: Profile) -> JSONObject {
        switch profile {
        case .accessToken: ["alg": "ES256", "typ": "at+jwt"]
        case .idToken: ["alg": "ES256", "typ": "JWT"]
        case .clientAssertion: ["alg": "ES256", "typ": "JWT"]
        case .dpopProof: ["alg": "ES256", "typ": "dpop+jwt", "jwk": .object(jwk)]
        case .logoutToken: ["alg": "ES256", "typ": "logout+jwt"]
        case .securityEventToken: ["alg": "ES256", "typ": "secevent+jwt"]
        }
    }

    /// As much as possible of what the other profiles want is in here too.
    static func claims(_ profile: Profile) -> JSONObject {
        var claims: JSONObject = [
            "iss": party, "aud": .string(audience), "iat": 1_700_000_000, "exp": 1_700_000_060, "jti": "t1",
            "sub": "anna", "client_id": .string(client),
        ]
        switch profile {
        case .accessToken: break
        case .idToken: claims["nonce"] = "n1"
        case .clientAssertion:
            claims["sub"] = party
            claims["nonce"] = "n1"
        case .dpopProof:
            claims["htm"] = "POST"
            claims["htu"] = "https://api.example/orders"
        case .logoutToken: claims["events"] = [ClaimPolicy.logoutEvent: [:]]
        case .securityEventToken:
            claims["exp"] = nil
            claims["events"] = ["urn:example:event": ["x": 1]]
        }
        return claims
    }

    static func token(
        _ profile: Profile, header changedHeader: [ByteString: JSON?] = [:], claims changes: [ByteString: JSON?] = [:]
    ) -> [UInt8] {
        var header = header(profile)
        for (name, value) in changedHeader { header[name] = value }
        var claims = claims(profile)
        for (name, value) in changes { claims[name] = value }
        return Sample.token(header: JSONWriter.text(.object(header)), claims: JSONWriter.text(.object(claims)))
    }

    static func policy(_ profile: Profile) -> ClaimPolicy? {
        let issuer: ByteString = "https://issuer.example"
        return switch profile {
        case .accessToken: .accessToken(issuer: issuer, audience: audience, algorithms: [.es256])
        case .idToken: .idToken(issuer: issuer, clientID: audience, nonce: "n1", algorithms: [.es256])
        case .clientAssertion: .clientAssertion(clientID: client, audiences: [audience], algorithms: [.es256])
        case .dpopProof: nil
        case .logoutToken: .logoutToken(issuer: issuer, clientID: audience, algorithms: [.es256])
        case .securityEventToken: .securityEventToken(issuer: issuer, audience: audience, algorithms: [.es256])
        }
    }

    static let expectation = RequestAddress("https://api.example/orders").map {
        DPoPExpectation(method: "POST", address: $0)
    }

    /// The code with which a profile refuses a token; nil when it passes.
    static func code(_ profile: Profile, _ token: [UInt8], expecting: DPoPExpectation? = expectation) -> RejectionCode?
    {
        guard let policy = policy(profile) else {
            guard let expecting else { return .tokenEmpty }
            do throws(TokenRejection) {
                let judge = DPoPProofJudge(algorithms: [.es256, .hs256])
                let plan = try judge.plan(token)
                _ = try judge.judge(plan, signatureHolds: true, expecting: expecting, now: Sample.now)
                return nil
            } catch {
                return error.code
            }
        }
        var judging = Judging()
        judging.policy = policy
        judging.token = token
        return judging.code
    }
}

@Suite struct ProfileTests {
    typealias Profile = ProfileSamples.Profile

    @Test func `every profile takes its own token and refuses the other five's`() {
        var pairs = 0
        for verifier in Profile.allCases {
            for token in Profile.allCases {
                let code = ProfileSamples.code(verifier, ProfileSamples.token(token))
                let expected: RejectionCode? =
                    switch (verifier, token) {
                    case _ where verifier == token: nil
                    // No verifier but that of proofs looks at a token that brings its own key.
                    case (_, .dpopProof): .headerEmbeddedKey
                    // These two share "JWT": what the issuer says of itself tells them apart.
                    case (.idToken, .clientAssertion), (.clientAssertion, .idToken): .claimMismatch
                    default: .typeMismatch
                    }
                #expect(code == expected, "\(token) to \(verifier)")
                if verifier != token { pairs += 1 }
            }
        }
        #expect(pairs == 30)
    }

    /// The types alone do not keep older tokens apart, in which `typ` is `JWT` or missing.
    @Test func `tokens without a type of their own are told apart by their claims`() {
        for type: JSON? in [nil, "JWT"] {
            for token in Profile.allCases where token != .dpopProof {
                let untyped = ProfileSamples.token(token, header: ["typ": type])
                for verifier in Profile.allCases where verifier != token {
                    let code = ProfileSamples.code(verifier, untyped)
                    let expected: RejectionCode =
                        switch (verifier, token) {
                        case (.idToken, .accessToken): .claimMissing
                        case (.idToken, .clientAssertion), (.clientAssertion, .idToken),
                            (.clientAssertion, .accessToken), (.clientAssertion, .logoutToken):
                            .claimMismatch
                        case (.idToken, .logoutToken): .claimForbidden
                        case (.idToken, .securityEventToken), (.clientAssertion, .securityEventToken): .expiryMissing
                        default: .typeMismatch
                        }
                    #expect(code == expected, "\(token) with typ \(String(describing: type)) to \(verifier)")
                }
            }
        }
    }

    private func check(
        _ profile: Profile, _ changes: [ByteString: JSON?], _ expected: RejectionCode?,
        header: [ByteString: JSON?] = [:]
    ) {
        let token = ProfileSamples.token(profile, header: header, claims: changes)
        #expect(ProfileSamples.code(profile, token) == expected, "\(profile) with \(changes)")
    }

    @Test func `access tokens, RFC 9068`() {
        for claim: ByteString in ["sub", "client_id", "iat", "jti"] { check(.accessToken, [claim: nil], .claimMissing) }
        check(.accessToken, ["exp": nil], .expiryMissing)
        check(.accessToken, ["iss": nil], .issuerMismatch)
        check(.accessToken, ["aud": nil], .audienceMismatch)
        check(.accessToken, ["sub": ""], .claimMismatch)
        check(.accessToken, [:], nil, header: ["typ": "application/AT+JWT"])
        check(.accessToken, [:], .typeMismatch, header: ["typ": nil])
    }

    @Test func `ID tokens, OpenID Connect Core 3_1_3_7`() {
        for claim: ByteString in ["sub", "iat", "nonce"] { check(.idToken, [claim: nil], .claimMissing) }
        check(.idToken, ["exp": nil], .expiryMissing)
        check(.idToken, ["nonce": "n2"], .claimMismatch)
        check(.idToken, ["aud": ["orders", "bills"]], .audienceMismatch)
        check(.idToken, ["azp": "orders"], nil)
        check(.idToken, ["azp": "bills"], .claimMismatch)
        check(.idToken, ["aud": ["orders", "orders"]], .claimMissing)
        check(.idToken, ["aud": ["orders", "orders"], "azp": "orders"], nil)
        check(.idToken, [:], nil, header: ["typ": nil])
        check(.idToken, ["events": [:]], .claimForbidden)

        var judging = Judging()
        judging.policy = .idToken(
            issuer: "https://issuer.example", clientID: "orders", trustedAudiences: ["bills"], algorithms: [.es256],
            maximumAuthenticationAge: 60)
        judging.token = ProfileSamples.token(.idToken, claims: ["auth_time": 1_699_999_000])
        #expect(judging.code == .tokenTooOld)
        judging.token = ProfileSamples.token(.idToken, claims: ["auth_time": 1_700_000_000, "aud": "bills"])
        #expect(judging.code == .claimMismatch)
        judging.token = ProfileSamples.token(
            .idToken, claims: ["auth_time": 1_700_000_000, "aud": ["bills", "orders"], "azp": "orders"])
        #expect(judging.code == nil)
    }

    @Test func `client assertions, RFC 7523`() {
        check(.clientAssertion, [:], nil, header: ["typ": "client-authentication+jwt"])
        check(.clientAssertion, [:], nil, header: ["typ": nil])
        check(.clientAssertion, ["iat": nil], nil)
        check(.clientAssertion, ["sub": nil], .claimMissing)
        check(.clientAssertion, ["jti": nil], .claimMissing)
        check(.clientAssertion, ["exp": nil], .expiryMissing)
        check(.clientAssertion, ["iss": "anna", "sub": "anna"], .issuerMismatch)
        check(.clientAssertion, ["aud": ["orders", "another"]], .audienceMismatch)
    }

    @Test func `logout tokens, Back-Channel Logout 2_6`() {
        check(.logoutToken, ["sub": nil], .claimMissing)
        check(.logoutToken, ["sub": nil, "sid": "s1"], nil)
        check(.logoutToken, ["sid": "s1"], nil)
        check(.logoutToken, ["jti": nil], .claimMissing)
        check(.logoutToken, ["iat": nil], .claimMissing)
        check(.logoutToken, ["exp": nil], .expiryMissing)
        check(.logoutToken, ["nonce": "n"], .claimForbidden)
        check(.logoutToken, ["events": nil], .claimMissing)
        check(.logoutToken, ["events": ["urn:x": [:]]], .claimMissing)
        check(.logoutToken, ["events": [ClaimPolicy.logoutEvent: true]], .claimMismatch)
    }

    @Test func `security event tokens, RFC 8417`() {
        check(.securityEventToken, ["sub": nil], nil)
        check(.securityEventToken, ["exp": 1_600_000_000], .tokenExpired)
        check(.securityEventToken, ["iat": nil], .claimMissing)
        check(.securityEventToken, ["jti": nil], .claimMissing)
        check(.securityEventToken, ["events": [:]], .claimMismatch)
        check(.securityEventToken, ["events": ["urn:x"]], .claimMismatch)
        var judging = Judging()
        judging.policy = .securityEventToken(
            issuer: "https://issuer.example", audience: nil, events: ["urn:other"], algorithms: [.es256])
        judging.token = ProfileSamples.token(.securityEventToken)
        #expect(judging.code == .claimMismatch)
    }

    @Test func `profiles allow two minutes of leeway at most`() {
        for leeway: Int64 in [121, 3_600, .max] {
            #expect(
                ClaimPolicy.accessToken(issuer: "i", audience: "a", algorithms: [.es256], leeway: leeway).leeway == 120)
        }
        #expect(ClaimPolicy.logoutToken(issuer: "i", clientID: "a", algorithms: [.es256], leeway: -5).leeway == 0)
        #expect(DPoPProofJudge(algorithms: [.es256], leeway: 500).leeway == 120)
    }

    @Test func `DPoP proofs, RFC 9449 4_3`() throws {
        for claim: ByteString in ["jti", "htm", "htu", "iat"] { check(.dpopProof, [claim: nil], .claimMissing) }
        check(.dpopProof, ["exp": nil], nil)
        check(.dpopProof, ["htm": "post"], .claimMismatch)
        check(.dpopProof, ["htu": "https://api.example/bills"], .claimMismatch)
        check(.dpopProof, ["htu": "HTTPS://API.example:443/%6frders?page=1#top"], nil)
        check(.dpopProof, ["iat": 1_699_999_910], nil)
        check(.dpopProof, ["iat": 1_699_999_909], .tokenTooOld)
        check(.dpopProof, ["iat": 1_700_000_031], .tokenIssuedInFuture)
        var expectation = try #require(ProfileSamples.expectation)
        expectation.accessTokenHash = "hash"
        expectation.nonce = "n1"
        func code(_ changes: [ByteString: JSON?]) -> RejectionCode? {
            ProfileSamples.code(
                .dpopProof, ProfileSamples.token(.dpopProof, claims: changes), expecting: expectation)
        }
        #expect(code(["ath": "hash", "nonce": "n1"]) == nil)
        #expect(code(["nonce": "n1"]) == .claimMissing)
        #expect(code(["ath": "other", "nonce": "n1"]) == .claimMismatch)
        #expect(code(["ath": "hash"]) == .proofNonceMismatch)
        #expect(code(["ath": "hash", "nonce": "n2"]) == .proofNonceMismatch)
    }

    @Test func `the key of a DPoP proof is public and asymmetric`() {
        func check(_ jwk: JSON?, _ expected: RejectionCode, header: [ByteString: JSON?] = [:]) {
            self.check(.dpopProof, [:], expected, header: header.merging(["jwk": jwk]) { $1 })
        }
        check(nil, .proofKeyInvalid)
        check("key", .proofKeyInvalid)
        check([:], .proofKeyInvalid)
        for name: ByteString in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] {
            var key = ProfileSamples.jwk
            key[name] = "AA"
            check(.object(key), .proofKeyInvalid)
        }
        check(["kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], .proofKeyInvalid)
        check(["kty": "oct"], .proofKeyInvalid)
        check(.object(SampleKeys.ed25519), .proofKeyInvalid)
        var key = ProfileSamples.jwk
        key["use"] = "enc"
        check(.object(key), .proofKeyInvalid)
        check(.object(ProfileSamples.jwk), .algorithmNotAllowed, header: ["alg": "HS256"])
        check(.object(ProfileSamples.jwk), .algorithmNone, header: ["alg": "none"])
        check(.object(ProfileSamples.jwk), .criticalUnknown, header: ["crit": ["x"], "x": 1])
        check(.object(ProfileSamples.jwk), .typeMismatch, header: ["typ": "JWT"])
    }

    @Test(
        arguments: [
            ("https://a.example", "https://a.example/"), ("HTTP://A.example:80/x", "http://a.example/x"),
            ("https://a.example:8443/x?y#z", "https://a.example:8443/x"),
            ("https://a.example/%2f%41", "https://a.example/%2FA"),
            ("https://a.example:/", "https://a.example/"), ("https://a.example?x", "https://a.example/"),
            ("ftp://a.example/", nil), ("https:///x", nil), ("/x", nil), ("", nil), ("https://u@a.example/", nil),
            ("https://a.example/%4", nil), ("https://a.example/ x", nil), ("https://a.example/\u{E9}", nil),
            ("https://a.example\\@b.example/", nil), ("https:/a.example", nil), ("https://:443", nil),
        ] as [(String, String?)])
    func `addresses are brought to one form`(address: String, expected: String?) {
        #expect(RequestAddress(ByteString(address))?.text.text == expected)
    }
}
