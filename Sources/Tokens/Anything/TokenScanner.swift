import Codecs

/// Walks through a text from token to token. Where a run of token characters has been read, the walk goes on behind it,
/// and before a blank is joined over, the word behind it is looked at once: in what people paste, every byte is seen at
/// most a few times. A text made to have its bytes seen more often is not read to its end.
struct TokenScanner {
    /// How many bytes were looked at.
    private(set) var steps = 0
    /// Where the walk ended, when it took more steps than this text is owed.
    private(set) var gaveUp: Int?
    private let text: [UInt8]
    private var at = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The next token; nil at the end of the text.
    mutating func next() -> FoundToken? {
        while at < text.count {
            guard steps < budget else {
                gaveUp = at
                return nil
            }
            steps += 1
            guard isBoundary(at), startsToken(at) else {
                at += 1
                continue
            }
            let run = TokenRun(text, from: at, budget: budget - steps)
            steps += run.steps
            let start = at
            at = max(run.end, at + 1)
            if run.isToken { return found(run, from: start) }
        }
        return nil
    }

    /// How often a byte may be looked at, taken over all of them.
    private static let looks = 8
    private var budget: Int { Self.looks * text.count + 64 }

    // Where tokens begin

    /// Whether a word can begin here: not in the middle of another one.
    private func isBoundary(_ place: Int) -> Bool {
        guard place > 0 else { return true }
        let before = text[place - 1]
        if !TokenRun.isWord(before), before != UInt8(ascii: ".") { return true }
        // %22eyJ…, and \neyJ… in a quoted text.
        if place >= 3, text[place - 3] == UInt8(ascii: "%"), TokenRun.escaped(text, place - 3) != nil { return true }
        return place >= 2 && text[place - 2] == UInt8(ascii: "\\")
            && (before == 0x6E || before == 0x72 || before == 0x74)
    }

    /// Whether these are the first characters of a JSON object in base64, or a dot before them where a header was lost.
    private func startsToken(_ place: Int) -> Bool {
        TokenRun.startsObject(text, place)
            || (text[place] == UInt8(ascii: ".") && TokenRun.startsObject(text, place + 1))
    }

    // What it was called

    private func found(_ run: TokenRun, from start: Int) -> FoundToken {
        let surroundings = Surroundings(text, before: start)
        var notes: [String] = []
        if let scheme = surroundings.scheme { notes.append("The word \(scheme) in front was left out.") }
        if surroundings.isQuoted { notes.append("Quotation marks around the token were left out.") }
        if run.wasWrapped { notes.append("Spaces and line breaks inside the token were left out.") }
        if run.wasEscaped { notes.append("Escapes were decoded.") }
        if run.hadFullStop { notes.append("The full stop behind it was left out.") }
        let token = PartialToken(compact: run.bytes)
        var seen: [String] = []
        for part in token.parts {
            if let complaint = part.encodingComplaint, !seen.contains(complaint) {
                seen.append(complaint)
                notes.append("The \(PartialToken.label(part.name)): \(complaint).")
            }
        }
        if token.kind == .partial { notes.append(Self.missing(token)) }
        return FoundToken(
            range: start..<run.end, offsets: run.offsets, label: surroundings.label, notes: notes, token: token)
    }

    private static func missing(_ token: PartialToken) -> String {
        let here = token.parts.filter { !$0.range.isEmpty }.map { $0.name }
        if here == [.header] { return "Only a header is here; payload and signature are missing." }
        if here == [.payload] { return "Only a payload is here; header and signature are missing." }
        if here == [.header, .payload] { return "The signature is missing." }
        if here == [.payload, .signature] { return "The header is missing." }
        if here == [.header, .signature] { return "The payload is missing: perhaps it was detached." }
        return "This has \(token.parts.count) parts; a signed token has three and an encrypted one five."
    }
}

/// What stands before a token: quotation marks, a scheme, a name.
private struct Surroundings {
    private(set) var isQuoted = false
    private(set) var scheme: String?
    private(set) var label: ByteString?

    private let text: [UInt8]
    private var at: Int

    /// How far back is looked.
    private static let reach = 160

    init(_ text: [UInt8], before start: Int) {
        self.text = text
        at = start
        let limit = max(0, start - Self.reach)
        skipBlanksAndQuotes(limit)
        for name in ["Bearer", "DPoP", "JWT", "Token"] where endsWith(name, limit) {
            scheme = name
            at -= name.utf8.count
            skipBlanksAndQuotes(limit)
            break
        }
        guard skipSeparator(limit) else { return }
        skipBlanksAndQuotes(limit)
        let end = at
        while at > limit, end - at < 64, TokenRun.isWord(text[at - 1]) || text[at - 1] == UInt8(ascii: "$") { at -= 1 }
        // In ?next=%2Fcb%3Fjwt%3DeyJ… the name is jwt: what stands before it is an escape.
        if at > 0, text[at - 1] == UInt8(ascii: "%"), end - at > 2 { at += 2 }
        if at < end { label = ByteString(utf8: Array(text[at..<end])) }
    }

    private mutating func skipBlanksAndQuotes(_ limit: Int) {
        while at > limit {
            let byte = text[at - 1]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`") {
                isQuoted = true
            } else if at - 3 >= limit, text[at - 3] == UInt8(ascii: "%"), let escaped = TokenRun.escaped(text, at - 3),
                escaped == 0x22 || escaped == 0x27 || escaped == 0x20
            {
                if escaped != 0x20 { isQuoted = true }
                at -= 2
            } else if !TokenRun.isBlank(byte), byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "+") {
                return
            }
            at -= 1
        }
    }

    private mutating func skipSeparator(_ limit: Int) -> Bool {
        guard at > limit else { return false }
        if text[at - 1] == UInt8(ascii: ":") || text[at - 1] == UInt8(ascii: "=") {
            at -= 1
            return true
        }
        guard at - 3 >= limit, text[at - 3] == UInt8(ascii: "%"), let escaped = TokenRun.escaped(text, at - 3),
            escaped == UInt8(ascii: ":") || escaped == UInt8(ascii: "=")
        else { return false }
        at -= 3
        return true
    }

    private func endsWith(_ word: String, _ limit: Int) -> Bool {
        let letters = Array(word.utf8)
        guard at - letters.count >= limit else { return false }
        for (index, letter) in letters.enumerated()
        where Bytes.lower(text[at - letters.count + index]) != Bytes.lower(letter) {
            return false
        }
        let before = at - letters.count
        return before == 0 || !TokenRun.isWord(text[before - 1])
    }
}
