import Codecs
import Testing
import Tokens

@Suite struct ConfirmationTests {
    private func code(
        _ cnf: JSON?, _ confirmation: Tokens.Confirmation, _ rule: ConfirmationRule = .matching
    ) -> RejectionCode? {
        var judging = Judging()
        judging.token = Sample.token(claims: Sample.claims(["cnf": cnf]))
        judging.confirmation = confirmation
        judging.policy = Sample.policy { $0.confirmation = rule }
        return judging.code
    }

    @Test func `a bound token passes with its key alone, and one that is bound to nothing without`() {
        let key = Tokens.Confirmation.key(thumbprint: "k")
        let rows: [(JSON?, Tokens.Confirmation, ConfirmationRule, RejectionCode?)] = [
            (["jkt": "k"], key, .matching, nil), (["jkt": "k"], .none, .matching, .tokenBound),
            (["jkt": "k"], .key(thumbprint: "K"), .matching, .tokenBound),
            (nil, .none, .matching, nil), (nil, key, .matching, .tokenNotBound),
            (["jkt": "k"], key, .required, nil), (["jkt": "k"], .none, .required, .tokenBound),
            (nil, .none, .required, .tokenNotBound), (nil, key, .required, .tokenNotBound),
            (["jkt": "k"], key, .ifBound, nil), (["jkt": "k"], .none, .ifBound, .tokenBound),
            (nil, key, .ifBound, nil), (nil, .none, .ifBound, nil),
            (["jkt": "k"], .none, .unchecked, nil), (["x5t#S256": "k"], .none, .unchecked, nil),
        ]
        for (cnf, confirmation, rule, expected) in rows {
            #expect(code(cnf, confirmation, rule) == expected, "\(String(describing: cnf)) \(confirmation) \(rule)")
        }
    }

    /// RFC 7800 §3.1: what is not understood is no reason to let a token pass as a bearer token.
    @Test(
        arguments: [
            ["x5t#S256": "k"], ["jwk": ["kty": "EC"]], ["kid": "k"], ["jkt": "k", "x5t#S256": "k"], ["JKT": "k"],
            ["jkt": 1], ["jkt": ["k"]], [:], [], "k", .null, ["jkt": "caf\u{E9}"],
        ] as [JSON])
    func `a cnf that is not understood is satisfied by nothing`(cnf: JSON) {
        let proved: [ByteString] = ["k", "", "cafe\u{301}"]
        for confirmation in [Tokens.Confirmation.none] + proved.map({ .key(thumbprint: $0) }) {
            for rule in [ConfirmationRule.matching, .required, .ifBound] {
                #expect(code(cnf, confirmation, rule) == .tokenBound, "\(cnf)")
            }
        }
    }

    @Test func `where nobody sent the token, the step tells what it is bound to`() throws {
        var judging = Judging()
        judging.token = Sample.token(claims: Sample.claims(Sample.bound))
        judging.policy = Sample.policy { $0.confirmation = .unchecked }
        let step = try #require(judging.run().steps.first { $0.check == .confirmation })
        #expect(step.outcome == .skipped)
        #expect(step.detail == #"the token is bound to the key "k"; no proof was looked at: it is no bearer token"#)
    }

    @Test func `who may use a token is asked before what it grants`() {
        var judging = Judging()
        judging.token = Sample.token(claims: Sample.claims(["cnf": ["jkt": "k"], "scope": "other"]))
        #expect(judging.code == .tokenBound)
    }
}
