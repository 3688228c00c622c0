public import Codecs
public import Tokens

/// The keys that one issuer is believed with: an immutable value, replaced whole when keys change.
public struct KeySet: Sendable {
    /// The keys, in the order of their document.
    public let keys: [VerificationKey]
    /// What each key says about itself, in the same order.
    public let descriptions: [KeyDescription]

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

    /// The keys that were read from a document; those of an unsupported type are left out, as RFC 7517 §5 asks.
    public init(_ decoded: [DecodedKey]) throws(KeyError) {
        var keys: [VerificationKey] = []
        for key in decoded where key.material != nil { keys.append(try VerificationKey(key)) }
        guard !keys.isEmpty || decoded.isEmpty else {
            throw KeyError(.unsupported, "none of the \(decoded.count) keys is of a supported type")
        }
        try self.init(keys)
    }

    /// The keys of a JWK set in JSON (RFC 7517 §5).
    public init(jwks: [UInt8]) throws(KeyError) {
        try self.init(try JWKReader.read(jwks))
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
