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

    private let block: [UInt8]
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
        block = decoding.block
        payload = decoding.payload
        signature = decoding.signature
    }

    /// A token whose header is one that has been read before, letter for letter.
    init(_ encoded: EncodedToken, header known: TokenHeader) {
        let decoding = Self.decode(encoded, header: known.block)
        header = TokenHeader(known, block: decoding.block)
        self.encoded = encoded
        block = decoding.block
        payload = decoding.payload
        signature = decoding.signature
    }

    private typealias Decoding = (block: [UInt8], header: Part, payload: Part, signature: Part)

    /// Decodes the parts into one block; a header that is known is copied.
    private static func decode(_ encoded: EncodedToken, header: [UInt8]?) -> Decoding {
        var parts = (Part(range: 0..<0, defect: nil), Part(range: 0..<0, defect: nil), Part(range: 0..<0, defect: nil))
        // Three quarters of the text, rounded up for each part.
        let block = [UInt8](unsafeUninitializedCapacity: encoded.bytes.count * 3 / 4 + 4) { block, count in
            encoded.bytes.withUnsafeBufferPointer { text in
                func decode(_ range: Range<Int>) -> Part {
                    let size = Base64URL.decodedCount(range.count) ?? 0
                    let defect = Base64URL.decode(
                        UnsafeBufferPointer(rebasing: text[range]),
                        into: UnsafeMutableBufferPointer(rebasing: block[count..<(count + size)]))
                    let start = count
                    count += size
                    // Memory is never handed on uninitialised, also not that of a part that could not be decoded.
                    if defect != nil { block[start..<count].initialize(repeating: 0) }
                    return Part(range: start..<count, defect: defect)
                }
                if let header {
                    count = block[..<header.count].initialize(fromContentsOf: header)
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
        return try Claims(block: block, payload.range)
    }

    /// The header with nothing of the token behind it.
    var headerAlone: TokenHeader { TokenHeader(header, block: Array(block[..<payload.range.lowerBound])) }

    /// The signature's bytes.
    func signatureBytes() throws(Base64Error) -> ArraySlice<UInt8> {
        if let defect = signature.defect { throw defect }
        return block[signature.range]
    }
}
