import Codecs

/// Every reading of what somebody typed or pasted as a shared secret, the likelier first, no bytes twice.
struct SecretReadings {
    /// One reading.
    struct Reading {
        /// The key's bytes.
        let bytes: [UInt8]
        /// What must have gone wrong for this to be the key; nothing for the reading that was asked for.
        let mistakes: [MistakeCode]
        /// How to give the secret so that it is read rightly; nil where no form says it.
        let form: KeyReader.Form?
    }

    private(set) var readings: [Reading] = []
    private var seen: Set<ByteString> = []

    /// - Parameters:
    ///   - text: what was given.
    ///   - form: how it was to be read; `document` where that is not known.
    init(_ text: [UInt8], form: KeyReader.Form) {
        let asked = form == .document ? .utf8 : form
        if let bytes = Self.strictly(text, asked) { add(bytes, [], asked) }
        for (surface, slip) in Self.surfaces(text) {
            let slips = slip.map { [$0] } ?? []
            for (bytes, mistake, form) in Self.decodings(surface) where form != asked || !slips.isEmpty {
                add(bytes, slips + (form == asked ? [] : [mistake]), form)
            }
            for bytes in Self.rewritings(surface) { add(bytes.0, slips + [bytes.1], nil) }
            // The signer took a text that encodes this text.
            let decoded: [MistakeCode] = asked == .utf8 ? [] : [.secretIsText]
            for (bytes, mistake) in Self.encodings(surface) { add(bytes, slips + decoded + [mistake], nil) }
        }
        // Bytes here, and there the text that encodes them, perhaps read from a file together with its line break.
        let encodings = Self.encodings(Self.strictly(text, asked) ?? text)
        for (bytes, mistake) in encodings { add(bytes, [mistake], nil) }
        for ending in ["\n", "\r\n", "\0"] { add(text + Array(ending.utf8), [.secretBlankMissing], nil) }
        for (bytes, mistake) in encodings { add(bytes + [0x0A], [mistake, .secretBlankMissing], nil) }
        add([], [.secretEmpty], nil)
    }

    private mutating func add(_ bytes: [UInt8], _ mistakes: [MistakeCode], _ form: KeyReader.Form?) {
        guard seen.insert(ByteString(utf8: bytes)).inserted else { return }
        readings.append(Reading(bytes: bytes, mistakes: mistakes, form: form))
    }

    private static func strictly(_ text: [UInt8], _ form: KeyReader.Form) -> [UInt8]? {
        switch form {
        case .document, .utf8: text
        case .base64: try? Base64.decode(text)
        case .base64url: try? Base64URL.decode(text)
        case .hex: try? Hex.decode(text)
        }
    }

    /// The text as it is, and without what often sticks to it.
    private static func surfaces(_ text: [UInt8]) -> [([UInt8], MistakeCode?)] {
        var surfaces: [([UInt8], MistakeCode?)] = [(text, nil)]
        let trimmed = Bytes.trimming(text)
        if trimmed != text { surfaces.append((trimmed, .secretBlankAround)) }
        var bare = trimmed
        if trimmed.starts(with: [0xEF, 0xBB, 0xBF]) {
            bare = Array(trimmed[3...])
            surfaces.append((bare, .secretBlankAround))
        }
        for ending in ["\\n", "\\r\\n"] where bare.count > 4 && bare[(bare.count - 2)...].elementsEqual("\\n".utf8) {
            surfaces.append((Array(bare.dropLast(ending.utf8.count)), .secretBlankAround))
        }
        if let first = bare.first, bare.count >= 2, bare.last == first, [0x22, 0x27, 0x60].contains(first) {
            surfaces.append((Array(bare[1..<(bare.count - 1)]), .secretQuoted))
        }
        if let sign = bare.prefix(64).firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }),
            sign > 0, bare[..<sign].allSatisfy({ TokenRun.isWord($0) || $0 == 0x20 || $0 == UInt8(ascii: "\"") })
        {
            let value = Bytes.trimming(Array(bare[(sign + 1)...]))
            if !value.isEmpty, value.contains(where: { $0 != UInt8(ascii: "=") }) {
                surfaces.append((value, .secretAssignment))
                if let first = value.first, value.count >= 2, value.last == first, [0x22, 0x27, 0x60].contains(first) {
                    surfaces.append((Array(value[1..<(value.count - 1)]), .secretAssignment))
                }
            }
        }
        return surfaces
    }

    /// A text in each of the forms that secrets are handed over in; padding and alphabet do not matter.
    private static func decodings(_ text: [UInt8]) -> [([UInt8], MistakeCode, KeyReader.Form)] {
        var decodings: [([UInt8], MistakeCode, KeyReader.Form)] = [(text, .secretIsText, .utf8)]
        if !text.isEmpty, let bytes = try? Hex.decode(text) { decodings.append((bytes, .secretIsHex, .hex)) }
        let decoding = TolerantBase64(text[...])
        if !text.isEmpty, decoding.foreign == nil, !decoding.isCut {
            let isURL =
                text.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") } || !text.count.isMultiple(of: 4)
            decodings.append(
                isURL ? (decoding.bytes, .secretIsBase64URL, .base64url) : (decoding.bytes, .secretIsBase64, .base64))
        }
        return decodings
    }

    /// The texts that encode a secret, each of which a signer may have taken for the secret itself.
    static func encodings(_ secret: [UInt8]) -> [([UInt8], MistakeCode)] {
        guard !secret.isEmpty, secret.count <= 4_096 else { return [] }
        return [
            (Array(Base64.encode(secret).utf8), .secretSignedAsBase64),
            (Base64URL.encodeBytes(secret), .secretSignedAsBase64URL),
            (Array(Hex.encode(secret).utf8), .secretSignedAsHex),
        ]
    }

    private static func rewritings(_ text: [UInt8]) -> [([UInt8], MistakeCode)] {
        var rewritings: [([UInt8], MistakeCode)] = []
        guard !text.isEmpty, text.count <= 4_096 else { return [] }
        for (once, _, form) in decodings(text) where form != .utf8 {
            for (twice, _, form) in decodings(once) where form != .utf8 {
                rewritings.append((twice, .secretEncodedTwice))
            }
        }
        rewritings.append((text.map { Bytes.lower($0) }, .secretLetterCase))
        rewritings.append(
            (text.map { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") ? $0 & 0xDF : $0 }, .secretLetterCase))
        if UTF8Sequence.isValid(text) {
            var little: [UInt8] = []
            var big: [UInt8] = []
            for unit in String(decoding: text, as: UTF8.self).utf16 {
                little += [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)]
                big += [UInt8(truncatingIfNeeded: unit >> 8), UInt8(truncatingIfNeeded: unit)]
            }
            rewritings.append((little, .secretUTF16))
            rewritings.append((big, .secretUTF16))
            rewritings.append(([0xFF, 0xFE] + little, .secretUTF16))
        }
        return rewritings
    }
}
