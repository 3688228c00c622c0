public import Codecs

/// A token read for people: each part that can be decoded is, and each that cannot says where it breaks. Nothing here is
/// a verdict, and nothing here leads to one.
public struct PartialToken: Sendable {
    /// The largest text whose parts are decoded.
    public static let maximumSize = 1_048_576

    /// Which part it is, in compact tokens of either kind (RFC 7515 §7.1, RFC 7516 §7.1).
    public enum Name: String, Sendable, CaseIterable {
        /// The protected header.
        case header
        /// The payload of a signed token.
        case payload
        /// The signature or MAC.
        case signature
        /// The wrapped content encryption key.
        case encryptedKey = "encrypted_key"
        /// The initialization vector.
        case initializationVector = "iv"
        /// The encrypted content.
        case ciphertext
        /// The authentication tag.
        case tag
        /// A part too many.
        case surplus
    }

    /// What kind of token the text seems to be.
    public enum Kind: String, Sendable, CaseIterable {
        /// Three parts, signed (RFC 7515).
        case jws
        /// Five parts, encrypted (RFC 7516).
        case jwe
        /// JSON serialisation of a signed token (RFC 7515 §7.2).
        case jwsJSON = "jws-json"
        /// JSON serialisation of an encrypted token (RFC 7516 §7.2).
        case jweJSON = "jwe-json"
        /// `alg` is none: nobody signed it (RFC 7519 §6).
        case unsecured
        /// Some part is missing or too many.
        case partial
    }

    /// One part.
    public struct Part: Sendable {
        /// Which one.
        public let name: Name
        /// Where its text stands in `text`.
        public let range: Range<Int>
        /// The bytes that it says, as far as they can be decoded.
        public let bytes: [UInt8]
        /// The values in it with their places, when it is a header or payload and starts like JSON.
        public let document: LenientJSON?
        /// Its object read strictly, members in order and numbers as written; nil when it is none.
        public let object: JSONObject?
        /// What is wrong, as a sentence; nil when a strict reader has nothing to say.
        public let problem: String?
        /// Where it is wrong: an offset in the encoded part, or in the decoded text when `isDecoded`.
        public let problemOffset: Int?
        /// Whether base64 was no obstacle.
        public let isDecoded: Bool
        /// How the text differs from base64url without padding, as a clause.
        public let encodingComplaint: String?
    }

    /// The cleaned text.
    public let text: [UInt8]
    /// What it seems to be.
    public let kind: Kind
    /// The parts that are there, in order; at most six.
    public let parts: [Part]
    /// What `alg` says in headers that nothing protects, beside the protected one (RFC 7515 §7.2, RFC 7516 §7.2); empty
    /// in compact tokens, which have none.
    let outerAlgorithms: [ByteString]

    /// Reads a compact token, or what is left of one.
    public init(compact text: [UInt8]) {
        self.text = text
        outerAlgorithms = []
        var ranges: [Range<Int>] = []
        if text.count <= Self.maximumSize {
            var start = 0
            for (offset, byte) in text.enumerated() where byte == UInt8(ascii: ".") && ranges.count < 5 {
                ranges.append(start..<offset)
                start = offset + 1
            }
            ranges.append(start..<text.count)
        }
        if text.isEmpty { ranges = [] }
        var names: [Name] = [.header, .payload, .signature, .surplus, .surplus, .surplus]
        if ranges.count == 5 { names = [.header, .encryptedKey, .initializationVector, .ciphertext, .tag] }
        var parts: [Part] = []
        for (index, range) in ranges.enumerated() where index < names.count {
            // A payload alone, or a payload and its signature, when the header was lost.
            if index == 0, ranges.count <= 2 {
                let first = Self.part(.header, range, text)
                if first.object != nil, !Self.isHeader(first) {
                    parts.append(Self.part(.payload, range, text))
                    names = [.payload, .signature]
                } else {
                    parts.append(first)
                }
                continue
            }
            parts.append(Self.part(names[index], range, text))
        }
        self.parts = parts
        kind = Self.kind(ranges.count, parts)
    }

    /// Parts that were found in a JSON serialisation.
    init(text: [UInt8], kind: Kind, parts: [Part], outerAlgorithms: [ByteString]) {
        self.text = text
        self.outerAlgorithms = outerAlgorithms
        self.kind = kind
        self.parts = parts
    }

