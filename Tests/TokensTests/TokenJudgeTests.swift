import Codecs
import TestSupport
import Testing
import Tokens

@Suite struct TokenJudgeTests {
    @Test func `a required value is the claim itself, or one of its elements`() {
        for (value, passes): (JSON, Bool) in [
            ("user", true), (["user", "admin"], true), (["admin", "user"], false), (["user"], false), ("us", false),
        ] {
            var judging = Judging()
            judging.policy = Sample.policy { $0.requiredClaims = [ClaimRequirement("roles", value)] }
            let isGood = (try? judging.run().result.get()) != nil
            #expect(isGood == passes, "\(value)")
        }
    }

    @Test func `a good token passes every check, in their order`() throws {
        var judging = Judging()
        judging.token = Sample.token(claims: Sample.claims(Sample.bound))
        judging.confirmation = .key(thumbprint: "k")
        let (result, steps) = judging.run()
        let claims = try result.get()
        #expect(claims.subject == "anna")
        #expect(claims.audience == ["orders", "bills"])
        #expect(claims.scopes == ["read", "write"])
        #expect(steps.map(\.check) == VerificationStep.Check.ofSignedTokens)
        #expect(steps.allSatisfy { $0.outcome == .passed && $0.code == nil && !$0.detail.isEmpty })
    }

