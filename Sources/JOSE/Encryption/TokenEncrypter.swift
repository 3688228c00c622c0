public import Codecs
import Crypto
public import Tokens

/// Encrypts tokens (RFC 7516). Vectors and content keys come from the system's generator; nothing is ever compressed
/// (RFC 8725 §3.6).
///
/// Encrypting does not say who did it: claims go inside a signed token first (`encrypt(signed:)`).
public struct TokenEncrypter: Sendable {
    /// Those who can open what is made, at least one.
    public let recipients: [EncryptionKey]
    /// How the content is encrypted.
    public let encryption: ContentEncryptionAlgorithm
    /// The `p2c` of PBES2.
    public let iterations: Int

    /// The `p2c` of PBES2 where nothing else is said.
    public static let defaultIterations = KeyManagementParameters.defaultIterations

    /// An encrypter for one recipient.
    public init(
        key: EncryptionKey, encryption: ContentEncryptionAlgorithm, iterations: Int = TokenEncrypter.defaultIterations
    ) throws(KeyError) {
        try self.init(recipients: [key], encryption: encryption, iterations: iterations)
    }

    /// An encrypter for several; what it makes has the general JSON form.
    public init(
        recipients: [EncryptionKey], encryption: ContentEncryptionAlgorithm,
        iterations: Int = TokenEncrypter.defaultIterations
    ) throws(KeyError) {
        guard DecryptionPolicy.iterationBounds.contains(iterations) else {
            throw KeyError(
                .usage,
                "PBES2 takes \(DecryptionPolicy.iterationBounds.lowerBound) to "
                    + "\(DecryptionPolicy.iterationBounds.upperBound) iterations, not \(iterations)")
        }
        guard !recipients.isEmpty, recipients.count <= DecodedEncryptedToken.maximumRecipients else {
            throw KeyError(
                .set,
                "a token is for 1 to \(DecodedEncryptedToken.maximumRecipients) recipients, not \(recipients.count)")
        }
        guard recipients.allSatisfy(\.mayEncrypt) else {
            throw KeyError(.usage, "a key must not encrypt: its \"use\" or \"key_ops\" forbid it")
        }
        guard recipients.count == 1 || !recipients.contains(where: \.isDirect) else {
            throw KeyError(.usage, "with dir and ECDH-ES there can be one recipient only (RFC 7518 §4.5, §4.6)")
        }
        for key in recipients where key.algorithm == .direct {
            guard key.binding.secretLength == encryption.keyLength,
                key.binding.encryption == nil || key.binding.encryption == encryption
            else {
                throw KeyError(.usage, "the key is not for \(encryption.rawValue)")
            }
        }
        self.recipients = recipients
        self.encryption = encryption
        self.iterations = iterations
    }

    /// A compact token around this content.
    /// - Parameter header: more parameters of the protected header; `alg`, `enc` and `kid` are added.
    public func encrypt(_ content: [UInt8], header: JSONObject = [:]) throws(EncryptionError) -> [UInt8] {
        try encrypt(content, header: header, with: EncryptionIngredients())
    }

    /// A compact token around a signed one: its header says `"cty":"JWT"` (RFC 7519 §5.2).
    public func encrypt(signed token: [UInt8], header: JSONObject = [:]) throws(EncryptionError) -> [UInt8] {
        guard (try? EncodedToken(token)) != nil else {
            throw EncryptionError(detail: "what was to be encrypted is no signed token of three parts")
        }
        var header = header
        header["cty"] = "JWT"
        return try encrypt(token, header: header)
    }

    /// A token in JSON: flattened for one recipient, general for several.
    /// - Parameters:
    ///   - header: more parameters of the protected header.
    ///   - unprotected: parameters that all recipients see and nobody vouches for.
    ///   - additionalData: what is to be authenticated, but not encrypted.
    public func encryptJSON(
        _ content: [UInt8], header: JSONObject = [:], unprotected: JSONObject = [:], additionalData: [UInt8]? = nil
    ) throws(EncryptionError) -> JSON {
        try encryptJSON(
            content, header: header, unprotected: unprotected, additionalData: additionalData,
            with: EncryptionIngredients())
    }

    func encrypt(
        _ content: [UInt8], header: JSONObject, with ingredients: EncryptionIngredients
    ) throws(EncryptionError) -> [UInt8] {
        guard recipients.count == 1 else {
            throw EncryptionError(detail: "a compact token has one recipient; there are \(recipients.count)")
        }
        let sealed = try seal(content, header: header, [:], nil, isGeneral: false, with: ingredients)
        let parts = [
            sealed.protected, Base64URL.encodeBytes(sealed.recipients[0].encrypted),
            Base64URL.encodeBytes(sealed.vector), Base64URL.encodeBytes(sealed.ciphertext),
            Base64URL.encodeBytes(sealed.tag),
        ]
        return Array(parts.joined(separator: [UInt8(ascii: ".")]))
    }