    /// The part of this name.
    public subscript(_ name: Name) -> Part? {
        parts.first { $0.name == name }
    }

    /// The protected header, payload and signature of a signed token in JSON, as the compact token that they make (RFC 7515
    /// §7.1); nil for anything else, and where one of them is missing.
    public var compact: [UInt8]? {
        guard kind == .jwsJSON, let header = self[.header], let payload = self[.payload],
            let signature = self[.signature]
        else { return nil }
        return Array(text[header.range]) + [UInt8(ascii: ".")] + text[payload.range] + [UInt8(ascii: ".")]
            + text[signature.range]
    }

    /// Names only a header has.
    static func isHeader(_ part: Part) -> Bool {
        guard let object = part.object else { return true }
        return object["alg"] != nil || object["enc"] != nil || object["crit"] != nil
            || (object["typ"] != nil && object["kid"] != nil)
    }

    private static func kind(_ count: Int, _ parts: [Part]) -> Kind {
        if count == 5 { return .jwe }
        guard count == 3 else { return .partial }
        if parts.first?.object?["alg"]?.string.map(isNone) == true { return .unsecured }
        return parts.contains { $0.range.isEmpty } ? .partial : .jws
    }

    /// Whether a name is `none` in some spelling.
    static func isNone(_ algorithm: ByteString) -> Bool {
        algorithm.count == 4 && zip(algorithm.bytes, "none".utf8).allSatisfy { $0.0 | 0x20 == $0.1 }
    }

    static func part(_ name: Name, _ range: Range<Int>, _ text: [UInt8]) -> Part {
        let decoding = TolerantBase64(text[range])
        let isText = name == .header || name == .payload
        let label = Self.label(name)
        func made(_ problem: String?, _ offset: Int?, _ document: LenientJSON?, _ object: JSONObject?) -> Part {
            Part(
                name: name, range: range, bytes: decoding.bytes, document: document, object: object, problem: problem,
                problemOffset: offset, isDecoded: decoding.foreign == nil && !decoding.isCut,
                encodingComplaint: decoding.complaint)
        }
        if range.isEmpty {
            // dir and ECDH-ES wrap no key (RFC 7516 §5.1): that part is rightly empty.
            return made(name == .encryptedKey ? nil : "The \(label) is empty.", nil, nil, nil)
        }
        guard isText else {
            return made(decoding.complaint.map { "The \(label): \($0)." }, decoding.foreign, nil, nil)
        }
        let (document, object, fault, place) = Self.json(decoding.bytes, name)
        if let complaint = decoding.complaint {
            return made("The \(label): \(complaint).", decoding.foreign, document, object)
        }
        return made(fault, place, document, object)
    }

    /// A header or payload that was given as JSON text, not encoded.
    static func plainPart(_ name: Name, _ range: Range<Int>, _ text: [UInt8]) -> Part {
        let bytes = Array(text[range])
        let (document, object, fault, place) = json(bytes, name)
        return Part(
            name: name, range: range, bytes: bytes, document: document, object: object, problem: fault,
            problemOffset: place, isDecoded: true, encodingComplaint: nil)
    }

    private static func json(_ bytes: [UInt8], _ name: Name) -> (LenientJSON?, JSONObject?, String?, Int?) {
        let document = LenientJSON(bytes)
        let label = Self.label(name)
        do throws(JSONError) {
            let depth = name == .header ? DecodedToken.headerDepth : DecodedToken.claimsDepth
            let json = try JSONReader.read(bytes, depth: depth)
            guard let object = json.object else {
                return (document, nil, "The \(label) is \(json.kind), not an object.", 0)
            }
            return (document, object, nil, nil)
        } catch {
            let seen = document.nodes.isEmpty ? nil : document
            return (seen, nil, "The \(label) is not JSON: \(error.description).", error.offset)
        }
    }

    static func label(_ name: Name) -> String {
        switch name {
        case .header: "header"
        case .payload: "payload"
        case .signature: "signature"
        case .encryptedKey: "encrypted key"
        case .initializationVector: "initialization vector"
        case .ciphertext: "ciphertext"
        case .tag: "authentication tag"
        case .surplus: "part too many"
        }
    }
}
