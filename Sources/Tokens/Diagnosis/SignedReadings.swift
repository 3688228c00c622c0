import Codecs

/// Every reading of a token as something that was signed: the bytes that the signature may be over, and the signature.
struct SignedReadings {
    /// One reading.
    struct Reading {
        /// What was signed.
        let input: [UInt8]
        /// The signature.
        let signature: [UInt8]
        /// What must have gone wrong; nothing for the token as it stands.
        let mistakes: [MistakeCode]
        /// The token as it should have been; nil where it cannot be given.
        let repaired: [UInt8]?
    }

    /// Readings, the likelier first.
    private(set) var readings: [Reading] = []
    /// The header, as far as it could be read.
    private(set) var header: LenientJSON?
    /// `alg`, as written.
    private(set) var algorithm: ByteString?
    /// `kid`.
    private(set) var keyID: ByteString?
    /// Whether the second part is empty.
    private(set) var isDetached = false
    /// The signature of the token as it stands, decoded with every liberty; empty when there is none.
    private(set) var signature: [UInt8] = []

    /// The largest token that is looked at, in bytes: a generous one with wrapped lines.
    static let maximumSize = 65_536

    /// Nil when this is not three parts of which the first is a JSON object.
    init?(_ token: [UInt8]) {
        guard token.count <= Self.maximumSize else { return nil }
        let cleaned = token.filter { !TokenRun.isBlank($0) }
        let parts = cleaned.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let decodings = parts.map { TolerantBase64($0) }
        guard decodings[0].foreign == nil else { return nil }
        let header = LenientJSON(decodings[0].bytes)
        guard header.nodes.first?.kind == .object else { return nil }
        for index in header.members {
            if header.nodes[index].name == "alg" { algorithm = header.nodes[index].string }
            if header.nodes[index].name == "kid" { keyID = header.nodes[index].string }
        }
        self.header = header
        isDetached = parts[1].isEmpty
        signature = decodings[2].bytes
        let wraps: [MistakeCode] = cleaned == token ? [] : [.tokenBlanks]
        let dot = UInt8(ascii: ".")

        // As it stands, and in the alphabet that it should have.
        let encoded = Array(parts[0]) + [dot] + Array(parts[1])
        let isStrict = decodings.allSatisfy { $0.isStrict }
        add(
            encoded, signature, isStrict ? wraps : wraps + [.tokenStandardBase64],
            isStrict && !wraps.isEmpty ? cleaned : nil)
        guard decodings.allSatisfy({ $0.foreign == nil }) else { return }
        let rebuilt = decodings.map { Base64URL.encodeBytes($0.bytes) }
        let input = rebuilt[0] + [dot] + rebuilt[1]
        let trailing = [dot] + rebuilt[2]
        if !isStrict { add(input, signature, wraps + [.tokenStandardBase64], input + trailing) }

        // The signature in other clothes.
        for other in Self.undressed(signature) {
            let mistake: MistakeCode = signature.first == 0x30 ? .signatureDER : .signatureEncodedTwice
            add(input, other, wraps + [mistake], input + [dot] + Base64URL.encodeBytes(other))
        }

        // Signed before encoding, or only in part.
        let headerText = decodings[0].bytes
        let payloadText = decodings[1].bytes
        for other in [
            headerText + [dot] + payloadText, headerText + payloadText, payloadText, rebuilt[1],
            rebuilt[0] + [dot] + payloadText,
            rebuilt[0] + rebuilt[1],
        ] { add(other, signature, wraps + [.signedDecoded], nil) }

        // Written anew after signing.
        let payloads = Self.rewritings(payloadText)
        let headers = Self.rewritings(headerText)
        let none = [headerText]
        for (first, second) in [(none, payloads), (headers, [payloadText]), (headers, payloads)] {
            for (index, text) in first.enumerated() {
                // Both parts by the same hand, or one of them.
                let others = first.count > 1 && second.count > 1 ? Array(second.dropFirst(index).prefix(1)) : second
                for other in others {
                    let input = Base64URL.encodeBytes(text) + [dot] + Base64URL.encodeBytes(other)
                    add(input, signature, wraps + [.partReserialized], input + trailing)
                }
            }
        }
    }

