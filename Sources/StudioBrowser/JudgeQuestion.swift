import Codecs
import Tokens

/// What the page asks: {token, key: {text, form, alg?, origin?: {address, issuer?}}, policy: {issuer?, audience?, type?, leeway, require, scopes,
/// method?, address?, accessTokenHash?}, now, seen?}. The last three of the policy are asked of DPoP proofs alone; `seen`
/// are the severities of what `inspect` found, so that it is not looked for twice.
struct JudgeQuestion {
    /// The most seconds of leeway; more would make `exp` meaningless.
    static let maximumLeeway: Int64 = 86_400

    let token: [UInt8]
    let key: KeyBox
    /// Where the key was fetched from; nil when a person gave it.
    let keyOrigin: KeyOrigin?
    let policy: ClaimPolicy
    let proof: ProofQuestion
    /// Whether the token says that it is a DPoP proof.
    let isProof: Bool
    /// Seconds since 1970.
    let now: Int64
    /// How severe each finding is that the page has already.
    let seen: [Finding.Severity]?
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
        keyOrigin = json["key"]?.object?["origin"]?.object.flatMap { KeyOrigin($0) }
        signatureHolds = json["signatureHolds"]?.bool
        seen = json["seen"]?.array?.compactMap { $0.string.flatMap { Finding.Severity(rawValue: $0.text) } }
        proof = ProofQuestion(policy)
        isProof = ProofQuestion.isProof(self.token)
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
            maximumAge: isProof ? ProofQuestion.maximumAge : nil,
            // Somebody looks at a token; nobody sent it.
            confirmation: .unchecked)
    }
}

/// Where a key was fetched from, and whose it is by that issuer's own metadata.
struct KeyOrigin {
    let address: ByteString
    /// Whose keys are there, where its metadata led to them.
    let issuer: ByteString?

    init?(_ json: JSONObject) {
        guard let address = json["address"]?.string else { return nil }
        self.address = address
        issuer = json["issuer"]?.string
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
