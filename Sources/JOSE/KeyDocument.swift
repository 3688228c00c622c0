public import Codecs
import Crypto
public import Tokens

/// A key of any kind, to be written in any form that has a place for it: JWK, PEM, DER. Its parts belong together, and its
/// public half is known, even where the document that it came from gave the private part alone. The certificates that
/// came with it stay with it.
public struct KeyDocument: Sendable {
    /// What the key says about itself.
    public let description: KeyDescription

    private let material: KeyMaterial
    private let half: KeyMaterial
    private let certificates: KeyCertificates?

    /// The forms of PEM and DER.
    public enum Form: String, Sendable, CaseIterable {
        /// SubjectPublicKeyInfo (RFC 5280 §4.1): a public key of any kind.
        case spki = "PUBLIC KEY"
        /// PKCS#8 (RFC 5958): a private key of any kind.
        case pkcs8 = "PRIVATE KEY"
        /// PKCS#1 (RFC 8017 §A.1.1): an RSA public key.
        case pkcs1Public = "RSA PUBLIC KEY"
        /// PKCS#1 (RFC 8017 §A.1.2): an RSA private key.
        case pkcs1Private = "RSA PRIVATE KEY"
        /// SEC1 (RFC 5915): an EC private key.
        case sec1 = "EC PRIVATE KEY"

        /// The label of the PEM block.
        public var label: String { rawValue }

        /// Whether what is written is a secret.
        public var isPrivate: Bool { self != .spki && self != .pkcs1Public }
    }

    /// A key that was read; refuses one whose public part does not belong to its private part.
    public init(_ key: DecodedKey) throws(KeyError) {
        guard let material = key.material else {
            throw key.complaint ?? KeyError(.unsupported, "this is \(key.description.summary)")
        }
        try key.certificates?.requireMatchingHashes()
        half = try PublicHalf.of(material)
        self.material = material.completed(by: half)
        description = key.description
        certificates = key.certificates
    }

    /// Whether the private part is here; a shared secret is private.
    public var isPrivate: Bool { material.isPrivate }

    /// The key without its private part, for what it was for; nil for a shared secret, which has no public half.
    public var publicHalf: DecodedKey? {
        if case .secret = material { return nil }
        return DecodedKey(
            description: KeyDescription(
                id: description.id, algorithm: description.algorithm, keyManagement: description.keyManagement,
                mayVerify: description.mayVerify, maySign: false, mayEncrypt: description.mayEncrypt,
                mayDecrypt: false, operations: description.operations.ofPublicHalf,
                signatureLength: description.signatureLength, isPrivate: false, summary: description.summary),
            material: half, certificates: certificates)
    }

    /// The whole key as a JWK (RFC 7517): a secret if the key is private.
    public var jwk: JSONObject {
        var jwk = members(material)
        JWKWriter.addPrivatePart(material, to: &jwk)
        return jwk
    }

    /// The public key as a JWK; nil for a shared secret.
    public var publicJWK: JSONObject? {
        if case .secret = material { return nil }
        return members(half)
    }

    /// The bytes of a shared secret; nil for a key pair.
    public var secret: [UInt8]? {
        if case .secret(let bytes) = material { bytes } else { nil }
    }

    /// The key in DER; nil where that form has no place for such a key, or its private part is not here.
    public func der(_ form: Form) -> [UInt8]? {
        switch form {
        case .spki: KeyDER.subjectPublicKeyInfo(half)
        case .pkcs8: KeyDER.pkcs8(material)
        case .pkcs1Public: KeyDER.pkcs1Public(half)
        case .pkcs1Private: KeyDER.pkcs1Private(material)
        case .sec1: KeyDER.sec1(material)
        }
    }

    /// The key in PEM (RFC 7468); nil where `der` is.
    public func pem(_ form: Form) -> String? {
        der(form).map { PEM.write(label: form.label, der: $0) }
    }

