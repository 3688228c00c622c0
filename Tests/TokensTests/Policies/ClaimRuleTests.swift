import Codecs
import Testing
import Tokens

@Suite struct ClaimRuleTests {
    private static let claims: JSONObject = [
        "iss": "https://issuer.example", "sub": "anna", "n": 1, "empty": "", "none": .null, "no": false,
        "email": "anna@example.com", "roles": ["user", "admin"], "list": [], "object": ["a": ["b": ["x", ["y": "z"]]]],
        "a/b": "slash", "same": "anna", "nonce": "n-0",
    ]

    /// The code with which a rule refuses; nil when it holds.
    private func code(_ rules: ClaimRule..., claims: JSONObject = claims) -> RejectionCode? {
        var judging = Judging()
        judging.policy = ClaimPolicy(algorithms: [.es256], claimRules: rules)
        judging.token = Sample.token(claims: JSONWriter.text(.object(claims)))
        return judging.code
    }

    @Test func `present means that something is said`() {
        for path: ClaimPath in ["sub", "n", "no", "roles", "object"] { #expect(code(ClaimRule(path, .present)) == nil) }
        for path: ClaimPath in ["empty", "none", "list"] {
            #expect(code(ClaimRule(path, .present)) == .claimMismatch)
        }
        #expect(code(ClaimRule("absent", .present)) == .claimMissing)
        #expect(code(ClaimRule("absent", .absent)) == nil)
        #expect(code(ClaimRule("sub", .absent)) == .claimForbidden)
        #expect(code(ClaimRule("none", .absent)) == .claimForbidden)
    }

    @Test(arguments: [
        (ClaimRule("sub", .equals("bob")), #"the claim "sub" is "anna"; required is "bob""#),
        (ClaimRule("n", .equals("1")), #"the claim "n" is 1; required is "1""#),
        (ClaimRule("sub", .oneOf(["bob", 2])), #"the claim "sub" is "anna"; required is one of "bob", 2"#),
        (
            ClaimRule("roles", .containsAll(["admin", "root"])),
            #"the claim "roles" is ["user", "admin"]; required in it is "admin", "root""#
        ),
        (ClaimRule("object", .equals("x")), #"the claim "object" is an object; required is "x""#),
        (ClaimRule("none", .present), #"the claim "none" is null and must say something"#),
        (ClaimRule("sub", .isObject), #"the claim "sub" is "anna"; required is an object"#),
        (
            ClaimRule("object", .hasMember(["x", "y"])),
            #"the claim "object" has no member "x", "y", of which one is required"#
        ),
        (ClaimRule("sub", .equalsClaim("email")), #"the claim "sub" is "anna"; required is what "email" says"#),
        (ClaimRule("sub", .differsFromClaim("same")), #"the claim "sub" is "anna", which "same" must not be as well"#),
        (ClaimRule("absent", .present), #"the claim "absent" is missing"#),
        (ClaimRule("nonce", .equals("n-1")), #"the claim "nonce" is not the one that is expected"#),
    ])
    func `a refusal says what was found and what is required`(rule: ClaimRule, detail: String) {
        var judging = Judging()
        judging.policy = ClaimPolicy(algorithms: [.es256], claimRules: [rule])
        judging.token = Sample.token(claims: JSONWriter.text(.object(Self.claims)))
        guard case .failure(let rejection) = judging.run().result else {
            Issue.record("it passes")
            return
        }
        #expect(rejection.detail == detail)
    }

    @Test func `a required claim is told with what it is`() {
        for (requirement, detail) in [
            (ClaimRequirement("sub", "bob"), #"the claim "sub" is "anna"; required is "bob""#),
            (
                ClaimRequirement("roles", "root"),
                #"the claim "roles" is ["user", "admin"]; required in it is one of "root""#
            ),
            (ClaimRequirement("none"), #"the claim "none" is null and must say something"#),
            (ClaimRequirement("nonce", "n-1"), #"the claim "nonce" is not the one that is expected"#),
        ] {
            var judging = Judging()
            judging.policy = ClaimPolicy(algorithms: [.es256], requiredClaims: [requirement])
            judging.token = Sample.token(claims: JSONWriter.text(.object(Self.claims)))
            guard case .failure(let rejection) = judging.run().result else {
                Issue.record("it passes")
                continue
            }
            #expect(rejection.detail == detail)
        }
    }

    @Test func `a refusal repeats no more than a few words`() {
        let long = ByteString(String(repeating: "x", count: 5_000))
        var judging = Judging()
        judging.policy = ClaimPolicy(algorithms: [.es256], claimRules: [ClaimRule("sub", .equals("y"))])
        for value: JSON in [.string(long), .array(Array(repeating: .string(long), count: 100)), ["a": .string(long)]] {
            judging.token = Sample.token(claims: JSONWriter.text(["sub": value]))
            guard case .failure(let rejection) = judging.run().result else { continue }
            #expect(rejection.detail.utf8.count < 1_000)
        }
    }

    @Test func `values are compared exactly`() {
        #expect(code(ClaimRule("sub", .equals("anna"))) == nil)
        #expect(code(ClaimRule("sub", .equals("Anna"))) == .claimMismatch)
        #expect(code(ClaimRule("roles", .equals("user"))) == .claimMismatch)
        #expect(code(ClaimRule("n", .equals(1))) == nil)
        #expect(code(ClaimRule("n", .equals("1"))) == .claimMismatch)
        #expect(code(ClaimRule("sub", .oneOf(["bob", "anna"]))) == nil)
        #expect(code(ClaimRule("sub", .oneOf(["bob", "ann"]))) == .claimMismatch)
        #expect(code(ClaimRule("sub", .oneOf([]))) == .claimMismatch)
    }

    @Test func `lists contain all or any`() {
        #expect(code(ClaimRule("roles", .containsAll(["admin", "user"]))) == nil)
        #expect(code(ClaimRule("roles", .containsAll(["admin", "root"]))) == .claimMismatch)
        #expect(code(ClaimRule("roles", .containsAny(["root", "admin"]))) == nil)
        #expect(code(ClaimRule("roles", .containsAny(["root", "adm"]))) == .claimMismatch)
        #expect(code(ClaimRule("roles", .containsAny([]))) == .claimMismatch)
        #expect(code(ClaimRule("sub", .containsAll(["anna"]))) == nil)
        #expect(code(ClaimRule("sub", .containsAll(["ann"]))) == .claimMismatch)
    }

    @Test func `objects, and claims beside one another`() {
        #expect(code(ClaimRule("object", .isObject)) == nil)
        #expect(code(ClaimRule("roles", .isObject)) == .claimMismatch)
        #expect(code(ClaimRule("object", .hasMember(["x", "a"]))) == nil)
        #expect(code(ClaimRule("object", .hasMember(["b"]))) == .claimMismatch)
        #expect(code(ClaimRule("same", .equalsClaim("sub"))) == nil)
        #expect(code(ClaimRule("email", .equalsClaim("sub"))) == .claimMismatch)
        #expect(code(ClaimRule("n", .equalsClaim("n"))) == .claimMismatch)
        #expect(code(ClaimRule("sub", .differsFromClaim("iss"))) == nil)
        #expect(code(ClaimRule("same", .differsFromClaim("sub"))) == .claimMismatch)
    }

    @Test func `a rule may be optional, or satisfied by another claim`() {
        #expect(code(ClaimRule("absent", .equals("x"), presence: .optional)) == nil)
        #expect(code(ClaimRule("sub", .equals("x"), presence: .optional)) == .claimMismatch)
        #expect(code(ClaimRule("absent", .present, alternative: "sub")) == nil)
        #expect(code(ClaimRule("absent", .present, alternative: "empty")) == .claimMissing)
        let several = ClaimRule("azp", .present, presence: .requiredForSeveralAudiences)
        #expect(code(several, claims: ["aud": "a"]) == nil)
        #expect(code(several, claims: ["aud": ["a"]]) == nil)
        #expect(code(several, claims: ["aud": ["a", "b"]]) == .claimMissing)
    }

    @Test func `paths lead inside`() {
        #expect(ClaimPath("object", "a", "b", "1", "y").value(in: Self.claims) == "z")
        #expect(ClaimPath("object", "a", "c").value(in: Self.claims) == nil)
        #expect(ClaimPath("roles", "1").value(in: Self.claims) == "admin")
        for index: ByteString in ["2", "-1", "01", "", "1x", "999999999999999999999", "-"] {
            #expect(ClaimPath("roles", index).value(in: Self.claims) == nil)
        }
        #expect(ClaimPath("sub", "0").value(in: Self.claims) == nil)
        #expect(ClaimPath(text: "/object/a/b/0")?.value(in: Self.claims) == "x")
        #expect(ClaimPath(text: "/a~1b")?.names == ["a/b"])
        #expect(ClaimPath(text: "/a~01")?.names == ["a~1"])
        #expect(ClaimPath(text: "a/b")?.value(in: Self.claims) == "slash")
        #expect(ClaimPath(text: "/a~") == nil)
        #expect(ClaimPath(text: "/a~2") == nil)
    }

    @Test(arguments: [
        ("abc", "abc", true), ("abc", "abcd", false), ("", "", true), ("", "a", false), ("*", "", true),
        ("*", "anything", true), ("a*", "abc", true), ("a*", "bac", false), ("*c", "abc", true), ("*c", "abcd", false),
        ("a*a", "a", false), ("a*a", "aa", true), ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false),
        ("*b*", "abc", true), ("*b*", "ac", false), ("**", "x", true), ("a**c", "abc", true), ("ab*bc", "abc", false),
        ("*@example.com", "anna@example.com", true), ("*@example.com", "anna@example.com.evil.example", false),
        ("*@example.com", "anna@Example.com", false), ("a.c", "abc", false), ("\u{E9}*", "e\u{301}", false),
        ("*aab*aab*", "aaabaaab", true), ("*ab*ba*", "aba", false),
    ])
    func `a star stands for anything`(pattern: String, text: String, matches: Bool) throws {
        #expect(try #require(ClaimPattern(ByteString(pattern))).matches(ByteString(text)) == matches)
    }

    @Test func `patterns and texts are bounded`() throws {
        #expect(ClaimPattern(ByteString(String(repeating: "a", count: 257))) == nil)
        let pattern = try #require(ClaimPattern(ByteString(String(repeating: "a*", count: 127) + "b")))
        // Exponential for a careless matcher.
        #expect(!pattern.matches(ByteString(String(repeating: "a", count: 4_096))))
        #expect(try #require(ClaimPattern("*")).matches(ByteString(String(repeating: "a", count: 4_096))))
        #expect(!(try #require(ClaimPattern("*")).matches(ByteString(String(repeating: "a", count: 4_097)))))
        #expect(code(ClaimRule("email", .matches(try #require(ClaimPattern("*@example.com"))))) == nil)
        #expect(code(ClaimRule("email", .matches(try #require(ClaimPattern("*@example.org"))))) == .claimMismatch)
        #expect(code(ClaimRule("n", .matches(try #require(ClaimPattern("*"))))) == .claimMismatch)
    }

    @Test func `audiences match any, all, or only`() {
        func code(_ match: AudienceMatch, _ served: [ByteString], _ audience: JSON) -> RejectionCode? {
            var judging = Judging()
            judging.policy = ClaimPolicy(algorithms: [.es256], audiences: served, audienceMatch: match)
            judging.token = Sample.token(claims: JSONWriter.text(["aud": audience]))
            return judging.code
        }
        #expect(code(.any, ["a", "b"], ["b", "c"]) == nil)
        #expect(code(.any, ["a", "b"], ["c"]) == .audienceMismatch)
        #expect(code(.all, ["a", "b"], ["c", "b", "a"]) == nil)
        #expect(code(.all, ["a", "b"], ["a"]) == .audienceMismatch)
        #expect(code(.all, [], ["a"]) == .audienceMismatch)
        #expect(code(.only, ["a", "b"], ["b"]) == nil)
        #expect(code(.only, ["a", "b"], ["b", "c"]) == .audienceMismatch)
        #expect(code(.only, ["a", "b"], []) == .audienceMismatch)
    }

    @Test(
        arguments: [
            (-131, .tokenTooOld), (-130, nil), (-129, nil), (0, nil), (30, nil), (31, .tokenIssuedInFuture),
        ] as [(Int64, RejectionCode?)])
    func `age is exact to the second`(offset: Int64, expected: RejectionCode?) {
        var judging = Judging()
        judging.policy = ClaimPolicy(algorithms: [.es256], leeway: 30, maximumAge: 100)
        judging.token = Sample.token(claims: "{\"iat\":\(Sample.now + offset)}")
        #expect(judging.code == expected)
        judging.policy = ClaimPolicy(algorithms: [.es256], leeway: 30, maximumAuthenticationAge: 100)
        judging.token = Sample.token(claims: "{\"auth_time\":\(Sample.now + offset)}")
        #expect(judging.code == (expected == .tokenTooOld ? .tokenTooOld : nil))
    }

    @Test(arguments: [
        ("{\"iat\":1700000000,\"exp\":1700000600}", RejectionCode?.none),
        ("{\"iat\":1700000000,\"exp\":1700000600.5}", .lifetimeTooLong),
        ("{\"iat\":1700000000,\"exp\":1700000601}", .lifetimeTooLong),
        ("{\"iat\":1700000001,\"exp\":1700000601}", nil),
        ("{\"iat\":0,\"exp\":253402300799}", .lifetimeTooLong), ("{\"exp\":1700000601}", .claimMissing),
        ("{\"iat\":1700000000}", .claimMissing),
    ])
    func `lifetime is exact to the second`(claims: String, expected: RejectionCode?) {
        var judging = Judging()
        judging.policy = ClaimPolicy(algorithms: [.es256], maximumLifetime: 600)
        judging.token = Sample.token(claims: claims)
        #expect(judging.code == expected)
    }

    @Test func `what an age is made of must be there and be a time`() {
        var judging = Judging()
        judging.policy = ClaimPolicy(algorithms: [.es256], maximumAge: .max)
        judging.token = Sample.token(claims: "{}")
        #expect(judging.code == .claimMissing)
        judging.token = Sample.token(claims: "{\"iat\":0}")
        #expect(judging.code == nil)
        judging.policy = ClaimPolicy(algorithms: [.es256], maximumAuthenticationAge: 60)
        #expect(judging.code == .claimMissing)
        judging.token = Sample.token(claims: "{\"auth_time\":\"1700000000\"}")
        #expect(judging.code == .claimInvalid)
    }
}
