public import Codecs

/// An encrypted token whose headers have been read, in any of its three forms (RFC 7516 §7). Nothing is decrypted.
public struct DecodedEncryptedToken: Sendable {
    /// The most recipients of one token; RFC 7516 names no bound.
    public static let maximumRecipients = 16

    /// How the token was written.
    public enum Form: String, Sendable, CaseIterable {
        /// Five parts with dots (RFC 7516 §7.1).
        case compact
        /// JSON for one recipient (RFC 7516 §7.2.2).
        case flattened
        /// JSON with a list of recipients (RFC 7516 §7.2.1).
        case general
    }

    /// One for whom the token was encrypted.
    public struct Recipient: Sendable {
        /// The headers together, as this recipient sees them.
        public let header: EncryptionHeader
        /// The encrypted content encryption key; empty for `dir` and `ECDH-ES`.
        public let encryptedKey: [UInt8]
    }

    /// How the token was written.
    public let form: Form
    /// The protected header.
    public let protected: JSONObject
    /// Those for whom the token was encrypted, at least one.
    public let recipients: [Recipient]
    /// The initialization vector.
    public let initializationVector: [UInt8]
    /// The encrypted content.
    public let ciphertext: [UInt8]
    /// The authentication tag.
    public let tag: [UInt8]
    /// `aad` of the JSON forms, decoded.
    public let additionalData: [UInt8]?
    /// What the tag is computed over besides the content: the protected header as it was written, and `aad` behind a
    /// dot where there is one (RFC 7516 §5.1 step 14).
    public let authenticatedText: [UInt8]

    /// Decodes the parts of a compact token.
    public init(_ encoded: EncodedEncryptedToken) throws(EncryptedTokenDefect) {
        form = .compact
        authenticatedText = Array(encoded.bytes[encoded.header])
        protected = try Self.header(authenticatedText)
        let header = try EncryptionHeader(protected: protected, unprotected: [:], recipient: [:])
        recipients = [
            Recipient(header: header, encryptedKey: try Self.part(encoded, encoded.encryptedKey, "encrypted key"))
        ]
        initializationVector = try Self.part(encoded, encoded.initializationVector, "initialization vector")
        ciphertext = try Self.part(encoded, encoded.ciphertext, "ciphertext")
        tag = try Self.part(encoded, encoded.tag, "tag")
        additionalData = nil
    }

    /// Reads a token in one of the two JSON forms. Members that are not defined are ignored, as RFC 7516 §7.2 asks,
    /// save those of a signed token: a text is one or the other.
    public init(json text: [UInt8]) throws(EncryptedTokenDefect) {
        guard text.count <= EncodedEncryptedToken.maximumSize else {
            throw EncryptedTokenDefect(
                .form, .tokenTooLarge,
                "the token has \(text.count) bytes; the most that is looked at is \(EncodedEncryptedToken.maximumSize)")
        }
        let members = try EncryptedTokenMembers(text)
        form = members.object["recipients"] == nil ? .flattened : .general
        let protectedText = try members.text("protected")?.bytes ?? []
        guard protectedText.count <= EncodedEncryptedToken.maximumHeaderSize else {
            throw EncryptedTokenDefect(
                .form, .tokenTooLarge,
                "the header has \(protectedText.count) bytes; the most that is looked at is "
                    + "\(EncodedEncryptedToken.maximumHeaderSize)")
        }
        let protected = protectedText.isEmpty ? JSONObject() : try Self.header(protectedText)
        self.protected = protected
        let unprotected = try members.header("unprotected")
        var recipients: [Recipient] = []
        for recipient in try members.recipients() {
            let header = try EncryptionHeader(
                protected: protected, unprotected: unprotected, recipient: try recipient.header("header"))
            recipients.append(Recipient(header: header, encryptedKey: try recipient.bytes("encrypted_key") ?? []))
        }
        self.recipients = recipients
        // One content, one cipher (RFC 7516 §7.2.1).
        let encryption = recipients.first?.header.encryption
        guard recipients.allSatisfy({ $0.header.encryption == encryption }) else {
            throw EncryptionHeader.defect("\"enc\" is not the same for every recipient")
        }
        initializationVector = try members.bytes("iv") ?? []
        ciphertext = try members.ciphertext()
        tag = try members.bytes("tag") ?? []
        additionalData = try members.bytes("aad")
        authenticatedText = Self.authenticatedText(protectedText, try members.text("aad")?.bytes)
    }

