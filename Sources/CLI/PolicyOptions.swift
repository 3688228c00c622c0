import ArgumentParser
import Codecs
import Tokens

/// What is asked of a token: the flags that become a `ClaimPolicy`.
struct PolicyOptions: ParsableArguments {
    @Option(name: .long, help: "The issuer to trust (iss). May be repeated.")
    var issuer: [String] = []

    @Option(name: .long, help: "An audience that is served here (aud). May be repeated.")
    var audience: [String] = []

    @Option(name: .long, help: "An accepted type (typ), such as at+jwt. May be repeated.")
    var type: [String] = []

    @Option(name: .long, help: "Seconds by which clocks may differ.")
    var leeway: Int64 = 30

    @Option(
        name: .long,
        help: "Judge as if it were this time: seconds since 1970, 2026-11-23T18:25:00Z, now, +5m or -2d.")
    var at: Moment?

    @Option(name: .long, help: "A claim that must be there: name, or name=value. May be repeated.")
    var require: [String] = []

    @Option(name: .long, help: "A scope that must be granted. May be repeated.")
    var scope: [String] = []

    func validate() throws {
        guard leeway >= 0, leeway <= 3_600 else { throw ValidationError("--leeway is 0 to 3600 seconds") }
    }

    /// Seconds since 1970: the time asked for, or the clock's.
    var now: Int64 { at?.seconds() ?? Moment.clock }

    /// The policy for keys of these algorithms: what a key is not for is never accepted.
    func policy(algorithms: [SignatureAlgorithm]) -> ClaimPolicy {
        func texts(_ values: [String]) -> [ByteString]? { values.isEmpty ? nil : values.map { ByteString($0) } }
        return ClaimPolicy(
            algorithms: algorithms, types: texts(type), issuers: texts(issuer), audiences: texts(audience),
            leeway: leeway, requiredClaims: require.map { ClaimRequirement(text: ByteString($0)) },
            scopes: scope.map { ByteString($0) })
    }
}
