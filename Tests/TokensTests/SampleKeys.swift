import Codecs
import TestSupport
import Tokens

/// Keys that have the structure of keys. The mathematics of points nobody has checked, nor does the reader; the numbers of
/// the RSA key belong together.
enum SampleKeys {
    static let modulus = number(
        """
        nTOj-UX4KI8d4NcUNxMNFbOad1aM3p_eX7S_cuQ--vYdmhCeSmBh4V6-SYZrI1TERld9dR0NwTMpmUJc-h6wESXMtZ2YLkGYJbocv3tiI2d1j29e\
        L28owUKnPeCl1LtxjRQLuHXbcTTrqMlqNFnMjyzEobtYz5XYZNYfXSWAn9cwHwMrcxfx4oF46_0kOzBeVyOByKk1jlqGyHW4tD0nnLRxehlgk_Un\
        _BpA1tSztzyB0NKzXxVPCNK8mgjXy_h1SGzGHzC4IiYv3ffbKLSNjA0fqYaPU4-5WiiTpyTjgPoCov-82qACGCMWzx2FCmq7GevJ80FPOJ59TIeY\
        _MRpBQ
        """)
    static let privatePart = RSAPrivatePart(
        exponent: number(
            """
            NF7EzMGDl7d-A66DXImrPUSVPBaIXY4y3f1wHk1tsduWJwJMSYjsctFGYWY3gRC3RpvU_tQMBgYOYLFcGjNpAn1uQj7bOOW_Uyo6c4weOJ85\
            6ev3G6RTlnanEpUpicJcZNx9vxj8Xy17KMLY79HOtQ_7_clVH-rSqV0wG67nt9fJW537gyRGQhcMngldmjbhjTh-f2afwhAUYU8om03HIBzu\
            6vKvhGt7AP91TP34F8Awpt1FkSyjLR0PbEB-Yr5rPMrV2mQ1mgv4Q7CQBoNDno9ONZg7Bb8EO4Ui9QH5IcgD8v0sJSFcPsN8Mi6XFZrRgKAn\
            q5uZuE26MRSZVWLgbQ
            """),
        prime1: number(
            """
            2kPJUBLpkPl_2ak2nd0apxeBaHBm9XLJHmDCnsS5xmzO9qcqDmblWA5GCJcOcpFGwCeoX2sCo8iowgkCLq3ddrpP937njPoMay2qt9Ag9v6z\
            Udkj6qhcPRD_ljIumytDcO-6hiWBAisTwtvBSEj8FrqhU975aJp9MftfNufAkjs
            """),
        prime2: number(
            """
            uGFBNQzE9nmHloBAdhL9aXAU9sqUaIFYmt3TjuEHIfEVOaHea1ZhyoGcMUFproObcWZm6GoxIJnfPCeRq0u1K-UIJrRV4QOdx9XHEtL2aHA2\
            0XM121gsXlI4MTkC07qYtTFjE58kTpEN1ttHZfHM7K1ox5LFXsTIigDLZWaJ_b8
            """))
    /// d mod (p - 1), d mod (q - 1), and the inverse of q modulo p.
    static let chinese = [
        number(
            """
            me2SbQlZdWev9cYzgXOsV0jpd8lFozZXhjgBKU1eIwUblLHhpBSHC-nNFEPL6ZpxBhUx1lE2pGFgOq91vYvakt_kg4wZKsAxv-iN7GI4zVhl\
            CIUVomkn291AEyHC4qXJQz2eEvsiF3Bf2F1420y1lCX8npSy2kWRo40-4g7hLX8
            """),
        number(
            """
            m2WEcrSvcFhfGU5AhgNdRzcqxBFa4XVaezPIcVxhCY9J50fw0KB-TRHN1YmfC3FqWjoHM40EmMh26BklYayuJi-jHhPRaZMFsP4RCWF6Qe2J\
            lh-23YZD5r7_EyVMp6xVtijIqynujLUeZ95qH5aas0M30zR1WnkZ143x3yV72bs
            """),
        number(
            """
            LnU1KAj7H4pY-XGNaP_Q4bnr5iuA0i7_10R-vlBk9HKIUAu8-XzdXqPcRMBAcNxuYHD_cjA-yFXdIWyNVbcqTElBKfdHBbmile5Cv34AQ7v_\
            3J2CT5PLF-cgXVPy9qyRkm86cbAN47HxA7DAPSlajaxnj_GbWfao8vsVZsM3dn4
            """),
    ]

    private static func number(_ text: String) -> [UInt8] { (try? Base64URL.decode(Array(text.utf8))) ?? [] }

    static let exponent: [UInt8] = [1, 0, 1]
    static let coordinate = [UInt8](repeating: 0x17, count: 32)
    static let secret = [UInt8](0..<32)

    static func text(_ bytes: [UInt8]) -> JSON { .string(ByteString(Base64URL.encode(bytes))) }

    static let rsa: JSONObject = ["kty": "RSA", "n": text(modulus), "e": "AQAB"]
    static let rsaPrivate: JSONObject = [
        "kty": "RSA", "n": text(modulus), "e": "AQAB", "d": text(privatePart.exponent), "p": text(privatePart.prime1),
        "q": text(privatePart.prime2), "dp": text(chinese[0]), "dq": text(chinese[1]), "qi": text(chinese[2]),
    ]
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
            ([[], modulus, exponent, privatePart.exponent, privatePart.prime1, privatePart.prime2] + chinese).map(
                DERWriter.unsignedInteger))
        static let rsaInfo = info([rsaOID, null], rsaPublic)
        static let rsaPKCS8 = pkcs8([rsaOID, null], rsaPrivate)
        static let point = [0x04] + coordinate + coordinate
        static let p256Info = info([ecOID, p256OID], point)
        static let compressedInfo = info([ecOID, p256OID], [0x02] + coordinate)
        static let p256SEC1 = sec1(
            coordinate, [DERWriter.element(0xA0, p256OID), DERWriter.element(0xA1, DERWriter.bitString(point))])
        static let bareSEC1 = sec1(coordinate, [])
        static let p256PKCS8 = pkcs8([ecOID, p256OID], bareSEC1)
        static let nines = [UInt8](repeating: 9, count: 48)
        static let p384Info = info([ecOID, p384OID], [0x04] + nines + nines)
        static let p384SEC1 = sec1(nines, [DERWriter.element(0xA0, p384OID)])
        static let p384PKCS8 = pkcs8([ecOID, p384OID], p384SEC1)
        static let ed25519Info = info([ed25519OID], coordinate)
        static let ed25519PKCS8 = pkcs8([ed25519OID], octets(coordinate))
        static let unnamedInfo = info([ecOID, DERWriter.sequence([number(1)])], point)
        static let p224Info = info([ecOID, oid([0x2B, 0x81, 0x04, 0x00, 0x21])], point)
        static let x448Info = info([oid([0x2B, 0x65, 0x6F])], [UInt8](repeating: 9, count: 56))
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
