import Codecs

/// What an X.509 certificate says (RFC 5280 §4.1). Reading one proves nothing: whoever wrote it may have made it up.
public struct Certificate: Sendable, Equatable {
    /// The certificate itself.
    public let der: [UInt8]
    /// The serial number, big-endian, as it is written.
    public let serialNumber: [UInt8]
    /// Who vouches, as in "CN=Example CA, O=Example"; of foreign origin, so show it with care.
    public let issuer: String
    /// Who is vouched for.
    public let subject: String
    /// The first second at which it is valid, since 1970.
    public let notBefore: Int64
    /// The last second at which it is valid, since 1970.
    public let notAfter: Int64
    /// The public key, in DER.
    public let subjectPublicKeyInfo: [UInt8]

    /// The largest certificate that is read, in bytes.
    public static let maximumSize = 65_536
    /// The longest name that is read, in bytes of its text: it is shown to people.
    public static let maximumNameSize = 1_024

    /// Reads a certificate in DER.
    public init(der: [UInt8]) throws(KeyError) {
        guard der.count <= Self.maximumSize else {
            throw KeyError(
                .malformed, "the certificate has \(der.count) bytes; the most that is read is \(Self.maximumSize)")
        }
        do throws(DERError) {
            self = try Self.read(der)
        } catch {
            throw KeyError(.malformed, "the certificate is damaged: it is not the DER of RFC 5280")
        }
        let longest = max(issuer.utf8.count, subject.utf8.count)
        guard longest <= Self.maximumNameSize else {
            throw KeyError(
                .malformed,
                "a name in the certificate has \(longest) bytes; the most that is read is \(Self.maximumNameSize)")
        }
    }

    /// The public key, which nobody has vouched for yet.
    /// - Parameter purpose: what it is for; nil takes what keys of its kind are for.
    public func key(purpose: KeyPurpose? = nil) throws(KeyError) -> DecodedKey {
        try KeyReader.key(of: self, purpose: purpose)
    }

    private init(
        der: [UInt8], serialNumber: [UInt8], issuer: String, subject: String, notBefore: Int64, notAfter: Int64,
        subjectPublicKeyInfo: [UInt8]
    ) {
        self.der = der
        self.serialNumber = serialNumber
        self.issuer = issuer
        self.subject = subject
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.subjectPublicKeyInfo = subjectPublicKeyInfo
    }

    private static func read(_ der: [UInt8]) throws(DERError) -> Certificate {
        var outer = DERReader(der)
        var whole = try outer.enter(DERReader.Tag.sequence)
        try outer.finish()
        var body = try whole.enter(DERReader.Tag.sequence)
        _ = try whole.read(DERReader.Tag.sequence)
        _ = try whole.readBitString()
        try whole.finish()
        if body.nextTag == 0xA0 { _ = try body.read(0xA0) }
        let serialNumber = try body.read(DERReader.Tag.integer)
        _ = try body.read(DERReader.Tag.sequence)
        let issuer = try name(try body.enter(DERReader.Tag.sequence))
        var validity = try body.enter(DERReader.Tag.sequence)
        let notBefore = try time(&validity)
        let notAfter = try time(&validity)
        try validity.finish()
        let subject = try name(try body.enter(DERReader.Tag.sequence))
        // DER has one spelling, so wrapping the contents again gives back the element as it stood.
        let info = DERWriter.element(DERReader.Tag.sequence, try body.read(DERReader.Tag.sequence))
        // What follows, identifiers and extensions, is for whoever validates a chain.
        while let tag = body.nextTag { _ = try body.read(tag) }
        return Certificate(
            der: der, serialNumber: serialNumber, issuer: issuer, subject: subject, notBefore: notBefore,
            notAfter: notAfter, subjectPublicKeyInfo: info)
    }

