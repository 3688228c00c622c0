import Codecs
import Tokens

/// A token that passes, a policy that asks everything of it, and the means to spoil either.
enum Sample {
    static let now: Int64 = 1_700_000_000
    static let key = description("k1", .es256)
    static let header = #"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#
    static let claims = claims()
    static let policy = ClaimPolicy(
        algorithms: [.es256], types: ["at+jwt"], issuers: ["https://issuer.example"], audiences: ["orders"],
        requiredClaims: [ClaimRequirement("exp"), ClaimRequirement("sub"), ClaimRequirement("roles", "user")],
        scopes: ["read"])

    /// What makes it a token that is bound to the key of the thumbprint `k`.
    static let bound: [ByteString: JSON?] = ["cnf": ["jkt": "k"]]

    static func claims(_ changes: [ByteString: JSON?] = [:]) -> String {
        var claims: JSONObject = [
            "iss": "https://issuer.example", "sub": "anna", "aud": ["orders", "bills"], "exp": 1_700_000_600,
            "nbf": 1_699_999_000, "iat": 1_699_999_000, "jti": "t1", "sid": "s1", "roles": ["user", "admin"],
            "scope": "read write",
        ]
        for (name, value) in changes { claims[name] = value }
        return JSONWriter.text(.object(claims))
    }

    static func token(
        header: String = header, claims: String = claims, signature: [UInt8] = [UInt8](repeating: 0, count: 64)
    ) -> [UInt8] {
        let parts = [Array(header.utf8), Array(claims.utf8), signature].map(Base64URL.encodeBytes)
        return Array(parts.joined(separator: [UInt8(ascii: ".")]))
    }

    static func description(
        _ id: ByteString?, _ algorithm: SignatureAlgorithm?, mayVerify: Bool = true, signatureLength: Int? = 64
    ) -> KeyDescription {
        KeyDescription(
            id: id, algorithm: algorithm, mayVerify: mayVerify, maySign: false, signatureLength: signatureLength,
            summary: "test key")
    }

    /// The policy with changes.
    static func policy(_ change: (inout ClaimPolicy) -> Void) -> ClaimPolicy {
        var policy = policy
        change(&policy)
        return policy
    }
}

/// One judging: what goes in.
struct Judging: Sendable {
    var name = ""
    var token = Sample.token()
    var policy = Sample.policy
    var keys = [Sample.key]
    var signatureHolds = true
    var keyID: ByteString? = "k1"
    var now = Sample.now
    var confirmation = Tokens.Confirmation.none
    var revocations: RevocationSnapshot? = .empty

    /// The claims or the rejection, and the steps that were heard.
    func run() -> (result: Result<Claims, TokenRejection>, steps: [VerificationStep]) {
        var steps: [VerificationStep] = []
        do throws(TokenRejection) {
            let judge = TokenJudge(policy: policy)
            let plan = try judge.plan(token, keys: keys) { steps.append($0) }
            let claims = try judge.judge(
                plan, signatureHolds: signatureHolds, keyID: keyID, now: now, confirmation: confirmation,
                revocations: revocations
            ) { steps.append($0) }
            return (.success(claims), steps)
        } catch {
            return (.failure(error), steps)
        }
    }

    /// The code of the refusal; nil when the token passes.
    var code: RejectionCode? {
        if case .failure(let rejection) = run().result { rejection.code } else { nil }
    }
}
