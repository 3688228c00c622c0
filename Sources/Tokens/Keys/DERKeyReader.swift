import Codecs

/// Reads the DER forms of keys: SubjectPublicKeyInfo (RFC 5280 §4.1), PKCS#8 (RFC 5958, RFC 8410 §7, RFC 9881 §6), PKCS#1
/// (RFC 8017 §A.1), SEC1 (RFC 5915).
enum DERKeyReader {
    /// What a structure holds.
    struct Key {
        let material: KeyMaterial
        /// What the structure binds the key to.
        var binding = Binding.open
    }

    /// What a structure says about the use of its key.
    enum Binding: Equatable {
        /// Nothing beyond its kind.
        case open
        /// RSASSA-PSS with whatever hash (RFC 4055 §3.1: no parameters).
        case anyPSS
        /// RSASSA-PSS with one hash.
        case only(SignatureAlgorithm)
    }

    /// The forms, by the labels of their PEM blocks (RFC 7468).
    enum Form: String, CaseIterable {
        case subjectPublicKeyInfo = "PUBLIC KEY"
        case pkcs8 = "PRIVATE KEY"
        case pkcs1Public = "RSA PUBLIC KEY"
        case pkcs1Private = "RSA PRIVATE KEY"
        case sec1 = "EC PRIVATE KEY"
        case certificate = "CERTIFICATE"
        case encrypted = "ENCRYPTED PRIVATE KEY"

        /// The form of a structure that has no label, told by its first two elements; nil when it is none of these.
        init?(structure der: [UInt8]) {
            var outer = DERReader(der)
            guard var elements = try? outer.enter(DERReader.Tag.sequence), outer.isAtEnd,
                let first = elements.nextTag, let value = try? elements.read(first), let second = elements.nextTag,
                (try? elements.read(second)) != nil
            else { return nil }
            switch (first, second) {
            case (DERReader.Tag.sequence, DERReader.Tag.bitString): self = .subjectPublicKeyInfo
            case (DERReader.Tag.sequence, DERReader.Tag.octetString): self = .encrypted
            case (DERReader.Tag.sequence, DERReader.Tag.sequence): self = .certificate
            case (DERReader.Tag.integer, DERReader.Tag.sequence): self = .pkcs8
            case (DERReader.Tag.integer, DERReader.Tag.octetString): self = .sec1
            case (DERReader.Tag.integer, DERReader.Tag.integer):
                self = value == [0] ? .pkcs1Private : .pkcs1Public
            default: return nil
            }
        }
    }

    /// The key in one structure that is no certificate.
    static func read(_ der: [UInt8], _ form: Form) throws(KeyError) -> Key {
        let found: Found
        do throws(DERError) {
            switch form {
            case .subjectPublicKeyInfo: found = try subjectPublicKeyInfo(der)
            case .pkcs8: found = try pkcs8(der)
            case .pkcs1Public: found = .key(Key(material: try rsaPublic(der)))
            case .pkcs1Private: found = try rsaPrivate(der, .open)
            case .sec1: found = try sec1(der, nil)
            case .encrypted: found = .other("an encrypted key, which is read with its password")
            case .certificate: found = .other("a certificate")
            }
        } catch {
            throw KeyError(.malformed, "the DER of the form \"\(form.rawValue)\" is damaged or not of that form")
        }
        switch found {
        case .key(let key): return key
        case .privateRSA(let numbers, let binding): return Key(material: try numbers.material(), binding: binding)
        case .other(let what): throw KeyError(.unsupported, "this is \(what); it is not supported here")
        }
    }

    /// A key of a supported type, or word that the structure holds another.
    private enum Found {
        case key(Key)
        case privateRSA(RSANumbers, Binding)
        case other(String)
    }

    /// What an AlgorithmIdentifier says (RFC 5280 §4.1.1.2).
    private enum Algorithm {
        case rsa(Binding)
        case elliptic(EllipticCurve)
        case octetPair(OctetPairCurve)
        case mlDSA(MLDSAParameters)
        case other(String)
    }

    private static func algorithm(_ reader: DERReader) throws(DERError) -> Algorithm {
        var reader = reader
        let identifier = try reader.read(DERReader.Tag.objectIdentifier)
        if identifier == KeyObjectIdentifier.rsa {
            if !reader.isAtEnd { guard try reader.read(DERReader.Tag.null).isEmpty else { throw .malformed } }
            try reader.finish()
            return .rsa(.open)
        }
        if identifier == KeyObjectIdentifier.rsaPSS {
            // Without parameters the key may serve any hash (RFC 4055 §3.1).
            guard !reader.isAtEnd else { return .rsa(.anyPSS) }
            guard let algorithm = try pssParameters(&reader) else {
                return .other("an RSASSA-PSS key with other parameters than those of PS256, PS384 or PS512")
            }
            return .rsa(.only(algorithm))
        }
        if identifier == KeyObjectIdentifier.ellipticCurve {
            // Parameters that spell a curve out would let a key bring a curve of its own (CVE-2020-0601).
            guard reader.nextTag == DERReader.Tag.objectIdentifier else {
                return .other("an EC key whose curve is spelled out instead of named")
            }
            let name = try reader.read(DERReader.Tag.objectIdentifier)
            try reader.finish()
            guard let curve = EllipticCurve.allCases.first(where: { $0.objectIdentifier == name }) else {
                return .other("an EC key on another curve than P-256, P-384, P-521 or secp256k1")
            }
            return .elliptic(curve)
        }
        if let curve = OctetPairCurve.allCases.first(where: { $0.objectIdentifier == identifier }) {
            try reader.finish()
            return .octetPair(curve)
        }
        if let parameters = MLDSAParameters.allCases.first(where: { $0.objectIdentifier == identifier }) {
            try reader.finish()
            return .mlDSA(parameters)
        }
        return .other(KeyObjectIdentifier.name(identifier))
    }

