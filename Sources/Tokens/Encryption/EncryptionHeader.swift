public import Codecs

/// What the headers of an encrypted token say together, for one recipient: the JOSE header of RFC 7516 §4, the union of
/// the protected, the shared unprotected and the recipient's own header. Decoded, not believed.
public struct EncryptionHeader: Sendable, Equatable {
    /// Every parameter, protected ones first.
    public let json: JSONObject
    /// `alg`, as written: how the content encryption key is found.
    public let algorithm: ByteString
    /// `enc`, as written: how the content is encrypted.
    public let encryption: ByteString
    /// `kid`.
    public let keyID: ByteString?
    /// `typ`, as written.
    public let type: ByteString?
    /// `cty`, as written; `JWT` says that a token is nested inside (RFC 7519 §5.2).
    public let contentType: ByteString?

    /// Joins the headers; no name may occur in two of them (RFC 7516 §4, §7.2.1).
    init(protected: JSONObject, unprotected: JSONObject, recipient: JSONObject) throws(EncryptedTokenDefect) {
        var joined = protected
        for header in [unprotected, recipient] {
            for member in header.members {
                guard joined[member.name] == nil else {
                    throw Self.defect("\(Display.quoted(member.name)) stands in two headers of the token")
                }
                guard member.name != "zip" else {
                    throw Self.defect("\"zip\" stands in a header that is not protected")
                }
                guard member.name != "crit" else {
                    throw EncryptedTokenDefect(
                        .header, .criticalInvalid, "\"crit\" stands in a header that is not protected")
                }
                joined[member.name] = member.value
            }
        }
        json = joined
        guard let algorithm = try Self.text("alg", in: joined) else { throw Self.defect("the header has no \"alg\"") }
        guard let encryption = try Self.text("enc", in: joined) else { throw Self.defect("the header has no \"enc\"") }
        self.algorithm = algorithm
        self.encryption = encryption
        keyID = try Self.text("kid", in: joined)
        type = try Self.text("typ", in: joined)
        contentType = try Self.text("cty", in: joined)
        if let keyID, keyID.count > TokenHeader.maximumKeyIDSize || keyID.hasControlCharacter {
            throw Self.defect(
                "\"kid\" is longer than \(TokenHeader.maximumKeyIDSize) bytes or holds control characters")
        }
    }

    /// Whether `cty` is `JWT`, in any case, with or without `application/` (RFC 7519 §5.2, RFC 7515 §4.1.10).
    public var announcesToken: Bool {
        guard let contentType else { return false }
        let lower = contentType.bytes.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
        return lower.elementsEqual("jwt".utf8) || lower.elementsEqual("application/jwt".utf8)
    }

    static func text(_ name: StaticString, in json: JSONObject) throws(EncryptedTokenDefect) -> ByteString? {
        guard let value = json.value(named: name) else { return nil }
        guard let text = value.string, !text.isEmpty else {
            throw defect("\"\(name)\" must be a non-empty string and is \(value.kind)")
        }
        return text
    }

    static func defect(_ detail: String) -> EncryptedTokenDefect {
        EncryptedTokenDefect(.header, .headerParameter, detail)
    }
}
