import Codecs
import JOSE
import Testing
import Tokens

@Suite struct VerificationKeyTests {
    static let prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
    static let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

    private func bytes(_ hex: String) throws -> [UInt8] { try Hex.decode(Array(hex.utf8)) }

    private func p256(_ x: [UInt8], _ y: [UInt8]) -> KeyError.Code? {
        let jwk: JSONObject = [
            "kty": "EC", "crv": "P-256", "x": .string(ByteString(Base64URL.encode(x))),
            "y": .string(ByteString(Base64URL.encode(y))),
        ]
        return Keys.complaint { () throws(KeyError) in _ = try VerificationKey(try JWKReader.key(jwk)) }
    }

    @Test func `a point off the curve, at infinity or past the field is refused`() throws {
        let jwk = try #require(Keys.all[.es256]?.verificationKey.publicJWK)
        let x = try Base64URL.decode(jwk["x"]?.string?.bytes ?? [])
        let y = try Base64URL.decode(jwk["y"]?.string?.bytes ?? [])
        let zero = [UInt8](repeating: 0, count: 32)
        #expect(p256(x, y) == nil)
        #expect(p256(y, x) == .malformed)
        #expect(p256(x, Array(y.dropLast()) + [(y.last ?? 0) ^ 1]) == .malformed)
        #expect(p256(zero, zero) == .malformed)
        #expect(p256(try bytes(Self.prime), y) == .malformed)
        #expect(p256(x, [UInt8](repeating: 0xFF, count: 32)) == .malformed)
        #expect(p256([0] + x, y) == .malformed)
        #expect(p256(Array(x.dropLast()), y) == .malformed)
    }

    /// J78: "psychic" signatures (CVE-2022-21449) and the other corners of r and s.
    @Test func `r and s lie between 1 and the order`() throws {
        let key = try #require(Keys.all[.es256]).verificationKey
        let input = Array("some bytes".utf8)
        let below = Self.order.dropLast() + "0"
        let above = Self.order.dropLast() + "2"
        let one = String(repeating: "0", count: 63) + "1"
        let values = [
            String(repeating: "0", count: 64), one, String(below), Self.order, String(above), Self.prime,
            String(repeating: "f", count: 64),
        ]
        for r in values {
            for s in values {
                #expect(!key.verifies(try bytes(r + s), over: input[...]), "r \(r) s \(s)")
            }
        }
        let signature = try #require(Keys.all[.es256]).sign(input)
        let zero = [UInt8](repeating: 0, count: 32)
        #expect(!key.verifies(zero + signature[32...], over: input[...]))
        #expect(!key.verifies(signature[..<32] + zero, over: input[...]))
        #expect(!key.verifies(Array(signature[32...] + signature[..<32]), over: input[...]))
    }

