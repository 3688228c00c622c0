public import Codecs

/// What a token's protected header says (RFC 7515 §4). Decoded, not believed.
public struct TokenHeader: Sendable, Equatable {
    /// The longest key identifier, in bytes.
    public static let maximumKeyIDSize = 256

    /// Every parameter, in order.
    public let json: JSONObject
    /// `alg`, as written.
    public let algorithm: ByteString
    /// `kid`.
    public let keyID: ByteString?
    /// `typ`, as written.
    public let type: ByteString?

    /// Reads a header; typed parameters must have their types.
    public init(_ json: JSONObject) throws(HeaderDefect) {
        self.json = json
        guard let algorithm = try Self.text("alg", in: json) else {
            throw HeaderDefect(code: .headerParameter, detail: "the header has no \"alg\"")
        }
        self.algorithm = algorithm
        keyID = try Self.text("kid", in: json)
        type = try Self.text("typ", in: json)
        _ = try Self.text("cty", in: json)
        if let keyID, keyID.count > Self.maximumKeyIDSize || keyID.hasControlCharacter {
            throw HeaderDefect(
                code: .headerParameter,
                detail: "\"kid\" is longer than \(Self.maximumKeyIDSize) bytes or holds control characters")
        }
        if json.value(named: "jwk") != nil {
            throw HeaderDefect(
                code: .headerEmbeddedKey, detail: "the header brings its own key in \"jwk\"; it can vouch for nothing")
        }
    }

    private static func text(_ name: StaticString, in json: JSONObject) throws(HeaderDefect) -> ByteString? {
        guard let value = json.value(named: name) else { return nil }
        guard let text = value.string, !text.isEmpty else {
            throw HeaderDefect(
                code: .headerParameter, detail: "\"\(name)\" must be a non-empty string and is \(value.kind)")
        }
        return text
    }

    /// Whether `typ` is this media type: `application/` is supplied where no slash stands, and case does not count
    /// (RFC 7515 §4.1.9).
    public func hasType(_ wanted: ByteString) -> Bool {
        guard let type else { return false }
        return Self.mediaType(type) == Self.mediaType(wanted)
    }

    private static func mediaType(_ type: ByteString) -> [UInt8] {
        let lower = type.bytes.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
        return lower.contains(UInt8(ascii: "/")) ? lower : Array("application/".utf8) + lower
    }
}

/// Why a header is refused.
public struct HeaderDefect: Error, Sendable, Equatable {
    /// Why, as a stable public name.
    public let code: RejectionCode
    /// Why, in one sentence.
    public let detail: String
}
