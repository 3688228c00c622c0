import Codecs
import Crypto
import CryptoExtras
import Tokens

/// Makes the numbers of new signing keys, all from the system's generator.
enum KeyMaker {
    /// The sizes of an RSA modulus that can be asked for, in bits; BoringSSL makes multiples of 128.
    static let modulusSizes = 2_048...8_192

    /// A new private key.
    /// - Parameter modulusSize: bits of an RSA modulus; other keys have the size that the algorithm gives them.
    static func make(_ algorithm: SignatureAlgorithm, modulusSize: Int) throws(KeyError) -> KeyMaterial {
        switch algorithm {
        case .hs256, .hs384, .hs512: return .secret(RandomBytes.make(count: algorithm.hashLength ?? 64))
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: return try rsa(modulusSize)
        case .es256: return try elliptic(.p256, [UInt8](P256.Signing.PrivateKey().rawRepresentation))
        case .es384: return try elliptic(.p384, [UInt8](P384.Signing.PrivateKey().rawRepresentation))
        case .es512: return try elliptic(.p521, [UInt8](P521.Signing.PrivateKey().rawRepresentation))
        // The order of secp256k1 is so near 2^256 that no generator ever hits the numbers above it.
        case .es256k: return try elliptic(.secp256k1, RandomBytes.make(count: 32))
        case .ed25519: return try octetPair(.ed25519)
        case .ed448: return try octetPair(.ed448)
        case .mlDSA65: return try mlDSA(.mlDSA65)
        case .mlDSA87: return try mlDSA(.mlDSA87)
        }
    }

    private static func rsa(_ modulusSize: Int) throws(KeyError) -> KeyMaterial {
        guard modulusSizes.contains(modulusSize), modulusSize.isMultiple(of: 128) else {
            throw KeyError(.unsupported, "an RSA modulus has 2048 to 8192 bits here, in steps of 128")
        }
        guard let key = try? _RSA.Signing.PrivateKey(keySize: _RSA.Signing.KeySize(bitCount: modulusSize)),
            let numbers = try? rsaNumbers(pkcs1: [UInt8](key.derRepresentation))
        else { throw KeyError(.unsupported, "no RSA key could be generated") }
        return numbers
    }

    /// RSAPrivateKey (RFC 8017 §A.1.2): version, n, e, d, p, q, and what follows from them.
    private static func rsaNumbers(pkcs1 der: [UInt8]) throws(DERError) -> KeyMaterial {
        var outer = DERReader(der)
        var key = try outer.enter(DERReader.Tag.sequence)
        _ = try key.readUnsignedInteger()
        let modulus = try key.readUnsignedInteger()
        let exponent = try key.readUnsignedInteger()
        let privateExponent = try key.readUnsignedInteger()
        let prime1 = try key.readUnsignedInteger()
        let prime2 = try key.readUnsignedInteger()
        return .rsa(
            modulus: modulus, exponent: exponent,
            privatePart: RSAPrivatePart(exponent: privateExponent, prime1: prime1, prime2: prime2))
    }

    private static func elliptic(_ curve: EllipticCurve, _ scalar: [UInt8]) throws(KeyError) -> KeyMaterial {
        guard case .elliptic(_, let x, let y, _) = try PublicHalf.of(.elliptic(curve, x: [], y: [], scalar: scalar))
        else { throw KeyError(.unsupported, "no \(curve.rawValue) key could be generated") }
        return .elliptic(curve, x: x, y: y, scalar: scalar)
    }

    private static func octetPair(_ curve: OctetPairCurve) throws(KeyError) -> KeyMaterial {
        let key = RandomBytes.make(count: curve.keyLength)
        guard
            case .octetPair(_, let publicKey, _) = try PublicHalf.of(.octetPair(curve, publicKey: [], privateKey: key))
        else { throw KeyError(.unsupported, "no \(curve.rawValue) key could be generated") }
        return .octetPair(curve, publicKey: publicKey, privateKey: key)
    }

    private static func mlDSA(_ parameters: MLDSAParameters) throws(KeyError) -> KeyMaterial {
        let seed = RandomBytes.make(count: 32)
        guard case .mlDSA(_, let publicKey, _) = try PublicHalf.of(.mlDSA(parameters, publicKey: [], seed: seed))
        else { throw KeyError(.unsupported, "no \(parameters.rawValue) key could be generated") }
        return .mlDSA(parameters, publicKey: publicKey, seed: seed)
    }
}
