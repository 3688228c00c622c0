import Codecs
import Tokens

/// The forms in which the page writes keys.
enum KeyForm: String, CaseIterable {
    /// The whole key as a JWK (RFC 7517).
    case jwk
    /// Its public half as a JWK.
    case publicJWK = "jwk-public"
    /// A public key of any kind (RFC 5280 §4.1).
    case spki
    /// A private key of any kind (RFC 5958).
    case pkcs8
    /// An RSA public key (RFC 8017 §A.1.1).
    case pkcs1Public = "pkcs1-public"
    /// An RSA private key (RFC 8017 §A.1.2).
    case pkcs1
    /// An EC private key (RFC 5915).
    case sec1
    /// The certificates that came with the key.
    case certificate
    /// A shared secret as text.
    case text
    /// A shared secret in base64url.
    case base64url
    /// A shared secret in base64.
    case base64
    /// A shared secret in hexadecimal.
    case hex

    /// Whether the form has a place for the key, and what it needs is here. Costs nothing; writing an RSA key does.
    func fits(_ key: KeyInBox) -> Bool {
        guard let material = key.material else { return false }
        switch (self, material) {
        case (.jwk, _): return material.isPrivate && material.hasPublicPart
        case (.publicJWK, _), (.spki, _): return !material.isSecret && material.hasPublicPart
        case (.pkcs8, _): return material.isPrivate && !material.isSecret
        case (.pkcs1Public, .rsa): return true
        case (.pkcs1, .rsa), (.sec1, .elliptic): return material.isPrivate
        case (.certificate, _): return key.key.certificates?.chain.isEmpty == false
        case (.text, .secret(let bytes)): return Self.visibleText(bytes) != nil
        case (.base64url, .secret), (.base64, .secret), (.hex, .secret): return true
        default: return false
        }
    }

    /// The key in this form; nil where it does not fit.
    func write(_ key: KeyInBox) -> String? {
        guard let material = key.material, fits(key) else { return nil }
        switch self {
        case .jwk: return VisibleJSON.text(.object(key.written(withPrivatePart: true))).text
        case .publicJWK: return VisibleJSON.text(.object(key.written(withPrivatePart: false))).text
        case .spki: return pem("PUBLIC KEY", KeyDER.subjectPublicKeyInfo(material))
        case .pkcs8: return pem("PRIVATE KEY", KeyDER.pkcs8(material))
        case .pkcs1Public: return pem("RSA PUBLIC KEY", KeyDER.pkcs1Public(material))
        case .pkcs1: return pem("RSA PRIVATE KEY", KeyDER.pkcs1Private(material))
        case .sec1: return pem("EC PRIVATE KEY", KeyDER.sec1(material))
        case .certificate:
            return key.key.certificates?.chain.map { PEM.write(label: "CERTIFICATE", der: $0.der) }.joined()
        case .text: return secret(material).flatMap { Self.visibleText($0) }
        case .base64url: return secret(material).map { Base64URL.encode($0) }
        case .base64: return secret(material).map { Base64.encode($0) }
        case .hex: return secret(material).map { Hex.encode($0) }
        }
    }

    private func pem(_ label: String, _ der: [UInt8]?) -> String? {
        der.map { PEM.write(label: label, der: $0) }
    }

    private func secret(_ material: KeyMaterial) -> [UInt8]? {
        if case .secret(let bytes) = material { bytes } else { nil }
    }

    /// Bytes as text, where reading that text would give back these bytes and nothing in it hides.
    private static func visibleText(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard Array(text.utf8) == bytes, !text.unicodeScalars.contains(where: { Display.isInvisible($0) }) else {
            return nil
        }
        return text
    }
}

extension KeyInBox {
    /// The one algorithm that the key is for. `dir` keys are named by their content encryption where the JWK does that.
    var algorithmName: String? {
        if let stated = jwk?["alg"]?.string.flatMap({ ContentEncryptionAlgorithm(name: $0) }) { return stated.rawValue }
        return key.description.algorithm?.rawValue ?? key.description.keyManagement?.rawValue
    }

