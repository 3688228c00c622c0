import Codecs
import Tokens

/// What the page asks: {token, key: {text, form, alg?}, policy: {issuer?, audience?, type?, leeway, require, scopes}, now}.
struct JudgeQuestion {
    /// The most seconds of leeway; more would make `exp` meaningless.
    static let maximumLeeway: Int64 = 86_400

    let token: [UInt8]
    let key: KeyBox
    let policy: ClaimPolicy
    /// Seconds since 1970.
    let now: Int64
    /// WebCrypto's answer, in the second of the two questions.
    let signatureHolds: Bool?

    init(_ json: JSONObject) throws(QuestionDefect) {
        guard let token = json["token"]?.string else { throw QuestionDefect(member: "token") }
        guard let now = json["now"]?.int64, now >= 0, now <= NumericDate.maximum else {
            throw QuestionDefect(member: "now")
        }
        guard let policy = json["policy"]?.object else { throw QuestionDefect(member: "policy") }
        let leeway = policy["leeway"]?.int64 ?? 30
        guard leeway >= 0, leeway <= Self.maximumLeeway else { throw QuestionDefect(member: "leeway") }
        self.token = token.bytes
        self.now = now
        key = try KeyBox(question: json)
        signatureHolds = json["signatureHolds"]?.bool
        var algorithms: [SignatureAlgorithm] = []
        for key in key.usable {
            if let algorithm = key.description.algorithm, !algorithms.contains(algorithm) {
                algorithms.append(algorithm)
            }
        }
        self.policy = ClaimPolicy(
            algorithms: algorithms,
            types: policy["type"]?.string.map { [$0] },
            issuers: policy["issuer"]?.string.map { [$0] },
            audiences: policy["audience"]?.string.map { [$0] },
            leeway: leeway,
            requiredClaims: (policy["require"]?.array ?? []).compactMap { $0.string }.map {
                ClaimRequirement(text: $0)
            },
            scopes: (policy["scopes"]?.array ?? []).compactMap { $0.string }, acceptsEdDSA: true,
            // Somebody looks at a token; nobody sent it.
            confirmation: .unchecked)
    }
}

extension KeyBox {
    /// The key box of a question: {key: {text, form, alg?}}; `alg` is what the key is for, "auto" like no `alg`.
    init(question: JSONObject) throws(QuestionDefect) {
        guard let key = question["key"]?.object, let text = key["text"]?.string, let form = key["form"]?.string else {
            throw QuestionDefect(member: "key")
        }
        self.init(text.bytes, form: form, purpose: try Self.purpose(key["alg"]?.string))
    }

    private static func purpose(_ name: ByteString?) throws(QuestionDefect) -> KeyPurpose? {
        guard let name, name != "auto" else { return nil }
        guard let purpose = KeyPurpose(name: name) else { throw QuestionDefect(member: "key") }
        return purpose
    }
}

/// The page asked something that is not a question: a fault of the page, never of the token.
struct QuestionDefect: Error {
    /// The member that is missing or not what it should be.
    let member: String
}
