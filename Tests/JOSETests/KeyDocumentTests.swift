import Codecs
import Foundation
import JOSE
import TestSupport
import Testing
import Tokens

/// Keys in every form, both ways, with the `openssl` command as the second opinion.
@Suite struct KeyDocumentTests {
    static let kinds: [(String, [String])] = [
        ("RSA 2048-bit key", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
        ("P-256 key", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        ("P-384 key", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
        ("P-521 key", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]),
        ("secp256k1 key", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"]),
        ("Ed25519 key", ["-algorithm", "ED25519"]), ("Ed448 key", ["-algorithm", "ED448"]),
        ("X25519 key", ["-algorithm", "X25519"]),
    ]

    private func document(_ text: [UInt8]) throws -> KeyDocument {
        try KeyDocument(try #require(try KeyReader.read(text).first))
    }

    private func der(_ pem: [UInt8]) throws -> [UInt8] { try #require(try PEM.read(pem).first).der }

    @Test(.enabled(if: OpenSSL.path != nil, "\(OpenSSL.absence)"), arguments: kinds)
    func `OpenSSL's keys of every kind go through every form`(summary: String, options: [String]) throws {
        let pem = try OpenSSL.run(["genpkey"] + options)
        let publicPEM = try OpenSSL.run(["pkey", "-in", "key.pem", "-pubout"], files: ["key.pem": pem])
        let key = try document(pem)
        #expect(key.description.summary == summary)
        #expect(try document(der(pem)).jwk == key.jwk)
        #expect(try #require(key.pem(.spki)) == String(decoding: publicPEM, as: UTF8.self))
        #expect(try document(publicPEM).jwk == key.publicJWK)
        #expect(try document(publicPEM).matches(key))
        // JWK and back, the numbers as they were.
        let again = try KeyDocument(JWKReader.key(key.jwk))
        #expect(again.jwk == key.jwk)
        let pkcs8 = Array(try #require(again.pem(.pkcs8)).utf8)
        #expect(try OpenSSL.run(["pkey", "-in", "key.pem", "-pubout"], files: ["key.pem": pkcs8]) == publicPEM)
        #expect(throws: Never.self) {
            try OpenSSL.run(["pkey", "-in", "key.pem", "-check", "-noout"], files: ["key.pem": pkcs8])
        }
        #expect(try document(pkcs8).jwk == key.jwk)
        for form in [KeyDocument.Form.sec1, .pkcs1Private] {
            guard let old = key.pem(form) else { continue }
            #expect(try document(Array(old.utf8)).jwk == key.jwk)
            #expect(
                try OpenSSL.run(["pkey", "-in", "key.pem", "-pubout"], files: ["key.pem": Array(old.utf8)])
                    == publicPEM)
            let theirs = try OpenSSL.run(["pkey", "-in", "key.pem", "-traditional"], files: ["key.pem": pem])
            #expect(try document(theirs).jwk == key.jwk)
            #expect(try key.der(form) == der(theirs))
        }
        #expect((key.der(.sec1) != nil) == summary.hasPrefix("P-") || summary.hasPrefix("secp"))
        #expect((key.der(.pkcs1Private) != nil) == summary.hasPrefix("RSA"))
    }

    @Test(.enabled(if: OpenSSL.path != nil, "\(OpenSSL.absence)"))
    func `the primes of an RSA key are found again`() throws {
        let pem = try OpenSSL.run(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        let whole = try document(pem).jwk
        var jwk = whole
        for name: ByteString in ["p", "q", "dp", "dq", "qi"] { jwk[name] = nil }
        let key = try KeyDocument(JWKReader.key(jwk))
        #expect(key.der(.pkcs1Public) == (try document(pem)).der(.pkcs1Public))
        #expect([key.jwk["p"], key.jwk["q"]].contains(whole["p"]))
        #expect([key.jwk["p"], key.jwk["q"]].contains(whole["q"]))
        // Another key's private exponent finds nothing.
        let other = try document(try OpenSSL.run(["genpkey", "-algorithm", "RSA"])).jwk
        jwk["d"] = other["d"]
        #expect(Keys.complaint { () throws(KeyError) in _ = try JWKReader.key(jwk) } == .malformed)
        // J18: each number that contradicts the others.
        for name: ByteString in ["d", "p", "q", "dp", "dq", "qi"] {
            var bad = whole
            bad[name] = other[name]
            #expect(Keys.complaint { () throws(KeyError) in _ = try JWKReader.key(bad) } == .malformed, "\(name)")
        }
    }

    @Test(
        .enabled(if: OpenSSL.path != nil, "\(OpenSSL.absence)"),
        arguments: [
            ["-v2", "aes-256-cbc"], ["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"],
            ["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA384", "-iter", "3000"],
            ["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"], ["-scrypt"],
            ["-scrypt", "-scrypt_N", "1024", "-scrypt_r", "4", "-scrypt_p", "2"],
        ])
    func `OpenSSL's encrypted keys are read with their password`(options: [String]) throws {
        let pem = try OpenSSL.run(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"])
        let sealed = try OpenSSL.run(
            ["pkcs8", "-topk8", "-in", "key.pem", "-passout", "pass:horse"] + options, files: ["key.pem": pem])
        #expect(KeyReader.isEncrypted(sealed))
        #expect(!KeyReader.isEncrypted(pem))
        let key = try KeyDocument(EncryptedKey.read(sealed, password: Array("horse".utf8)))
        #expect(try key.jwk == document(pem).jwk)
        #expect(try KeyDocument(EncryptedKey.read(der(sealed), password: Array("horse".utf8))).jwk == key.jwk)
        for password in ["", "horses", "Horse"] {
            #expect(
                Keys.complaint { () throws(KeyError) in
                    _ = try EncryptedKey.read(sealed, password: Array(password.utf8))
                } == .unreadable)
        }
        #expect(Keys.complaint { () throws(KeyError) in _ = try KeyReader.read(sealed) } == .unsupported)
    }

    @Test(.enabled(if: OpenSSL.path != nil, "\(OpenSSL.absence)"))
    func `our encrypted keys are read by OpenSSL`() throws {
        let pem = try OpenSSL.run(["genpkey", "-algorithm", "ED25519"])
        let sealed = Array(try #require(try EncryptedKey.pem(document(pem), password: Array("horse".utf8))).utf8)
        #expect(
            try OpenSSL.run(["pkey", "-in", "key.pem", "-passin", "pass:horse"], files: ["key.pem": sealed]) == pem)
        #expect(
            Keys.complaint { () throws(KeyError) in
                _ = try EncryptedKey.pem(
                    KeyDocument(JWKReader.key(WorkedExampleTests.ed25519)), password: [])
            } == .weak)
    }

    @Test func `a key under another scheme than PBES2 is refused for that reason`() {
        // pbeWithMD5AndDES-CBC (RFC 8018 §A.3).
        let scheme = DERWriter.element(
            DERReader.Tag.objectIdentifier, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x03])
        let octets = DERReader.Tag.octetString
        let parameters = DERWriter.sequence([
            DERWriter.element(octets, [UInt8](repeating: 1, count: 8)), DERWriter.unsignedInteger([1]),
        ])
        let sealed = DERWriter.sequence([
            DERWriter.sequence([scheme, parameters]), DERWriter.element(octets, [UInt8](repeating: 0, count: 32)),
        ])
        let error = #expect(throws: KeyError.self) { try EncryptedKey.read(sealed, password: [1]) }
        #expect(error?.code == .unsupported)
        #expect(error?.detail.contains("another scheme than PBES2") == true)
        #expect(error?.detail.hasSuffix(EncryptedKey.remedy) == true)
    }

    /// J95's relative: whoever hands a key over must not choose how long reading it takes.
    @Test func `an encrypted key that wants too much work is refused`() throws {
        func sealed(_ rounds: [UInt8]) -> [UInt8] {
            let octets = DERReader.Tag.octetString
            func identifier(_ bytes: [UInt8]) -> [UInt8] { DERWriter.element(DERReader.Tag.objectIdentifier, bytes) }
            let derivation = DERWriter.sequence([
                identifier([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0C]),
                DERWriter.sequence([
                    DERWriter.element(octets, [1, 2, 3, 4, 5, 6, 7, 8]), DERWriter.unsignedInteger(rounds),
                ]),
            ])
            let cipher = DERWriter.sequence([
                identifier([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2A]),
                DERWriter.element(octets, [UInt8](repeating: 0, count: 16)),
            ])
            return DERWriter.sequence([
                DERWriter.sequence([
                    identifier([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D]),
                    DERWriter.sequence([derivation, cipher]),
                ]), DERWriter.element(octets, [UInt8](repeating: 0, count: 32)),
            ])
        }
        for (rounds, code) in [
            ([1] as [UInt8], KeyError.Code.unreadable), ([], .malformed), ([0x00, 0x98, 0x96, 0x81], .malformed),
            ([0xFF, 0xFF, 0xFF, 0xFF], .malformed), ([1, 0, 0, 0, 0], .malformed),
        ] {
            #expect(
                Keys.complaint { () throws(KeyError) in
                    _ = try EncryptedKey.read(sealed(rounds), password: Array("x".utf8))
                } == code)
        }
    }

    @Test(.enabled(if: OpenSSL.path != nil, "\(OpenSSL.absence)"))
    func `a certificate gives its key, and a chain that of its first`() throws {
        let pem = try OpenSSL.run(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
        let subject = ["-subj", "/C=CH/O=Example/CN=token.example"]
        let certificate = try OpenSSL.run(
            ["req", "-x509", "-new", "-key", "key.pem", "-days", "365", "-set_serial", "4711"] + subject,
            files: ["key.pem": pem])
        let read = try Certificate(der: der(certificate))
        #expect(read.subject == "C=CH, O=Example, CN=token.example")
        #expect(read.issuer == read.subject)
        #expect(read.serialNumber == [0x12, 0x67])
        #expect(read.notAfter - read.notBefore == 365 * 86_400)
        let now = Int64(Date().timeIntervalSince1970)
        #expect(abs(read.notBefore - now) < 600)
        for chain in [certificate, certificate + certificate] {
            let key = try #require(try KeyReader.read(chain).first)
            var published = try #require(try KeyDocument(key).publicJWK)
            #expect(published["x5c"]?.array?.count == (chain.count == certificate.count ? 1 : 2))
            #expect(published["x5t#S256"]?.string?.bytes.count == 43)
            (published["x5c"], published["x5t#S256"]) = (nil, nil)
            #expect(published == (try document(pem).publicJWK))
            #expect(key.description.summary.hasPrefix("P-256 key of the certificate for \"C=CH, O=Example"))
        }
        // The private key beside its certificate is the key.
        #expect(try KeyReader.read(certificate + pem).first?.description.isPrivate == true)
        #expect(Keys.complaint { () throws(KeyError) in _ = try KeyReader.read(pem + pem) } == .unreadable)
    }

    /// RFC 9964's own keys; ML-DSA-44 is named and not supported.
    @Test(.enabled(if: Vectors.arePresent, "\(Vectors.absence)"))
    func `ML-DSA keys go through every form`() throws {
        for name in ["65", "87"] {
            let file = try #require(try JSONReader.read(Vectors.bytes("rfc9964-mldsa/ML_DSA_\(name).jose.json")).object)
            var jwk = try #require(file["jwk"]?.object)
            jwk["priv"] = nil
            let published = try KeyDocument(JWKReader.key(jwk))
            #expect(published.thumbprint() == jwk["kid"]?.string)
            #expect(!published.isPrivate)
            jwk["priv"] = .string(ByteString(Base64URL.encode(try Hex.decode(file["priv"]?.string?.bytes ?? []))))
            let key = try KeyDocument(JWKReader.key(jwk))
            #expect(key.matches(published))
            let pem = Array(try #require(key.pem(.pkcs8)).utf8)
            #expect(try document(pem).publicJWK?["pub"] == jwk["pub"])
            #expect(try document(pem).jwk["priv"] == jwk["priv"])
            #expect(try document(Array(try #require(key.pem(.spki)).utf8)).jwk["pub"] == jwk["pub"])
            #expect(key.der(.sec1) == nil && key.der(.pkcs1Public) == nil)
            jwk["priv"] = .string(ByteString(Base64URL.encode([UInt8](repeating: 7, count: 32))))
            #expect(Keys.complaint { () throws(KeyError) in _ = try KeyDocument(JWKReader.key(jwk)) } == .malformed)
        }
        let file = try #require(try JSONReader.read(Vectors.bytes("rfc9964-mldsa/ML_DSA_44.jose.json")).object)
        let small = try JWKReader.key(try #require(file["jwk"]?.object))
        #expect(small.material == nil)
        #expect(small.description.summary == "a key for \"ML-DSA-44\", which is not supported")
    }

    @Test func `a shared secret has no public form`() throws {
        let key = try KeyDocument(
            JWKReader.key(["kty": "oct", "k": .string(ByteString(Base64URL.encode([UInt8](0..<32))))]))
        #expect(key.publicJWK == nil && key.publicHalf == nil && key.thumbprint() == nil)
        #expect(KeyDocument.Form.allCases.allSatisfy { key.der($0) == nil })
        #expect(key.jwk["k"] == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
        #expect("\(key.debugDescription)" == "shared secret of 256 bits <redacted>")
        #expect(key.secret == [UInt8](0..<32))
        #expect(try KeyDocument(JWKReader.key(WorkedExampleTests.ed25519)).secret == nil)
    }

    @Test func `a key gets another name and stays what it was`() throws {
        let key = try JWKReader.key(WorkedExampleTests.ed25519)
        let named = key.named("another")
        #expect(named.description.id == "another" && named.material == key.material)
        #expect(try KeyDocument(named).matches(KeyDocument(key)))
        var jwk = try KeyDocument(key).jwk
        jwk["kid"] = "another"
        #expect(try KeyDocument(named).jwk["kid"] == "another")
        #expect(try KeyDocument(named.named("x")).jwk["alg"] == jwk["alg"])
    }

    /// A key for signatures is named as one; of another, what it could be for is said.
    @Test func `a key that names no algorithm for encryption says why`() throws {
        let signing = try #require(
            Self.refusal { () throws(KeyError) in
                _ = try EncryptionKey(try JWKReader.key(WorkedExampleTests.ed25519))
            })
        #expect(signing.code == .usage && signing.detail == "this key is for signing (Ed25519), not for encryption")
        let pair = try JWKReader.key(try DecryptionKey.generate(.ecdhES).privateJWK)
        let material = try #require(pair.material)
        let open = try #require(
            Self.refusal { () throws(KeyError) in
                _ = try EncryptionKey(try DecodedKey(material, id: nil, purpose: nil))
            })
        #expect(open.code == .usage && open.detail.contains("such as ECDH-ES+A256KW"))
    }

    /// RFC 7638 §3.1 and RFC 9278 §4.
    @Test func `a thumbprint is written as a URI`() throws {
        let key = try KeyDocument(JWKReader.key(WorkedExampleTests.ed25519))
        #expect(
            key.thumbprintURI()
                == "urn:ietf:params:oauth:jwk-thumbprint:sha-256:kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        #expect(try Base64URL.decode(key.thumbprint(.sha384)?.bytes ?? []).count == 48)
        #expect(try Base64URL.decode(key.thumbprint(.sha512)?.bytes ?? []).count == 64)
    }

    private static func refusal(_ make: () throws(KeyError) -> Void) -> KeyError? {
        do throws(KeyError) {
            try make()
            return nil
        } catch {
            return error
        }
    }
}
