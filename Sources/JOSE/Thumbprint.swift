public import Codecs
import Crypto
public import Tokens

/// The JWK thumbprint (RFC 7638): a name for a public key that anybody can compute.
public enum Thumbprint {
    /// The hashes that RFC 9278 §5 registers and that are in use.
    public enum Hash: String, Sendable, CaseIterable {
        /// What everybody expects (RFC 7638 §3.4).
        case sha256 = "sha-256"
        /// SHA-384.
        case sha384 = "sha-384"
        /// SHA-512.
        case sha512 = "sha-512"
    }

    /// The hash over the required members, as base64url; nil for a shared secret, whose hash would invite guessing, and
    /// for a key whose public half is not known.
    public static func of(_ material: KeyMaterial, _ hash: Hash = .sha256) -> ByteString? {
        switch material {
        case .secret: return nil
        case .elliptic(_, let x, _, _) where x.isEmpty: return nil
        case .octetPair(_, let publicKey, _) where publicKey.isEmpty: return nil
        case .mlDSA(_, let publicKey, _) where publicKey.isEmpty: return nil
        default: break
        }
        let canonical = JSONWriter.write(.object(JWKWriter.required(material)))
        let digest: [UInt8]
        switch hash {
        case .sha256: digest = Array(SHA256.hash(data: canonical))
        case .sha384: digest = Array(SHA384.hash(data: canonical))
        case .sha512: digest = Array(SHA512.hash(data: canonical))
        }
        return ByteString(utf8: Base64URL.encodeBytes(digest))
    }

    /// The same as a URI: `urn:ietf:params:oauth:jwk-thumbprint:sha-256:…` (RFC 9278 §3).
    public static func uri(_ material: KeyMaterial, _ hash: Hash = .sha256) -> ByteString? {
        of(material, hash).map { ByteString("urn:ietf:params:oauth:jwk-thumbprint:\(hash.rawValue):\($0.text)") }
    }
}