    private mutating func add(_ input: [UInt8], _ signature: [UInt8], _ mistakes: [MistakeCode], _ repaired: [UInt8]?) {
        readings.append(Reading(input: input, signature: signature, mistakes: mistakes, repaired: repaired))
    }

    /// A signature out of DER, or out of the text that it was written as.
    private static func undressed(_ signature: [UInt8]) -> [[UInt8]] {
        var undressed: [[UInt8]] = []
        var outer = DERReader(signature)
        if var numbers = try? outer.enter(DERReader.Tag.sequence), outer.isAtEnd,
            let r = try? numbers.readUnsignedInteger(),
            let s = try? numbers.readUnsignedInteger(), numbers.isAtEnd
        {
            for length in [32, 48, 66]
            where r.count <= length && s.count <= length && max(r.count, s.count) + 4 > length {
                undressed.append(
                    [UInt8](repeating: 0, count: length - r.count) + r + [UInt8](repeating: 0, count: length - s.count)
                        + s)
            }
        }
        if signature.count >= 40, let bytes = try? Hex.decode(signature) { undressed.append(bytes) }
        let decoding = TolerantBase64(signature[...])
        if signature.count >= 40, decoding.foreign == nil, !decoding.isCut { undressed.append(decoding.bytes) }
        return undressed
    }

    /// The same JSON in the handwriting of the usual writers.
    private static func rewritings(_ text: [UInt8]) -> [[UInt8]] {
        guard text.count <= 16_384, let json = try? JSONReader.read(text) else { return [] }
        var rewritings: [[UInt8]] = []
        for value in [json, sorted(json)] {
            for style in JSONHandwriting.allCases { rewritings.append(style.write(value)) }
        }
        var distinct: [[UInt8]] = []
        for rewriting in rewritings where rewriting != text && !distinct.contains(rewriting) {
            distinct.append(rewriting)
        }
        return distinct
    }

    private static func sorted(_ json: JSON) -> JSON {
        switch json {
        case .object(let object):
            var ordered = JSONObject()
            for member in object.members.sorted(by: { $0.name < $1.name }) {
                ordered[member.name] = sorted(member.value)
            }
            return .object(ordered)
        case .array(let elements): return .array(elements.map { sorted($0) })
        default: return json
        }
    }
}

/// How common programs write JSON.
enum JSONHandwriting: CaseIterable {
    /// No blanks: most libraries.
    case compact
    /// A blank behind comma and colon: Python's default.
    case spaced
    /// Two spaces a level.
    case indented
    /// Two spaces a level, lines ending as RFC 7519's own examples do.
    case examples
    /// No blanks, slashes escaped: PHP's default, and Foundation's.
    case escapedSlashes
    /// A line feed behind the value.
    case terminated

    func write(_ json: JSON) -> [UInt8] {
        switch self {
        case .compact: return JSONWriter.write(json)
        case .indented: return JSONWriter.write(json, pretty: true)
        case .terminated: return JSONWriter.write(json) + [0x0A]
        case .escapedSlashes:
            return JSONWriter.write(json).flatMap { $0 == UInt8(ascii: "/") ? [UInt8(ascii: "\\"), $0] : [$0] }
        case .spaced: return Self.separated(JSONWriter.write(json), ", ", ": ")
        case .examples: return Self.separated(JSONWriter.write(json), ",\r\n ", ":")
        }
    }

    /// Other separators; commas and colons inside strings stay as they are.
    private static func separated(_ text: [UInt8], _ comma: String, _ colon: String) -> [UInt8] {
        var output: [UInt8] = []
        var isString = false
        var isEscaped = false
        for byte in text {
            if isString {
                output.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: ","): output.append(contentsOf: comma.utf8)
            case UInt8(ascii: ":"): output.append(contentsOf: colon.utf8)
            default:
                if byte == UInt8(ascii: "\"") { isString = true }
                output.append(byte)
            }
        }
        return output
    }
}
