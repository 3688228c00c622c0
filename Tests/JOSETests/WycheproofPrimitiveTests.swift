import Codecs
import JOSE
import TestSupport
import Testing
import Tokens

/// C2SP/wycheproof's files for the four algorithms, from the vectors folder, each case through `VerificationKey`.
@Suite(.enabled(if: Vectors.arePresent, "\(Vectors.absence)")) struct WycheproofPrimitiveTests {
    private func key(_ group: WycheproofGroup) throws -> VerificationKey {
        let pem = try #require(group.json["publicKeyPem"]?.string)
        let read = try VerificationKey(try #require(KeyReader.read(pem.bytes).first))
        for name: ByteString in ["publicKeyJwk", "keyJwk"] {
            guard let jwk = group.json[name]?.object else { continue }
            #expect(try VerificationKey(try JWKReader.key(jwk)).publicPEM == read.publicPEM)
        }
        return read
    }

    @Test(arguments: [
        ("ecdsa_secp256r1_sha256_p1363_test.json", 262, 173), ("ed25519_test.json", 151, 88),
        ("rsa_signature_2048_sha256_test.json", 259, 9),
    ])
    func `every signature gets the right answer`(file: String, cases: Int, valid: Int) throws {
        var accepted = 0
        var refused = 0
        for group in try Vectors.wycheproof("primitives/" + file) {
            let key = try key(group)
            for test in group.cases {
                let holds = key.verifies(try test.hex("sig"), over: try test.hex("msg")[...])
                // `acceptable` is a PKCS #1 encoding without its NULL: refused like every other lax encoding.
                #expect(holds == (test.result == "valid"), "\(file) \(test.id)")
                accepted += holds ? 1 : 0
                refused += holds ? 0 : 1
            }
        }
        #expect(accepted + refused == cases)
        #expect(accepted == valid)
        print("Wycheproof primitives/\(file): \(cases) cases, \(accepted) accepted, \(refused) refused")
    }

    @Test func `every MAC gets the right answer, and a truncated one is none`() throws {
        var counts = (accepted: 0, refused: 0, truncated: 0, weak: 0)
        for group in try Vectors.wycheproof("primitives/hmac_sha256_test.json") {
            for test in group.cases {
                let secret = try test.hex("key")
                let read = try? KeyReader.read(secret, as: .utf8).first
                guard let read else {
                    #expect(secret.count < 32)
                    counts.weak += 1
                    continue
                }
                let holds = try VerificationKey(read).verifies(try test.hex("tag"), over: try test.hex("msg")[...])
                if group.json["tagSize"] == 256 {
                    #expect(holds == (test.result == "valid"), "\(test.id)")
                    counts.accepted += holds ? 1 : 0
                    counts.refused += holds ? 0 : 1
                } else {
                    #expect(!holds, "\(test.id)")
                    counts.truncated += 1
                }
            }
        }
        #expect(counts.accepted + counts.refused == 84)
        #expect(counts.truncated == 84)
        #expect(counts.weak == 6)
        print(
            "Wycheproof primitives/hmac_sha256_test.json: 174 cases, \(counts.accepted) accepted, \(counts.refused) "
                + "refused, \(counts.truncated) refused for a truncated tag, \(counts.weak) refused for a 128-bit key")
    }
}