    /// J46: n - s verifies too, so the text of a token names nothing; revocation goes by issuer and `jti`.
    @Test func `an ECDSA token has a second spelling, and it is the same token`() throws {
        let key = try #require(Keys.all[.es256])
        let keys = try KeySet([key.verificationKey])
        let token = try TokenSigner(key: key).sign(claims: Keys.claims)
        let parts = token.split(separator: ".").map { Array($0.utf8) }
        let signature = try Base64URL.decode(parts[2])
        var other = Array(signature[..<32]) + (try bytes(Self.order))
        var borrow = 0
        for place in stride(from: 63, through: 32, by: -1) {
            let difference = Int(other[place]) - Int(signature[place]) - borrow
            other[place] = UInt8(difference & 0xFF)
            borrow = difference < 0 ? 1 : 0
        }
        let twin = Array((parts[0] + [0x2E] + parts[1] + [0x2E])) + Base64URL.encodeBytes(other)
        #expect(twin != Array(token.utf8))
        #expect(Keys.code(twin, keys) == nil)
        let revoked = RevocationSnapshot(tokens: [TokenIdentity(issuer: "https://issuer.example", id: "t1")])
        for text in [Array(token.utf8), twin] {
            let error = #expect(throws: TokenRejection.self) {
                try TokenVerifier(keys: keys, policy: Keys.policy).verify(text, now: Keys.now, revocations: revoked)
            }
            #expect(error?.code == .tokenRevoked)
        }
    }

    /// J79: JOSE wants r and s side by side, 64 bytes; other libraries take DER, or more, or less.
    @Test func `an ES256 signature is 64 bytes`() throws {
        let key = try #require(Keys.all[.es256])
        let keys = try KeySet([key.verificationKey])
        let token = try TokenSigner(key: key).sign(claims: Keys.claims)
        let parts = token.split(separator: ".").map { Array($0.utf8) }
        let signature = try Base64URL.decode(parts[2])
        let der = DERWriter.sequence([
            DERWriter.unsignedInteger(Array(signature[..<32])), DERWriter.unsignedInteger(Array(signature[32...])),
        ])
        let padded = [0] + signature[..<32] + [0] + signature[32...]
        let rows: [([UInt8], RejectionCode?)] = [
            (signature, nil), (signature + [0], .signatureLength), ([0] + signature, .signatureLength),
            (Array(signature.dropLast()), .signatureLength), (Array(signature.dropFirst()), .signatureLength),
            (padded, .signatureLength), (signature + [UInt8](repeating: 0, count: 32), .signatureLength),
            (der, .signatureLength), ([], .signatureLength),
        ]
        for (changed, code) in rows {
            let text = parts[0] + [0x2E] + parts[1] + [0x2E] + Base64URL.encodeBytes(changed)
            #expect(Keys.code(text, keys) == code, "\(changed.count) bytes")
        }
    }

    /// J80: S and S + L are the same to a lax verifier.
    @Test func `an Ed25519 signature has one spelling`() throws {
        let key = try #require(Keys.all[.ed25519])
        let input = Array("some bytes".utf8)
        let signature = try key.sign(input)
        let order = try bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var other = signature
        var carry = 0
        for offset in 0..<32 {
            let sum = Int(signature[32 + offset]) + Int(order[offset]) + carry
            other[32 + offset] = UInt8(sum & 0xFF)
            carry = sum >> 8
        }
        #expect(carry == 0)
        #expect(!key.verificationKey.verifies(other, over: input[...]))
    }

    /// J02: with the public key's bytes as an HMAC secret anybody could sign (CVE-2016-10555).
    @Test func `a public key is never an HMAC key`() throws {
        for algorithm in [SignatureAlgorithm.rs256, .es256, .ed25519] {
            let key = try #require(Keys.all[algorithm]).verificationKey
            let keys = try KeySet([key])
            let jwk = try #require(key.publicJWK)
            let pem = try #require(key.publicPEM)
            let der = try #require(try PEM.read(Array(pem.utf8)).first).der
            var secrets = [Array(pem.utf8), der, JSONWriter.write(.object(jwk))]
            secrets.append(try Base64URL.decode((jwk["n"] ?? jwk["x"])?.string?.bytes ?? []))
            for secret in secrets {
                let description = KeyDescription(
                    id: key.id, algorithm: .hs256, mayVerify: true, maySign: true, signatureLength: 32, summary: "")
                // A forger is not held back by our checks of what makes a secret.
                let forger = try SigningKey(DecodedKey(description: description, material: .secret(secret)))
                let token = try TokenSigner(key: forger).sign(claims: Keys.claims)
                #expect(Keys.code(token.utf8, keys) == .keyAlgorithmMismatch)
                let unnamed = try SigningKey(
                    DecodedKey(
                        description: KeyDescription(
                            id: nil, algorithm: .hs256, mayVerify: true, maySign: true, signatureLength: 32, summary: ""
                        ),
                        material: .secret(secret)))
                let second = try TokenSigner(key: unnamed).sign(claims: Keys.claims)
                #expect(Keys.code(second.utf8, keys) == .keyAlgorithmMismatch)
            }
        }
    }
}
