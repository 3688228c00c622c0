import Codecs
import Tokens

/// What people paste instead of a token: the token with something around it or in it, or a key.
enum PastedToken {
    /// What `text` seems to be if it is no bare token, as advice; nil when nothing comes to mind. For verification the
    /// bytes count as they are, so this only tells what to do.
    static func hint(_ text: [UInt8]) -> String? {
        if let encoding = foreignEncoding(text) { return encoding }
        if (try? JSONReader.read(text))?.object?["payload"] != nil {
            return "this looks like something signed in JSON form; --content verifies its signatures"
        }
        if isKey(text) { return "this looks like a key; give it with --key FILE" }
        guard let bare = unwrapped(text) else { return nil }
        if let note = bare.note { return "there is \(note) around the token; give the token alone" }
        if bare.token.contains(where: { isBlank($0) }), TokenFinder.find(bare.token).tokens.count == 1 {
            return "there is white space inside the token; join its lines"
        }
        return nil
    }

    /// The token without what stands around it, and the name of what was taken away; nil when nothing is left.
    static func unwrapped(_ text: [UInt8]) -> (token: [UInt8], note: String?)? {
        var rest = text[...]
        var notes: [String] = []
        if rest.starts(with: byteOrderMark) {
            rest = rest.dropFirst(byteOrderMark.count)
            notes.append("a byte order mark")
        }
        func trim() -> Bool {
            let before = rest.count
            rest = rest.drop { isBlank($0) }
            while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
            return rest.count != before
        }
        var blanks = trim()
        if let stripped = rest.withoutPrefix("authorization:") {
            rest = stripped
            _ = trim()
            notes.append("\"Authorization:\"")
        }
        for quote in [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")]
        where rest.count >= 2 && rest.first == quote && rest.last == quote {
            rest = rest.dropFirst().dropLast()
            notes.append("quotation marks")
        }
        for scheme in ["bearer ", "dpop "] {
            guard let stripped = rest.withoutPrefix(scheme) else { continue }
            rest = stripped
            _ = trim()
            notes.append(scheme == "dpop " ? "\"DPoP\"" : "\"Bearer\"")
        }
        if trim() { blanks = true }
        guard !rest.isEmpty else { return nil }
        if notes.isEmpty, blanks { notes.append("white space") }
        return (Array(rest), notes.isEmpty ? nil : notes.joined(separator: " and "))
    }

    /// PEM, a JWK, or a set of them.
    static func isKey(_ text: [UInt8]) -> Bool {
        let rest = text.drop { isBlank($0) }
        if rest.starts(with: "-----BEGIN".utf8) { return true }
        guard rest.first == UInt8(ascii: "{") else { return false }
        // A token in JSON form may hold a key somewhere inside; a key has its type at the top.
        if let object = (try? JSONReader.read(Array(rest)))?.object {
            return object["kty"] != nil || object["keys"] != nil
        }
        return ["\"kty\"", "\"keys\""].contains { contains(rest, Array($0.utf8)) }
    }

    /// What a text is written in that is not UTF-8, as advice; nil when it may be.
    static func foreignEncoding(_ text: [UInt8]) -> String? {
        let isMarked = text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF])
        // Every other byte of ASCII in UTF-16 is zero.
        let isSpread =
            text.count >= 8 && text.count.isMultiple(of: 2)
            && (stride(from: 0, to: 8, by: 2).allSatisfy { text[$0] == 0 && text[$0 + 1] != 0 }
                || stride(from: 0, to: 8, by: 2).allSatisfy { text[$0] != 0 && text[$0 + 1] == 0 })
        guard isMarked || isSpread else { return nil }
        return "this is text in UTF-16; iconv -f UTF-16 -t UTF-8 makes a token of it"
    }

    /// U+FEFF in UTF-8.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static func contains(_ text: ArraySlice<UInt8>, _ word: [UInt8]) -> Bool {
        // A key document is small, and its first few thousand bytes say what it is.
        let text = text.prefix(4_096)
        return text.indices.contains { text[$0...].starts(with: word) }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension ArraySlice<UInt8> {
    /// The rest after a prefix in lower case, whatever the case of the text.
    fileprivate func withoutPrefix(_ prefix: String) -> ArraySlice<UInt8>? {
        let count = prefix.utf8.count
        guard self.count > count,
            zip(self, prefix.utf8).allSatisfy({ byte, wanted in
                byte == wanted || (byte >= 0x41 && byte <= 0x5A && byte | 0x20 == wanted)
            })
        else { return nil }
        return dropFirst(count)
    }
}
