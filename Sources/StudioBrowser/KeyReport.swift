import Codecs
import Tokens

/// What the keys of the box are, for the page to show; nothing of it is secret but `derive`.
///
/// {key: {text, form, alg?}, header?: encoded header of the token, publics?} → {keys: [key], purposes: [name]}. A key is
/// {index, summary, private, chosen, stated: [name], forms: [form]} and, where known, kty, crv, bits, security, kid, alg, use,
/// keyOps, canonical (whose SHA-256 is the thumbprint), derive, incomplete, problem: {code, text}, certificates, certificateHash.
/// `purposes` are the algorithms that the keys can be for that do not say it themselves.
struct KeyReport {
    /// The report.
    let json: JSON

    init(_ question: JSONObject) throws(QuestionDefect) {
        let keys = try KeyInBox.all(question)
        let chosen = Self.chosen(question["header"]?.string, keys)
        json = [
            "keys": .array(keys.map { .object(Self.facts($0, isChosen: chosen.contains($0.index))) }),
            "purposes": .array(try KeyPurposes.names(question).map { .string(ByteString($0)) }),
        ]
    }

    /// The keys that the token's `kid` names; of several of one name, those for its algorithm (RFC 7517 §4.5).
    private static func chosen(_ header: ByteString?, _ keys: [KeyInBox]) -> [Int] {
        guard let header, let bytes = try? Base64URL.decode(header.bytes),
            let json = try? JSONReader.read(bytes, depth: DecodedToken.headerDepth),
            let id = json.object?["kid"]?.string
        else { return [] }
        let named = keys.filter { $0.key.description.id == id }
        let name = json.object?["alg"]?.string
        let algorithm = name == "EdDSA" ? .ed25519 : name.flatMap { SignatureAlgorithm(name: $0) }
        let fitting = named.filter { algorithm != nil && $0.key.description.algorithm == algorithm }
        return (fitting.isEmpty ? named : fitting).map { $0.index }
    }

    private static func facts(_ key: KeyInBox, isChosen: Bool) -> JSONObject {
        let description = key.key.description
        var facts: JSONObject = [
            "index": .number(JSONNumber(Int64(key.index))), "summary": text(description.summary),
            "private": .bool(description.isPrivate), "chosen": .bool(isChosen), "stated": stated(key.jwk),
            "forms": .array(KeyForm.allCases.filter { $0.fits(key) }.map { text($0.rawValue) }),
        ]
        if let id = description.id { facts["kid"] = shown(id) }
        if let problem = key.problem {
            facts["problem"] = ["code": text(problem.code.rawValue), "text": text(problem.detail)]
        }
        if let operations = key.jwk?["key_ops"]?.array {
            facts["keyOps"] = .array(operations.compactMap { $0.string.map { shown($0) } })
        }
        guard let material = key.material else { return facts }
        let kind = KeyKind(material)
        facts["kty"] = text(kind.type)
        if let curve = kind.curve { facts["crv"] = text(curve) }
        if let bits = kind.bits { facts["bits"] = .number(JSONNumber(Int64(bits))) }
        if let security = kind.security { facts["security"] = .number(JSONNumber(Int64(security))) }
        if let algorithm = key.algorithmName { facts["alg"] = text(algorithm) }
        if let use = use(description) { facts["use"] = text(use) }
        if let pkcs8 = material.privatePartAlone.flatMap({ KeyDER.pkcs8($0) }) {
            facts["derive"] = text(Base64URL.encode(pkcs8))
        }
        if !material.hasPublicPart {
            facts["incomplete"] = true
        } else if !material.isSecret {
            // A thumbprint of a shared secret would invite guessing.
            facts["canonical"] = text(JSONWriter.text(.object(JWKWriter.required(material))))
        }
        if let certificates = key.key.certificates {
            facts["certificates"] = .array(certificates.chain.map { CertificateFacts.json($0) })
            if let hash = certificates.sha256 { facts["certificateHash"] = text(Hex.encode(hash)) }
        }
        return facts
    }

