import Codecs
import Crypto
import Testing

@testable import JOSE
@testable import Tokens

/// RFC 7518 appendix C and RFC 8037 appendix A.6.
struct ConcatKDFTests {
    static let alice: JSONObject = [
        "kty": "EC", "crv": "P-256", "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
        "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps", "d": "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo",
    ]
    static let bob: JSONObject = [
        "kty": "EC", "crv": "P-256", "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
        "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck", "d": "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw",
    ]

    @Test func `the key of RFC 7518 appendix C comes out on both sides`() throws {
        for (own, other) in [(Self.alice, Self.bob), (Self.bob, Self.alice)] {
            let binding = try EncryptionKeyBinding(try JWKReader.key(own), .ecdhES, nil)
            let key = try #require(try binding.agreementKey())
            var jwk = other
            jwk["d"] = nil
            let secret = try #require(key.agree(with: try EphemeralPublicKey(jwk)))
            let derived = ConcatKDF.derive(
                from: secret, algorithm: "A128GCM", partyUInfo: Array("Alice".utf8), partyVInfo: Array("Bob".utf8),
                length: 16)
            #expect(Base64URL.encode(derived.withUnsafeBytes { Array($0) }) == "VqqN6vgjbSBcIijNcacQGg")
        }
    }

    @Test func `the shared secret of RFC 8037 appendix A.6`() throws {
        let bob: JSONObject = [
            "kty": "OKP", "crv": "X25519", "kid": "Bob", "x": "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08",
        ]
        let ephemeral = try AgreementPrivateKey(
            curve: .x25519,
            scalar: try Hex.decode(Array("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a".utf8)))
        #expect(ephemeral.publicKey.jwk["x"] == "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo")
        let secret = try #require(ephemeral.agree(with: try EphemeralPublicKey(bob)))
        #expect(
            Hex.encode(secret.withUnsafeBytes { Array($0) })
                == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    }

    /// Twelve points of small order and their kin: everybody can compute what comes out (RFC 7748 §6.1).
    @Test func `a secret of zeros is refused`() throws {
        let key = AgreementPrivateKey(curve: .x25519)
        for point in [[UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31)] {
            #expect(key.agree(with: EphemeralPublicKey(curve: .x25519, point: point)) == nil)
        }
    }

    @Test func `a key on another curve agrees on nothing`() {
        for (own, other) in zip(AgreementCurve.allCases, AgreementCurve.allCases.reversed()) {
            #expect(AgreementPrivateKey(curve: own).agree(with: AgreementPrivateKey(curve: other).publicKey) == nil)
        }
    }
}