    /// The certificates that came with the key, its own first, in PEM; nil where none did.
    public var certificatePEM: String? {
        guard let chain = certificates?.chain, !chain.isEmpty else { return nil }
        return chain.map { PEM.write(label: "CERTIFICATE", der: $0.der) }.joined()
    }

    /// The JWK thumbprint (RFC 7638); nil for a shared secret, whose hash would invite guessing.
    public func thumbprint(_ hash: Thumbprint.Hash = .sha256) -> ByteString? { Thumbprint.of(half, hash) }

    /// The thumbprint as a URI (RFC 9278 §3).
    public func thumbprintURI(_ hash: Thumbprint.Hash = .sha256) -> ByteString? { Thumbprint.uri(half, hash) }

    /// Whether another key has the same public half, whatever else is said of either; for secrets, the same secret.
    public func matches(_ other: KeyDocument) -> Bool {
        guard case .secret(let secret) = half, case .secret(let otherSecret) = other.half else {
            return half == other.half
        }
        // Comparing the hashes tells nothing about where the first difference is.
        return SHA256.hash(data: secret) == SHA256.hash(data: otherSecret)
    }

    /// `alg` and `use` come from what the key is for, so that they are there for keys that came from PEM too.
    private func members(_ material: KeyMaterial) -> JSONObject {
        var jwk = JWKWriter.required(material)
        if let algorithm = description.algorithm {
            jwk["alg"] = .string(ByteString(algorithm.rawValue))
            jwk["use"] = "sig"
        } else {
            if let algorithm = description.keyManagement { jwk["alg"] = .string(ByteString(algorithm.rawValue)) }
            jwk["use"] = "enc"
        }
        if let id = description.id { jwk["kid"] = .string(id) }
        if let certificates { addMembers(of: certificates, to: &jwk) }
        return jwk
    }

    /// `x5c` and `x5t#S256` (RFC 7517 §4.7, §4.9); the hash alone where that is all that was given.
    private func addMembers(of certificates: KeyCertificates, to jwk: inout JSONObject) {
        if !certificates.chain.isEmpty {
            jwk["x5c"] = .array(certificates.chain.map { .string(ByteString(Base64.encode($0.der))) })
        }
        if let hash = certificates.chain.first.map({ Array(SHA256.hash(data: $0.der)) }) ?? certificates.sha256 {
            jwk["x5t#S256"] = .string(ByteString(Base64URL.encode(hash)))
        }
    }
}

extension DecodedKey {
    /// The same key under another name (`kid`).
    public func named(_ id: ByteString) -> DecodedKey {
        DecodedKey(
            description: KeyDescription(
                id: id, algorithm: description.algorithm, keyManagement: description.keyManagement,
                mayVerify: description.mayVerify, maySign: description.maySign, mayEncrypt: description.mayEncrypt,
                mayDecrypt: description.mayDecrypt, operations: description.operations,
                signatureLength: description.signatureLength,
                isPrivate: description.isPrivate, summary: description.summary),
            material: material, certificates: certificates)
    }
}

extension KeyDocument: CustomDebugStringConvertible {
    /// What it is, without its numbers.
    public var debugDescription: String { "\(description.summary) <redacted>" }
}

extension KeyMaterial {
    /// The key with the public half that belongs to it, where a document gave the private part alone.
    func completed(by half: KeyMaterial) -> KeyMaterial {
        switch (self, half) {
        case (.elliptic(let curve, _, _, let scalar), .elliptic(_, let x, let y, _)):
            .elliptic(curve, x: x, y: y, scalar: scalar)
        case (.octetPair(let curve, _, let privateKey), .octetPair(_, let publicKey, _)):
            .octetPair(curve, publicKey: publicKey, privateKey: privateKey)
        case (.mlDSA(let parameters, _, let seed), .mlDSA(_, let publicKey, _)):
            .mlDSA(parameters, publicKey: publicKey, seed: seed)
        default: self
        }
    }
}
