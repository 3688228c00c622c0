public import Codecs
public import Tokens

/// The keys that one issuer is believed with: an immutable value, replaced whole when keys change.
public struct KeySet: Sendable {
    /// The keys, in the order of their document.
    public let keys: [VerificationKey]
    /// What each key says about itself, in the same order.
    public let descriptions: [KeyDescription]

    /// No keys at all.
    static let empty = KeySet()

    private init() {
        keys = []
        descriptions = []
    }

    /// A set of keys; no two may have the same identifier.
    public init(_ keys: [VerificationKey]) throws(KeyError) {
        var ids: Set<ByteString> = []
        for key in keys {
            if let id = key.id, !ids.insert(id).inserted {
                throw KeyError(.set, "two keys of the set have the same \"kid\"")
            }
        }
        self.keys = keys
        descriptions = keys.map { $0.description }
    }

    /// The keys that were read from a document; those of an unsupported type or for encryption are left out, as RFC
    /// 7517 §5 asks.
    public init(_ decoded: [DecodedKey]) throws(KeyError) {
        var keys: [VerificationKey] = []
        for key in decoded where key.material != nil && key.description.algorithm != nil {
            do throws(KeyError) {
                keys.append(try VerificationKey(key))
            } catch {
                // Some algorithms are there only where OpenSSL is built in.
                guard error.code == .unsupported else { throw error }
            }
        }
        guard !keys.isEmpty || decoded.isEmpty else {
            throw KeyError(.unsupported, "none of the \(decoded.count) keys is for signatures of a supported kind")
        }
        try self.init(keys)
    }

    /// The keys of a JWK set in JSON (RFC 7517 §5).
    public init(jwks: [UInt8]) throws(KeyError) {
        try self.init(try JWKReader.read(jwks))
    }

    /// The keys of a published JWK set: one that shows a shared secret or a private key is refused whole.
    public init(publicJWKS: [UInt8]) throws(KeyError) {
        try self.init(try JWKReader.readPublic(publicJWKS))
    }

    /// The public keys as a JWK set, to be published; shared secrets are left out.
    public var publicJWKS: JSON {
        ["keys": .array(keys.compactMap { $0.publicJWK }.map { .object($0) })]
    }

    /// The algorithms for which there is a key, in the order of the keys.
    public var algorithms: [SignatureAlgorithm] {
        var algorithms: [SignatureAlgorithm] = []
        for key in keys where !algorithms.contains(key.algorithm) { algorithms.append(key.algorithm) }
        return algorithms
    }
}