    /// RFC 4055 §3.1: hash, mask function with the same hash, and a salt that is not longer than the hash. What is left
    /// out means SHA-1.
    private static func pssParameters(_ reader: inout DERReader) throws(DERError) -> SignatureAlgorithm? {
        var parameters = try reader.enter(DERReader.Tag.sequence)
        try reader.finish()
        guard parameters.nextTag == 0xA0 else { return nil }
        var hash = try parameters.enter(0xA0)
        let identifier = try hashIdentifier(&hash)
        guard parameters.nextTag == 0xA1 else { return nil }
        var mask = try parameters.enter(0xA1)
        var function = try mask.enter(DERReader.Tag.sequence)
        guard try function.read(DERReader.Tag.objectIdentifier) == KeyObjectIdentifier.mgf1,
            try hashIdentifier(&function) == identifier,
            let known = KeyObjectIdentifier.hashes.first(where: { $0.identifier == identifier })
        else { return nil }
        guard parameters.nextTag == 0xA2 else { return known.algorithm }
        var wrapped = try parameters.enter(0xA2)
        let salt = try wrapped.readUnsignedInteger()
        guard parameters.isAtEnd, salt.count <= 1, Int(salt.first ?? 0) <= known.algorithm.hashLength ?? 0 else {
            return nil
        }
        return known.algorithm
    }

    private static func hashIdentifier(_ reader: inout DERReader) throws(DERError) -> [UInt8] {
        var algorithm = try reader.enter(DERReader.Tag.sequence)
        let identifier = try algorithm.read(DERReader.Tag.objectIdentifier)
        if !algorithm.isAtEnd { _ = try algorithm.read(DERReader.Tag.null) }
        try algorithm.finish()
        return identifier
    }

    private static func subjectPublicKeyInfo(_ der: [UInt8]) throws(DERError) -> Found {
        var outer = DERReader(der)
        var info = try outer.enter(DERReader.Tag.sequence)
        try outer.finish()
        let algorithm = try algorithm(try info.enter(DERReader.Tag.sequence))
        let key = try info.readBitString()
        try info.finish()
        switch algorithm {
        case .rsa(let binding): return .key(Key(material: try rsaPublic(key), binding: binding))
        case .other(let what): return .other(what)
        default: return .key(Key(material: try publicKey(key, algorithm)))
        }
    }

    /// A public key that is not RSA: a point or a string of bytes.
    private static func publicKey(_ key: [UInt8], _ algorithm: Algorithm) throws(DERError) -> KeyMaterial {
        switch algorithm {
        case .elliptic(let curve): return try elliptic(curve, point: key, scalar: nil)
        case .octetPair(let curve):
            guard key.count == curve.keyLength else { throw .malformed }
            return .octetPair(curve, publicKey: key, privateKey: nil)
        case .mlDSA(let parameters):
            guard key.count == parameters.publicKeyLength else { throw .malformed }
            return .mlDSA(parameters, publicKey: key, seed: nil)
        case .rsa, .other: throw .malformed
        }
    }

    /// RFC 5958 §2: version, algorithm, key, and then attributes [0] and, from version 1 on, the public key [1].
    private static func pkcs8(_ der: [UInt8]) throws(DERError) -> Found {
        var outer = DERReader(der)
        var info = try outer.enter(DERReader.Tag.sequence)
        try outer.finish()
        let version = try info.readUnsignedInteger()
        guard version.isEmpty || version == [1] else { throw .malformed }
        let algorithm = try algorithm(try info.enter(DERReader.Tag.sequence))
        let key = try info.read(DERReader.Tag.octetString)
        if info.nextTag == 0xA0 { _ = try info.read(0xA0) }
        var attached: [UInt8]?
        if info.nextTag == 0x81, version == [1] {
            // The tag of a BIT STRING is replaced; its first byte still counts the unused bits.
            let bits = try info.read(0x81)
            guard bits.first == 0 else { throw .malformed }
            attached = Array(bits.dropFirst())
        }
        try info.finish()
        switch algorithm {
        case .rsa(let binding): return try rsaPrivate(key, binding)
        case .elliptic(let curve):
            guard let attached, case .key(let found) = try sec1(key, curve),
                case .elliptic(_, let x, _, let scalar) = found.material
            else { return try sec1(key, curve) }
            let whole = try elliptic(curve, point: attached, scalar: scalar)
            guard x.isEmpty || whole == found.material else { throw .malformed }
            return .key(Key(material: whole))
        case .octetPair(let curve):
            var inner = DERReader(key)
            let privateKey = try inner.read(DERReader.Tag.octetString)
            try inner.finish()
            guard privateKey.count == curve.keyLength, attached.map({ $0.count == curve.keyLength }) ?? true else {
                throw .malformed
            }
            return .key(
                Key(material: .octetPair(curve, publicKey: attached ?? [], privateKey: privateKey)))
        case .mlDSA(let parameters):
            guard attached.map({ $0.count == parameters.publicKeyLength }) ?? true else { throw .malformed }
            guard let seed = try mlDSASeed(key) else {
                return .other("an \(parameters.rawValue) key in its expanded form, without the seed")
            }
            return .key(Key(material: .mlDSA(parameters, publicKey: attached ?? [], seed: seed)))
        case .other(let what): return .other(what)
        }
    }

