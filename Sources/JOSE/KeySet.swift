public import Codecs
public import Tokens

/// The keys that one issuer is believed with: an immutable value, replaced whole when keys change.
public struct KeySet: Sendable {
    /// The keys, in the order of their document.
    public let keys: [VerificationKey]
    /// What each key says about itself, in the same order.
    public let descriptions: [KeyDescription]
    /// Why keys of the document are not here: those that are no good, and those of a kind that is not supported. Keys for
    /// encryption are no reason to complain.
    public let passedOver: [KeyError]

    /// No keys at all.
    static let empty = KeySet()

    private init() {
        keys = []
        descriptions = []
        passedOver = []
    }

    /// A set of keys. Refuses two of one name for the same algorithm: no token could say which it means.
    public init(_ keys: [VerificationKey]) throws(KeyError) {
        for (index, key) in keys.enumerated() {
            if let id = key.id,
                keys[..<index].contains(where: { $0.id == id && $0.algorithm == key.algorithm })
            {
                throw KeyError(.set, "two keys of the set have the same \"kid\" and are for \(key.algorithm.rawValue)")
            }
        }
        try Self.refusePosingKeys(keys)
        self.init(keys, passedOver: [])
    }

    /// What looks like a secret may be a number of a public key beside it (RFC 8725 §2.1).
    private static func refusePosingKeys(_ keys: [VerificationKey]) throws(KeyError) {
        for key in keys {
            guard case .secret(let secret) = key.material else { continue }
            guard !keys.contains(where: { $0.material.isFound(in: secret) }) else {
                throw KeyError(.notSecret, "a shared secret of the set is the public key of another key in it")
            }
        }
    }

    private init(_ keys: [VerificationKey], passedOver: [KeyError]) {
        self.keys = keys
        self.passedOver = passedOver
        descriptions = keys.map { $0.description }
    }

    /// The keys that were read from a document, as `KeyReader` gives them: those of a set that are no good are passed over,
    /// and `passedOver` says why; those of an unsupported type or for encryption are left out (RFC 7517 §5). Two may have
    /// the same name (§4.5): a token that means both of them is refused, and no other. Refused when no key is left.
    public init(_ decoded: [DecodedKey]) throws(KeyError) {
        var keys: [VerificationKey] = []
        var passedOver: [KeyError] = []
        for (index, key) in decoded.enumerated() {
            guard key.material != nil else {
                passedOver.append(key.complaint ?? KeyError(.unsupported, key.description.summary).ofKey(index))
                continue
            }
            guard key.description.algorithm != nil else { continue }
            do throws(KeyError) {
                keys.append(try VerificationKey(key))
            } catch {
                // One key alone is named by its file.
                guard decoded.count > 1 else { throw error }
                passedOver.append(error.ofKey(index))
            }
        }
        guard !keys.isEmpty || decoded.isEmpty else { throw Self.nothing(of: decoded.count, passedOver) }
        try Self.refusePosingKeys(keys)
        self.init(keys, passedOver: passedOver)
    }

    /// No key is left of a document's; says why of each, as far as a message has room.
    private static func nothing(of count: Int, _ passedOver: [KeyError]) -> KeyError {
        if count == 1, let only = passedOver.first { return only }
        let reasons = passedOver.prefix(8).map { "; " + $0.detail }.joined()
        return KeyError(
            .unsupported,
            "none of the \(count) keys is for signatures of a supported kind" + reasons
                + (passedOver.count > 8 ? "; and \(passedOver.count - 8) more" : ""))
    }

    /// The keys of a JWK set in JSON (RFC 7517 §5).
    public init(jwks: [UInt8]) throws(KeyError) {
        try self.init(try JWKReader.read(jwks))
    }

    /// The keys of a published JWK set: one that shows a shared secret or a private key is refused whole.
    public init(publicJWKS: [UInt8]) throws(KeyError) {
        try self.init(try JWKReader.readPublic(publicJWKS))
    }

    /// Whether another set has the same keys, in the same order, that say the same of themselves.
    func hasSameKeys(as other: KeySet) -> Bool {
        keys.count == other.keys.count && descriptions == other.descriptions
            && zip(keys, other.keys).allSatisfy { $0.material == $1.material }
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
