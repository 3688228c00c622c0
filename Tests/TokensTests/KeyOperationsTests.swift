import Codecs
import Testing
import Tokens

/// What `use` and `key_ops` let a key do (RFC 7517 §4.2, §4.3), for each kind of key, algorithm, task and name.
@Suite struct KeyOperationsTests {
    typealias Keys = SampleKeys

    private static let names: [ByteString] = [
        "sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits",
    ]

    /// One algorithm, a private key for it, and the names that let the public and the private side do its work.
    struct Row: Sendable, CustomTestStringConvertible {
        let algorithm: ByteString
        let key: JSONObject
        let own: [ByteString]
        let other: [ByteString]
        var testDescription: String { algorithm.text }
    }

    private static func secret(_ length: Int) -> JSONObject {
        ["kty": "oct", "k": Keys.text([UInt8](1...UInt8(length)))]
    }

    private static let curve: JSONObject = {
        var key = Keys.p256
        key["d"] = Keys.text(Keys.coordinate)
        return key
    }()

    static let signatures: [Row] = [
        Row(algorithm: "HS256", key: secret(32), own: ["sign"], other: ["verify"]),
        Row(algorithm: "RS256", key: Keys.rsaPrivate, own: ["sign"], other: ["verify"]),
        Row(algorithm: "PS384", key: Keys.rsaPrivate, own: ["sign"], other: ["verify"]),
        Row(algorithm: "ES256", key: curve, own: ["sign"], other: ["verify"]),
    ]

    static let encryptions: [Row] = [
        Row(algorithm: "dir", key: secret(32), own: ["decrypt"], other: ["encrypt"]),
        Row(algorithm: "A256GCM", key: secret(32), own: ["decrypt"], other: ["encrypt"]),
        Row(algorithm: "A128CBC-HS256", key: secret(32), own: ["decrypt"], other: ["encrypt"]),
        Row(algorithm: "A128KW", key: secret(16), own: ["unwrapKey"], other: ["wrapKey"]),
        Row(algorithm: "A192KW", key: secret(24), own: ["unwrapKey"], other: ["wrapKey"]),
        Row(algorithm: "A256KW", key: secret(32), own: ["unwrapKey"], other: ["wrapKey"]),
        Row(algorithm: "A128GCMKW", key: secret(16), own: ["unwrapKey", "decrypt"], other: ["wrapKey", "encrypt"]),
        Row(algorithm: "A192GCMKW", key: secret(24), own: ["unwrapKey", "decrypt"], other: ["wrapKey", "encrypt"]),
        Row(algorithm: "A256GCMKW", key: secret(32), own: ["unwrapKey", "decrypt"], other: ["wrapKey", "encrypt"]),
        Row(
            algorithm: "PBES2-HS256+A128KW", key: secret(20), own: ["deriveKey", "deriveBits"],
            other: ["deriveKey", "deriveBits"]),
        Row(
            algorithm: "PBES2-HS384+A192KW", key: secret(20), own: ["deriveKey", "deriveBits"],
            other: ["deriveKey", "deriveBits"]),
        Row(
            algorithm: "PBES2-HS512+A256KW", key: secret(20), own: ["deriveKey", "deriveBits"],
            other: ["deriveKey", "deriveBits"]),
        Row(
            algorithm: "RSA-OAEP", key: Keys.rsaPrivate, own: ["unwrapKey", "decrypt"],
            other: ["wrapKey", "encrypt"]),
        Row(
            algorithm: "RSA-OAEP-256", key: Keys.rsaPrivate, own: ["unwrapKey", "decrypt"],
            other: ["wrapKey", "encrypt"]),
        Row(algorithm: "ECDH-ES", key: curve, own: ["deriveKey", "deriveBits"], other: ["deriveKey", "deriveBits"]),
        Row(
            algorithm: "ECDH-ES+A128KW", key: curve, own: ["deriveKey", "deriveBits"],
            other: ["deriveKey", "deriveBits"]),
        Row(
            algorithm: "ECDH-ES+A192KW", key: curve, own: ["deriveKey", "deriveBits"],
            other: ["deriveKey", "deriveBits"]),
        Row(
            algorithm: "ECDH-ES+A256KW", key: curve, own: ["deriveKey", "deriveBits"],
            other: ["deriveKey", "deriveBits"]),
    ]

    private func description(_ row: Row, _ changes: [ByteString: JSON], isPublic: Bool = false) throws -> KeyDescription
    {
        var key = row.key
        key["alg"] = .string(row.algorithm)
        for (name, value) in changes { key[name] = value }
        if isPublic { for name: ByteString in ["d", "p", "q", "dp", "dq", "qi"] { key[name] = nil } }
        return try JWKReader.key(key).description
    }

    private func isSecret(_ row: Row) -> Bool { row.key["kty"]?.string == "oct" }

    @Test(arguments: signatures) func `each name lets a signing key do its own task`(row: Row) throws {
        for name in Self.names {
            let key = try description(row, ["key_ops": [.string(name)]])
            #expect(key.maySign == row.own.contains(name), "\(name.text)")
            #expect(key.mayVerify == row.other.contains(name), "\(name.text)")
            #expect(!key.mayEncrypt && !key.mayDecrypt, "\(name.text)")
        }
    }

    @Test(arguments: encryptions) func `each name lets an encrypting key do its own task`(row: Row) throws {
        for name in Self.names {
            let key = try description(row, ["key_ops": [.string(name)]])
            // A private key's names say what the private half does; its public half may do the counterpart.
            let pair = isSecret(row) ? row.other : row.other + row.own
            #expect(key.mayDecrypt == row.own.contains(name), "\(name.text)")
            #expect(key.mayEncrypt == pair.contains(name), "\(name.text)")
            #expect(!key.maySign && !key.mayVerify, "\(name.text)")
            guard !isSecret(row) else { continue }
            let half = try description(row, ["key_ops": [.string(name)]], isPublic: true)
            #expect(!half.mayDecrypt, "\(name.text)")
            #expect(half.mayEncrypt == row.other.contains(name), "\(name.text)")
        }
    }

    @Test(arguments: encryptions) func `use allows encryption or nothing of it`(row: Row) throws {
        for (use, may): (JSON, Bool) in [("enc", true), ("sig", false), ("tls", false)] {
            let key = try description(row, ["use": use])
            #expect(key.mayEncrypt == may && key.mayDecrypt == may)
        }
        let silent = try description(row, [:])
        #expect(silent.mayEncrypt && silent.mayDecrypt)
    }

    /// Web Cryptography gives public keys of ECDH and X25519 an empty list; of any other key it allows nothing.
    @Test(arguments: encryptions) func `an empty list lets a public half be agreed with and nothing else`(row: Row)
        throws
    {
        let whole = try description(row, ["key_ops": []])
        #expect(!whole.mayEncrypt && !whole.mayDecrypt && !whole.maySign && !whole.mayVerify)
        guard !isSecret(row) else { return }
        let isAgreement = row.algorithm.text.hasPrefix("ECDH")
        #expect(try description(row, ["key_ops": []], isPublic: true).mayEncrypt == isAgreement)
        #expect(try description(row, ["use": "enc", "key_ops": []], isPublic: true).mayEncrypt == isAgreement)
        #expect(try !description(row, ["use": "sig", "key_ops": []], isPublic: true).mayEncrypt)
        #expect(try !description(row, ["key_ops": ["audit"]], isPublic: true).mayEncrypt)
    }
}