    /// RFC 9881 §6: the seed, the expanded key, or both; nil for the expanded key alone, which RFC 9964 has no form for.
    private static func mlDSASeed(_ der: [UInt8]) throws(DERError) -> [UInt8]? {
        var reader = DERReader(der)
        let seed: [UInt8]
        switch reader.nextTag {
        case 0x80: seed = try reader.read(0x80)
        case DERReader.Tag.sequence:
            var both = try reader.enter(DERReader.Tag.sequence)
            seed = try both.read(DERReader.Tag.octetString)
            _ = try both.read(DERReader.Tag.octetString)
            try both.finish()
        default:
            _ = try reader.read(DERReader.Tag.octetString)
            return nil
        }
        try reader.finish()
        guard seed.count == 32 else { throw .malformed }
        return seed
    }

    /// RFC 5915 §3. The curve stands around the structure (PKCS#8), inside it, or else the scalar's length tells it.
    private static func sec1(_ der: [UInt8], _ outside: EllipticCurve?) throws(DERError) -> Found {
        var outer = DERReader(der)
        var key = try outer.enter(DERReader.Tag.sequence)
        try outer.finish()
        guard try key.readUnsignedInteger() == [1] else { throw .malformed }
        let scalar = try key.read(DERReader.Tag.octetString)
        var inside: EllipticCurve?
        if key.nextTag == 0xA0 {
            var parameters = try key.enter(0xA0)
            guard parameters.nextTag == DERReader.Tag.objectIdentifier else {
                return .other("an EC key whose curve is spelled out instead of named")
            }
            let name = try parameters.read(DERReader.Tag.objectIdentifier)
            try parameters.finish()
            guard let named = EllipticCurve.allCases.first(where: { $0.objectIdentifier == name }) else {
                return .other("an EC key on another curve than P-256, P-384, P-521 or secp256k1")
            }
            inside = named
        }
        if let outside, let inside, outside != inside { throw .malformed }
        guard let curve = outside ?? inside ?? EllipticCurve.allCases.first(where: { $0.fieldLength == scalar.count })
        else { return .other("an EC key on another curve than P-256, P-384, P-521 or secp256k1") }
        guard scalar.count == curve.fieldLength else { throw .malformed }
        guard key.nextTag == 0xA1 else {
            try key.finish()
            return .key(Key(material: .elliptic(curve, x: [], y: [], scalar: scalar)))
        }
        var wrapped = try key.enter(0xA1)
        let point = try wrapped.readBitString()
        try wrapped.finish()
        try key.finish()
        return .key(Key(material: try elliptic(curve, point: point, scalar: scalar)))
    }

    /// An uncompressed point (SEC 1 §2.3.3): 0x04, x, y.
    private static func elliptic(
        _ curve: EllipticCurve, point: [UInt8], scalar: [UInt8]?
    ) throws(DERError) -> KeyMaterial {
        guard point.count == 1 + 2 * curve.fieldLength, point.first == 0x04 else { throw .malformed }
        return .elliptic(
            curve, x: Array(point[1...curve.fieldLength]), y: Array(point[(curve.fieldLength + 1)...]), scalar: scalar)
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

    private static func rsaPrivate(_ der: [UInt8], _ binding: Binding) throws(DERError) -> Found {
        var outer = DERReader(der)
        var key = try outer.enter(DERReader.Tag.sequence)
        try outer.finish()
        let version = try key.readUnsignedInteger()
        guard version.isEmpty else {
            if version == [1] { return .other("an RSA key of more than two primes") }
            throw .malformed
        }
        let numbers = RSANumbers(
            modulus: try key.readUnsignedInteger(), publicExponent: try key.readUnsignedInteger(),
            privateExponent: try key.readUnsignedInteger(), prime1: try key.readUnsignedInteger(),
            prime2: try key.readUnsignedInteger(), exponent1: try key.readUnsignedInteger(),
            exponent2: try key.readUnsignedInteger(), coefficient: try key.readUnsignedInteger())
        try key.finish()
        return .privateRSA(numbers, binding)
    }
}
