public import Codecs

/// The certificates that a document shows for a key: a JWK (RFC 7517 §4.7 to §4.9), a token's header, PEM. They must be about
/// this key; that anybody vouches for them is another question, which nothing here asks.
public struct KeyCertificates: Sendable, Equatable {
    /// The most certificates in one chain.
    public static let maximumCount = 10

    /// `x5c`: the key's own certificate first, then each one's issuer; empty where there is none.
    public let chain: [Certificate]
    /// `x5t`: the SHA-1 hash of the key's own certificate.
    public let sha1: [UInt8]?
    /// `x5t#S256`: the SHA-256 hash of the key's own certificate.
    public let sha256: [UInt8]?

    /// Reads the three members of a JWK, and refuses a chain whose first certificate is for another key. The hashes are
    /// compared by whoever can compute them.
    init?(_ jwk: JSONObject, of material: KeyMaterial) throws(KeyError) {
        let members = JWKMembers(jwk)
        sha1 = try Self.sha1(members)
        sha256 = try members.bytesIfPresent("x5t#S256", count: 32)
        guard let value = jwk["x5c"] else {
            guard sha1 != nil || sha256 != nil else { return nil }
            chain = []
            return
        }
        let chain = try Self.chain(value)
        let shown = try? chain[0].key().material
        guard let shown, shown.publicNumbers == material.publicNumbers else {
            throw KeyError(
                .certificate, "the first certificate of \"x5c\" is not for this key (RFC 7517 §4.7)")
        }
        self.chain = chain
    }

    /// Reads the three members of a token's header (RFC 7515 §4.1.6 to §4.1.8), which is no reason to believe them; nil
    /// where there is no `x5c`.
    public init?(header: JSONObject) throws(KeyError) {
        guard let value = header["x5c"] else { return nil }
        let members = JWKMembers(header)
        sha1 = try Self.sha1(members)
        sha256 = try members.bytesIfPresent("x5t#S256", count: 32)
        chain = try Self.chain(value)
    }

    /// The certificates of a document that holds nothing else about a key.
    init(chain: [Certificate]) {
        self.chain = chain
        sha1 = nil
        sha256 = nil
    }

    private static func chain(_ value: JSON) throws(KeyError) -> [Certificate] {
        guard let elements = value.array, !elements.isEmpty, elements.count <= maximumCount else {
            throw KeyError(.malformed, "\"x5c\" must be an array of 1 to \(maximumCount) certificates")
        }
        var chain: [Certificate] = []
        for element in elements {
            guard let text = element.string, let der = try? Base64.decode(text.bytes) else {
                throw KeyError(.malformed, "\"x5c\" holds something that is not base64 (not base64url; RFC 7517 §4.7)")
            }
            chain.append(try Certificate(der: der))
        }
        return chain
    }

    /// Some well-known issuers encode the hash's hexadecimal digits instead of the hash; they say the same.
    private static func sha1(_ members: JWKMembers) throws(KeyError) -> [UInt8]? {
        guard let bytes = try members.optionalBytes("x5t") else { return nil }
        if bytes.count == 40, let hash = try? Hex.decode(bytes) { return hash }
        guard bytes.count == 20 else {
            throw KeyError(.malformed, "\"x5t\" must be 20 bytes and has \(bytes.count)")
        }
        return bytes
    }
}

extension KeyMaterial {
    /// What is public of it, in an order that tells two keys apart; of a shared secret nothing.
    fileprivate var publicNumbers: [[UInt8]] {
        switch self {
        case .secret: []
        case .rsa(let modulus, let exponent, _): [Array("RSA".utf8), modulus, exponent]
        case .elliptic(let curve, let x, let y, _): [Array(curve.rawValue.utf8), x, y]
        case .octetPair(let curve, let publicKey, _): [Array(curve.rawValue.utf8), publicKey]
        case .mlDSA(let parameters, let publicKey, _): [Array(parameters.rawValue.utf8), publicKey]
        }
    }
}
