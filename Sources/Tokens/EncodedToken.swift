public import Codecs

/// A compact token as it arrived: bytes, and where its three parts are. Nothing has been decoded, nothing is believed.
public struct EncodedToken: Sendable {
    /// The largest token that is looked at, in bytes: enough for ML-DSA-87 with generous claims.
    public static let maximumSize = 16_384
    /// The largest encoded header, in bytes.
    public static let maximumHeaderSize = 4_096

    /// The whole text.
    public let bytes: [UInt8]
    /// Where the encoded header stands.
    public let header: Range<Int>
    /// Where the encoded payload stands.
    public let payload: Range<Int>
    /// Where the encoded signature stands.
    public let signature: Range<Int>

    /// Finds the parts; stops at the first dot too many (RFC 7515 §7.1).
    public init(_ bytes: [UInt8]) throws(FormDefect) {
        guard !bytes.isEmpty else { throw FormDefect(code: .tokenEmpty, detail: "there is no token") }
        guard bytes.count <= Self.maximumSize else {
            throw FormDefect(
                code: .tokenTooLarge,
                detail: "the token has \(bytes.count) bytes; the most that is looked at is \(Self.maximumSize)")
        }
        var dots: [Int] = []
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: ".") {
            dots.append(offset)
            if dots.count > 4 { break }
        }
        guard dots.count == 2 else { throw FormDefect(dots: dots.count) }
        guard dots[0] <= Self.maximumHeaderSize else {
            throw FormDefect(
                code: .tokenTooLarge,
                detail: "the header has \(dots[0]) bytes; the most that is looked at is \(Self.maximumHeaderSize)")
        }
        self.bytes = bytes
        header = 0..<dots[0]
        payload = (dots[0] + 1)..<dots[1]
        signature = (dots[1] + 1)..<bytes.count
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
