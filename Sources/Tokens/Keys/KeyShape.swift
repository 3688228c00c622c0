import Codecs

/// Tells the DER of a key, and a bare point of a curve, from other bytes.
enum KeyShape {
    private typealias Tag = DERReader.Tag

    /// No key's DER is longer; an RSA key of 8192 bits, private, has less than 5000 bytes.
    private static let longest = 16_384

    /// Whether a key or a certificate stands anywhere in these bytes, or the start of one.
    static func isFound(in bytes: [UInt8]) -> Bool {
        if isWhole(bytes) { return true }
        for place in bytes.indices {
            let rest = bytes[place...].prefix(longest)
            switch bytes[place] {
            case Tag.sequence: if isKey(rest) || rest.starts(with: octetPairAlgorithm) { return true }
            case Tag.integer: if isModulus(rest) { return true }
            case Tag.objectIdentifier:
                if rest.dropFirst(2).starts(with: KeyObjectIdentifier.rsa.dropLast())
                    || rest.dropFirst(2).starts(with: KeyObjectIdentifier.ellipticCurve)
                {
                    return true
                }
            default: break
            }
        }
        return false
    }

    /// An AlgorithmIdentifier of RFC 8410 §3 without the last byte, which tells the curves apart.
    private static let octetPairAlgorithm: [UInt8] = [0x30, 0x05, 0x06, 0x03, 0x2B, 0x65]

    /// One SEQUENCE that starts with a SEQUENCE or an INTEGER, and nothing behind it: so is every form of a key or a
    /// certificate, and no shared secret happens to be.
    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        var outer = DERReader(bytes)
        guard var elements = try? outer.enter(Tag.sequence), outer.isAtEnd,
            elements.nextTag == Tag.sequence || elements.nextTag == Tag.integer
        else { return false }
        while let tag = elements.nextTag {
            guard (try? elements.enter(tag)) != nil else { return false }
        }
        return true
    }

    /// Whether a key starts here, whatever follows it. A certificate holds one in the first of these forms.
    private static func isKey(_ bytes: ArraySlice<UInt8>) -> Bool {
        var outer = DERReader(bytes)
        guard var elements = try? outer.enter(Tag.sequence) else { return false }
        if elements.nextTag == Tag.sequence {
            // SubjectPublicKeyInfo (RFC 5280 §4.1), EncryptedPrivateKeyInfo (RFC 5958 §3).
            guard isAlgorithm(&elements), let tag = elements.nextTag, tag == Tag.bitString || tag == Tag.octetString,
                (try? elements.enter(tag)) != nil
            else { return false }
            return elements.isAtEnd
        }
        guard let number = try? elements.readUnsignedInteger(), let tag = elements.nextTag else { return false }
        switch tag {
        case Tag.sequence:
            // PrivateKeyInfo (RFC 5958 §2).
            return number.count <= 1 && isAlgorithm(&elements) && elements.nextTag == Tag.octetString
        case Tag.octetString:
            // ECPrivateKey (RFC 5915 §3).
            guard number == [1], let scalar = try? elements.read(tag), scalar.count >= 20, scalar.count <= 72 else {
                return false
            }
            return elements.isAtEnd || elements.nextTag == 0xA0 || elements.nextTag == 0xA1
        case Tag.integer:
            // RSAPrivateKey starts with a version, RSAPublicKey with the modulus (RFC 8017 §A.1).
            guard let second = try? elements.readUnsignedInteger() else { return false }
            return number.count <= 1 ? second.count >= 64 : number.count >= 64 && second.count <= 8 && elements.isAtEnd
        default: return false
        }
    }

    private static func isAlgorithm(_ elements: inout DERReader) -> Bool {
        guard var algorithm = try? elements.enter(Tag.sequence) else { return false }
        return (try? algorithm.enter(Tag.objectIdentifier)) != nil
    }

    /// The INTEGER of an RSA modulus of 1024 bits or more: the zero that keeps it positive, its top bit, and that it is
    /// odd.
    private static func isModulus(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.dropFirst().first == 0x81 || bytes.dropFirst().first == 0x82 else { return false }
        var reader = DERReader(bytes)
        guard let number = try? reader.readUnsignedInteger() else { return false }
        return number.count >= 128 && number.count.isMultiple(of: 64) && (number.first ?? 0) >= 0x80
            && (number.last ?? 0) & 1 == 1
    }

    /// Whether these are the coordinates of a point on a curve of EC keys, with the 0x04 of SEC 1 §2.3.3 or without, and
    /// at most four bytes before and behind. Of random bytes one in 2^250 is.
    static func isPoint(_ bytes: [UInt8]) -> Bool {
        let stray = 4
        for curve in EllipticCurve.allCases {
            let length = 2 * curve.fieldLength
            guard bytes.count >= length, bytes.count <= length + 2 * stray + 1 else { continue }
            for start in 0...(bytes.count - length) where start <= stray + 1 && bytes.count - length - start <= stray {
                let middle = start + curve.fieldLength
                if curve.contains(x: Array(bytes[start..<middle]), y: Array(bytes[middle..<(start + length)])) {
                    return true
                }
            }
        }
        return false
    }
}

extension EllipticCurve {
    /// Whether y² = x³ + ax + b holds in the curve's field (SEC 2 §2.4, §2.5, §2.6; a is -3, of secp256k1 0).
    package func contains(x: [UInt8], y: [UInt8]) -> Bool {
        let prime = NaturalNumber(fieldPrime)
        let (x, y) = (NaturalNumber(x), NaturalNumber(y))
        guard x < prime, y < prime else { return false }
        let left = y.times(y).plus(x.times(NaturalNumber(self == .secp256k1 ? 0 : 3)))
        let right = x.times(x).modulo(prime).times(x).plus(NaturalNumber(constant))
        return left.modulo(prime) == right.modulo(prime)
    }

    /// b of the curve's equation, big-endian.
    private var constant: [UInt8] {
        let digits =
            switch self {
            case .p256: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"
            case .p384:
                "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"
            case .p521:
                "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf07"
                    + "3573df883d2c34f1ef451fd46b503f00"
            case .secp256k1: "07"
            }
        return (try? Hex.decode(Array(digits.utf8))) ?? []
    }
}