    /// Which of the members that say what a key is for stand in its text.
    private static func stated(_ jwk: JSONObject?) -> JSON {
        let names: [ByteString] = ["kid", "alg", "use", "key_ops"]
        return .array(names.filter { jwk?[$0] != nil }.map { .string($0) })
    }

    /// What the key is for, where it says so; an RSA key in PEM may do both.
    private static func use(_ description: KeyDescription) -> String? {
        if description.algorithm == nil { return "enc" }
        return description.mayEncrypt || description.mayDecrypt ? nil : "sig"
    }

    private static func text(_ value: String) -> JSON { .string(ByteString(value)) }

    private static func shown(_ value: ByteString) -> JSON { text(Readable.text(value.bytes)) }
}

/// A key's type, its curve or parameter set, its size, and how much work breaking it is.
struct KeyKind {
    /// `kty`.
    let type: String
    /// `crv`, or the parameter set.
    let curve: String?
    /// The bits of a modulus or a secret.
    let bits: Int?
    /// The security strength in bits (NIST SP 800-57 part 1, table 2; of ML-DSA FIPS 204 table 1); nil for a secret, whose
    /// strength is in how it was made.
    let security: Int?

    init(_ material: KeyMaterial) {
        switch material {
        case .secret(let secret): self.init("oct", nil, secret.count * 8, nil)
        case .rsa(let modulus, _, _):
            let digits = modulus.drop { $0 == 0 }
            let bits = digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0)
            self.init("RSA", nil, bits, bits >= 7_680 ? 192 : bits >= 3_072 ? 128 : 112)
        case .elliptic(let curve, _, _, _):
            switch curve {
            case .p256, .secp256k1: self.init("EC", curve.rawValue, nil, 128)
            case .p384: self.init("EC", curve.rawValue, nil, 192)
            case .p521: self.init("EC", curve.rawValue, nil, 256)
            }
        case .octetPair(let curve, _, _): self.init("OKP", curve.rawValue, nil, curve == .ed448 ? 224 : 128)
        case .mlDSA(let parameters, _, _):
            self.init("AKP", parameters.rawValue, nil, parameters == .mlDSA65 ? 192 : 256)
        }
    }

    private init(_ type: String, _ curve: String?, _ bits: Int?, _ security: Int?) {
        self.type = type
        self.curve = curve
        self.bits = bits
        self.security = security
    }
}

/// What a text could be a key for.
enum KeyPurposes {
    /// The names of the algorithms, of keys that do not say it themselves.
    static func names(_ question: JSONObject) throws(QuestionDefect) -> [String] {
        guard let key = question["key"]?.object, let text = key["text"]?.string, let form = key["form"]?.string else {
            throw QuestionDefect(member: "key")
        }
        // A password may be of any length, so every secret is read as one; encryption takes keys that no signature takes.
        let attempts: [KeyPurpose?] = [nil, .encryption, .keyManagement(.pbes2HS256A128KW)]
        for purpose in attempts {
            let box = KeyBox(text.bytes, form: form, purpose: purpose)
            guard case .keys(let keys) = box.content else { continue }
            let jwks = KeyInBox.jwks(question, box)
            let open = keys.indices.filter { !jwks.indices.contains($0) || jwks[$0]?["alg"] == nil }
                .compactMap { keys[$0].material }
            return KeyPurpose.named.filter { item in open.contains { isPossible($0, item.purpose) } }.map { $0.name }
        }
        return []
    }

    /// Whether a key of this kind can be for this. That a secret is too short for a MAC is worth being told; that it has
    /// not the one length of a cipher's key only makes a long list.
    private static func isPossible(_ material: KeyMaterial, _ purpose: KeyPurpose) -> Bool {
        guard material.fits(purpose) else { return false }
        if case .signature = purpose { return true }
        return (try? DecodedKey(material, id: nil, purpose: purpose)) != nil
    }
}
