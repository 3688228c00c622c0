import Codecs
import Tokens

/// Keys as `crypto.subtle.importKey` takes them: {format: "raw", data} | {format: "jwk", jwk} | {format: "pkcs8", data};
/// bytes are base64url.
extension KeyMaterial {
    /// A shared secret, or the public members alone: a private key pasted by mistake goes no further. Nil when the public
    /// half is not in its text.
    var publicForm: JSON? {
        switch self {
        case .secret(let bytes): return ["format": "raw", "data": .encoded(bytes)]
        case .elliptic(_, let x, let y, _) where x.isEmpty || y.isEmpty: return nil
        case .octetPair(_, let publicKey, _) where publicKey.isEmpty: return nil
        case .mlDSA(_, let publicKey, _) where publicKey.isEmpty: return nil
        default: return ["format": "jwk", "jwk": .object(JWKWriter.required(self))]
        }
    }

    /// A shared secret, or the private key; nil when only the public half is here.
    var privateForm: JSON? {
        if case .secret(let bytes) = self { return ["format": "raw", "data": .encoded(bytes)] }
        return KeyDER.pkcs8(self).map { ["format": "pkcs8", "data": .encoded($0)] }
    }
}

extension JSON {
    /// Bytes as base64url text.
    static func encoded(_ bytes: [UInt8]) -> JSON { .string(ByteString(utf8: Base64URL.encodeBytes(bytes))) }

    /// Text.
    static func text(_ text: String) -> JSON { .string(ByteString(text)) }
}
