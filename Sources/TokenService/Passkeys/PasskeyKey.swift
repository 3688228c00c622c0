import Codecs
import JOSE
import Tokens

/// The public key of a passkey: ES256, RS256 or Ed25519, read from COSE (RFC 9053) into the one kind of key that all
/// signatures here are checked with.
struct PasskeyKey: Sendable {
    /// The key as it is stored.
    let jwk: JSONObject
    private let key: VerificationKey

    /// The algorithms that are asked for, the preferred one first, by their COSE numbers.
    static let algorithms: [Int64] = [-8, -7, -257]

    /// A key from COSE.
    init(cose: CBOR) throws(PasskeyRefusal) {
        func number(_ label: Int64) throws(PasskeyRefusal) -> JSON {
            guard let bytes = cose[label]?.bytes, !bytes.isEmpty else {
                throw PasskeyRefusal(.unsupportedKey, "the public key lacks a number")
            }
            return .string(ByteString(Base64URL.encode(bytes)))
        }
        // Labels 1, 3 and -1: kind of key, algorithm and curve (RFC 9052 §7.1, RFC 9053 §7).
        switch (cose[1]?.integer, cose[3]?.integer, cose[-1]?.integer) {
        case (1, -8, 6):
            try self.init(jwk: ["kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "x": number(-2)])
        case (2, -7, 1):
            try self.init(jwk: ["kty": "EC", "crv": "P-256", "alg": "ES256", "x": number(-2), "y": number(-3)])
        case (3, -257, _):
            try self.init(jwk: ["kty": "RSA", "alg": "RS256", "n": number(-1), "e": number(-2)])
        default:
            throw PasskeyRefusal(.unsupportedKey, "the key is none of Ed25519, ES256 and RS256")
        }
    }

    /// A key that was stored.
    init(jwk: JSONObject) throws(PasskeyRefusal) {
        do throws(KeyError) {
            key = try VerificationKey(try JWKReader.key(jwk))
        } catch {
            throw PasskeyRefusal(.unsupportedKey, "the public key cannot be used: \(error)")
        }
        self.jwk = jwk
    }

    /// Whether a signature belongs to these bytes. ECDSA comes in DER here (Web Authentication §6.5.5).
    func verifies(_ signature: [UInt8], over bytes: [UInt8]) -> Bool {
        guard key.algorithm == .es256 else { return key.verifies(signature, over: bytes[...]) }
        guard let raw = Self.rawSignature(der: signature) else { return false }
        return key.verifies(raw, over: bytes[...])
    }

    private static func rawSignature(der: [UInt8]) -> [UInt8]? {
        var outer = DERReader(der)
        guard var numbers = try? outer.enter(DERReader.Tag.sequence), outer.isAtEnd,
            let r = try? numbers.readUnsignedInteger(), let s = try? numbers.readUnsignedInteger(), numbers.isAtEnd,
            r.count <= 32, s.count <= 32
        else { return nil }
        return [r, s].flatMap { [UInt8](repeating: 0, count: 32 - $0.count) + $0 }
    }
}
