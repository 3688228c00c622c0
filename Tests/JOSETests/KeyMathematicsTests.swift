import Codecs
import Foundation
import TestSupport
import Testing
import Tokens

@testable import JOSE

/// What makes numbers a key, and signatures safe to publish.
@Suite struct KeyMathematicsTests {
    /// J84: two signatures with one nonce give the private key away.
    @Test(arguments: BackendTests.rows.filter { $0.algorithm.family == .ecdsa })
    func `a thousand signatures over one message have a thousand nonces`(row: BackendTests.Row) throws {
        let key = try PreparedKey(
            try #require(BackendTests.materials[row.algorithm]), for: row.algorithm, to: .sign, in: row.backend)
        let input: [UInt8] = [1, 2, 3]
        var seen: Set<[UInt8]> = []
        // SIGNATURES=100000 makes as many of them, in a few minutes.
        let count = max(1_000, ProcessInfo.processInfo.environment["SIGNATURES"].flatMap { Int($0) } ?? 0)
        for _ in 0..<count {
            let signature = try input.withUnsafeBytes { try key.sign($0) }
            guard seen.insert(Array(signature.prefix(signature.count / 2))).inserted else {
                Issue.record("a nonce came twice")
                return
            }
        }
        #expect(seen.count == count)
        if count > 1_000 { print("\(row.algorithm.rawValue), \(row.backend): \(count) signatures, no nonce twice") }
    }

    /// J80: the encodings of the eight points of small order, those past the field too.
    @Test func `Ed25519 keys of small order are refused`() throws {
        let ordinates = [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ]
        for ordinate in ordinates {
            for sign: UInt8 in [0, 0x80] {
                var key = try Hex.decode(Array(ordinate.utf8))
                key[31] |= sign
                #expect(complaint(.octetPair(.ed25519, publicKey: key, privateKey: nil), .ed25519) == .weak)
                key[1] ^= 1
                #expect(complaint(.octetPair(.ed25519, publicKey: key, privateKey: nil), .ed25519) == nil)
            }
        }
    }

    @Test(.enabled(if: VerificationKey.supports(.ed448))) func `Ed448 keys of small order are refused`() throws {
        let zeros = String(repeating: "00", count: 55)
        let ones = String(repeating: "ff", count: 27)
        let ordinates = [
            "00" + zeros, "01" + zeros, "fe" + ones + "fe" + ones, "ff" + ones + "fe" + ones,
            String(repeating: "00", count: 28) + "ff" + ones,
        ]
        for ordinate in ordinates {
            for sign in ["00", "80"] {
                let key = try Hex.decode(Array((ordinate + sign).utf8))
                #expect(complaint(.octetPair(.ed448, publicKey: key, privateKey: nil), .ed448) == .weak)
            }
        }
    }

    /// J18: numbers that do not belong together. A public half of another key betrays the private one.
    @Test(arguments: SigningKey.supported.filter { $0.family != .hmac })
    func `parts of two keys make no key`(algorithm: SignatureAlgorithm) throws {
        let own = try #require(BackendTests.materials[algorithm])
        let foreign = try KeyMaker.make(algorithm, modulusSize: 2_048)
        switch (own, foreign) {
        case (.rsa(let modulus, let exponent, .some(let part)), .rsa(let otherModulus, _, .some(let other))):
            for mixed in [
                RSAPrivatePart(exponent: other.exponent, prime1: part.prime1, prime2: part.prime2),
                RSAPrivatePart(exponent: part.exponent, prime1: other.prime1, prime2: part.prime2),
                RSAPrivatePart(exponent: part.exponent, prime1: part.prime1, prime2: other.prime2),
                RSAPrivatePart(exponent: part.exponent, prime1: [1], prime2: modulus),
                RSAPrivatePart(exponent: part.exponent, prime1: [], prime2: []),
                RSAPrivatePart(exponent: [], prime1: part.prime1, prime2: part.prime2),
                RSAPrivatePart(exponent: modulus + modulus, prime1: part.prime1, prime2: part.prime2),
            ] {
                #expect(refuses(.rsa(modulus: modulus, exponent: exponent, privatePart: mixed), algorithm))
            }
            #expect(refuses(.rsa(modulus: otherModulus, exponent: exponent, privatePart: part), algorithm))
            #expect(refuses(.rsa(modulus: modulus, exponent: [3], privatePart: part), algorithm))
        case (.elliptic(let curve, let x, let y, _), .elliptic(_, _, _, let scalar)):
            #expect(refuses(.elliptic(curve, x: x, y: y, scalar: scalar), algorithm))
        case (.octetPair(let curve, let publicKey, _), .octetPair(_, _, let privateKey)):
            #expect(refuses(.octetPair(curve, publicKey: publicKey, privateKey: privateKey), algorithm))
        case (.mlDSA(let parameters, let publicKey, let seed), .mlDSA(_, _, let otherSeed)):
            #expect(refuses(.mlDSA(parameters, publicKey: publicKey, seed: otherSeed), algorithm))
            #expect(refuses(.mlDSA(parameters, publicKey: publicKey, seed: seed.map { $0 + [0] }), algorithm))
            #expect(refuses(.mlDSA(parameters, publicKey: publicKey + [0], seed: nil), algorithm))
        default: Issue.record("the keys are of two kinds")
        }
        #expect(!refuses(own, algorithm))
    }

    /// RFC 8037 §3.1: a key for Diffie-Hellman signs nothing.
    @Test func `a key for key agreement is no signature key`() {
        let key = KeyMaterial.octetPair(.x25519, publicKey: [9] + [UInt8](repeating: 0, count: 31), privateKey: nil)
        for algorithm in SignatureAlgorithm.allCases { #expect(complaint(key, algorithm) != nil) }
    }

    @Test func `an RSA key has the size that was asked for`() throws {
        let key = try SigningKey.generate(.ps256, modulusSize: 3_072)
        #expect(key.verificationKey.description.signatureLength == 384)
        for size in [-1, 0, 1_024, 2_047, 2_049, 8_193, 16_384, Int.max] {
            #expect(
                Keys.complaint { () throws(KeyError) in _ = try SigningKey.generate(.rs256, modulusSize: size) }
                    == .unsupported)
        }
    }

    private func complaint(_ material: KeyMaterial, _ algorithm: SignatureAlgorithm) -> KeyError.Code? {
        // Past every check of the reader: the mathematics is what is asked here.
        let description = KeyDescription(
            id: nil, algorithm: algorithm, mayVerify: true, maySign: true, signatureLength: nil, summary: "")
        return Keys.complaint { () throws(KeyError) in
            _ = try VerificationKey(DecodedKey(description: description, material: material))
        }
    }

    private func refuses(_ material: KeyMaterial, _ algorithm: SignatureAlgorithm) -> Bool {
        complaint(material, algorithm) == .malformed
    }
}