    /// The protected header and `aad`, both encoded, as the tag covers them (RFC 7516 §5.1 step 14).
    public static func authenticatedText(_ protected: [UInt8], _ additionalData: [UInt8]?) -> [UInt8] {
        guard let additionalData else { return protected }
        return protected + [UInt8(ascii: ".")] + additionalData
    }

    private static func header(_ encoded: [UInt8]) throws(EncryptedTokenDefect) -> JSONObject {
        let text: [UInt8]
        do throws(Base64Error) {
            text = try Base64URL.decode(encoded)
        } catch {
            throw EncryptedTokenDefect(
                .header, .headerEncoding, "the header is not base64url: \(error.description)")
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(text, depth: DecodedToken.headerDepth)
        } catch {
            throw EncryptedTokenDefect(.header, .headerJSON, "the header is not JSON: \(error.description)")
        }
        guard let object = json.object else {
            throw EncryptedTokenDefect(.header, .headerNotObject, "the header is \(json.kind), not an object")
        }
        return object
    }

    private static func part(
        _ token: EncodedEncryptedToken, _ range: Range<Int>, _ name: String
    ) throws(EncryptedTokenDefect) -> [UInt8] {
        do throws(Base64Error) {
            return try Base64URL.decode(token.bytes.span.extracting(range))
        } catch {
            throw EncryptedTokenDefect(
                .form, .tokenNotCompact, "the \(name) is not base64url: \(error.description)")
        }
    }
}

/// Reads the members of the JSON forms by type (RFC 7516 §7.2).
private struct EncryptedTokenMembers {
    let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    init(_ text: [UInt8]) throws(EncryptedTokenDefect) {
        guard !text.isEmpty else { throw EncryptedTokenDefect(.form, .tokenEmpty, "there is no token") }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(text, depth: DecodedToken.headerDepth)
        } catch {
            throw Self.defect("the token is not JSON: \(error.description)")
        }
        guard let object = json.object else { throw Self.defect("the token is \(json.kind), not an object") }
        for name: ByteString in ["payload", "signature", "signatures"] where object[name] != nil {
            throw Self.defect("the token has \(Display.quoted(name)), which belongs to a signed one: it cannot be both")
        }
        self.object = object
    }

    func text(_ name: ByteString) throws(EncryptedTokenDefect) -> ByteString? {
        guard let value = object[name] else { return nil }
        // A member whose value would be empty is left out (RFC 7516 §7.2.1).
        guard let text = value.string, !text.isEmpty else {
            throw Self.defect("\(Display.quoted(name)) must be a non-empty string and is \(value.kind)")
        }
        return text
    }

    func bytes(_ name: ByteString) throws(EncryptedTokenDefect) -> [UInt8]? {
        guard let text = try text(name) else { return nil }
        do throws(Base64Error) {
            return try Base64URL.decode(text.bytes)
        } catch {
            throw Self.defect("\(Display.quoted(name)) is not base64url: \(error.description)")
        }
    }

    /// `ciphertext`, the one member that must be there (RFC 7516 §7.2.1): that of empty content may be empty.
    func ciphertext() throws(EncryptedTokenDefect) -> [UInt8] {
        if let text = object["ciphertext"]?.string, text.isEmpty { return [] }
        return try bytes("ciphertext") ?? []
    }

    func header(_ name: ByteString) throws(EncryptedTokenDefect) -> JSONObject {
        guard let value = object[name] else { return JSONObject() }
        guard let header = value.object else {
            throw Self.defect("\(Display.quoted(name)) must be an object and is \(value.kind)")
        }
        return header
    }

    func recipients() throws(EncryptedTokenDefect) -> [EncryptedTokenMembers] {
        guard let value = object["recipients"] else { return [self] }
        guard object["header"] == nil, object["encrypted_key"] == nil else {
            throw Self.defect("\"recipients\" stands beside \"header\" or \"encrypted_key\": two forms at once")
        }
        guard let elements = value.array, !elements.isEmpty else {
            throw Self.defect("\"recipients\" must be a non-empty array and is \(value.kind)")
        }
        guard elements.count <= DecodedEncryptedToken.maximumRecipients else {
            throw Self.defect(
                "there are \(elements.count) recipients; the most that is read is "
                    + "\(DecodedEncryptedToken.maximumRecipients)")
        }
        var recipients: [EncryptedTokenMembers] = []
        for element in elements {
            guard let object = element.object else {
                throw Self.defect("a recipient is \(element.kind), not an object")
            }
            recipients.append(EncryptedTokenMembers(object))
        }
        return recipients
    }

    private static func defect(_ detail: String) -> EncryptedTokenDefect {
        EncryptedTokenDefect(.form, .tokenJSONInvalid, detail)
    }
}
