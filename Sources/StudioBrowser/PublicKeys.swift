import Codecs
import Tokens

/// The public halves of what lies in the key box, for links and for code that goes elsewhere. Nothing else of a key leaves
/// through here: no shared secret, no private member.
///
/// {key: {text, form}} → {keys: [{jwk, plain, pem?}], document?, hasSecret, hasPrivate}. `jwk` and `plain` are JSON texts, the
/// second without names and purposes; `document` is one text with all the keys, for a key box.
struct PublicKeys {
    /// What came of it.
    let json: JSON

    init(_ question: JSONObject) throws(QuestionDefect) {
        let box = try KeyBox(question: question)
        let keys = box.usable
        let publicKeys = keys.compactMap { PublicKey($0) }
        var answer: JSONObject = ["keys": .array(publicKeys.map { $0.json })]
        if publicKeys.count == 1 {
            answer["document"] = .string(PublicKey.text(.object(publicKeys[0].jwk)))
        } else if !publicKeys.isEmpty {
            answer["document"] = .string(PublicKey.text(["keys": .array(publicKeys.map { .object($0.jwk) })]))
        }
        answer["hasSecret"] = .bool(keys.contains { $0.material?.isSecret ?? false })
        answer["hasPrivate"] = .bool(
            keys.contains { key in key.material.map { $0.isPrivate && !$0.isSecret } ?? false })
        json = .object(answer)
    }
}

/// The public half of one key.
struct PublicKey {
    /// With what the key says of itself: `alg` and `kid`.
    let jwk: JSONObject
    private let material: KeyMaterial

    /// Nil for a shared secret, for a key that is not for checking signatures, and where the public half is not there.
    init?(_ key: DecodedKey) {
        guard let material = key.material, let algorithm = key.description.algorithm, key.description.mayVerify,
            KeyDER.subjectPublicKeyInfo(material) != nil
        else { return nil }
        var jwk = JWKWriter.required(material)
        jwk["alg"] = .string(ByteString(algorithm.rawValue))
        if let id = key.description.id { jwk["kid"] = .string(id) }
        self.jwk = jwk
        self.material = material
    }

    /// {jwk, plain, pem?}, each a text.
    var json: JSON {
        var json: JSONObject = [
            "jwk": .string(Self.text(.object(jwk))), "plain": .string(Self.text(.object(JWKWriter.required(material)))),
        ]
        if let pem = KeyPEM.publicKey(material) { json["pem"] = .string(ByteString(pem)) }
        return .object(json)
    }

    /// A document in as few characters as it has.
    static func text(_ json: JSON) -> ByteString { ByteString(utf8: JSONWriter.write(json)) }
}
