import Codecs
import TestSupport

/// Keys that have the structure of keys. Nobody has checked their mathematics, nor does the reader.
enum SampleKeys {
    static let modulus: [UInt8] = {
        var generator = SeededGenerator(seed: 2_048)
        var bytes = generator.bytes(256)
        bytes[0] |= 0x80
        bytes[255] |= 1
        return bytes
    }()
    static let exponent: [UInt8] = [1, 0, 1]
    static let coordinate = [UInt8](repeating: 0x17, count: 32)
    static let secret = [UInt8](0..<32)

    static func text(_ bytes: [UInt8]) -> JSON { .string(ByteString(Base64URL.encode(bytes))) }

    static let rsa: JSONObject = ["kty": "RSA", "n": text(modulus), "e": "AQAB"]
    static let p256: JSONObject = ["kty": "EC", "crv": "P-256", "x": text(coordinate), "y": text(coordinate)]
    static let ed25519: JSONObject = ["kty": "OKP", "crv": "Ed25519", "x": text(coordinate)]
    static let oct: JSONObject = ["kty": "oct", "k": text(secret)]

    static func json(_ key: JSONObject, _ changes: [ByteString: JSON?] = [:]) -> [UInt8] {
        var key = key
        for (name, value) in changes { key[name] = value }
        return JSONWriter.write(.object(key))
    }

    static func set(_ keys: [JSONObject]) -> [UInt8] {
        JSONWriter.write(["keys": .array(keys.map { .object($0) })])
    }

    private static let tags = DERReader.Tag.self
    private static func oid(_ bytes: [UInt8]) -> [UInt8] { DERWriter.element(tags.objectIdentifier, bytes) }
    private static let rsaOID = oid([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01])
    private static let ecOID = oid([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01])
    private static let p256OID = oid([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07])
    private static let p384OID = oid([0x2B, 0x81, 0x04, 0x00, 0x22])
    private static let ed25519OID = oid([0x2B, 0x65, 0x70])
    private static let ed448OID = oid([0x2B, 0x65, 0x71])
    private static let null = DERWriter.element(tags.null, [])
    private static func octets(_ bytes: [UInt8]) -> [UInt8] { DERWriter.element(tags.octetString, bytes) }
    private static func number(_ value: UInt8) -> [UInt8] { DERWriter.unsignedInteger([value]) }

    /// Every DER form, by what it is.
    enum DER {
        static let rsaPublic = DERWriter.sequence([
            DERWriter.unsignedInteger(modulus), DERWriter.unsignedInteger(exponent),
        ])
        static let rsaPrivate = DERWriter.sequence(
            [number(0), DERWriter.unsignedInteger(modulus), DERWriter.unsignedInteger(exponent)]
                + [3, 5, 7, 9, 11, 13].map(number))
        static let rsaInfo = info([rsaOID, null], rsaPublic)
        static let rsaPKCS8 = pkcs8([rsaOID, null], rsaPrivate)
        static let point = [0x04] + coordinate + coordinate
        static let p256Info = info([ecOID, p256OID], point)
        static let compressedInfo = info([ecOID, p256OID], [0x02] + coordinate)
        static let p256SEC1 = sec1(
            coordinate, [DERWriter.element(0xA0, p256OID), DERWriter.element(0xA1, DERWriter.bitString(point))])
        static let bareSEC1 = sec1(coordinate, [])
        static let p256PKCS8 = pkcs8([ecOID, p256OID], bareSEC1)
        static let p384Info = info([ecOID, p384OID], [0x04] + [UInt8](repeating: 9, count: 96))
        static let p384SEC1 = sec1([UInt8](repeating: 9, count: 48), [DERWriter.element(0xA0, p384OID)])
        static let p384PKCS8 = pkcs8([ecOID, p384OID], p384SEC1)
        static let ed25519Info = info([ed25519OID], coordinate)
        static let ed25519PKCS8 = pkcs8([ed25519OID], octets(coordinate))
        static let ed448Info = info([ed448OID], [UInt8](repeating: 9, count: 57))
        static let certificate = DERWriter.sequence([
            DERWriter.sequence([number(1), DERWriter.sequence([rsaOID])]), DERWriter.sequence([rsaOID]),
            DERWriter.bitString(coordinate),
        ])

        static func info(_ algorithm: [[UInt8]], _ key: [UInt8]) -> [UInt8] {
            DERWriter.sequence([DERWriter.sequence(algorithm), DERWriter.bitString(key)])
        }

        static func pkcs8(_ algorithm: [[UInt8]], _ key: [UInt8]) -> [UInt8] {
            DERWriter.sequence([number(0), DERWriter.sequence(algorithm), octets(key)])
        }

        static func sec1(_ scalar: [UInt8], _ rest: [[UInt8]]) -> [UInt8] {
            DERWriter.sequence([number(1), octets(scalar)] + rest)
        }
    }
}
