import Codecs

/// The run of characters that makes a token, from its first character on: over line breaks where a line was wrapped,
/// over blanks where a part is surely missing, through percent escapes and escapes of quoted texts.
struct TokenRun {
    /// The token's characters, cleaned.
    private(set) var bytes: [UInt8] = []
    /// For each of them, its offset in the text.
    private(set) var offsets: [Int] = []
    /// Behind the last byte.
    private(set) var end: Int
    /// How many bytes were looked at.
    private(set) var steps = 0
    /// Whether blanks were left out.
    private(set) var wasWrapped = false
    /// Whether escapes were decoded.
    private(set) var wasEscaped = false
    /// Whether a full stop at the end was left out.
    private(set) var hadFullStop = false

    private let text: [UInt8]
    /// Whether an address's path goes on behind the token: a slash is not of the token then.
    private let isInPath: Bool
    /// Whether `-` or `_` was among the characters, with which `/` and `+` cannot be.
    private var isURLAlphabet = false
    private var slash: Int?
    private var dots = 0
    /// The dots' places in `bytes`, the first four.
    private var dotPlaces: [Int] = []
    private var lineLength = 0
    /// What the header says about the rest, once the header is complete.
    private var expectation: Expectation?

    private struct Expectation {
        /// The length in characters of the signature, where the algorithm decides it.
        let signature: Int?
        /// Whether the header is an encrypted token's.
        let isEncrypted: Bool
        /// Whether the signature is RSA's, whose length the key decides.
        let isRSA: Bool
    }

    /// Reads on from `start`, and stops where more than `budget` bytes would have to be looked at.
    init(_ text: [UInt8], from start: Int, budget: Int) {
        self.text = text
        isInPath = start > 0 && text[start - 1] == UInt8(ascii: "/")
        end = start
        var at = start
        while at < text.count, at - start + steps < budget, let next = step(at) { at = next }
        steps += at - start
        trim()
    }

    /// Whether this is enough to be called a token: a dot, or a long piece that decodes to a JSON object.
    var isToken: Bool {
        if dots > 0 { return bytes.count >= 6 }
        guard bytes.count >= 12 else { return false }
        let decoding = TolerantBase64(bytes[...])
        return decoding.foreign == nil && (try? JSONReader.read(decoding.bytes))?.object != nil
    }

    /// Takes what stands here; the next place, or nil where the run ends.
    private mutating func step(_ at: Int) -> Int? {
        let byte = text[at]
        if Self.isTokenByte(byte) {
            if byte == UInt8(ascii: "="), !mayPad(at + 1) { return nil }
            return take(byte, at, 1)
        }
        if byte == UInt8(ascii: "%"), let escaped = Self.escaped(text, at), Self.isTokenByte(escaped) {
            wasEscaped = true
            return take(escaped, at, 3)
        }
        if byte == UInt8(ascii: "\\"), at + 1 < text.count, text[at + 1] == UInt8(ascii: "/") {
            wasEscaped = true
            return take(text[at + 1], at, 2)
        }
        guard let (next, isBreak) = blanks(at), joins(next, overBreak: isBreak) else { return nil }
        wasWrapped = true
        if isBreak { lineLength = 0 }
        return next
    }

    /// Takes a character; nil where the token has ended before it: `/` and `-` are never in one token.
    private mutating func take(_ byte: UInt8, _ at: Int, _ width: Int) -> Int? {
        switch byte {
        case UInt8(ascii: "."):
            dots += 1
            if dotPlaces.count < 4 { dotPlaces.append(bytes.count) }
        case UInt8(ascii: "-"), UInt8(ascii: "_"):
            isURLAlphabet = true
            guard slash == nil else { return nil }
        case UInt8(ascii: "/"):
            guard !isInPath, !isURLAlphabet else { return nil }
            if slash == nil { slash = bytes.count }
        default: break
        }
        bytes.append(byte)
        offsets.append(at)
        lineLength += 1
        end = at + width
        return end
    }

    /// Padding ends a part; in `a=b` the sign is something else.
    private func mayPad(_ next: Int) -> Bool {
        guard next < text.count else { return true }
        return !Self.isWord(text[next]) && text[next] != UInt8(ascii: "+") && text[next] != UInt8(ascii: "/")
    }

    /// Behind blanks, line breaks and their escapes in quoted texts; nil where there are none.
    private func blanks(_ start: Int) -> (next: Int, isBreak: Bool)? {
        var at = start
        var isBreak = false
        while at < text.count {
            if Self.isBlank(text[at]) {
                if text[at] == 0x0A || text[at] == 0x0D { isBreak = true }
                at += 1
            } else if text[at] == UInt8(ascii: "\\"), at + 1 < text.count,
                [0x6E, 0x72, 0x0A, 0x0D].contains(text[at + 1])
            {
                isBreak = true
                at += 2
            } else {
                break
            }
        }
        return at == start || at == text.count ? nil : (at, isBreak)
    }

