public import Codecs

/// A compact token as it arrived: bytes, and where its three parts are. Nothing has been decoded, nothing is believed.
public struct EncodedToken: Sendable {
    /// The largest token that is looked at, in bytes: enough for ML-DSA-87 with generous claims.
    public static let maximumSize = 16_384
    /// The largest encoded header, in bytes.
    public static let maximumHeaderSize = 4_096
    /// The largest encoded header, in bytes, where it is asked to bring a certificate chain.
    public static let maximumCertifiedHeaderSize = 12_288

    /// The whole text.
    public let bytes: [UInt8]
    /// Where the encoded header stands.
    public let header: Range<Int>
    /// Where the encoded payload stands.
    public let payload: Range<Int>
    /// Where the encoded signature stands.
    public let signature: Range<Int>

    /// Finds the parts; stops at the first dot too many (RFC 7515 §7.1).
    /// - Parameters:
    ///   - bytes: the token as it arrived.
    ///   - maximumHeaderSize: the largest encoded header that is looked at, in bytes.
    public init(_ bytes: [UInt8], maximumHeaderSize: Int = Self.maximumHeaderSize) throws(FormDefect) {
        guard !bytes.isEmpty else { throw FormDefect(code: .tokenEmpty, detail: "there is no token") }
        guard bytes.count <= Self.maximumSize else {
            throw FormDefect(
                code: .tokenTooLarge,
                detail: "the token has \(bytes.count) bytes; the most that is looked at is \(Self.maximumSize)")
        }
        let dots = Self.dots(in: bytes)
        guard dots.count == 2 else { throw FormDefect(dots: dots.count) }
        guard dots.first <= maximumHeaderSize else {
            throw FormDefect(
                code: .tokenTooLarge,
                detail: "the header has \(dots.first) bytes; the most that is looked at is \(maximumHeaderSize)")
        }
        self.bytes = bytes
        header = 0..<dots.first
        payload = (dots.first + 1)..<dots.second
        signature = (dots.second + 1)..<bytes.count
    }

    /// A token whose dots are where they are expected: behind a header of this length, and before so many last characters.
    /// Whether there are others is not looked at; whoever decodes the parts meets them, as a dot is no letter of base64url.
    init?(_ bytes: [UInt8], header: Int, signature: Int) {
        let second = bytes.count - signature - 1
        guard bytes.count <= Self.maximumSize, second > header, bytes[header] == UInt8(ascii: "."),
            bytes[second] == UInt8(ascii: ".")
        else { return nil }
        self.bytes = bytes
        self.header = 0..<header
        payload = (header + 1)..<second
        self.signature = (second + 1)..<bytes.count
    }

    /// How many dots there are, counted to five or a few more, and where the first two stand. Most of a token holds none:
    /// what has none is passed over 32 bytes at a time.
    private static func dots(in bytes: [UInt8]) -> (count: Int, first: Int, second: Int) {
        bytes.withUnsafeBytes { bytes in
            var found = (count: 0, first: 0, second: 0)
            func note(_ place: Int) {
                if found.count == 0 { found.first = place }
                if found.count == 1 { found.second = place }
                found.count += 1
            }
            var offset = 0
            while offset + 32 <= bytes.count, found.count < 5 {
                if marks(bytes, offset) | marks(bytes, offset + 8) | marks(bytes, offset + 16)
                    | marks(bytes, offset + 24) != 0
                {
                    for place in offset..<(offset + 32) where bytes[place] == UInt8(ascii: ".") { note(place) }
                }
                offset += 32
            }
            while offset < bytes.count, found.count < 5 {
                if bytes[offset] == UInt8(ascii: ".") { note(offset) }
                offset += 1
            }
            return found
        }
    }

    /// Not zero where one of eight bytes is a dot.
    @inline(__always)
    private static func marks(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ 0x2E2E_2E2E_2E2E_2E2E
        return (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    /// What the signature is over: the header, the dot and the payload, as they stand in the text (RFC 7515 §5.1).
    public var signingInput: ArraySlice<UInt8> { bytes[0..<payload.upperBound] }

    /// Where a part stands.
    public func range(of part: TokenPart) -> Range<Int> {
        switch part {
        case .header: header
        case .payload: payload
        case .signature: signature
        }
    }

    /// A part decoded from strict base64url; offsets in errors count from the start of the part.
    public func decode(_ part: TokenPart) throws(Base64Error) -> [UInt8] {
        try Base64URL.decode(bytes.span.extracting(range(of: part)))
    }
}

/// Why a text does not have the form of a signed token.
public struct FormDefect: Error, Sendable, Equatable {
    /// Why, as a stable public name.
    public let code: RejectionCode
    /// Why, in one sentence.
    public let detail: String

    init(code: RejectionCode, detail: String) {
        self.code = code
        self.detail = detail
    }

    init(dots: Int) {
        switch dots {
        case 4:
            self.init(code: .tokenEncrypted, detail: "five parts: this is an encrypted token (JWE), not a signed one")
        case 0: self.init(code: .tokenNotCompact, detail: "there is no dot; a signed token has three parts")
        case 1: self.init(code: .tokenNotCompact, detail: "two parts; a signed token has three")
        default: self.init(code: .tokenNotCompact, detail: "more than three parts; a signed token has exactly three")
        }
    }
}
