public import Codecs
import Tokens

/// Makes signed tokens in compact form (RFC 7515 §3.1).
public struct TokenSigner: Sendable {
    /// The key it signs with.
    public let key: SigningKey

    /// A signer.
    public init(key: SigningKey) {
        self.key = key
    }

    /// Signs claims.
    /// - Parameters:
    ///   - claims: the payload, written in this order.
    ///   - type: `typ`; nil leaves it out.
    ///   - header: further header parameters; `alg`, `typ` and `kid` are set here and win.
    public func sign(
        claims: JSONObject, type: ByteString? = "JWT", header extra: JSONObject = JSONObject()
    ) throws(SigningError) -> String {
        var header: JSONObject = ["alg": .string(ByteString(key.algorithm.rawValue))]
        if let type { header["typ"] = .string(type) }
        if let id = key.id { header["kid"] = .string(id) }
        for member in extra.members where header[member.name] == nil { header[member.name] = member.value }
        var token = Base64URL.encodeBytes(JSONWriter.write(.object(header)))
        token.append(UInt8(ascii: "."))
        token.append(contentsOf: Base64URL.encodeBytes(JSONWriter.write(.object(claims))))
        let signature = try key.sign(token)
        token.append(UInt8(ascii: "."))
        token.append(contentsOf: Base64URL.encodeBytes(signature))
        return String(decoding: token, as: UTF8.self)
    }
}
