import Crypto
import Tokens

extension KeyCertificates {
    /// Refuses a chain whose first certificate has other hashes than `x5t` and `x5t#S256` say (RFC 7517 §4.8, §4.9).
    func requireMatchingHashes() throws(KeyError) {
        guard let own = chain.first else { return }
        guard sha256 == nil || sha256 == Array(SHA256.hash(data: own.der)) else {
            throw KeyError(.certificate, "\"x5t#S256\" is not the SHA-256 hash of the first certificate of \"x5c\"")
        }
        guard sha1 == nil || sha1 == Array(Insecure.SHA1.hash(data: own.der)) else {
            throw KeyError(.certificate, "\"x5t\" is not the SHA-1 hash of the first certificate of \"x5c\"")
        }
    }
}