    // Joining

    /// Whether the word that begins here still belongs to the token.
    private mutating func joins(_ start: Int, overBreak: Bool) -> Bool {
        var wordEnd = start
        var wordDots = 0
        while wordEnd < text.count, Self.isTokenByte(text[wordEnd]) {
            if text[wordEnd] == UInt8(ascii: ".") { wordDots += 1 }
            wordEnd += 1
        }
        steps += wordEnd - start
        let count = wordEnd - start
        guard count > 0 else { return false }
        let isTokenItself = wordDots >= 2 && Self.startsObject(text, start)
        guard !isTokenItself else { return false }
        let endsInDot = bytes.last == UInt8(ascii: ".")
        if dots < 2 {
            // A part is missing, so the next word may well be it.
            if overBreak { return wordDots > 0 || count >= 16 || endsInDot || lineLength >= 64 }
            return wordDots > 0 && count >= 8 || endsInDot || count >= 20
        }
        if expectation == nil { expectation = expect() }
        guard let expectation else { return false }
        if expectation.isEncrypted { return dots + wordDots <= 4 && (dots + wordDots == 4 || lineLength >= 32) }
        guard wordDots == 0, dotPlaces.count >= 2 else { return false }
        let signature = bytes.count - dotPlaces[1] - 1
        if let length = expectation.signature {
            return signature + count <= length && (overBreak || signature + count == length)
        }
        // 256, 384 or 512 bytes of RSA signature are complete.
        if expectation.isRSA, [342, 512, 683].contains(signature) { return false }
        return overBreak && lineLength >= 32 && count <= max(lineLength, 76) && count >= 4
    }

    /// What the header says about the signature; `end` bounds what is read of it.
    private mutating func expect() -> Expectation {
        let header = dotPlaces.first.map { bytes[..<$0] } ?? []
        steps += header.count
        let document = LenientJSON(TolerantBase64(header).bytes)
        var name: ByteString?
        var isEncrypted = false
        for index in document.members {
            if document.nodes[index].name == "alg" { name = document.nodes[index].string }
            if document.nodes[index].name == "enc" { isEncrypted = true }
        }
        let algorithm = name == "EdDSA" ? .ed25519 : name.flatMap { SignatureAlgorithm(name: $0) }
        let isRSA = algorithm?.family == .rsaPKCS1 || algorithm?.family == .rsaPSS
        var length = algorithm?.signatureLength.map { ($0 * 4 + 2) / 3 }
        if name.map(PartialToken.isNone) == true { length = 0 }
        return Expectation(signature: length, isEncrypted: isEncrypted, isRSA: isRSA)
    }

    // Trimming

    /// Leaves out what cannot belong to it: a full stop behind a sentence, the rest of an address's path.
    private mutating func trim() {
        if isURLAlphabet, let slash { cut(slash) }
        if dots == 3 || dots > 4, bytes.last == UInt8(ascii: ".") {
            hadFullStop = true
            cut(bytes.count - 1)
        }
    }

    private mutating func cut(_ count: Int) {
        for byte in bytes[count...] where byte == UInt8(ascii: ".") { dots -= 1 }
        bytes.removeSubrange(count...)
        offsets.removeSubrange(count...)
        end =
            offsets.last.map { $0 + (text[$0] == UInt8(ascii: "%") ? 3 : text[$0] == UInt8(ascii: "\\") ? 2 : 1) }
            ?? end
    }

    // Characters

    static func isWord(_ byte: UInt8) -> Bool {
        Bytes.isLetter(byte) || Bytes.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: "/")
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    /// The byte that a percent escape at this place stands for (RFC 3986 §2.1).
    static func escaped(_ text: [UInt8], _ place: Int) -> UInt8? {
        guard place + 2 < text.count, text[place] == UInt8(ascii: "%") else { return nil }
        return (try? Hex.decode(Array(text[(place + 1)...(place + 2)])))?.first
    }

    /// Whether these characters are base64 for `{` and what may follow it: `"`, `}` or a blank.
    static func startsObject(_ text: [UInt8], _ place: Int) -> Bool {
        guard place + 2 < text.count, text[place] == UInt8(ascii: "e"),
            let second = TolerantBase64.value(text[place + 1]), let third = TolerantBase64.value(text[place + 2]),
            second >> 4 == 0x3
        else { return false }
        return [0x22, 0x7D, 0x20, 0x09, 0x0A, 0x0D].contains((second & 0x0F) << 4 | third >> 2)
    }
}
