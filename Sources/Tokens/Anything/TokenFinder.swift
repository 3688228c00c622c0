import Codecs

/// Finds tokens in whatever was pasted: header lines, cookies, addresses, JSON bodies, log lines, wrapped terminal
/// lines, tokens of which a part is missing, JSON serialisations. A verifier refuses all of these as they stand; this
/// cleans for reading, and says so. One pass; the time is linear in the input.
public enum TokenFinder {
    /// The largest input that is looked at, in bytes; what comes after it is not.
    public static let maximumInput = 1_048_576
    /// The most tokens that are told.
    public static let maximumTokens = 64

    /// The tokens in a text.
    public static func find(_ input: [UInt8]) -> FoundTokens {
        let isCut = input.count > maximumInput
        let text = isCut ? Array(input[..<maximumInput]) : input
        var limit = isCut ? "Only the first \(maximumInput) bytes were looked at." : nil
        var steps = 0
        let document = JSONSerializationFinder(text)
        steps += document.steps
        if let token = document.serialization { return FoundTokens(tokens: [token], limit: limit, steps: steps) }
        var scanner = TokenScanner(text)
        var tokens: [FoundToken] = []
        while let token = scanner.next() {
            guard tokens.count < maximumTokens else {
                limit = "Only the first \(maximumTokens) tokens were taken."
                break
            }
            tokens.append(token)
        }
        if let place = scanner.gaveUp { limit = "Only the first \(place) bytes were looked at: they took too long." }
        if tokens.isEmpty, let part = document.loosePart { tokens = [part] }
        return FoundTokens(tokens: tokens, limit: limit, steps: steps + scanner.steps)
    }
}

/// Looks at a text that is one JSON object: a token in JSON serialisation, or a header or payload by itself.
struct JSONSerializationFinder {
    /// A token in JSON serialisation (RFC 7515 §7.2, RFC 7516 §7.2).
    private(set) var serialization: FoundToken?
    /// A header or a payload by itself, not encoded.
    private(set) var loosePart: FoundToken?
    private(set) var steps = 0

    init(_ text: [UInt8]) {
        guard let start = text.firstIndex(where: { $0 > 0x20 }), text[start] == UInt8(ascii: "{") else { return }
        let document = LenientJSON(text)
        steps = document.steps
        guard let range = document.nodes.first?.range, document.nodes.count > 1 else { return }
        var members: [ByteString: Int] = [:]
        for index in document.members { members[document.nodes[index].name ?? ""] = index }
        let signatures = members["signatures"].map { Self.children(of: $0, document) } ?? []
        if members["payload"] != nil, members["signature"] != nil || !signatures.isEmpty {
            serialization = Self.signed(document, members, signatures, range)
        } else if members["ciphertext"] != nil {
            serialization = Self.encrypted(document, members, range)
        } else {
            let isHeader = members["alg"] != nil && members["kty"] == nil
            let part = PartialToken.plainPart(isHeader ? .header : .payload, range, text)
            guard members["kty"] == nil, members["keys"] == nil else { return }
            loosePart = Self.found(
                document, range, .partial, [part],
                ["Only a \(isHeader ? "header" : "payload") is here, as JSON text that is not encoded."])
        }
    }

    private static func children(of index: Int, _ document: LenientJSON) -> [Int] {
        document.nodes.indices.filter { document.nodes[$0].parent == index }
    }

