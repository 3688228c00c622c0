import Codecs
import JOSE
import Testing
import Tokens

@Suite struct VerdictCacheTests {
    private static let now: Int64 = 1_700_000_000
    private static let claims = try? Claims([
        "iss": "https://issuer.example", "sub": "anna", "exp": 1_700_000_600, "nbf": 1_699_999_000, "jti": "t1",
        "sid": "s1",
    ])

    private func token(_ number: Int, length: Int = 550) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var token = (0..<length).map { _ in UInt8.random(in: 0x61...0x7A, using: &generator) }
        token.replaceSubrange(0..<8, with: Array("\(10_000_000 + number)".utf8))
        return token
    }

    private func remember(_ cache: VerdictCache<Int>, _ token: [UInt8], _ verdict: Int, leeway: Int64 = 0) throws {
        cache.remember(
            verdict, for: token, policy: 1, keys: 1, claims: try #require(Self.claims), keyID: "k1",
            asked: ClaimPolicy(algorithms: [.es256], leeway: leeway))
    }

    private func verdict(
        _ cache: VerdictCache<Int>, _ token: [UInt8], policy: UInt64 = 1, keys: UInt64 = 1, now: Int64 = now,
        _ revocations: RevocationSnapshot = .empty
    ) -> Int? {
        cache.verdict(for: token, policy: policy, keys: keys, now: now, revocations: revocations)
    }

    @Test func `of a bound token a bearer learns nothing, and its owner nothing without the proof`() throws {
        let cache = VerdictCache<Int>(entries: 64)
        let (bound, free, looked) = (token(1), token(2), token(3))
        let claims = try Claims(["cnf": ["jkt": "k"], "exp": 1_700_000_600])
        var policy = ClaimPolicy(algorithms: [.es256])
        cache.remember(1, for: bound, policy: 1, keys: 1, claims: claims, keyID: nil, asked: policy)
        try remember(cache, free, 2)
        policy.confirmation = .unchecked
        cache.remember(3, for: looked, policy: 1, keys: 1, claims: claims, keyID: nil, asked: policy)
        func verdict(_ token: [UInt8], _ confirmation: Tokens.Confirmation) -> Int? {
            cache.verdict(
                for: token, policy: 1, keys: 1, now: Self.now, confirmation: confirmation, revocations: .empty)
        }
        for _ in 0..<2 {
            #expect(verdict(bound, .none) == nil)
            #expect(verdict(bound, .key(thumbprint: "other")) == nil)
            #expect(verdict(bound, .key(thumbprint: "k")) == 1)
            #expect(verdict(free, .none) == 2)
            #expect(verdict(free, .key(thumbprint: "k")) == nil)
            #expect(verdict(looked, .none) == 3)
        }
        // The place of a bound token is taken by one that is not.
        try remember(cache, bound, 4)
        #expect(verdict(bound, .none) == 4)
        #expect(verdict(bound, .key(thumbprint: "k")) == nil)
        cache.removeAll()
        #expect(verdict(bound, .none) == nil)
    }

    @Test func `the same token under the same policy and keys, and nothing else`() throws {
        let cache = VerdictCache<Int>(entries: 64)
        let token = token(1)
        #expect(verdict(cache, token) == nil)
        try remember(cache, token, 7)
        #expect(verdict(cache, token) == 7)
        #expect(verdict(cache, token, policy: 2) == nil)
        #expect(verdict(cache, token, keys: 2) == nil)
        // Any other byte, also where only the signature's end, from which the place follows, is the same.
        for place in token.indices {
            var other = token
            other[place] ^= 1
            #expect(verdict(cache, other) == nil)
        }
        #expect(verdict(cache, Array(token.dropFirst())) == nil)
        #expect(verdict(cache, [0x61] + token) == nil)
        #expect(verdict(cache, []) == nil)
        #expect(verdict(cache, token) == 7)
        try remember(cache, token, 8)
        #expect(verdict(cache, token) == 8)
        #expect(cache.count == 1)
        cache.removeAll()
        #expect(verdict(cache, token) == nil)
        #expect(cache.count == 0)
        #expect(cache.size == 0)
    }

    @Test(
        arguments: [
            (1_699_998_989, false), (1_699_998_990, true), (1_700_000_609, true), (1_700_000_610, false),
        ] as [(Int64, Bool)])
    func `times are looked at on every hit`(now: Int64, passes: Bool) throws {
        let cache = VerdictCache<Int>(entries: 64)
        let token = token(1)
        try remember(cache, token, 7, leeway: 10)
        #expect((verdict(cache, token, now: now) == 7) == passes)
        #expect(cache.count == (passes ? 1 : 0))
    }

    /// The verifier says no in the very second in which the cache forgets.
    @Test func `a token too old for its policy is not served, though it has not expired`() throws {
        let issued: Int64 = 1_699_999_900
        let claims: JSONObject = [
            "iat": .number(JSONNumber(issued)), "auth_time": .number(JSONNumber(issued - 50)), "exp": 1_700_009_000,
        ]
        let key = try #require(Keys.all[.es256])
        let token = Array(try TokenSigner(key: key).sign(claims: claims).utf8)
        for (age, authentication) in [(300, nil), (nil, 400), (300, 400), (300, 200), (Int64.max, Int64.max)]
            as [(Int64?, Int64?)]
        {
            let policy = ClaimPolicy(
                algorithms: [.es256], leeway: 10, maximumAge: age, maximumAuthenticationAge: authentication)
            let verifier = TokenVerifier(keys: try KeySet([key.verificationKey]), policy: policy)
            let verified = try verifier.verify(token, now: Self.now)
            for now in (issued + 100)..<(issued + 420) {
                let cache = VerdictCache<Int>(entries: 8)
                cache.remember(
                    7, for: token, policy: 1, keys: 1, claims: verified.claims, keyID: verified.keyID, asked: policy)
                let passes = (try? verifier.verify(token, now: now)) != nil
                #expect((verdict(cache, token, now: now) == 7) == passes, "\(now - issued)")
            }
        }
    }

    @Test func `revocation is looked at on every hit, until then and from then on`() throws {
        let issuer: ByteString = "https://issuer.example"
        for revoked in [
            RevocationSnapshot(tokens: [TokenIdentity(issuer: issuer, id: "t1")], generation: 2),
            RevocationSnapshot(sessions: [TokenIdentity(issuer: issuer, id: "s1")], generation: 2),
            RevocationSnapshot(sessions: [TokenIdentity(issuer: issuer, id: "s1")]),
            RevocationSnapshot(subjects: [TokenIdentity(issuer: issuer, id: "anna"): 0], generation: 2),
            RevocationSnapshot(keys: [TokenIdentity(issuer: issuer, id: "k1")], generation: 2),
        ] {
            let cache = VerdictCache<Int>(entries: 64)
            let token = token(1)
            try remember(cache, token, 7)
            let before = RevocationSnapshot(tokens: [TokenIdentity(issuer: issuer, id: "t2")], generation: 1)
            #expect(verdict(cache, token, before) == 7)
            #expect(verdict(cache, token, before) == 7)
            #expect(verdict(cache, token, revoked) == nil)
            #expect(verdict(cache, token, before) == nil)
        }
    }

    @Test func `an unchanged generation is not looked at twice, an unnumbered snapshot always`() throws {
        let cache = VerdictCache<Int>(entries: 64)
        let token = token(1)
        let identity = TokenIdentity(issuer: "https://issuer.example", id: "t1")
        try remember(cache, token, 7)
        #expect(verdict(cache, token, RevocationSnapshot(generation: 5)) == 7)
        // Nobody makes two snapshots of one number: that this one is not looked at is the whole point of the number.
        #expect(verdict(cache, token, RevocationSnapshot(tokens: [identity], generation: 5)) == 7)
        #expect(verdict(cache, token, RevocationSnapshot(tokens: [identity])) == nil)
        // A number seen before the token came says nothing about it.
        try remember(cache, token, 7)
        #expect(verdict(cache, token, RevocationSnapshot(tokens: [identity], generation: 5)) == nil)
    }

    @Test func `it holds no more tokens and bytes than it may`() throws {
        let cache = VerdictCache<Int>(entries: 64, bytes: 20_000)
        var hits = 0
        for number in 0..<2_000 {
            let token = token(number, length: 100 + number % 900)
            try remember(cache, token, number)
            #expect(cache.count <= 64)
            #expect(cache.size <= 20_000)
            if verdict(cache, token) == number { hits += 1 }
        }
        #expect(hits == 2_000)
        let count = cache.count
        try remember(cache, token(1, length: 20_001), 1)
        try remember(cache, token(1, length: 31), 1)
        try remember(cache, token(1, length: 16_385), 1)
        #expect(cache.count == count)
    }

    @Test func `tokens that fit do not displace each other often`() throws {
        let cache = VerdictCache<Int>(entries: 4_096)
        let tokens = (0..<1_000).map { token($0) }
        for (number, token) in tokens.enumerated() { try remember(cache, token, number) }
        let kept = tokens.enumerated().filter { verdict(cache, $0.element) == $0.offset }.count
        #expect(kept >= 990)
        #expect(cache.count == kept)
    }

    @Test func `what a verdict holds is let go with it`() throws {
        final class Held {}
        let cache = VerdictCache<Held>(entries: 8)
        weak var first: Held?
        do {
            let held = Held()
            first = held
            cache.remember(
                held, for: token(0), policy: 1, keys: 1, claims: try #require(Self.claims), keyID: nil,
                asked: ClaimPolicy(algorithms: [.es256], leeway: 0))
        }
        #expect(first != nil)
        for number in 1..<200 {
            cache.remember(
                Held(), for: token(number), policy: 1, keys: 1, claims: try #require(Self.claims), keyID: nil,
                asked: ClaimPolicy(algorithms: [.es256], leeway: 0))
        }
        #expect(first == nil)
    }
}
