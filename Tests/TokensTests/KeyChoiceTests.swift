import Codecs
import Testing
import Tokens

@Suite struct KeyChoiceTests {
    private func candidates(kid: String?, _ keys: [KeyDescription]) throws -> [Int] {
        let kid = kid.map { #","kid":"\#($0)""# } ?? ""
        let token = Sample.token(header: #"{"alg":"ES256"\#(kid)}"#)
        return Array(
            try TokenJudge(policy: ClaimPolicy(algorithms: [.es256, .hs256])).plan(token, keys: keys).candidates)
    }

    @Test func `the named key is asked, and no other`() throws {
        let keys = ["k1", "k2", "k3"].map { Sample.description($0, .es256) } + [Sample.description(nil, .es256)]
        #expect(try candidates(kid: "k2", keys) == [1])
    }

    @Test func `keys without a name answer for a name that no key has`() throws {
        let keys = [Sample.description("k1", .es256), Sample.description(nil, .es256), Sample.description(nil, .hs256)]
        #expect(try candidates(kid: "unheard", keys) == [1])
    }

    @Test func `without a name every fitting key is asked, eight at most`() throws {
        let keys = [
            Sample.description("a", .es256), Sample.description("b", .rs256), Sample.description(nil, .es256),
            Sample.description("c", .es256, mayVerify: false), Sample.description("d", .hs256),
            Sample.description("e", nil),
            Sample.description("f", .es256),
        ]
        #expect(try candidates(kid: nil, keys) == [0, 2, 6])
        let eight = (0..<8).map { Sample.description(ByteString("k\($0)"), .es256) }
        #expect(
            try candidates(kid: nil, eight + (0..<90).map { Sample.description(ByteString("r\($0)"), .rs256) }).count
                == 8)
        #expect(throws: TokenRejection.self) { try candidates(kid: nil, eight + [Sample.key]) }
    }

    /// A decision opens nothing to a judge that would have decided otherwise.
    @Test func `a decision about a header is of no use to another judge or for other keys`() throws {
        let token = Sample.token()
        let keys = [Sample.description("k0", .es256), Sample.key]
        let judge = TokenJudge(policy: Sample.policy)
        let known = try judge.plan(token, keys: keys).headerDecision
        #expect(try Array(judge.plan(token, keys: keys, known: known).candidates) == [1])
        for keys in [
            [], [Sample.key], [Sample.key, Sample.description("k1", .rs256)],
            [Sample.key, Sample.description("k1", .es256, mayVerify: false)],
        ] {
            let told = (try? judge.plan(token, keys: keys, known: known).candidates).map { Array($0) }
            let anew = (try? judge.plan(token, keys: keys).candidates).map { Array($0) }
            #expect(told == anew)
        }
        let other = TokenJudge(policy: Sample.policy { $0.algorithms = [.rs256] })
        #expect(throws: TokenRejection.self) { try other.plan(token, keys: keys, known: known) }
    }

    @Test func `one name may not reach a key of another kind through its name`() {
        // J02: a token that says HS256 and names the ECDSA key.
        var judging = Judging()
        judging.policy.algorithms = [.es256, .hs256]
        judging.token = Sample.token(
            header: #"{"alg":"HS256","kid":"k1"}"#, signature: [UInt8](repeating: 0, count: 32))
        #expect(judging.code == .keyAlgorithmMismatch)
    }

    @Test func `addresses and certificates in the header choose nothing`() throws {
        let header =
            #"{"alg":"ES256","kid":"k1","jku":"https://evil.example/","x5u":"https://evil.example/","x5c":["AA=="],"x5t":"AA"}"#
        let plan = try TokenJudge(policy: Sample.policy).plan(
            Sample.token(header: header), keys: [Sample.description("k0", .es256), Sample.key])
        #expect(Array(plan.candidates) == [1])
    }
}
