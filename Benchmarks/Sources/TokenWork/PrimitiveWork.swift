import Codecs
import Crypto
import CryptoExtras
import Foundation
import JOSE
import Tokens

/// The bare primitives of swift-crypto's public API (BoringSSL), their keys ready, on the bytes that a token's signature
/// covers.
public enum PrimitiveWork {
    /// Verification and signing under the name `swift-crypto`, empty where it has no such primitive. HMAC stands twice:
    /// as a keyed value that is copied for each message, and, under `swift-crypto-keying`, keyed for each message, which
    /// is the way its documentation shows.
    public static func all(_ material: Material) throws -> [Work] {
        let encoded = try EncodedToken(material.token)
        let input = Array(encoded.signingInput)
        let signature = try encoded.decode(.signature)
        let primitive = PrimitiveCase(material: material, input: input, signature: signature)
        switch material.algorithm {
        case .hs256: return try primitive.hmac(SHA256.self)
        case .hs384: return try primitive.hmac(SHA384.self)
        case .hs512: return try primitive.hmac(SHA512.self)
        case .rs256: return try primitive.rsa(SHA256.self, .insecurePKCS1v1_5)
        case .rs384: return try primitive.rsa(SHA384.self, .insecurePKCS1v1_5)
        case .rs512: return try primitive.rsa(SHA512.self, .insecurePKCS1v1_5)
        case .ps256: return try primitive.rsa(SHA256.self, .PSS)
        case .ps384: return try primitive.rsa(SHA384.self, .PSS)
        case .ps512: return try primitive.rsa(SHA512.self, .PSS)
        case .es256:
            let secret = try P256.Signing.PrivateKey(rawRepresentation: try material.number("d"))
            let known = secret.publicKey
            let parsed = try P256.Signing.ECDSASignature(rawRepresentation: signature)
            return primitive.work(
                { known.isValidSignature(parsed, for: input) }, { _ = try secret.signature(for: input) })
        case .es384:
            let secret = try P384.Signing.PrivateKey(rawRepresentation: try material.number("d"))
            let known = secret.publicKey
            let parsed = try P384.Signing.ECDSASignature(rawRepresentation: signature)
            return primitive.work(
                { known.isValidSignature(parsed, for: input) }, { _ = try secret.signature(for: input) })
        case .es512:
            let secret = try P521.Signing.PrivateKey(rawRepresentation: try material.number("d"))
            let known = secret.publicKey
            let parsed = try P521.Signing.ECDSASignature(rawRepresentation: signature)
            return primitive.work(
                { known.isValidSignature(parsed, for: input) }, { _ = try secret.signature(for: input) })
        case .ed25519:
            let secret = try Curve25519.Signing.PrivateKey(rawRepresentation: try material.number("d"))
            let known = secret.publicKey
            return primitive.work(
                { known.isValidSignature(signature, for: input) }, { _ = try secret.signature(for: input) })
        case .mlDSA65:
            guard #available(macOS 26.0, *) else { return [] }
            let secret = try MLDSA65.PrivateKey(seedRepresentation: try material.number("priv"), publicKey: nil)
            let known = secret.publicKey
            return primitive.work(
                { known.isValidSignature(signature, for: input) }, { _ = try secret.signature(for: input) })
        case .mlDSA87:
            guard #available(macOS 26.0, *) else { return [] }
            let secret = try MLDSA87.PrivateKey(seedRepresentation: try material.number("priv"), publicKey: nil)
            let known = secret.publicKey
            return primitive.work(
                { known.isValidSignature(signature, for: input) }, { _ = try secret.signature(for: input) })
        case .es256k, .ed448: return []
        }
    }
}

/// One algorithm's primitive, on one message.
private struct PrimitiveCase {
    let material: Material
    let input: [UInt8]
    let signature: [UInt8]

    func work(
        named name: String = "swift-crypto", _ verify: @escaping () -> Bool, _ sign: @escaping () throws -> Void
    ) -> [Work] {
        let algorithm = material.algorithm.rawValue
        return [
            Work(name, algorithm, "verify") {
                for _ in 0..<$0 where !verify() { throw BrokenWork("the primitive refuses") }
            },
            Work(name, algorithm, "sign") { for _ in 0..<$0 { try sign() } },
        ]
    }

    func hmac<Hash: HashFunction>(_: Hash.Type) throws -> [Work] {
        let secret = SymmetricKey(data: try material.number("k"))
        let keyed = HMAC<Hash>(key: secret)
        let (input, signature) = (input, signature)
        let copied: () -> HMAC<Hash>.MAC = {
            var mac = keyed
            mac.update(data: input)
            return mac.finalize()
        }
        return work({ copied() == signature }, { _ = copied() })
            + work(
                named: "swift-crypto-keying",
                { HMAC<Hash>.isValidAuthenticationCode(signature, authenticating: input, using: secret) },
                { _ = HMAC<Hash>.authenticationCode(for: input, using: secret) })
    }

    func rsa<Hash: HashFunction>(_: Hash.Type, _ padding: _RSA.Signing.Padding) throws -> [Work] {
        let secret = try _RSA.Signing.PrivateKey(
            n: material.number("n"), e: material.number("e"), d: material.number("d"), p: material.number("p"),
            q: material.number("q"))
        let known = secret.publicKey
        let parsed = _RSA.Signing.RSASignature(rawRepresentation: signature)
        let input = input
        return work(
            { known.isValidSignature(parsed, for: Hash.hash(data: input), padding: padding) },
            { _ = try secret.signature(for: Hash.hash(data: input), padding: padding) })
    }
}