    private static func signed(
        _ document: LenientJSON, _ members: [ByteString: Int], _ signatures: [Int], _ range: Range<Int>
    ) -> FoundToken {
        var header = members["protected"]
        var signature = members["signature"]
        var notes: [String] = ["This is the JSON serialisation; a JWT is always compact."]
        if let first = signatures.first {
            for index in children(of: first, document) {
                if document.nodes[index].name == "protected" { header = index }
                if document.nodes[index].name == "signature" { signature = index }
            }
            if signatures.count > 1 { notes.append("It has \(signatures.count) signatures; the first is shown.") }
        }
        var parts: [PartialToken.Part] = []
        for (name, index) in [
            (PartialToken.Name.header, header), (.payload, members["payload"]), (.signature, signature),
        ] {
            if let index, let part = part(name, index, document) { parts.append(part) }
        }
        var outer = members["header"].map { [$0] } ?? []
        if let first = signatures.first {
            outer = children(of: first, document).filter { document.nodes[$0].name == "header" }
        }
        let (algorithms, said) = outerHeaders(outer, document)
        return found(document, range, .jwsJSON, parts, notes + said, algorithms)
    }

    private static func encrypted(
        _ document: LenientJSON, _ members: [ByteString: Int], _ range: Range<Int>
    ) -> FoundToken {
        var key = members["encrypted_key"]
        if key == nil, let recipients = members["recipients"], let first = children(of: recipients, document).first {
            key = children(of: first, document).first { document.nodes[$0].name == "encrypted_key" }
        }
        var parts: [PartialToken.Part] = []
        for (name, index) in [
            (PartialToken.Name.header, members["protected"]), (.encryptedKey, key),
            (.initializationVector, members["iv"]), (.ciphertext, members["ciphertext"]), (.tag, members["tag"]),
        ] {
            if let index, let part = part(name, index, document) { parts.append(part) }
        }
        var outer = (members["unprotected"].map { [$0] } ?? []) + (members["header"].map { [$0] } ?? [])
        let recipients = members["recipients"].map { children(of: $0, document) } ?? []
        for recipient in recipients.prefix(8) {
            outer += children(of: recipient, document).filter { document.nodes[$0].name == "header" }
        }
        var notes = ["This is the JSON serialisation of an encrypted token."]
        if recipients.count > 1 {
            notes.append("It has \(recipients.count) recipients; the encrypted key of the first is shown.")
        }
        let (algorithms, said) = outerHeaders(outer, document)
        return found(document, range, .jweJSON, parts, notes + said, algorithms)
    }

    /// What headers beside the protected one say, the first few of them: each `alg` once, and a sentence about each
    /// header. A stranger may have written them by the thousand.
    private static func outerHeaders(_ headers: [Int], _ document: LenientJSON) -> ([ByteString], [String]) {
        var algorithms: [ByteString] = []
        var notes: [String] = []
        for header in headers.prefix(8) {
            var said = ""
            var left = 4
            for index in children(of: header, document) where left > 0 {
                guard let name = document.nodes[index].name, let value = document.nodes[index].string else { continue }
                if name == "alg", algorithms.count < 8, !algorithms.contains(value) { algorithms.append(value) }
                if name == "alg" || name == "kid" {
                    left -= 1
                    said += (said.isEmpty ? "" : ", ") + "\"\(name.text)\" is \(Display.quoted(value))"
                }
            }
            if !said.isEmpty { notes.append("Beside the protected header: \(said).") }
        }
        return (algorithms, notes)
    }

    /// The string without its quotation marks; base64url needs no escapes, and what has some is shown as its fault.
    private static func part(_ name: PartialToken.Name, _ index: Int, _ document: LenientJSON) -> PartialToken.Part? {
        let node = document.nodes[index]
        guard node.kind == .string, node.range.count >= 2 else { return nil }
        return PartialToken.part(name, (node.range.lowerBound + 1)..<(node.range.upperBound - 1), document.text)
    }

    private static func found(
        _ document: LenientJSON, _ range: Range<Int>, _ kind: PartialToken.Kind, _ parts: [PartialToken.Part],
        _ notes: [String], _ outerAlgorithms: [ByteString] = []
    ) -> FoundToken {
        FoundToken(
            range: range, offsets: Array(document.text.indices), label: nil, notes: notes,
            token: PartialToken(text: document.text, kind: kind, parts: parts, outerAlgorithms: outerAlgorithms))
    }
}
