import Codecs

/// Reads a key from any text that people keep keys in.
public enum KeyReader {
    /// How the text is to be understood.
    public enum Form: String, Sendable, CaseIterable {
        /// A JWK, a JWK set, PEM or DER, told by the bytes themselves; anything else is refused rather than guessed at.
        case document
        /// A shared secret: the UTF-8 bytes of the text.
        case utf8
        /// A shared secret in base64 (RFC 4648 §4).
        case base64
        /// A shared secret in base64url without padding (RFC 4648 §5).
        case base64url
        /// A shared secret in hexadecimal.
        case hex
    }

    /// The keys that a text holds; only a JWK set holds more than one.
    /// - Parameters:
    ///   - text: the text; white space around a document does not count, within a secret every byte does.
    ///   - algorithm: what the key is for where the text does not say so.
    public static func read(
        _ text: [UInt8], as form: Form = .document, algorithm: SignatureAlgorithm? = nil
    ) throws(KeyError) -> [DecodedKey] {
        try read(text, as: form, purpose: algorithm.map { .signature($0) })
    }

    /// The same, for any purpose.
    /// - Parameter purpose: what the key is for where the text does not say so.
    public static func read(
        _ text: [UInt8], as form: Form = .document, purpose: KeyPurpose?
    ) throws(KeyError) -> [DecodedKey] {
        switch form {
        case .document: return try document(text, purpose: purpose)
        case .utf8: return [try secret(text, purpose)]
        case .base64:
            return [
                try secret(
                    try decode(text, "base64") { bytes throws(Base64Error) in
                        try Base64.decode(bytes)
                    }, purpose)
            ]
        case .base64url:
            return [
                try secret(
                    try decode(text, "base64url") { bytes throws(Base64Error) in
                        try Base64URL.decode(bytes)
                    }, purpose)
            ]
        case .hex:
            return [
                try secret(
                    try decode(text, "hexadecimal") { bytes throws(Base64Error) in
                        try Hex.decode(bytes)
                    }, purpose)
            ]
        }
    }

    /// Whether a text is a key document (PEM, JSON or DER) rather than a secret.
    public static func isDocument(_ text: [UInt8]) -> Bool {
        PEM.isLikely(text) || DERKeyReader.Form(structure: text) != nil || text.first { $0 > 0x20 } == UInt8(ascii: "{")
    }

    /// Whether a text is a private key under a password (PKCS#8, RFC 5958 §3), in PEM or DER.
    public static func isEncrypted(_ text: [UInt8]) -> Bool {
        if DERKeyReader.Form(structure: text) == .encrypted { return true }
        return (try? PEM.read(text))?.contains { $0.label == encryptedLabel } ?? false
    }

    /// The label of its PEM block.
    public static let encryptedLabel = DERKeyReader.Form.encrypted.rawValue

