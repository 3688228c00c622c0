import Codecs
import Tokens

/// The token that is shown of what was pasted. It is found by the code that `signet decode` finds it with: a header line, a
/// quoted string, a wrapped terminal line, an address, a JSON body with several tokens, a JSON serialisation.
///
/// The verifier refuses all of these as they stand; the Studio cleans for reading, and says so.
struct PastedText {
    /// The token as compact text; empty when nothing was pasted.
    let token: [UInt8]
    /// What a verifier is asked about where that is not the token: it takes no JSON serialisation for a JWT (RFC 7519 §1).
    let judged: [UInt8]?
    /// For each byte of the token, its offset in the pasted text.
    let offsets: [Int]
    /// What was left out, one sentence each.
    let notes: [String]
    /// The token with its parts as they were found; nil where what is shown was put together from them.
    let partial: PartialToken?
    /// Every token in the text, in its order.
    let found: [FoundToken]
    /// Which of them is shown.
    let choice: Int

    /// - Parameter choice: which token to show, where the text has several; the first for a number that none has.
    init(_ text: [UInt8], choice: Int = 0) {
        let result = TokenFinder.find(text)
        found = result.tokens
        self.choice = found.indices.contains(choice) ? choice : 0
        guard let shown = found.indices.contains(self.choice) ? found[self.choice] : nil else {
            // Nothing in it looks like a token: the text is shown as one, so that each part says where it breaks.
            let range = Self.trimmed(text)
            token = Array(text[range])
            offsets = Array(range)
            notes = []
            partial = nil
            judged = nil
            return
        }
        if let word = Self.damagedWord(text, shown) {
            token = Array(text[word])
            offsets = Array(word)
            notes = []
            partial = nil
            judged = nil
            return
        }
        let limit = result.limit.map { [$0] } ?? []
        notes = shown.notes + Self.noteOfOthers(text, shown, found.count) + limit
        judged = Self.compact(shown.token) == nil ? nil : Array(text[shown.range])
        if let joined = Self.compact(shown.token) {
            token = joined.text
            offsets = joined.offsets
            partial = nil
        } else if shown.kind == .partial, shown.token.text.count == text.count, shown.bytes.first == UInt8(ascii: "{") {
            // A header or payload by itself is JSON text, not a token.
            token = []
            offsets = []
            partial = nil
        } else {
            token = shown.bytes
            offsets = shown.offsets
            partial = shown.token
        }
    }

    /// One word that starts like a token and goes on behind what was found: its damage is shown as its fault.
    private static func damagedWord(_ text: [UInt8], _ shown: FoundToken) -> Range<Int>? {
        let range = trimmed(text)
        guard shown.range.lowerBound == range.lowerBound, shown.range.upperBound < range.upperBound,
            shown.offsets.count == shown.range.count, !text[range].contains(where: isSeparator)
        else { return nil }
        return range
    }

    /// The parts of a JSON serialisation joined as a compact token has them, and where they stand; nil for other kinds.
    private static func compact(_ token: PartialToken) -> (text: [UInt8], offsets: [Int])? {
        let names: [PartialToken.Name]
        switch token.kind {
        case .jwsJSON: names = [.header, .payload, .signature]
        case .jweJSON: names = [.header, .encryptedKey, .initializationVector, .ciphertext, .tag]
        default: return nil
        }
        var text: [UInt8] = []
        var offsets: [Int] = []
        for (index, name) in names.enumerated() {
            let range = token[name]?.range ?? 0..<0
            text += token.text[range]
            offsets += Array(range)
            if index < names.count - 1 {
                text.append(UInt8(ascii: "."))
                // A dot that stands nowhere is placed where the part before it ends.
                offsets.append(range.isEmpty ? offsets.last ?? 0 : range.upperBound)
            }
        }
        return (text, offsets)
    }

    private static func noteOfOthers(_ text: [UInt8], _ shown: FoundToken, _ count: Int) -> [String] {
        guard count == 1 else { return [] }
        let around = text[..<shown.range.lowerBound] + text[shown.range.upperBound...]
        let isAlone = around.allSatisfy { isBlank($0) || isQuote($0) }
        return isAlone || !shown.notes.isEmpty ? [] : ["Other text around the token was left out."]
    }

    /// Without blanks and quotation marks at both ends.
    private static func trimmed(_ text: [UInt8]) -> Range<Int> {
        guard let first = text.firstIndex(where: { !isBlank($0) && !isQuote($0) }),
            let last = text.lastIndex(where: { !isBlank($0) && !isQuote($0) })
        else { return 0..<0 }
        return first..<(last + 1)
    }

    /// What ends a word in an address, a header line, a list or a quoted text.
    private static func isSeparator(_ byte: UInt8) -> Bool {
        isBlank(byte) || isQuote(byte) || "&;,?#:<>{}()[]~\\".utf8.contains(byte)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
    }

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`")
    }
}
