import Codecs

/// Looks through a decoded part, as text, for what two readers can understand in two ways.
struct TextLinter {
    let document: LenientJSON
    let part: TokenPart

    /// The most findings of each kind.
    private static let limit = 16

    func findings() -> [Finding] {
        duplicates() + largeNumbers() + confusing()
    }

    private func duplicates() -> [Finding] {
        var findings: [Finding] = []
        for (index, node) in document.nodes.enumerated() {
            guard let first = node.namesake, let name = node.name, findings.count < Self.limit else { continue }
            let path = document.path(of: index)
            findings.append(
                Finding(
                    .duplicateName,
                    "The name \(Display.quoted(name)) stands twice in one object: one reader takes the first value, another "
                        + "the last.", at: .decoded(part, document.nodes[first].nameRange, path: path),
                    and: .decoded(part, node.nameRange, path: path)))
        }
        return findings
    }

    /// More than 2^53 in a number written without fraction or exponent: what a double cannot tell apart (RFC 8259 §6).
    private func largeNumbers() -> [Finding] {
        var findings: [Finding] = []
        for (index, node) in document.nodes.enumerated() where node.kind == .number {
            guard findings.count < Self.limit else { break }
            let text = document.source(of: index)
            let digits = text.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "0") }
            guard digits.allSatisfy(Bytes.isDigit),
                digits.count > 16
                    || (digits.count == 16 && Array("9007199254740992".utf8).lexicographicallyPrecedes(digits))
            else { continue }
            let path = document.path(of: index)
            findings.append(
                Finding(
                    .largeNumber,
                    "\"\(path)\" has more digits than JavaScript and many other readers keep: they would round it.",
                    at: .decoded(part, node.range, path: path)))
        }
        return findings
    }

    private func confusing() -> [Finding] {
        var hidden = 0
        var mixed = 0
        var decomposed = 0
        var findings: [Finding] = []
        for (index, node) in document.nodes.enumerated() {
            var texts: [(ByteString, Range<Int>)] = []
            if let name = node.name { texts.append((name, node.nameRange)) }
            if let string = node.string { texts.append((string, node.range)) }
            for (text, range) in texts {
                let look = Confusion(text)
                guard look.isConfusing else { continue }
                let path = document.path(of: index)
                let place = Finding.Place.decoded(part, range, path: path)
                if look.hidesSomething, hidden < Self.limit {
                    hidden += 1
                    findings.append(
                        Finding(
                            .hiddenCharacters,
                            "\(Display.quoted(text)) holds characters that do not show themselves or turn the reading "
                                + "direction.", at: place))
                }
                if look.mixesScripts, mixed < Self.limit {
                    mixed += 1
                    findings.append(
                        Finding(
                            .mixedScript,
                            "\(Display.quoted(text)) mixes letters of two scripts, or stylised ones, that look alike.",
                            at: place))
                }
                if look.isDecomposed, decomposed < Self.limit {
                    decomposed += 1
                    findings.append(
                        Finding(
                            .notNormalized,
                            "\(Display.quoted(text)) is written with separate accents (NFD): it looks like another text "
                                + "whose bytes differ.", at: place))
                }
            }
        }
        return findings
    }
}

/// What about a text can deceive the eye (UTS 39). By ranges of code points: no tables, so it also fits the page.
struct Confusion {
    /// Characters that show nothing of themselves, or change how their neighbours are shown.
    private(set) var hidesSomething = false
    /// Within one word: Latin letters together with Greek, Cyrillic or Armenian ones; or letters of stylised alphabets.
    private(set) var mixesScripts = false
    /// Marks that a composed letter exists for: the text is not in form NFC.
    private(set) var isDecomposed = false

    /// Whether there is anything.
    var isConfusing: Bool { hidesSomething || mixesScripts || isDecomposed }

    init(_ text: ByteString) {
        guard text.bytes.contains(where: { $0 >= 0x80 || $0 < 0x20 || $0 == 0x7F }) else { return }
        var latin = false
        var alike = false
        var previous: UInt32 = 0
        for scalar in text.text.unicodeScalars {
            let value = scalar.value
            // Behind a symbol, FE0E and FE0F only choose between a drawn and a coloured picture.
            let isPresentation = (value == 0xFE0E || value == 0xFE0F) && previous >= 0x203C
            if Display.isInvisible(scalar), !isPresentation, scalar != "\n", scalar != "\r", scalar != "\t" {
                hidesSomething = true
            }
            switch value {
            case 0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F: latin = true
            case 0x370...0x3FF, 0x400...0x52F, 0x531...0x587: alike = true
            // Fullwidth forms, mathematical alphanumerics, letterlike and enclosed letters.
            case 0xFF21...0xFF5A, 0x1D400...0x1D7FF, 0x24B6...0x24E9, 0x1F130...0x1F189: mixesScripts = true
            case 0x20, 0x2C, 0x3B, 0x2F, 0x28, 0x29:
                latin = false
                alike = false
            case 0x300...0x304, 0x306...0x30C, 0x327, 0x328:
                if (previous | 0x20) >= 0x61, (previous | 0x20) <= 0x7A { isDecomposed = true }
            default: break
            }
            if latin, alike { mixesScripts = true }
            previous = value
        }
    }
}