    private static func document(
        _ text: [UInt8], purpose: KeyPurpose?
    ) throws(KeyError) -> [DecodedKey] {
        if let form = DERKeyReader.Form(structure: text) {
            return [try key(Block(der: text, form: form), purpose: purpose)]
        }
        if text.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            return try JWKReader.read(text, purpose: purpose)
        }
        let blocks: [PEM.Block]
        do throws(PEMError) {
            // OpenSSL writes the curve's name in a block of its own before the key, which says it again.
            blocks = try PEM.read(text).filter { $0.label != "EC PARAMETERS" }
        } catch .noBlock {
            throw KeyError(
                .unreadable,
                "this is neither PEM (-----BEGIN …-----) nor a JWK or JWK set in JSON; a shared secret is "
                    + "given as such, not guessed")
        } catch {
            throw KeyError(.unreadable, "the PEM is damaged: \(error.description)")
        }
        return [try key(chosen(blocks), purpose: purpose)]
    }

    /// The one block that holds the key. Beside it a certificate or a chain may stand; of certificates alone the first
    /// is the one that the others vouch for (RFC 8446 §4.4.2).
    private static func chosen(_ blocks: [PEM.Block]) throws(KeyError) -> Block {
        let certificates = blocks.filter { $0.label == DERKeyReader.Form.certificate.rawValue }
        let keys = blocks.filter { $0.label != DERKeyReader.Form.certificate.rawValue }
        guard let block = keys.first ?? certificates.first, keys.count <= 1 else {
            throw KeyError(.unreadable, "there are \(keys.count) PEM blocks with keys; give one key")
        }
        guard let form = DERKeyReader.Form(rawValue: block.label) else {
            throw KeyError(.unsupported, "PEM blocks labelled \"\(block.label)\" are not supported")
        }
        var origin = ""
        if keys.isEmpty, certificates.count > 1 { origin = ", the first of \(certificates.count) certificates" }
        if !keys.isEmpty, !certificates.isEmpty { origin = ", the certificate beside it passed over" }
        var others: [Certificate] = []
        if keys.isEmpty {
            guard certificates.count <= KeyCertificates.maximumCount else {
                throw KeyError(
                    .malformed, "a chain has at most \(KeyCertificates.maximumCount) certificates")
            }
            for other in certificates.dropFirst() { others.append(try Certificate(der: other.der)) }
        }
        return Block(der: block.der, form: form, origin: origin, others: others)
    }

    /// One structure and what is to be said of how it was come by.
    private struct Block {
        let der: [UInt8]
        let form: DERKeyReader.Form
        var origin = ""
        /// The certificates behind a certificate.
        var others: [Certificate] = []
    }

    private static func key(_ block: Block, purpose: KeyPurpose?) throws(KeyError) -> DecodedKey {
        guard block.form != .certificate else {
            let certificate = try Certificate(der: block.der)
            return try key(of: certificate, purpose: purpose, origin: block.origin)
                .with(KeyCertificates(chain: [certificate] + block.others))
        }
        return try bound(try DERKeyReader.read(block.der, block.form), purpose: purpose, origin: block.origin)
    }

    /// The public key of a certificate.
    static func key(
        of certificate: Certificate, purpose: KeyPurpose?, origin: String = ""
    ) throws(KeyError) -> DecodedKey {
        try bound(
            try DERKeyReader.read(certificate.subjectPublicKeyInfo, .subjectPublicKeyInfo), purpose: purpose,
            origin: " of the certificate for \(Display.quoted(ByteString(certificate.subject)))" + origin)
    }

    private static func bound(
        _ key: DERKeyReader.Key, purpose: KeyPurpose?, origin: String
    ) throws(KeyError) -> DecodedKey {
        switch key.binding {
        case .open: return try DecodedKey(key.material, id: nil, purpose: purpose, origin: origin)
        case .anyPSS:
            let purpose = purpose ?? .signature(.ps256)
            guard case .signature(let algorithm) = purpose, algorithm.family == .rsaPSS else {
                throw KeyError(.usage, "the key says that it is for RSASSA-PSS alone: PS256, PS384 or PS512")
            }
            return try DecodedKey(key.material, id: nil, purpose: purpose, origin: origin)
        case .only(let bound):
            if let purpose, purpose != .signature(bound) {
                throw KeyError(.usage, "the key says that it is for RSASSA-PSS, \(bound.rawValue), alone")
            }
            return try DecodedKey(key.material, id: nil, purpose: .signature(bound), origin: origin)
        }
    }

    private static func secret(_ bytes: [UInt8], _ purpose: KeyPurpose?) throws(KeyError) -> DecodedKey {
        try DecodedKey(.secret(bytes), id: nil, purpose: purpose)
    }

    private static func decode(
        _ text: [UInt8], _ name: String, with decode: ([UInt8]) throws(Base64Error) -> [UInt8]
    ) throws(KeyError) -> [UInt8] {
        do throws(Base64Error) {
            return try decode(text)
        } catch {
            throw KeyError(.unreadable, "the secret is not \(name): \(error.description)")
        }
    }
}