    func encryptJSON(
        _ content: [UInt8], header: JSONObject, unprotected: JSONObject, additionalData: [UInt8]?,
        isGeneral: Bool? = nil, with ingredients: EncryptionIngredients
    ) throws(EncryptionError) -> JSON {
        func text(_ bytes: [UInt8]) -> JSON { .string(ByteString(utf8: Base64URL.encodeBytes(bytes))) }
        let isGeneral = isGeneral ?? (recipients.count > 1)
        let sealed = try seal(
            content, header: header, unprotected, additionalData, isGeneral: recipients.count > 1, with: ingredients)
        var token = JSONObject()
        let entries = sealed.recipients.map { recipient in
            var entry = JSONObject()
            if !recipient.header.members.isEmpty { entry["header"] = .object(recipient.header) }
            if !recipient.encrypted.isEmpty { entry["encrypted_key"] = text(recipient.encrypted) }
            return entry
        }
        if isGeneral {
            token["recipients"] = .array(entries.map { .object($0) })
        } else {
            for member in entries[0].members { token[member.name] = member.value }
        }
        if !sealed.protected.isEmpty { token["protected"] = .string(ByteString(utf8: sealed.protected)) }
        if !unprotected.members.isEmpty { token["unprotected"] = .object(unprotected) }
        token["iv"] = text(sealed.vector)
        if let additionalData, !additionalData.isEmpty { token["aad"] = text(additionalData) }
        token["ciphertext"] = text(sealed.ciphertext)
        token["tag"] = text(sealed.tag)
        return .object(token)
    }

    private struct Sealed {
        var protected: [UInt8]
        var recipients: [(header: JSONObject, encrypted: [UInt8])]
        var vector: [UInt8]
        var ciphertext: [UInt8]
        var tag: [UInt8]
    }

    /// RFC 7516 §5.1. What a caller has put into the unprotected header is not put into the protected one again.
    private func seal(
        _ content: [UInt8], header: JSONObject, _ unprotected: JSONObject, _ additionalData: [UInt8]?, isGeneral: Bool,
        with ingredients: EncryptionIngredients
    ) throws(EncryptionError) -> Sealed {
        var protected = try start(header, unprotected, isGeneral: isGeneral)
        var ingredients = ingredients
        ingredients.iterations = ingredients.iterations ?? iterations
        var entries: [(header: JSONObject, encrypted: [UInt8])] = []
        do {
            var contentKey = ingredients.contentKey
            for recipient in recipients {
                let wrapped = try recipient.wrap(encryption, header: protected, with: ingredients)
                contentKey = wrapped.contentKey
                // All recipients get the first one's content key.
                ingredients.contentKey = wrapped.contentKey
                var own = JSONObject()
                if isGeneral {
                    own["alg"] = .string(ByteString(recipient.algorithm.rawValue))
                    if let id = recipient.id { own["kid"] = .string(id) }
                    for member in wrapped.parameters.members { own[member.name] = member.value }
                } else {
                    for member in wrapped.parameters.members { protected[member.name] = member.value }
                }
                entries.append((own, wrapped.encrypted))
            }
            guard let contentKey else { throw CryptoKitError.incorrectParameterSize }
            let encoded =
                protected.members.isEmpty ? [] : Base64URL.encodeBytes(JSONWriter.write(.object(protected)))
            let aad = additionalData.flatMap { $0.isEmpty ? nil : Base64URL.encodeBytes($0) }
            let vector = ingredients.vector ?? RandomBytes.make(count: encryption.vectorLength)
            let sealed = try ContentCipher.seal(
                content, encryption, key: contentKey, vector: vector,
                authenticating: DecodedEncryptedToken.authenticatedText(encoded, aad))
            return Sealed(
                protected: encoded, recipients: entries, vector: vector, ciphertext: sealed.ciphertext, tag: sealed.tag)
        } catch {
            throw EncryptionError(detail: "the token could not be encrypted with \(encryption.rawValue)")
        }
    }

    /// The protected header so far. What the caller states must be true, and it keeps its place.
    private func start(
        _ header: JSONObject, _ unprotected: JSONObject, isGeneral: Bool
    ) throws(EncryptionError) -> JSONObject {
        var own: JSONObject = [:]
        if !isGeneral, let recipient = recipients.first {
            own["alg"] = .string(ByteString(recipient.algorithm.rawValue))
            own["enc"] = .string(ByteString(encryption.rawValue))
            if let id = recipient.id { own["kid"] = .string(id) }
        } else {
            own["enc"] = .string(ByteString(encryption.rawValue))
        }
        for member in unprotected.members {
            guard header[member.name] == nil else {
                throw EncryptionError(detail: "one parameter stands in both headers")
            }
        }
        for name: ByteString in ["zip", "crit"] where header[name] != nil || unprotected[name] != nil {
            throw EncryptionError(detail: "\(Display.quoted(name)) is not written: nothing is compressed or extended")
        }
        for name: ByteString in ["alg", "enc"] {
            guard let stated = header[name] ?? unprotected[name] else { continue }
            guard stated == own[name] else {
                throw EncryptionError(detail: "\(Display.quoted(name)) of the header contradicts the key")
            }
        }
        var protected: JSONObject = header["alg"] == nil ? own : header
        for member in (header["alg"] == nil ? header : own).members where protected[member.name] == nil {
            protected[member.name] = member.value
        }
        for member in unprotected.members { protected[member.name] = nil }
        return protected
    }
}

/// A token could not be encrypted. Names no key material.
public struct EncryptionError: Error, Sendable, CustomStringConvertible {
    /// Why, in one sentence.
    public let detail: String

    /// The same in words.
    public var description: String { detail }
}