    @Test func `a policy that asks for nothing skips, and says so`() throws {
        var judging = Judging()
        judging.policy = ClaimPolicy(algorithms: [.es256])
        judging.token = Sample.token(claims: "{}")
        judging.revocations = nil
        let (result, steps) = judging.run()
        #expect(throws: Never.self) { try result.get() }
        #expect(steps.map(\.check) == VerificationStep.Check.ofSignedTokens)
        let skipped = steps.filter { $0.outcome == .skipped }.map(\.check)
        #expect(
            skipped == [
                .type, .issuer, .audience, .expiry, .notBefore, .issuedAt, .confirmation, .requiredClaims, .scopes,
                .revocation,
            ])
    }

    @Test(arguments: RejectionTable.rows) func `every bad token is refused at its check, for its reason`(
        row: RejectionTable.Row
    ) throws {
        let (result, steps) = row.judging.run()
        let rejection = try #require(throws: TokenRejection.self) { try result.get() }
        #expect(rejection.check == row.check)
        #expect(rejection.code == row.code)
        #expect(!rejection.detail.isEmpty)

        // What `report` hears is the way to the refusal: the checks in their order, the last one failed.
        let last = try #require(steps.last)
        #expect(steps.map(\.check) == Array(VerificationStep.Check.ofSignedTokens.prefix(steps.count)))
        #expect(steps.dropLast().allSatisfy { $0.outcome != .failed && $0.code == nil })
        #expect(last.outcome == .failed)
        #expect(last.check == rejection.check)
        #expect(last.code == rejection.code)
        #expect(last.detail == rejection.detail)

        // Nobody listening changes nothing.
        let quiet = #expect(throws: TokenRejection.self) {
            let judge = TokenJudge(policy: row.judging.policy)
            let plan = try judge.plan(row.judging.token, keys: row.judging.keys)
            _ = try judge.judge(
                plan, signatureHolds: row.judging.signatureHolds, keyID: row.judging.keyID, now: row.judging.now,
                confirmation: row.judging.confirmation, revocations: row.judging.revocations)
        }
        #expect(quiet == rejection)
    }

    @Test func `every rejection code has a token that earns it`() {
        let earned = Set(RejectionTable.rows.map(\.code))
        #expect(RejectionCode.ofSignedTokens.filter { !earned.contains($0) } == [])
        print("Rejection table: \(RejectionTable.rows.count) tokens, \(earned.count) codes")
    }

    @Test func `codes are kebab-case and tell apart`() {
        let codes = RejectionCode.allCases.map(\.rawValue)
        #expect(Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x2D } })
    }

    /// A token with two defects is refused for the one that is looked at first (CVE-2024-51744: an expired and badly
    /// signed token is not "expired").
    @Test func `of two defects the earlier check speaks`() {
        var judging = Judging()
        judging.token = Sample.token(claims: Sample.claims(["exp": 1]))
        judging.signatureHolds = false
        #expect(judging.code == .signatureMismatch)
        judging.signatureHolds = true
        judging.revocations = RevocationSnapshot(
            tokens: [TokenIdentity(issuer: "https://issuer.example", id: "t1")])
        #expect(judging.code == .tokenExpired)

        let header = #"{"alg":"none","crit":["x"],"kid":"nobody"}"#
        judging.token = Sample.token(header: header, claims: "not JSON", signature: [])
        judging.keys = []
        #expect(judging.code == .algorithmNone)
        judging.token = Sample.token(header: header.replacing("none", with: "ES256"), claims: "not JSON", signature: [])
        #expect(judging.code == .criticalInvalid)
        judging.token = Sample.token(header: #"{"alg":"ES256"}"#, claims: "not JSON", signature: [])
        #expect(judging.code == .keyUnknown)
        judging.keys = [Sample.key]
        #expect(judging.code == .signatureLength)
        judging.token = Sample.token(claims: "not JSON")
        judging.signatureHolds = false
        #expect(judging.code == .signatureMismatch)
    }

    @Test func `without a usable algorithm or header no key is chosen`() {
        for row in RejectionTable.form + RejectionTable.header + RejectionTable.algorithm + RejectionTable.critical {
            #expect(!row.judging.run().steps.contains { $0.check == .key }, "\(row)")
        }
    }

    @Test func `a name with a NUL before it is another name`() {
        var judging = Judging()
        judging.policy = ClaimPolicy(algorithms: [.es256], issuers: ["trusted"])
        judging.token = Sample.token(claims: #"{"\u0000iss":"trusted"}"#)
        #expect(judging.code == .issuerMismatch)
        judging.token = Sample.token(header: #"{"\u0000alg":"ES256","kid":"k1"}"#)
        #expect(judging.code == .headerParameter)
    }

    @Test func `EdDSA reads as Ed25519 where the policy lists the old name`() {
        var judging = Judging()
        judging.policy = ClaimPolicy(algorithms: [.ed25519])
        judging.keys = [Sample.description("k1", .ed25519)]
        for name in ["EdDSA", "Ed25519"] {
            judging.token = Sample.token(header: #"{"alg":"\#(name)","kid":"k1"}"#)
            judging.policy.acceptsEdDSA = false
            #expect(judging.code == (name == "EdDSA" ? .algorithmNotAllowed : nil))
            judging.policy.acceptsEdDSA = true
            #expect(judging.code == nil)
        }
    }

    @Test(arguments: [
        ("at+jwt", "at+jwt"), ("application/at+jwt", "at+jwt"), ("AT+JWT", "at+jwt"),
        ("Application/At+Jwt", "application/at+jwt"), ("at+jwt", "application/at+jwt"), ("at+jwt", "AT+jwt"),
    ])
    func `a media type counts without its prefix and its case`(written: String, wanted: String) {
        var judging = Judging()
        judging.token = Sample.token(header: #"{"alg":"ES256","typ":"\#(written)"}"#)
        judging.policy.types = [ByteString(wanted)]
        #expect(judging.code == nil)
    }

    /// J48: no kind of token passes for another.
    @Test func `each kind of token is refused where another is wanted`() {
        let types = ["at+jwt", "JWT", "logout+jwt", "dpop+jwt", "secevent+jwt", "client-authentication+jwt"]
        for written in types {
            for wanted in types {
                var judging = Judging()
                judging.token = Sample.token(header: #"{"alg":"ES256","typ":"\#(written)"}"#)
                judging.policy.types = [ByteString(wanted)]
                #expect((judging.code == nil) == (written == wanted))
            }
        }
    }

    @Test func `names compare by bytes, in issuer, audience, scope and requirement`() {
        let composed: ByteString = "caf\u{E9}"
        let decomposed: JSON = "cafe\u{301}"
        let rows: [(ByteString, RejectionCode, (inout ClaimPolicy) -> Void)] = [
            ("iss", .issuerMismatch, { $0.issuers = [composed] }),
            ("aud", .audienceMismatch, { $0.audiences = [composed] }),
            ("scope", .scopeMissing, { $0.scopes = [composed] }),
            ("sub", .claimMismatch, { $0.requiredClaims = [ClaimRequirement("sub", .string(composed))] }),
        ]
        for (name, code, change) in rows {
            var judging = Judging()
            judging.policy = ClaimPolicy(algorithms: [.es256])
            change(&judging.policy)
            judging.token = Sample.token(claims: JSONWriter.text(.object([name: .string(composed)])))
            #expect(judging.code == nil)
            judging.token = Sample.token(claims: JSONWriter.text(.object([name: decomposed])))
            #expect(judging.code == code)
        }
    }

    @Test func `what was issued after a subject or a client was revoked is good`() {
        var judging = Judging()
        judging.token = Sample.token(claims: Sample.claims(["client_id": "web"]))
        let issuer: ByteString = "https://issuer.example"
        judging.revocations = RevocationSnapshot(
            subjects: [TokenIdentity(issuer: issuer, id: "anna"): 1_699_998_999],
            clients: [
                TokenIdentity(issuer: issuer, id: "web"): 1_699_998_999,
                TokenIdentity(issuer: issuer, id: "anna"): .max,
            ])
        #expect(judging.code == nil)
    }

    @Test(
        arguments: [
            "x", [], ["x"], [[:]], [["jti": 1, "kid": [], "iat": "x"]],
            [["jti": "t2", "client_id": "api", "iat": 1_699_999_000, "kid": "k2"]],
        ] as [JSON])
    func `an exchange of other tokens, or none that can be read, revokes nothing`(exchanged: JSON) {
        var judging = Judging()
        judging.token = Sample.token(claims: Sample.claims(["exchanged_from": exchanged]))
        let issuer: ByteString = "https://issuer.example"
        judging.revocations = RevocationSnapshot(
            tokens: [
                TokenIdentity(issuer: issuer, id: "k2"), TokenIdentity(issuer: "https://other.example", id: "t2"),
            ],
            clients: [TokenIdentity(issuer: issuer, id: "api"): 1_699_998_999],
            keys: [TokenIdentity(issuer: issuer, id: "t2"), TokenIdentity(issuer: "https://other.example", id: "k1")])
        #expect(judging.code == nil)
    }

    @Test func `what was revoked for one issuer stays good for another`() {
        var judging = Judging()
        let other: ByteString = "https://other.example"
        judging.revocations = RevocationSnapshot(
            tokens: [
                TokenIdentity(issuer: other, id: "t1"), TokenIdentity(issuer: "https://issuer.example", id: "s1"),
            ],
            sessions: [
                TokenIdentity(issuer: other, id: "s1"), TokenIdentity(issuer: "https://issuer.example", id: "t1"),
            ])
        #expect(judging.code == nil)
    }

    @Test func `a refusal never repeats the token`() {
        let secret = "verysecretsubject"
        for row in RejectionTable.rows {
            var judging = row.judging
            judging.token += Array(".".utf8) + Array(secret.utf8)
            for step in judging.run().steps { #expect(!step.detail.contains(secret)) }
        }
        var judging = Judging()
        judging.token = Sample.token(claims: Sample.claims(["password": .string(ByteString(secret)), "exp": 1]))
        for step in judging.run().steps { #expect(!step.detail.contains(secret)) }
    }

    @Test func `a step is written as the terminal and the browser expect it`() throws {
        var judging = Judging()
        judging.signatureHolds = false
        let steps = judging.run().steps
        let first = try #require(steps.first)
        let last = try #require(steps.last)
        #expect(
            JSONWriter.text(.object(first.json))
                == #"{"check":"form","outcome":"passed","detail":"three parts, \#(judging.token.count) bytes"}"#)
        #expect(
            JSONWriter.text(.object(last.json))
                == #"{"check":"signature","outcome":"failed","code":"signature-mismatch","#
                + #""detail":"the signature does not belong to this text and key","part":"signature"}"#)
    }
}
