import Codecs

/// Reads a key from any text that people keep keys in.
public enum KeyReader {
    /// How the text is to be understood.
    public enum Form: String, Sendable, CaseIterable {
        /// A JWK, a JWK set or PEM, told by the text itself; anything else is refused rather than guessed at.
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
        switch form {
        case .document: return try document(text, algorithm: algorithm)
        case .utf8: return [try secret(text, algorithm)]
        case .base64:
            return [
                try secret(
                    try decode(text, "base64") { bytes throws(Base64Error) in
                        try Base64.decode(bytes)
                    }, algorithm)
            ]
        case .base64url:
            return [
                try secret(
                    try decode(text, "base64url") { bytes throws(Base64Error) in
                        try Base64URL.decode(bytes)
                    }, algorithm)
            ]
        case .hex:
            return [
                try secret(
                    try decode(text, "hexadecimal") { bytes throws(Base64Error) in
                        try Hex.decode(bytes)
                    }, algorithm)
            ]
        }
    }

    /// Whether a text is a key document (PEM or JSON) rather than a secret.
    public static func isDocument(_ text: [UInt8]) -> Bool {
        PEM.isLikely(text) || text.first { $0 > 0x20 } == UInt8(ascii: "{")
    }

    private static func document(
        _ text: [UInt8], algorithm: SignatureAlgorithm?
    ) throws(KeyError) -> [DecodedKey] {
        if text.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            return try JWKReader.read(text, algorithm: algorithm)
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
        guard let block = blocks.first, blocks.count == 1 else {
            throw KeyError(.unreadable, "there are \(blocks.count) PEM blocks; give one key")
        }
        let material = try DERKeyReader.read(block.der, label: block.label)
        return [try DecodedKey(material, id: nil, algorithm: algorithm ?? natural(material))]
    }

    private static func natural(_ material: KeyMaterial) -> SignatureAlgorithm {
        switch material {
        case .secret: .hs256
        case .rsa: .rs256
        case .elliptic(let curve, _, _, _): curve.signatureAlgorithm
        case .octetPair(let curve, _, _): curve.signatureAlgorithm ?? .ed25519
        case .mlDSA(let parameters, _, _): parameters.signatureAlgorithm
        }
    }

    private static func secret(_ bytes: [UInt8], _ algorithm: SignatureAlgorithm?) throws(KeyError) -> DecodedKey {
        try DecodedKey(.secret(bytes), id: nil, algorithm: algorithm ?? .hs256)
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
