import Codecs
import TestSupport
import Testing
import Tokens

@testable import JOSE

/// C2SP/wycheproof's files for every algorithm, from the vectors folder: each case through `VerificationKey` and through
/// every backend that has the algorithm.
@Suite(.enabled(if: Vectors.arePresent, "\(Vectors.absence)")) struct WycheproofPrimitiveTests {
    /// A file and what must come out of it.
    struct File: Sendable, CustomTestStringConvertible {
        let name: String
        let algorithm: SignatureAlgorithm
        let cases: Int
        let valid: Int
        var testDescription: String { name }

        init(_ name: String, _ algorithm: SignatureAlgorithm, cases: Int, valid: Int) {
            self.name = name
            self.algorithm = algorithm
            self.cases = cases
            self.valid = valid
        }
    }

    /// One key as the product sees it and as each backend does.
    struct Prepared {
        let key: VerificationKey
        let others: [PreparedKey]

        init(_ decoded: DecodedKey, _ algorithm: SignatureAlgorithm) throws {
            key = try VerificationKey(decoded)
            others = try BackendTests.rows.filter { $0.algorithm == algorithm }
                .map { try PreparedKey(try #require(decoded.material), for: algorithm, to: .verify, in: $0.backend) }
        }

        /// The one answer of all; nil when they differ.
        func verifies(_ signature: [UInt8], over input: [UInt8]) -> Bool? {
            let answer = key.verifies(signature, over: input[...])
            for other in others {
                let second = signature.withUnsafeBytes { signature in
                    input.withUnsafeBytes { other.verifies(signature: signature, input: $0) }
                }
                if second != answer { return nil }
            }
            return answer
        }
    }

    private func key(_ group: WycheproofGroup, _ algorithm: SignatureAlgorithm) throws -> Prepared {
        let pem = try #require(group.json["publicKeyPem"]?.string)
        let decoded = try #require(try KeyReader.read(pem.bytes, algorithm: algorithm).first)
        let prepared = try Prepared(decoded, algorithm)
        for name: ByteString in ["publicKeyJwk", "keyJwk"] {
            guard let jwk = group.json[name]?.object else { continue }
            let read = try VerificationKey(try JWKReader.key(jwk, algorithm: algorithm))
            #expect(read.publicPEM == prepared.key.publicPEM)
        }
        return prepared
    }

    static let signatures = [
        File("ecdsa_secp256r1_sha256_p1363", .es256, cases: 262, valid: 173),
        File("ecdsa_secp384r1_sha384_p1363", .es384, cases: 280, valid: 193),
        File("ecdsa_secp521r1_sha512_p1363", .es512, cases: 318, valid: 231),
        File("ecdsa_secp256k1_sha256_p1363", .es256k, cases: 252, valid: 167),
        File("ed25519", .ed25519, cases: 151, valid: 88), File("ed448", .ed448, cases: 87, valid: 17),
        File("rsa_signature_2048_sha256", .rs256, cases: 259, valid: 9),
        File("rsa_signature_2048_sha384", .rs384, cases: 258, valid: 7),
        File("rsa_signature_2048_sha512", .rs512, cases: 259, valid: 8),
        File("rsa_pss_2048_sha256_mgf1_32", .ps256, cases: 108, valid: 63),
        File("rsa_pss_2048_sha384_mgf1_48", .ps384, cases: 141, valid: 95),
        File("rsa_pss_4096_sha512_mgf1_64", .ps512, cases: 179, valid: 132),
    ]

    @Test(arguments: signatures.filter { VerificationKey.supports($0.algorithm) })
    func `every signature gets the right answer`(file: File) throws {
        var accepted = 0
        var refused = 0
        for group in try Vectors.wycheproof("primitives/\(file.name)_test.json") {
            let key = try key(group, file.algorithm)
            for test in group.cases {
                let holds = key.verifies(try test.hex("sig"), over: try test.hex("msg"))
                // `acceptable` is a PKCS #1 encoding without its NULL: refused like every other lax encoding.
                #expect(holds == (test.result == "valid"), "\(file.name) \(test.id)")
                accepted += holds == true ? 1 : 0
                refused += holds == false ? 1 : 0
            }
        }
        #expect(accepted + refused == file.cases)
        #expect(accepted == file.valid)
        print("Wycheproof primitives/\(file.name): \(file.cases) cases, \(accepted) accepted, \(refused) refused")
    }

    @Test(arguments: [
        File("hmac_sha256", .hs256, cases: 174, valid: 30), File("hmac_sha384", .hs384, cases: 174, valid: 30),
        File("hmac_sha512", .hs512, cases: 174, valid: 30),
    ])
    func `every MAC gets the right answer, and a truncated one is none`(file: File) throws {
        let length = try #require(file.algorithm.hashLength)
        var counts = (accepted: 0, refused: 0, truncated: 0, weak: 0)
        for group in try Vectors.wycheproof("primitives/\(file.name)_test.json") {
            for test in group.cases {
                let secret = try test.hex("key")
                guard let read = try? KeyReader.read(secret, as: .utf8, algorithm: file.algorithm).first else {
                    #expect(secret.count < length)
                    counts.weak += 1
                    continue
                }
                let holds = try Prepared(read, file.algorithm).verifies(try test.hex("tag"), over: try test.hex("msg"))
                if group.json["tagSize"]?.int64 == Int64(length * 8) {
                    #expect(holds == (test.result == "valid"), "\(test.id)")
                    counts.accepted += holds == true ? 1 : 0
                    counts.refused += holds == false ? 1 : 0
                } else {
                    #expect(holds == false, "\(test.id)")
                    counts.truncated += 1
                }
            }
        }
        #expect(counts.accepted + counts.refused + counts.truncated + counts.weak == file.cases)
        #expect(counts.accepted == file.valid)
        print(
            "Wycheproof primitives/\(file.name): \(file.cases) cases, \(counts.accepted) accepted, \(counts.refused) "
                + "refused, \(counts.truncated) refused for a truncated tag, \(counts.weak) refused for a key shorter "
                + "than the hash")
    }

    @Test(arguments: [
        File("mldsa_65_verify", .mlDSA65, cases: 210, valid: 0),
        File("mldsa_87_verify", .mlDSA87, cases: 241, valid: 0),
    ])
    func `every ML-DSA signature gets the right answer`(file: File) throws {
        let parameters: MLDSAParameters = file.algorithm == .mlDSA65 ? .mlDSA65 : .mlDSA87
        var counts = (accepted: 0, refused: 0, badKey: 0, context: 0)
        for group in try Vectors.wycheproof("primitives/\(file.name)_test.json") {
            let publicKey = try Hex.decode(group.json["publicKey"]?.string?.bytes ?? [])
            let material = KeyMaterial.mlDSA(parameters, publicKey: publicKey, seed: nil)
            let prepared = try? Prepared(
                try DecodedKey(material, id: nil, algorithm: file.algorithm), file.algorithm)
            #expect((prepared == nil) == (publicKey.count != parameters.publicKeyLength))
            for test in group.cases {
                if test.json["ctx"]?.string?.isEmpty == false {
                    counts.context += 1
                } else if let prepared {
                    let holds = prepared.verifies(try test.hex("sig"), over: try test.hex("msg"))
                    #expect(holds == (test.result == "valid"), "\(file.name) \(test.id)")
                    counts.accepted += holds == true ? 1 : 0
                    counts.refused += holds == false ? 1 : 0
                } else {
                    #expect(test.result == "invalid")
                    counts.badKey += 1
                }
            }
        }
        #expect(counts.accepted + counts.refused + counts.badKey + counts.context == file.cases)
        #expect(counts.accepted > 40 && counts.refused > 100 && counts.context < 20)
        print(
            "Wycheproof primitives/\(file.name): \(file.cases) cases, \(counts.accepted) accepted, \(counts.refused) "
                + "refused, \(counts.badKey) refused with their key, \(counts.context) left out: they have a context, "
                + "JOSE has none")
    }

    @Test(arguments: [
        File("mldsa_65_sign_seed", .mlDSA65, cases: 105, valid: 0),
        File("mldsa_87_sign_seed", .mlDSA87, cases: 96, valid: 0),
    ])
    func `a seed gives its public key, and its signatures verify`(file: File) throws {
        let parameters: MLDSAParameters = file.algorithm == .mlDSA65 ? .mlDSA65 : .mlDSA87
        var counts = (checked: 0, badKey: 0, leftOut: 0)
        for group in try Vectors.wycheproof("primitives/\(file.name)_test.json") {
            let seed = try Hex.decode(group.json["privateSeed"]?.string?.bytes ?? [])
            let publicKey = try Hex.decode(group.json["publicKey"]?.string?.bytes ?? [])
            let material = KeyMaterial.mlDSA(parameters, publicKey: publicKey, seed: seed)
            let key = try? SigningKey(try DecodedKey(material, id: nil, algorithm: file.algorithm))
            #expect((key == nil) == (seed.count != 32))
            for test in group.cases {
                let flags = test.json["flags"]?.array ?? []
                if flags.contains("Internal") || flags.contains("Randomized")
                    || test.json["ctx"]?.string?.isEmpty == false
                {
                    counts.leftOut += 1
                } else if let key {
                    let message = try test.hex("msg")
                    #expect(key.verificationKey.verifies(try test.hex("sig"), over: message[...]), "\(test.id)")
                    #expect(key.verificationKey.verifies(try key.sign(message), over: message[...]), "\(test.id)")
                    counts.checked += 1
                } else {
                    #expect(test.result == "invalid")
                    counts.badKey += 1
                }
            }
            guard key != nil else { continue }
            // Seed and public key that do not belong together are refused (RFC 9964).
            var other = seed
            other[0] ^= 1
            let mixed = KeyMaterial.mlDSA(parameters, publicKey: publicKey, seed: other)
            #expect(
                Keys.complaint { () throws(KeyError) in
                    _ = try SigningKey(try DecodedKey(mixed, id: nil, algorithm: file.algorithm))
                } == .malformed)
        }
        #expect(counts.checked + counts.badKey + counts.leftOut == file.cases)
        #expect(counts.checked > 60)
        print(
            "Wycheproof primitives/\(file.name): \(file.cases) cases, \(counts.checked) checked, \(counts.badKey) refused "
                + "with their key, \(counts.leftOut) left out: internal interface, given randomness, or a context")
    }

    @Test(arguments: ["44", "65", "87"]) func `RFC 9964's examples`(size: String) throws {
        let file = try JSONReader.read(try Vectors.bytes("rfc9964-mldsa/ML_DSA_\(size).jose.json"))
        let jwk = try #require(file.object?["jwk"]?.object)
        guard size != "44" else {
            #expect(Keys.complaint { () throws(KeyError) in _ = try SigningKey(jwk: jwk) } == .unsupported)
            return print("RFC 9964 ML-DSA-44: refused, not supported")
        }
        let key = try SigningKey(jwk: jwk)
        let token = try #require(file.object?["jws"]?.string).bytes
        #expect(Keys.signatureHolds(token, try KeySet([key.verificationKey])))
        #expect(key.id == jwk["kid"]?.string)
    }
}
