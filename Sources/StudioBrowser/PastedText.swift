/// Finds the token in whatever was pasted: a header line, a quoted string, a wrapped terminal line, an address.
///
/// The verifier refuses all of these as they stand; the Studio cleans for reading, and says so.
struct PastedText {
    /// The token, white space inside it left out; empty when nothing was pasted.
    let token: [UInt8]
    /// For each byte of the token, its offset in the pasted text.
    let offsets: [Int]
    /// What was left out, one sentence each.
    let notes: [String]

    init(_ text: [UInt8]) {
        guard let first = text.firstIndex(where: { !Self.isBlank($0) }),
            let last = text.lastIndex(where: { !Self.isBlank($0) })
        else {
            token = []
            offsets = []
            notes = []
            return
        }
        let place = Self.tokenLike(text, first...last) ?? Self.unquoted(text, first...last)
        offsets = place.filter { !Self.isBlank(text[$0]) }
        token = offsets.map { text[$0] }
        notes = Self.notes(text, place, removedInside: offsets.count < place.count)
    }

    /// The first run that starts like a JSON object in base64url ("ey") and has a dot; the first one with two dots and
    /// "eyJ" is preferred. One pass: the search goes on where a run has ended.
    private static func tokenLike(_ text: [UInt8], _ bounds: ClosedRange<Int>) -> Range<Int>? {
        var second: Range<Int>?
        var at = bounds.lowerBound
        while at < bounds.upperBound {
            let boundary = at == bounds.lowerBound || !isWord(text[at - 1])
            guard boundary, text[at] == UInt8(ascii: "e"), text[at + 1] == UInt8(ascii: "y") else {
                at += 1
                continue
            }
            let (run, dots) = run(text, from: at, through: bounds.upperBound)
            let isObject = at + 2 < run.upperBound && text[at + 2] == UInt8(ascii: "J")
            if dots >= 2, isObject { return run }
            if dots >= 1 || isObject, second == nil { second = run }
            at = run.upperBound
        }
        return second
    }

    /// From a start to the last byte that can belong to the token: over line breaks while the next line is one word,
    /// over other blanks only while dots are missing from what is surely a token.
    private static func run(_ text: [UInt8], from start: Int, through last: Int) -> (run: Range<Int>, dots: Int) {
        let isObject = start + 2 <= last && text[start + 2] == UInt8(ascii: "J")
        var dots = 0
        var end = start
        while end <= last {
            if isTokenByte(text[end]) {
                if text[end] == UInt8(ascii: ".") { dots += 1 }
                end += 1
                continue
            }
            guard isBlank(text[end]) else { break }
            var next = end
            var lineBreak = false
            while next <= last, isBlank(text[next]) {
                if text[next] == 0x0A || text[next] == 0x0D { lineBreak = true }
                next += 1
            }
            guard next <= last, isTokenByte(text[next]) else { break }
            var wordEnd = next
            while wordEnd <= last, isTokenByte(text[wordEnd]) { wordEnd += 1 }
            let oneWord = wordEnd > last || text[wordEnd] == 0x0A || text[wordEnd] == 0x0D || !isBlank(text[wordEnd])
            guard lineBreak ? oneWord || dots < 2 : dots < 2 && isObject else { break }
            end = next
        }
        return (start..<end, dots)
    }

    /// The whole text without a scheme in front and quotation marks around it.
    private static func unquoted(_ text: [UInt8], _ bounds: ClosedRange<Int>) -> Range<Int> {
        var range = bounds.lowerBound..<(bounds.upperBound + 1)
        var changed = true
        while changed {
            changed = false
            while let byte = range.first.map({ text[$0] }), isQuote(byte) || isBlank(byte) {
                range = range.dropFirst()
                changed = true
            }
            while let byte = range.last.map({ text[$0] }), isQuote(byte) || isBlank(byte) || byte == UInt8(ascii: ",") {
                range = range.dropLast()
                changed = true
            }
            for word in ["authorization:", "bearer "] where starts(text[range], with: word) {
                range = range.dropFirst(word.utf8.count)
                changed = true
            }
        }
        return range
    }

    private static func notes(_ text: [UInt8], _ place: Range<Int>, removedInside: Bool) -> [String] {
        var notes: [String] = []
        let before = text[..<place.lowerBound]
        let after = text[place.upperBound...]
        let quoted = before.last.map(isQuote) == true || after.first.map(isQuote) == true
        let bearer = mentionsBearer(before)
        if bearer { notes.append("The word Bearer in front was left out.") }
        if quoted { notes.append("Quotation marks around the token were left out.") }
        let rest = (before + after).contains { !isBlank($0) && !isQuote($0) }
        if rest, !bearer { notes.append("Other text around the token was left out.") }
        if removedInside { notes.append("Spaces and line breaks inside the token were left out.") }
        return notes
    }

    private static func mentionsBearer(_ text: ArraySlice<UInt8>) -> Bool {
        var at = text.startIndex
        while at < text.endIndex {
            if starts(text[at...], with: "bearer") { return true }
            at += 1
        }
        return false
    }

    private static func starts(_ text: ArraySlice<UInt8>, with word: String) -> Bool {
        text.count >= word.utf8.count && zip(text, word.utf8).allSatisfy { lower($0.0) == $0.1 }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
    }

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`")
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// base64url and dots, and what is often seen in damaged tokens: those bytes belong to it, so that they are shown
    /// as its fault.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        isWord(byte) || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
            || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "~")
    }
}
