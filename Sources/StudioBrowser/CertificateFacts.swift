import Codecs
import Tokens

/// What a certificate says, for the page. That it says so proves nothing.
enum CertificateFacts {
    /// {subject, issuer, notBefore, notAfter: {seconds, iso}, serialNumber, names, der}.
    static func json(_ certificate: Certificate) -> JSON {
        [
            "subject": text(certificate.subject), "issuer": text(certificate.issuer),
            "notBefore": time(certificate.notBefore), "notAfter": time(certificate.notAfter),
            "serialNumber": .string(ByteString(Hex.encode(certificate.serialNumber))),
            "names": .array(AlternativeNames.read(certificate.der).map { text($0) }),
            "der": .string(ByteString(Base64URL.encode(certificate.der))),
        ]
    }

    private static func time(_ seconds: Int64) -> JSON {
        [
            "seconds": .number(JSONNumber(seconds)),
            "iso": .string(ByteString(NumericDate(seconds: seconds).utc)),
        ]
    }

    private static func text(_ value: String) -> JSON {
        .string(ByteString(Readable.text(Array(value.utf8))))
    }
}

/// The subject alternative names of a certificate (RFC 5280 §4.2.1.6), for people to read.
enum AlternativeNames {
    /// The most names that are shown.
    static let maximumCount = 100

    private static let extensionIdentifier: [UInt8] = [0x55, 0x1D, 0x11]

    /// The names, each with its kind, as in `DNS:example.com`; none where the certificate has no such extension or it
    /// cannot be read.
    static func read(_ der: [UInt8]) -> [String] {
        (try? names(der)) ?? []
    }

    private static func names(_ der: [UInt8]) throws(DERError) -> [String] {
        var outer = DERReader(der)
        var whole = try outer.enter(DERReader.Tag.sequence)
        var body = try whole.enter(DERReader.Tag.sequence)
        while let tag = body.nextTag {
            guard tag == 0xA3 else {
                _ = try body.enter(tag)
                continue
            }
            var wrapped = try body.enter(tag)
            var extensions = try wrapped.enter(DERReader.Tag.sequence)
            while !extensions.isAtEnd {
                var one = try extensions.enter(DERReader.Tag.sequence)
                guard try one.read(DERReader.Tag.objectIdentifier) == extensionIdentifier else { continue }
                // Whether it is critical.
                if one.nextTag == 0x01 { _ = try one.read(0x01) }
                var value = try one.enter(DERReader.Tag.octetString)
                return try generalNames(value.enter(DERReader.Tag.sequence))
            }
        }
        return []
    }

    private static func generalNames(_ reader: DERReader) throws(DERError) -> [String] {
        var reader = reader
        var names: [String] = []
        while let tag = reader.nextTag, names.count < maximumCount {
            let value = try reader.read(tag)
            switch tag {
            case 0x81: names.append("email:" + String(decoding: value, as: UTF8.self))
            case 0x82: names.append("DNS:" + String(decoding: value, as: UTF8.self))
            case 0x86: names.append("URI:" + String(decoding: value, as: UTF8.self))
            case 0x87: names.append("IP:" + address(value))
            default: names.append("#" + Hex.encode([tag]) + ":" + Hex.encode(value))
            }
        }
        return names
    }

    /// Four bytes in decimal; sixteen in hexadecimal groups, none of them left out.
    private static func address(_ bytes: [UInt8]) -> String {
        var text = ""
        if bytes.count == 16 {
            for place in stride(from: 0, to: 16, by: 2) {
                text += (place == 0 ? "" : ":") + Hex.encode(Array(bytes[place..<(place + 2)]))
            }
            return text
        }
        guard bytes.count == 4 else { return "#" + Hex.encode(bytes) }
        for (place, byte) in bytes.enumerated() { text += (place == 0 ? "" : ".") + "\(byte)" }
        return text
    }
}
