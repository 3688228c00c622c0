import ArgumentParser
import Codecs
import Tokens

/// What is asked of a token: the flags that become a `ClaimPolicy`.
struct PolicyOptions: ParsableArguments {
    @Option(
        name: .long,
        help: """
            Ask for all that such a token must say: access-token, id-token, client-assertion, logout-token, \
            security-event or dpop-proof. Needs --issuer, and mostly --audience; dpop-proof needs --method and --url.
            """)
    var profile: PolicyProfile?

    @Option(name: .long, help: "The issuer to trust (iss). May be repeated.")
    var issuer: [String] = []

    @Option(name: .long, help: "An audience that is served here (aud). May be repeated.")
    var audience: [String] = []

    @Option(name: .long, help: "An accepted type (typ), such as at+jwt. May be repeated.")
    var type: [String] = []

    @Option(name: .customLong("leeway"), help: "By how much clocks may differ: 30, 90s, 10m; at most an hour.")
    var leewaySpan = TimeSpan(seconds: 30)

    @Option(
        name: .long,
        help: "Judge as if it were this time: seconds since 1970, 2026-11-23T18:25:00Z, now, +5m or -2d.")
    var at: Moment?

    @Option(name: .long, help: "A claim that must be there: name, or name=value. May be repeated.")
    var require: [String] = []

    @Option(name: .long, help: "A scope that must be granted. May be repeated.")
    var scope: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What a claim must say. May be repeated.",
            discussion: "name=text, name:=JSON, name (it is there), !name (it is not); /outer/inner leads inside."))
    var rule: [TypedRule] = []

    @Option(
        name: .long,
        help: "With --profile id-token: the nonce that the client sent; with dpop-proof, the one it was given.")
    var nonce: String?

    @Option(name: .customLong("max-age"), help: "The longest time since the token was issued (iat): 300, 10m, 1h.")
    var maxAgeSpan: TimeSpan?

    @Option(name: .customLong("max-lifetime"), help: "The longest time between iat and exp: 600, 1h, 30d.")
    var maxLifetimeSpan: TimeSpan?

    /// Seconds by which clocks may differ.
    var leeway: Int64 { leewaySpan.seconds }
    /// The most seconds since the token was issued.
    var maxAge: Int64? { maxAgeSpan?.seconds }
    /// The most seconds between `iat` and `exp`.
    var maxLifetime: Int64? { maxLifetimeSpan?.seconds }

    func validate() throws {
        for (name, value) in [("--max-age", maxAge), ("--max-lifetime", maxLifetime)] {
            if let value, value < 1 || value > 3_155_760_000 {
                throw ValidationError("\(name) is 1 second to 100 years, such as 600, 10m or 30d")
            }
        }
        if nonce != nil, profile != .idToken, profile != .dpopProof {
            throw ValidationError("--nonce goes with --profile id-token or dpop-proof")
        }
        if profile == .dpopProof, !require.isEmpty || !rule.isEmpty || !scope.isEmpty || maxLifetime != nil {
            throw ValidationError("a DPoP proof says what RFC 9449 asks for; rules of one's own do not go with it")
        }
        if let profile {
            if !type.isEmpty { throw ValidationError("--profile says what the type is; leave --type out") }
            if let complaint = profile.complaint(issuers: issuer.count, audiences: audience.count) {
                throw ValidationError(complaint)
            }
        }
        guard leeway >= 0, leeway <= 3_600 else {
            throw ValidationError("--leeway is 0 to 3600 seconds, such as 30, 90s or 10m")
        }
    }

    /// Whether anything is asked that only claims can answer.
    var speaksOfClaims: Bool {
        profile != nil || nonce != nil || at != nil || maxAge != nil || maxLifetime != nil || !rule.isEmpty
            || !(issuer + audience + require + scope).isEmpty
    }

    /// Seconds since 1970: the time asked for, or the clock's.
    var now: Int64 { at?.seconds() ?? Moment.clock }

    /// The policy for keys of these algorithms: what a key is not for is never accepted.
    func policy(algorithms: [SignatureAlgorithm]) -> ClaimPolicy {
        func texts(_ values: [String]) -> [ByteString]? { values.isEmpty ? nil : values.map { ByteString($0) } }
        let required = require.map { ClaimRequirement(text: ByteString($0)) }
        var policy: ClaimPolicy
        if let profile, let issuer = issuer.first {
            policy = profile.policy(
                issuer: ByteString(issuer), audiences: audience.map { ByteString($0) },
                nonce: nonce.map { ByteString($0) }, algorithms: algorithms, leeway: leeway)
        } else {
            policy = ClaimPolicy(
                algorithms: algorithms, types: texts(type), issuers: texts(issuer), audiences: texts(audience),
                leeway: leeway)
        }
        // The key decides what is allowed here, and an Ed25519 key allows the name that it had before RFC 9864.
        policy.acceptsEdDSA = true
        // Nobody sent this token: what it is bound to is shown. `ProofOptions` asks for more.
        policy.confirmation = .unchecked
        policy.requiredClaims += required
        policy.scopes += scope.map { ByteString($0) }
        policy.claimRules += rule.map(\.rule)
        policy.maximumAge = maxAge ?? policy.maximumAge
        policy.maximumLifetime = maxLifetime ?? policy.maximumLifetime
        return policy
    }
}