    /// The key as a JWK, as `signet key convert` writes it.
    func written(withPrivatePart: Bool) -> JSONObject {
        guard let material else { return JSONObject() }
        var jwk = JWKWriter.required(material)
        if let name = algorithmName { jwk["alg"] = .string(ByteString(name)) }
        jwk["use"] = key.description.algorithm == nil ? "enc" : "sig"
        if let id = key.description.id { jwk["kid"] = .string(id) }
        if let certificates = key.certificates {
            if !certificates.chain.isEmpty {
                jwk["x5c"] = .array(certificates.chain.map { .string(ByteString(Base64.encode($0.der))) })
            }
            if let hash = certificates.sha256 { jwk["x5t#S256"] = .string(ByteString(Base64URL.encode(hash))) }
        }
        if withPrivatePart { JWKWriter.addPrivatePart(material, to: &jwk) }
        return jwk
    }
}

/// {key, publics?, form, index?} → {text, left}: one key of the box in another form. The forms `jwks` and `jwks-public` write
/// all keys of the box; `left` counts those that they leave out. {problem} where it cannot be written.
struct KeyConversion {
    /// What came of it.
    let json: JSON

    init(_ question: JSONObject) throws(QuestionDefect) {
        let keys = try KeyInBox.all(question)
        guard let name = question["form"]?.string else { throw QuestionDefect(member: "form") }
        if name == "jwks" || name == "jwks-public" {
            json = Self.set(keys, isPublic: name == "jwks-public")
            return
        }
        guard let form = KeyForm(rawValue: name.text) else { throw QuestionDefect(member: "form") }
        let index = question["index"]?.int64 ?? 0
        guard let key = keys.first(where: { Int64($0.index) == index }), let text = form.write(key) else {
            json = ["problem": "This key cannot be written in that form."]
            return
        }
        json = ["text": .string(ByteString(text)), "left": 0]
    }

    /// A key that is not supported here goes over as it stands, in a public set without its private members.
    private static func set(_ keys: [KeyInBox], isPublic: Bool) -> JSON {
        var written: [JSON] = []
        for key in keys where key.key.complaint == nil {
            guard let material = key.material else {
                guard let jwk = key.jwk, !isPublic || jwk["kty"] != "oct" else { continue }
                written.append(.object(isPublic ? PrivateMembers.removed(from: jwk) : jwk))
                continue
            }
            guard material.hasPublicPart, !(isPublic && material.isSecret) else { continue }
            written.append(.object(key.written(withPrivatePart: !isPublic)))
        }
        guard !written.isEmpty else { return ["problem": "No key of the box has a place in such a set."] }
        let left = JSONNumber(Int64(keys.count - written.count))
        return ["text": .string(VisibleJSON.text(["keys": .array(written)])), "left": .number(left)]
    }
}

/// A key that WebCrypto has just made, given its name and purpose.
///
/// {jwk: text, alg} → {canonical?}: what the thumbprint is over; no member for a secret. {jwk: text, alg, kid} → {text}.
struct GeneratedKey {
    /// What came of it.
    let json: JSON

    init(_ question: JSONObject) throws(QuestionDefect) {
        guard let name = question["alg"]?.string, let purpose = KeyPurpose(name: name) else {
            throw QuestionDefect(member: "alg")
        }
        guard let text = question["jwk"]?.string,
            let object = (try? JSONReader.read(text.bytes, depth: DecodedToken.headerDepth))?.object
        else { throw QuestionDefect(member: "jwk") }
        // What the browser writes into "alg", "key_ops" and "ext" is about its own key object; of an ML-DSA key "alg"
        // says which it is.
        var jwk = object
        for member: ByteString in ["key_ops", "ext", "use"] { jwk[member] = nil }
        if jwk["kty"] != "AKP" { jwk["alg"] = nil }
        guard let key = try? JWKReader.key(jwk, purpose: purpose), let material = key.material, material.fits(purpose)
        else { throw QuestionDefect(member: "jwk") }
        guard let id = question["kid"]?.string else {
            json =
                material.isSecret
                ? [:] : ["canonical": .string(ByteString(JSONWriter.text(.object(JWKWriter.required(material)))))]
            return
        }
        var written = JWKWriter.required(material)
        written["alg"] = .string(name)
        if case .signature = purpose { written["use"] = "sig" } else { written["use"] = "enc" }
        written["kid"] = .string(id)
        JWKWriter.addPrivatePart(material, to: &written)
        json = ["text": .string(VisibleJSON.text(.object(written)))]
    }
}
