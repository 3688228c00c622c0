import Codecs

/// Reads the DER forms of keys: SubjectPublicKeyInfo (RFC 5280 §4.1), PKCS#8 (RFC 5958), PKCS#1 (RFC 8017 §A.1),
/// SEC1 (RFC 5915).
enum DERKeyReader {
    private static let rsaEncryption: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
    private static let ecPublicKey: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
    private static let prime256v1: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
    private static let ed25519: [UInt8] = [0x2B, 0x65, 0x70]

    /// The key in one PEM block.
    static func read(_ der: [UInt8], label: String) throws(KeyError) -> KeyMaterial {
        let found: Found
        do throws(DERError) {
            switch label {
            case "PUBLIC KEY": found = try subjectPublicKeyInfo(der)
            case "PRIVATE KEY": found = try pkcs8(der)
            case "RSA PUBLIC KEY": found = .key(try rsaPublic(der))
            case "RSA PRIVATE KEY": found = .key(try rsaPrivate(der))
            case "EC PRIVATE KEY": found = try sec1(der)
            default: found = .other
            }
        } catch {
            throw KeyError(.malformed, "the DER in the block \"\(label)\" is damaged or not of that form")
        }
        guard case .key(let key) = found else {
            throw KeyError(
                .unsupported,
                "PEM blocks labelled \"\(label)\" are not supported, or this one holds another kind of key than RSA, P-256 "
                    + "or Ed25519")
        }
        return key
    }

    /// A key of a supported type, or word that the structure holds another.
    private enum Found {
        case key(KeyMaterial)
        case other
    }

    private static func subjectPublicKeyInfo(_ der: [UInt8]) throws(DERError) -> Found {
        var outer = DERReader(der)
        var info = try outer.enter(DERReader.Tag.sequence)
        try outer.finish()
        var algorithm = try info.enter(DERReader.Tag.sequence)
        let oid = try algorithm.read(DERReader.Tag.objectIdentifier)
        let key = try info.readBitString()
        try info.finish()
        switch oid {
        case rsaEncryption: return .key(try rsaPublic(key))
        case ecPublicKey:
            guard try algorithm.read(DERReader.Tag.objectIdentifier) == prime256v1 else { return .other }
            return .key(try p256(point: key, scalar: nil))
        case ed25519:
            guard key.count == 32 else { throw .malformed }
            return .key(.octetPair(.ed25519, publicKey: key, privateKey: nil))
        default: return .other
        }
    }

    private static func pkcs8(_ der: [UInt8]) throws(DERError) -> Found {
        var outer = DERReader(der)
        var info = try outer.enter(DERReader.Tag.sequence)
        try outer.finish()
        _ = try info.readUnsignedInteger()
        var algorithm = try info.enter(DERReader.Tag.sequence)
        let oid = try algorithm.read(DERReader.Tag.objectIdentifier)
        let key = try info.read(DERReader.Tag.octetString)
        switch oid {
        case rsaEncryption: return .key(try rsaPrivate(key))
        case ecPublicKey:
            guard try algorithm.read(DERReader.Tag.objectIdentifier) == prime256v1 else { return .other }
            return try sec1(key)
        case ed25519:
            var inner = DERReader(key)
            let seed = try inner.read(DERReader.Tag.octetString)
            guard seed.count == 32 else { throw .malformed }
            return .key(.octetPair(.ed25519, publicKey: [], privateKey: seed))
        default: return .other
        }
    }

    private static func sec1(_ der: [UInt8]) throws(DERError) -> Found {
        var outer = DERReader(der)
        var key = try outer.enter(DERReader.Tag.sequence)
        try outer.finish()
        guard try key.readUnsignedInteger() == [1] else { throw .malformed }
        let scalar = try key.read(DERReader.Tag.octetString)
        guard scalar.count == 32 else { return .other }
        if key.nextTag == 0xA0 {
            var parameters = try key.enter(0xA0)
            guard try parameters.read(DERReader.Tag.objectIdentifier) == prime256v1 else { return .other }
        }
        guard key.nextTag == 0xA1 else { return .key(.elliptic(.p256, x: [], y: [], scalar: scalar)) }
        var wrapped = try key.enter(0xA1)
        return .key(try p256(point: try wrapped.readBitString(), scalar: scalar))
    }

    /// An uncompressed point (SEC 1 §2.3.3): 0x04, x, y.
    private static func p256(point: [UInt8], scalar: [UInt8]?) throws(DERError) -> KeyMaterial {
        guard point.count == 65, point[0] == 0x04 else { throw .malformed }
        return .elliptic(.p256, x: Array(point[1..<33]), y: Array(point[33..<65]), scalar: scalar)
    }

    private static func rsaPublic(_ der: [UInt8]) throws(DERError) -> KeyMaterial {
        var outer = DERReader(der)
        var key = try outer.enter(DERReader.Tag.sequence)
        try outer.finish()
        let modulus = try key.readUnsignedInteger()
        let exponent = try key.readUnsignedInteger()
        try key.finish()
        return .rsa(modulus: modulus, exponent: exponent, privatePart: nil)
    }

    private static func rsaPrivate(_ der: [UInt8]) throws(DERError) -> KeyMaterial {
        var outer = DERReader(der)
        var key = try outer.enter(DERReader.Tag.sequence)
        try outer.finish()
        guard try key.readUnsignedInteger().isEmpty else { throw .malformed }
        let modulus = try key.readUnsignedInteger()
        let exponent = try key.readUnsignedInteger()
        let privateExponent = try key.readUnsignedInteger()
        let prime1 = try key.readUnsignedInteger()
        let prime2 = try key.readUnsignedInteger()
        return .rsa(
            modulus: modulus, exponent: exponent,
            privatePart: RSAPrivatePart(exponent: privateExponent, prime1: prime1, prime2: prime2))
    }
}
