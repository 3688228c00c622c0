import Codecs

/// Every reading of a text as public keys, damaged ones mended.
struct KeyReadings {
    /// One key.
    struct Reading {
        /// Its numbers.
        let material: KeyMaterial
        /// Its `kid`.
        let id: ByteString?
        /// What must have gone wrong for this to be the key.
        let mistakes: [MistakeCode]
    }

    /// The keys, in the order of their document.
    private(set) var readings: [Reading] = []
    /// The names of the keys, in the order of their document.
    let ids: [ByteString]
    /// What may have been used as a shared secret by somebody who only has the public key.
    private(set) var texts: [[UInt8]] = []
    /// Whether the text is a document rather than a secret.
    let isDocument: Bool

    /// - Parameter keyID: what the token says that its key is called.
    init(_ text: [UInt8], keyID: ByteString?) {
        let trimmed = Bytes.trimming(text)
        var keys = (try? KeyReader.read(trimmed)) ?? []
        var mistakes: [MistakeCode] = []
        var mended: [UInt8]?
        if keys.isEmpty {
            for repair in Self.repairs(trimmed) {
                guard let found = try? KeyReader.read(repair), !found.isEmpty else { continue }
                keys = found
                mistakes = [.keyDamaged]
                mended = repair
                break
            }
        }
        if keys.isEmpty, let secret = Self.shortSecret(trimmed) {
            readings = [Reading(material: .secret(secret), id: nil, mistakes: [])]
        }
        ids = keys.compactMap { $0.description.id }
        isDocument = KeyReader.isDocument(trimmed) || !keys.isEmpty
        let named = keys.contains { $0.description.id != nil && $0.description.id == keyID }
        for (index, key) in keys.enumerated() {
            guard let material = key.material else { continue }
            let id = key.description.id
            var slips = mistakes
            if keyID != nil, named ? id != keyID : id != nil {
                slips.append(.keyIDMisleads)
            } else if keyID == nil, index > 0 {
                slips.append(.wrongKeyOfSet)
            }
            readings.append(Reading(material: material, id: id, mistakes: slips))
        }
        // The key that the token names comes first.
        readings = readings.filter { $0.mistakes == mistakes } + readings.filter { $0.mistakes != mistakes }
        guard isDocument else { return }
        let lines = mended ?? trimmed
        texts = [
            text, trimmed, lines, lines + [0x0A], lines.filter { $0 != 0x0D }, Self.crlf(lines),
            Self.crlf(lines + [0x0A]),
        ]
        for number in readings.flatMap({ $0.material.bareNumbers }) where !number.isEmpty {
            texts += [number, Base64URL.encodeBytes(number), Array(Hex.encode(number).utf8)]
        }
        for block in (try? PEM.read(lines)) ?? [] {
            texts.append(block.der)
            texts.append(Array(Base64.encode(block.der).utf8))
            texts.append(Array(PEM.write(label: block.label, der: block.der).utf8))
        }
    }

    /// The secret of a JWK that is refused for being too short: it can be explained all the same.
    private static func shortSecret(_ text: [UInt8]) -> [UInt8]? {
        guard text.first == UInt8(ascii: "{"), let jwk = (try? JSONReader.read(text))?.object,
            jwk["kty"]?.string == "oct",
            let encoded = jwk["k"]?.string
        else { return nil }
        return TolerantBase64(encoded.bytes[...]).bytes
    }

    private static func crlf(_ text: [UInt8]) -> [UInt8] {
        text.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : $0 == 0x0D ? [] : [$0] }
    }

    /// PEM whose line breaks were lost or written as escapes, quoted, or without its first and last line.
    private static func repairs(_ text: [UInt8]) -> [[UInt8]] {
        guard text.count <= 65_536 else { return [] }
        var unescaped: [UInt8] = []
        var at = 0
        while at < text.count {
            if text[at] == UInt8(ascii: "\\"), at + 1 < text.count {
                if text[at + 1] == UInt8(ascii: "n") || text[at + 1] == UInt8(ascii: "r") {
                    unescaped.append(0x0A)
                    at += 2
                    continue
                }
                if text[at + 1] == UInt8(ascii: "\"") || text[at + 1] == UInt8(ascii: "\\") {
                    at += 1
                    continue
                }
            }
            unescaped.append(text[at])
            at += 1
        }
        var repairs: [[UInt8]] = []
        let unquoted = Bytes.trimming(unescaped.filter { $0 != 0x22 && $0 != 0x27 && $0 != 0x60 })
        if unquoted.first == UInt8(ascii: "{") || Bytes.trimming(unescaped).first == UInt8(ascii: "{") {
            return [unescaped]
        }
        let marks = Array("-----".utf8)
        var places: [Int] = []
        var place = 0
        while place + marks.count <= unquoted.count, places.count < 4 {
            if unquoted[place..<(place + marks.count)].elementsEqual(marks) {
                places.append(place)
                place += marks.count
            } else {
                place += 1
            }
        }
        if places.count == 4 {
            let label = Array(unquoted[(places[0] + 5)..<places[1]])
            let body = unquoted[(places[1] + 5)..<places[2]].filter { !TokenRun.isBlank($0) }
            if label.starts(with: "BEGIN ".utf8), label.count < 46 {
                let end = Array("END ".utf8) + label.dropFirst(6)
                repairs.append(marks + label + marks + [0x0A] + body + [0x0A] + marks + end + marks + [0x0A])
            }
        } else if places.isEmpty {
            // Only the body of a PEM.
            let decoding = TolerantBase64(unquoted.filter { !TokenRun.isBlank($0) }[...])
            if decoding.foreign == nil, decoding.bytes.count > 32, decoding.bytes.first == 0x30 {
                for label in ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE", "PRIVATE KEY"] {
                    repairs.append(Array(PEM.write(label: label, der: decoding.bytes).utf8))
                }
            }
        }
        return repairs
    }
}
