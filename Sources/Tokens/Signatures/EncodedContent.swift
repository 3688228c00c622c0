public import Codecs

/// Something signed (a JWS) as it arrived, in any of its three serialisations (RFC 7515 §7). Its headers have been read,
/// nothing is believed.
public struct EncodedContent: Sendable {
    /// The largest text that is looked at unless the caller says otherwise, in bytes.
    public static let defaultMaximumSize = 1_048_576
    /// The most signatures.
    public static let maximumSignatures = 16

    /// How it is written.
    public enum Serialization: String, Sendable {
        /// Three parts with dots between (RFC 7515 §7.1).
        case compact
        /// JSON with one signature at the top (RFC 7515 §7.2.2).
        case flattened
        /// JSON with a list of signatures (RFC 7515 §7.2.1).
        case general
    }

    /// How it is written.
    public let serialization: Serialization
    /// The payload as it stands in the text, usually base64url; nil when it is detached (RFC 7515 Appendix F).
    public let payload: [UInt8]?
    /// The signatures in their order; at least one.
    public let signatures: [EncodedSignature]

    /// Takes a text apart. JSON is told by its first byte; white space before it is not accepted.
    public init(_ text: [UInt8], maximumSize: Int = defaultMaximumSize) throws(FormDefect) {
        guard let first = text.first else { throw FormDefect(code: .tokenEmpty, detail: "there is nothing") }
        guard text.count <= maximumSize else {
            throw FormDefect(
                code: .tokenTooLarge,
                detail: "there are \(text.count) bytes; the most that is looked at is \(maximumSize)")
        }
        if first == UInt8(ascii: "{") {
            let json: JSON
            do throws(JSONError) {
                json = try JSONReader.read(text, depth: DecodedToken.headerDepth)
            } catch {
                throw FormDefect(code: .serializationInvalid, detail: "this is not JSON: \(error.description)")
            }
            try self.init(json.object ?? JSONObject())
        } else {
            try self.init(compact: text)
        }
    }

    private init(compact text: [UInt8]) throws(FormDefect) {
        var dots: [Int] = []
        for (offset, byte) in text.enumerated() where byte == UInt8(ascii: ".") {
            dots.append(offset)
            // A raw payload (RFC 7797) may hold dots; it is refused all the same, so counting can stop.
            if dots.count > 4 { break }
        }
        guard dots.count == 2 else { throw FormDefect(dots: dots.count) }
        guard dots[0] <= EncodedToken.maximumHeaderSize else {
            throw FormDefect(code: .tokenTooLarge, detail: "the header has \(dots[0]) bytes")
        }
        serialization = .compact
        payload = dots[1] == dots[0] + 1 ? nil : Array(text[(dots[0] + 1)..<dots[1]])
        signatures = [
            EncodedSignature(
                protected: Array(text[..<dots[0]]), unprotected: nil, signature: Array(text[(dots[1] + 1)...]))
        ]
    }

    private init(_ json: JSONObject) throws(FormDefect) {
        switch json["payload"] {
        case nil: payload = nil
        case .string(let text): payload = text.bytes
        default: throw Self.invalid("\"payload\" is no string")
        }
        guard let list = json["signatures"] else {
            serialization = .flattened
            signatures = [try EncodedSignature(json)]
            return
        }
        // RFC 7515 §7.2.2: the members of the flattened form must not stand beside "signatures".
        guard json["signature"] == nil, json["protected"] == nil, json["header"] == nil else {
            throw Self.invalid("\"signatures\" and the members of a single signature stand side by side")
        }
        guard let elements = list.array, !elements.isEmpty else {
            throw Self.invalid("\"signatures\" is no list, or an empty one")
        }
        guard elements.count <= Self.maximumSignatures else {
            throw Self.invalid(
                "there are \(elements.count) signatures; the most that is looked at is \(Self.maximumSignatures)")
        }
        var signatures: [EncodedSignature] = []
        for element in elements {
            guard let object = element.object else {
                throw Self.invalid("a signature is \(element.kind), not an object")
            }
            signatures.append(try EncodedSignature(object))
        }
        serialization = .general
        self.signatures = signatures
    }

    static func invalid(_ detail: String) -> FormDefect { FormDefect(code: .serializationInvalid, detail: detail) }
}

/// One signature of something signed, as it arrived.
public struct EncodedSignature: Sendable {
    /// The protected header in base64url; empty when there is none.
    public let protected: [UInt8]
    /// The unprotected header, which nobody vouches for.
    public let unprotected: JSONObject?
    /// The signature in base64url.
    public let signature: [UInt8]

    init(protected: [UInt8], unprotected: JSONObject?, signature: [UInt8]) {
        self.protected = protected
        self.unprotected = unprotected
        self.signature = signature
    }

    init(_ json: JSONObject) throws(FormDefect) {
        guard let signature = json["signature"]?.string else {
            throw EncodedContent.invalid("a signature has no \"signature\" that is a string")
        }
        self.signature = signature.bytes
        switch json["protected"] {
        case nil: protected = []
        case .string(let text) where text.count <= EncodedToken.maximumHeaderSize: protected = text.bytes
        case .string: throw FormDefect(code: .tokenTooLarge, detail: "a header is larger than allowed")
        default: throw EncodedContent.invalid("\"protected\" is no string")
        }
        switch json["header"] {
        case nil: unprotected = nil
        case .object(let object): unprotected = object
        default: throw EncodedContent.invalid("\"header\" is no object")
        }
    }
}
