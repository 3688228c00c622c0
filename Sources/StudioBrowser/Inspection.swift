import Codecs
import Tokens

/// A token read for people: whatever can be decoded is, and what cannot says where it breaks. Nothing here is a verdict.
struct Inspection {
    /// One part of the token.
    struct Part {
        /// Which part.
        let part: TokenPart
        /// Where its text stands in the token.
        let range: Range<Int>
        /// What is wrong with it, if anything.
        let problem: String?
        /// Its JSON object, when it has one.
        let object: JSONObject?
        /// What could be decoded, as text, when it is not a JSON object.
        let raw: String?
    }

    /// The parts that are there, in order.
    let parts: [Part]
    /// Why the text as a whole is not a signed token.
    let formDefect: FormDefect?

    init(_ token: [UInt8]) {
        guard !token.isEmpty else {
            parts = []
            formDefect = nil
            return
        }
        var defect: FormDefect?
        do throws(FormDefect) {
            _ = try EncodedToken(token)
        } catch {
            defect = error
        }
        formDefect = defect
        let ranges = Self.split(token)
        let encrypted = defect?.code == .tokenEncrypted
        var parts: [Part] = []
        for (part, range) in zip(TokenPart.allCases, ranges) {
            let text = Array(token[range])
            switch part {
            case .header: parts.append(Self.read(part, range, text, depth: DecodedToken.headerDepth))
            case .payload where !encrypted:
                parts.append(Self.read(part, range, text, depth: DecodedToken.claimsDepth))
            case .signature where defect == nil: parts.append(Self.signature(range, text))
            case .payload, .signature: parts.append(Self.opaque(part, range))
            }
        }
        self.parts = parts
    }

    /// The header alone, as far as it is an object.
    static func header(of token: [UInt8]) -> JSONObject? {
        let end = token.firstIndex(of: UInt8(ascii: ".")) ?? token.count
        return read(.header, 0..<end, Array(token[..<end]), depth: DecodedToken.headerDepth).object
    }

    /// The payload alone, as far as it is an object.
    static func payload(of token: [UInt8]) -> JSONObject? {
        let ranges = split(token)
        guard ranges.count == 3 else { return nil }
        return read(.payload, ranges[1], Array(token[ranges[1]]), depth: DecodedToken.claimsDepth).object
    }

    /// The part, when it is there.
    subscript(_ part: TokenPart) -> Part? {
        parts.first { $0.part == part }
    }

    /// Up to three ranges; what follows the second dot is one.
    private static func split(_ token: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for (offset, byte) in token.enumerated() where byte == UInt8(ascii: ".") {
            ranges.append(start..<offset)
            start = offset + 1
            if ranges.count == 2 { break }
        }
        ranges.append(start..<token.count)
        return ranges
    }

    private static func opaque(_ part: TokenPart, _ range: Range<Int>) -> Part {
        Part(part: part, range: range, problem: nil, object: nil, raw: nil)
    }

    private static func signature(_ range: Range<Int>, _ text: [UInt8]) -> Part {
        var problem: String?
        if text.isEmpty {
            problem = "The signature is empty."
        } else {
            do throws(Base64Error) {
                _ = try Base64URL.decode(text)
            } catch {
                problem = "The signature is not base64url: \(error.description)."
            }
        }
        return Part(part: .signature, range: range, problem: problem, object: nil, raw: nil)
    }

    private static func read(_ part: TokenPart, _ range: Range<Int>, _ text: [UInt8], depth: Int) -> Part {
        func broken(_ problem: String, _ decoded: [UInt8]) -> Part {
            Part(part: part, range: range, problem: problem, object: nil, raw: Readable.text(decoded))
        }
        let name = part == .header ? "header" : "payload"
        guard !text.isEmpty else { return broken("The \(name) is empty.", []) }
        let decoded: [UInt8]
        do throws(Base64Error) {
            decoded = try Base64URL.decode(text)
        } catch {
            return broken("The \(name) is not base64url: \(error.description).", Readable.prefix(of: text))
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(decoded, depth: depth)
        } catch {
            return broken("The \(name) is not JSON: \(error.description).", decoded)
        }
        guard let object = json.object else { return broken("The \(name) is \(json.kind), not an object.", decoded) }
        return Part(part: part, range: range, problem: defect(of: object, part), object: object, raw: nil)
    }

    /// What a verifier would say of the object's members.
    private static func defect(of object: JSONObject, _ part: TokenPart) -> String? {
        if part == .header {
            var object = object
            // A proof must bring its key (RFC 9449 §4.2); whatever else does may not.
            if ProofQuestion.isProof(header: object) { object["jwk"] = nil }
            do throws(HeaderDefect) {
                _ = try TokenHeader(object)
            } catch {
                return Readable.sentence(error.detail)
            }
        } else {
            do throws(ClaimDefect) {
                _ = try Claims(object)
            } catch {
                return Readable.sentence(error.detail)
            }
        }
        return nil
    }
}

/// Damaged text made readable.
enum Readable {
    /// The most bytes of a damaged part that are shown.
    private static let limit = 16_384

    /// A clause as a sentence.
    static func sentence(_ detail: String) -> String {
        var scalars = Array(detail.unicodeScalars)
        if let first = scalars.first, first.value >= 0x61, first.value <= 0x7A,
            let upper = Unicode.Scalar(first.value - 0x20)
        {
            scalars[0] = upper
        }
        if let last = scalars.last, last != ".", last != "!", last != "?" { scalars.append(".") }
        var text = ""
        for scalar in scalars { text.unicodeScalars.append(scalar) }
        return text
    }

    /// Bytes as text; what is not UTF-8 becomes U+FFFD, what does not show itself becomes `<U+202E>`.
    static func text(_ bytes: [UInt8]) -> String {
        var output = ""
        for scalar in String(decoding: bytes.prefix(limit), as: UTF8.self).unicodeScalars {
            if scalar != "\n", Display.isInvisible(scalar) {
                var digits = Hex.encode([
                    UInt8(truncatingIfNeeded: scalar.value >> 16), UInt8(truncatingIfNeeded: scalar.value >> 8),
                    UInt8(truncatingIfNeeded: scalar.value),
                ])
                if digits.utf8.starts(with: "00".utf8) { digits = String(digits.utf8.dropFirst(2)) ?? digits }
                output += "<U+\(digits)>"
            } else {
                output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// What stands before the first character that is not base64url, decoded as far as whole groups go.
    static func prefix(of text: [UInt8]) -> [UInt8] {
        var good = text.prefix { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        good = good.prefix(good.count / 4 * 4)
        return (try? Base64URL.decode(Array(good))) ?? []
    }
}
