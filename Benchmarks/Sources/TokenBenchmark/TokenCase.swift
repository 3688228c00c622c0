import Codecs
import Crypto
import CryptoExtras
import Foundation
import JOSE
import Tokens

/// One algorithm: a fresh key, a token of eight claims, and the work on both sides.
struct TokenCase {
    let verify: Operation
    let sign: Operation

    /// Something in the preparation did not hold.
    struct Broken: Error {
        let what: String
    }

    static func all() throws -> [TokenCase] {
        try SignatureAlgorithm.allCases.map { try TokenCase($0) }
    }

    private static let issued: Int64 = 1_800_000_000
    private static let claims: JSONObject = [
        "iss": "https://idp.example/realms/production", "sub": "3f1c2a54-9b7e-4d53-8f5e-1f0a6f7b2c11",
        "aud": ["orders", "billing"], "exp": .number(JSONNumber(issued + 300)), "nbf": .number(JSONNumber(issued)),
        "iat": .number(JSONNumber(issued)), "jti": "b7a0c9f2-51d4-4f0f-9d43-0a6cfd9a7e21",
        "scope": "orders:read orders:write profile email",
    ]

    private init(_ algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm, id: "benchmark")
        let signer = TokenSigner(key: key)
        let token = Array(try signer.sign(claims: Self.claims, type: "at+jwt").utf8)
        let policy = ClaimPolicy(
            algorithms: [algorithm], types: ["at+jwt"], issuers: ["https://idp.example/realms/production"],
            audiences: ["orders"], requiredClaims: [ClaimRequirement("exp"), ClaimRequirement("sub")],
            scopes: ["orders:read"])
        let verifier = TokenVerifier(keys: try KeySet([key.verificationKey]), policy: policy)
        let encoded = try EncodedToken(token)
        let input = Array(encoded.signingInput)
        let primitive = try Primitive(key, input: input, signature: try encoded.decode(.signature))

        var wrong = token
        wrong[wrong.count - 20] = wrong[wrong.count - 20] == 0x41 ? 0x42 : 0x41
        guard (try? verifier.verify(wrong, now: Self.issued)) == nil else {
            throw Broken(what: "a forged token passed")
        }

        verify = Operation(
            name: "\(algorithm.rawValue) verify",
            token: { for _ in 0..<$0 { _ = try verifier.verify(token, now: Self.issued + 1) } },
            primitive: primitive.verify)
        sign = Operation(
            name: "\(algorithm.rawValue) sign",
            token: { for _ in 0..<$0 { _ = try signer.sign(claims: Self.claims, type: "at+jwt") } },
            primitive: primitive.sign)
    }

    /// The bare primitive of swift-crypto on the same bytes, its keys ready.
    private struct Primitive {
        let verify: (Int) throws -> Void
        let sign: (Int) throws -> Void

        init(_ key: SigningKey, input: [UInt8], signature: [UInt8]) throws {
            func check(_ holds: Bool) throws { if !holds { throw Broken(what: "the primitive refuses") } }
            func bytes(_ name: ByteString) throws -> [UInt8] {
                guard let text = key.privateJWK[name]?.string else { throw Broken(what: "no \(name.text)") }
                return try Base64URL.decode(text.bytes)
            }
            switch key.algorithm {
            case .hs256:
                let secret = SymmetricKey(data: try bytes("k"))
                verify = {
                    for _ in 0..<$0 {
                        try check(
                            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: input, using: secret))
                    }
                }
                sign = { for _ in 0..<$0 { _ = HMAC<SHA256>.authenticationCode(for: input, using: secret) } }
            case .rs256:
                guard let pem = key.privatePEM else { throw Broken(what: "no PEM") }
                let secret = try _RSA.Signing.PrivateKey(pemRepresentation: pem)
                let known = secret.publicKey
                let parsed = _RSA.Signing.RSASignature(rawRepresentation: signature)
                verify = {
                    for _ in 0..<$0 {
                        try check(
                            known.isValidSignature(parsed, for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5))
                    }
                }
                sign = {
                    for _ in 0..<$0 {
                        _ = try secret.signature(for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5)
                    }
                }
            case .es256:
                let secret = try P256.Signing.PrivateKey(rawRepresentation: try bytes("d"))
                let known = secret.publicKey
                let parsed = try P256.Signing.ECDSASignature(rawRepresentation: signature)
                verify = { for _ in 0..<$0 { try check(known.isValidSignature(parsed, for: input)) } }
                sign = { for _ in 0..<$0 { _ = try secret.signature(for: input) } }
            case .ed25519:
                let secret = try Curve25519.Signing.PrivateKey(rawRepresentation: try bytes("d"))
                let known = secret.publicKey
                verify = { for _ in 0..<$0 { try check(known.isValidSignature(signature, for: input)) } }
                sign = { for _ in 0..<$0 { _ = try secret.signature(for: input) } }
            }
        }
    }
}
