public import Codecs

/// What a token's protected header says (RFC 7515 §4). Decoded, not believed.
public struct TokenHeader: Sendable {
    /// The longest key identifier, in bytes.
    public static let maximumKeyIDSize = 256

    /// The header's JSON text, and perhaps what follows it in the token.
    let block: [UInt8]
    let object: JSONPlace
    let algorithmPlace: JSONPlace
    let keyIDPlace: JSONPlace?
    let typePlace: JSONPlace?
    let criticalPlace: JSONPlace?
    /// Whether `b64` stands in the header (RFC 7797).
    let hasUnencodedMark: Bool

    /// Reads a header; typed parameters must have their types.
    public init(_ json: JSONObject) throws(HeaderDefect) {
        let text = JSONWriter.write(.object(json))
        try self.init(block: text, 0..<text.count)
    }

    /// Reads the header that stands in a range of a block.
    init(block: [UInt8], _ range: Range<Int>) throws(HeaderDefect) {
        var algorithm: JSONPlace?
        var keyID: JSONPlace?
        var type: JSONPlace?
        var contentType: JSONPlace?
        var critical: JSONPlace?
        var embeddedKey = false
        var unencoded = false
        let object: JSONPlace
        do throws(JSONError) {
            object = try JSONScanner.scan(block, range, depth: DecodedToken.headerDepth) { members in
                for member in members {
                    switch member.shortName {
                    case 0x61_6C67: algorithm = member.value  // alg
                    case 0x6B_6964: keyID = member.value  // kid
                    case 0x74_7970: type = member.value  // typ
                    case 0x63_7479: contentType = member.value  // cty
                    case 0x6372_6974: critical = member.value  // crit
                    case 0x6A_776B: embeddedKey = true  // jwk
                    case 0x62_3634: unencoded = true  // b64
                    default: break
                    }
                }
            }
        } catch {
            throw HeaderDefect(code: .headerJSON, detail: "the header is not JSON: \(error.description)")
        }
        guard object.kind == .object else {
            throw HeaderDefect(
                code: .headerNotObject, detail: "the header is \(object.kindInWords), not an object")
        }
        guard let algorithm = try Self.text("alg", algorithm) else {
            throw HeaderDefect(code: .headerParameter, detail: "the header has no \"alg\"")
        }
        algorithmPlace = algorithm
        keyIDPlace = try Self.text("kid", keyID)
        typePlace = try Self.text("typ", type)
        _ = try Self.text("cty", contentType)
        if let keyID, keyID.count > Self.maximumKeyIDSize || keyID.hasControlCharacter(in: block) {
            throw HeaderDefect(
                code: .headerParameter,
                detail: "\"kid\" is longer than \(Self.maximumKeyIDSize) bytes or holds control characters")
        }
        guard !embeddedKey else {
            throw HeaderDefect(
                code: .headerEmbeddedKey, detail: "the header brings its own key in \"jwk\"; it can vouch for nothing")
        }
        self.block = block
        self.object = object
        criticalPlace = critical
        hasUnencodedMark = unencoded
    }

    /// The same header at the start of another block.
    init(_ other: TokenHeader, block: [UInt8]) {
        self.block = block
        object = other.object
        algorithmPlace = other.algorithmPlace
        keyIDPlace = other.keyIDPlace
        typePlace = other.typePlace
        criticalPlace = other.criticalPlace
        hasUnencodedMark = other.hasUnencodedMark
    }

    private static func text(_ name: StaticString, _ value: JSONPlace?) throws(HeaderDefect) -> JSONPlace? {
        guard let value else { return nil }
        guard value.kind == .string, value.count > 0 else {
            throw HeaderDefect(
                code: .headerParameter, detail: "\"\(name)\" must be a non-empty string and is \(value.kindInWords)")
        }
        return value
    }

    /// Every parameter, in order.
    public var json: JSONObject { object.value(in: block).object ?? JSONObject() }
    /// `alg`, as written.
    public var algorithm: ByteString { algorithmPlace.string(in: block) }
    /// `kid`.
    public var keyID: ByteString? { keyIDPlace?.string(in: block) }
    /// `typ`, as written.
    public var type: ByteString? { typePlace?.string(in: block) }

    /// Whether `typ` is this media type: `application/` is supplied where no slash stands, and case does not count
    /// (RFC 7515 §4.1.9).
    public func hasType(_ wanted: ByteString) -> Bool {
        guard let typePlace else { return false }
        if typePlace.equals(wanted, in: block) { return true }
        return Self.mediaType(typePlace.string(in: block)) == Self.mediaType(wanted)
    }

    private static func mediaType(_ type: ByteString) -> [UInt8] {
        let lower = type.bytes.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
        return lower.contains(UInt8(ascii: "/")) ? lower : Array("application/".utf8) + lower
    }
}

extension TokenHeader: Equatable {
    /// Whether both say the same in the same words.
    public static func == (left: TokenHeader, right: TokenHeader) -> Bool {
        left.object.written(in: left.block) == right.object.written(in: right.block)
    }
}

/// Why a header is refused.
public struct HeaderDefect: Error, Sendable, Equatable {
    /// Why, as a stable public name.
    public let code: RejectionCode
    /// Why, in one sentence.
    public let detail: String
}
