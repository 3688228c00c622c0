import Codecs

/// A token whose header has been read. What it says is known; whether it is true is not.
///
/// The three parts lie decoded in one block. The payload's bytes are there, but nobody has read them.
public struct DecodedToken: Sendable {
    /// The most arrays and objects inside one another in a header.
    public static let headerDepth = 32
    /// The most arrays and objects inside one another in claims.
    public static let claimsDepth = 64

    /// The token as it arrived.
    public let encoded: EncodedToken
    /// Its protected header.
    public let header: TokenHeader

    private let payload: Part
    private let signature: Part

    /// Where a decoded part lies in the block, or why it could not be decoded.
    private struct Part {
        let range: Range<Int>
        let defect: Base64Error?
    }

    /// Decodes the header part: strict base64url, strict JSON, an object, typed parameters.
    public init(_ encoded: EncodedToken) throws(HeaderDefect) {
        let decoding = Self.decode(encoded, header: nil)
        if let defect = decoding.header.defect {
            throw HeaderDefect(code: .headerEncoding, detail: "the header is not base64url: \(defect.description)")
        }
        header = try TokenHeader(block: decoding.block, decoding.header.range)
        self.encoded = encoded
        payload = decoding.payload
        signature = decoding.signature
    }

    /// A token with a header that has been read before, letter for letter, and a signature of this many bytes. Nil if
    /// anything about it is not so: then it is to be read from the start, which says what is wrong.
    init?(_ encoded: EncodedToken?, header known: TokenHeader) {
        guard let encoded else { return nil }
        let decoding = Self.decode(encoded, header: known.block)
        guard decoding.payload.defect == nil, decoding.signature.defect == nil else { return nil }
        header = TokenHeader(known, block: decoding.block)
        self.encoded = encoded
        payload = decoding.payload
        signature = decoding.signature
    }

    private typealias Decoding = (block: [UInt8], header: Part, payload: Part, signature: Part)

    /// Decodes the parts into one block; a header that is known is copied.
    private static func decode(_ encoded: EncodedToken, header: [UInt8]?) -> Decoding {
        var parts = (Part(range: 0..<0, defect: nil), Part(range: 0..<0, defect: nil), Part(range: 0..<0, defect: nil))
        // Three quarters of the text, rounded up for each part.
        var block = [UInt8](repeating: 0, count: encoded.bytes.count * 3 / 4 + 4)
        block.withUnsafeMutableBufferPointer { block in
            encoded.bytes.withUnsafeBufferPointer { text in
                var count = 0
                func decode(_ range: Range<Int>) -> Part {
                    let size = Base64URL.decodedCount(range.count) ?? 0
                    let defect = Base64URL.decode(
                        UnsafeBufferPointer(rebasing: text[range]),
                        into: UnsafeMutableBufferPointer(rebasing: block[count..<(count + size)]))
                    defer { count += size }
                    return Part(range: count..<(count + size), defect: defect)
                }
                if let header {
                    count = block[..<header.count].update(fromContentsOf: header)
                    parts.0 = Part(range: 0..<count, defect: nil)
                } else {
                    parts.0 = decode(encoded.header)
                }
                parts.1 = decode(encoded.payload)
                parts.2 = decode(encoded.signature)
            }
        }
        return (block, parts.0, parts.1, parts.2)
    }

    /// Reads the payload as claims. A verifier calls this only once the signature holds.
    public func claims() throws(ClaimDefect) -> Claims {
        if let defect = payload.defect {
            throw ClaimDefect(code: .claimsEncoding, detail: "the payload is not base64url: \(defect.description)")
        }
        return try Claims(block: header.block, payload.range)
    }

    /// The header with nothing of the token behind it.
    var headerAlone: TokenHeader { TokenHeader(header, block: Array(header.block[..<payload.range.lowerBound])) }

    /// The number of bytes of the signature.
    func signatureLength() throws(Base64Error) -> Int {
        if let defect = signature.defect { throw defect }
        return signature.range.count
    }

    /// Shows the signature and what it is over, both as they lie in memory. A signature that is no base64url is shown empty.
    func withSignature<Answer>(
        _ body: (_ signature: UnsafeRawBufferPointer, _ input: UnsafeRawBufferPointer) -> Answer
    ) -> Answer {
        header.block.withUnsafeBytes { block in
            encoded.bytes.withUnsafeBytes { text in
                body(
                    UnsafeRawBufferPointer(rebasing: block[signature.defect == nil ? signature.range : 0..<0]),
                    UnsafeRawBufferPointer(rebasing: text[..<encoded.payload.upperBound]))
            }
        }
    }
}
