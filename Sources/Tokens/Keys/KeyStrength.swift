import Codecs

/// The floors below which a key protects nothing.
enum KeyStrength {
    /// What a key is, in words, once it has been seen to be strong enough for its purpose.
    static func summary(_ material: KeyMaterial, for purpose: KeyPurpose) throws(KeyError) -> String {
        switch material {
        case .secret(let secret):
            try check(secret: secret, for: purpose)
            return "shared secret of \(secret.count * 8) bits"
        case .rsa(let modulus, let exponent, _):
            try check(modulus: modulus, exponent: exponent)
            return "RSA \(bits(modulus))-bit key"
        case .elliptic(let curve, let x, let y, _):
            guard isBelow(x, curve.fieldPrime), isBelow(y, curve.fieldPrime) else {
                throw KeyError(.malformed, "a coordinate is not below the prime of \(curve.rawValue)")
            }
            return "\(curve.rawValue) key"
        case .octetPair(let curve, _, _): return "\(curve.rawValue) key"
        case .mlDSA(let parameters, _, _): return "\(parameters.rawValue) key"
        }
    }

    /// RFC 7518 §3.2: a MAC key is at least as long as the hash; a key for AES has just the length that it needs. What
    /// is in truth another kind of key is no secret.
    private static func check(secret: [UInt8], for purpose: KeyPurpose) throws(KeyError) {
        guard !DisguisedKey.isFound(in: secret) else {
            throw KeyError(.notSecret, "this is a key or a certificate, not a shared secret: everybody may know it")
        }
        switch purpose {
        case .signature(let algorithm):
            let length = algorithm.hashLength ?? 32
            guard secret.count >= length else {
                throw KeyError(
                    .weak,
                    "an \(algorithm.rawValue) secret must have at least \(length) bytes (RFC 7518 §3.2); this one has "
                        + "\(secret.count)")
            }
        case .keyManagement(let algorithm):
            switch algorithm {
            case .a128KW, .a128GCMKW: try check(secret, has: 16, algorithm.rawValue)
            case .a192KW, .a192GCMKW: try check(secret, has: 24, algorithm.rawValue)
            case .a256KW, .a256GCMKW: try check(secret, has: 32, algorithm.rawValue)
            case .direct: try checkLength(secret)
            default:
                // A password (RFC 7518 §4.8), of whatever length people can remember.
                guard !secret.isEmpty else { throw KeyError(.weak, "the password is empty") }
            }
        case .contentEncryption(let algorithm): try check(secret, has: algorithm.keyLength, algorithm.rawValue)
        case .encryption: try checkLength(secret)
        }
    }

    private static func check(_ secret: [UInt8], has length: Int, _ algorithm: String) throws(KeyError) {
        guard secret.count == length else {
            throw KeyError(
                secret.count < length ? .weak : .malformed,
                "an \(algorithm) key must have \(length) bytes; this one has \(secret.count)")
        }
    }

    /// The lengths that some content encryption or key wrapping algorithm has.
    private static func checkLength(_ secret: [UInt8]) throws(KeyError) {
        switch secret.count {
        case 16, 24, 32, 48, 64: return
        default:
            throw KeyError(
                secret.count < 16 ? .weak : .malformed,
                "a secret for encryption must have 16, 24, 32, 48 or 64 bytes; this one has \(secret.count)")
        }
    }

    /// Whether a big-endian number of the same length is less than another.
    private static func isBelow(_ number: [UInt8], _ bound: [UInt8]) -> Bool {
        for (digit, limit) in zip(number, bound) where digit != limit { return digit < limit }
        return number.count < bound.count
    }

    /// At least 2048 bits (RFC 7518 §3.3), at most 8192; the exponent odd, above 1, and below 2^33.
    static func check(modulus: [UInt8], exponent: [UInt8]) throws(KeyError) {
        let size = bits(modulus)
        guard size >= 2_048, size <= 8_192 else {
            throw KeyError(.weak, "an RSA modulus must have 2048 to 8192 bits; this one has \(size)")
        }
        guard let last = exponent.last, last & 1 == 1, bits(exponent) > 1, bits(exponent) <= 33,
            modulus.last.map({ $0 & 1 == 1 }) == true
        else {
            throw KeyError(.weak, "the RSA public exponent must be odd, greater than 1 and at most 33 bits long")
        }
        guard !isFactorable(modulus) else {
            throw KeyError(
                .weak, "this RSA key comes from a generator whose keys can be broken (CVE-2017-15361); replace it")
        }
    }

    /// Whether a modulus bears the mark of the generator in CVE-2017-15361: modulo every odd prime up to 701 (so built
    /// into keys from 2048 bits on) it is a power of 65537. Of sound keys, fewer than one in 2^160 is.
    static func isFactorable(_ modulus: [UInt8]) -> Bool {
        for prime in 3...701 where !(2..<prime).contains(where: { prime.isMultiple(of: $0) }) {
            let remainder = modulus.reduce(0) { ($0 << 8 | Int($1)) % prime }
            var power = 1
            repeat { power = power * 65_537 % prime } while power != 1 && power != remainder
            guard power == remainder else { return false }
        }
        return true
    }

    /// The length of a big-endian number in bits.
    static func bits(_ magnitude: [UInt8]) -> Int {
        guard let place = magnitude.firstIndex(where: { $0 != 0 }) else { return 0 }
        return (magnitude.count - place) * 8 - magnitude[place].leadingZeroBitCount
    }
}
