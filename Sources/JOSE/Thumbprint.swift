import Codecs
import Crypto
import Tokens

/// The JWK thumbprint (RFC 7638): a name for a public key that anybody can compute.
enum Thumbprint {
    /// SHA-256 over the required members, as base64url. A shared secret gets none: its hash would invite guessing.
    static func of(_ material: KeyMaterial) -> ByteString? {
        if case .secret = material { return nil }
        let canonical = JSONWriter.write(.object(JWKWriter.required(material)))
        return ByteString(Base64URL.encode(Array(SHA256.hash(data: canonical))))
    }
}