    /// A Name (RFC 5280 §4.1.2.4), its parts in the order of the certificate.
    private static func name(_ reader: DERReader) throws(DERError) -> String {
        var names = reader
        var text = ""
        while !names.isAtEnd {
            var set = try names.enter(0x31)
            while !set.isAtEnd {
                var attribute = try set.enter(DERReader.Tag.sequence)
                let type = try attribute.read(DERReader.Tag.objectIdentifier)
                guard let tag = attribute.nextTag else { throw .malformed }
                let value = try attribute.read(tag)
                try attribute.finish()
                if !text.isEmpty { text += ", " }
                text += label(type) + "=" + self.text(value, tag)
                // What is longer is refused anyway, so the rest need not be looked at.
                guard text.utf8.count <= maximumNameSize else { return text }
            }
        }
        return text
    }

    /// The short names of RFC 4514 §3; an identifier without one is written in hexadecimal.
    private static func label(_ type: [UInt8]) -> String {
        switch type {
        case [0x55, 0x04, 0x03]: "CN"
        case [0x55, 0x04, 0x05]: "serialNumber"
        case [0x55, 0x04, 0x06]: "C"
        case [0x55, 0x04, 0x07]: "L"
        case [0x55, 0x04, 0x08]: "ST"
        case [0x55, 0x04, 0x0A]: "O"
        case [0x55, 0x04, 0x0B]: "OU"
        case [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x01]: "emailAddress"
        case [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19]: "DC"
        default: "#" + Hex.encode(type)
        }
    }

    /// A string of one of the types that names are made of; what is no text is written in hexadecimal.
    private static func text(_ bytes: [UInt8], _ tag: UInt8) -> String {
        switch tag {
        case 0x0C, 0x13, 0x16, 0x14: return escaped(String(decoding: bytes, as: UTF8.self))
        case 0x1E where bytes.count.isMultiple(of: 2):
            var units: [UInt16] = []
            for place in stride(from: 0, to: bytes.count, by: 2) {
                units.append(UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]))
            }
            return escaped(String(decoding: units, as: UTF16.self))
        default: return "#" + Hex.encode(bytes)
        }
    }

    /// A value in which nothing can be taken for the end of it and the start of another part (RFC 4514 §2.4). Byte by
    /// byte: a mark that combines with a comma does not hide it.
    private static func escaped(_ value: String) -> String {
        let bytes = Array(value.utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            let isEdge = index == 0 || index == bytes.count - 1
            if isSpecial(byte) || (isEdge && byte == 0x20) || (index == 0 && byte == UInt8(ascii: "#")) {
                text.append(UInt8(ascii: "\\"))
            }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: false
        }
    }

    /// UTCTime or GeneralizedTime in the one form that RFC 5280 §4.1.2.5 allows: to the second, in UTC.
    private static func time(_ reader: inout DERReader) throws(DERError) -> Int64 {
        guard let tag = reader.nextTag, tag == 0x17 || tag == 0x18 else { throw .malformed }
        var text = try reader.read(tag)
        guard text.popLast() == UInt8(ascii: "Z"), text.count == (tag == 0x17 ? 12 : 14) else { throw .malformed }
        var pairs: [Int64] = []
        for place in stride(from: 0, to: text.count, by: 2) {
            guard let tens = digit(text[place]), let ones = digit(text[place + 1]) else { throw .malformed }
            pairs.append(tens * 10 + ones)
        }
        if tag == 0x17 { pairs.insert(pairs[0] >= 50 ? 19 : 20, at: 0) }
        let year = pairs[0] * 100 + pairs[1]
        let (month, day, hour, minute, second) = (pairs[2], pairs[3], pairs[4], pairs[5], pairs[6])
        let isLeapYear = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let lengths: [Int64] = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard month >= 1, month <= 12, day >= 1, day <= lengths[Int(month) - 1], hour <= 23, minute <= 59, second <= 59
        else { throw .malformed }
        // Days since 1970 in the Gregorian calendar, years starting in March so that the leap day comes last.
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return ((days * 24 + hour) * 60 + minute) * 60 + second
    }

    private static func digit(_ byte: UInt8) -> Int64? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int64(byte - UInt8(ascii: "0")) : nil
    }
}
