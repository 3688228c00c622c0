import Codecs
import TestSupport
import Testing
import Tokens

@Suite struct KeyReaderTests {
    typealias Keys = SampleKeys

    private func code(
        _ text: [UInt8], as form: KeyReader.Form = .document, algorithm: SignatureAlgorithm? = nil
    ) -> KeyError.Code? {
        do throws(KeyError) {
            _ = try KeyReader.read(text, as: form, algorithm: algorithm)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `a JWK of every kind is read and bound to its algorithm`() throws {
        let rows: [(JSONObject, SignatureAlgorithm, KeyMaterial, Int)] = [
            (Keys.oct, .hs256, .secret(Keys.secret), 32),
            (Keys.rsa, .rs256, .rsa(modulus: Keys.modulus, exponent: [1, 0, 1], privatePart: nil), 256),
            (Keys.p256, .es256, .elliptic(.p256, x: Keys.coordinate, y: Keys.coordinate, scalar: nil), 64),
            (Keys.ed25519, .ed25519, .octetPair(.ed25519, publicKey: Keys.coordinate, privateKey: nil), 64),
        ]
        for (jwk, algorithm, material, length) in rows {
            let key = try #require(try KeyReader.read(Keys.json(jwk, ["kid": "k"])).first)
            #expect(key.description.algorithm == algorithm)
            #expect(key.description.id == "k")
            #expect(key.description.signatureLength == length)
            #expect(key.description.mayVerify)
            #expect(key.description.maySign == (algorithm == .hs256))
            #expect(key.material == material)
        }
    }

    @Test(
        arguments: [
            (Keys.p256, ["alg": "ES521"]), (Keys.p256, ["crv": "P-224"]), (Keys.p256, ["crv": "p-256"]),
            (Keys.ed25519, ["crv": "X448"]), (Keys.rsa, ["alg": "RSA1_5"]), (Keys.rsa, ["alg": "RSA-OAEP-512"]),
            (Keys.rsa, ["alg": "rs256"]), (Keys.rsa, ["alg": "none"]), (Keys.rsaPrivate, ["oth": []]),
            (Keys.oct, ["kty": "AKP", "alg": "ML-DSA-44"]), (Keys.oct, ["kty": "OCT"]),
        ] as [(JSONObject, [ByteString: JSON?])])
    func `a key for what is not supported is described and carries nothing`(
        jwk: JSONObject, changes: [ByteString: JSON?]
    ) throws {
        let key = try #require(try KeyReader.read(Keys.json(jwk, changes)).first)
        #expect(key.material == nil)
        #expect(key.description.algorithm == nil)
        #expect(!key.description.mayVerify && !key.description.maySign)
        #expect(key.description.summary.contains("not supported"))
    }

    static let malformed: [(JSONObject, [ByteString: JSON?], KeyError.Code)] = [
        (Keys.p256, ["kty": nil], .malformed), (Keys.p256, ["kty": 1], .malformed), (Keys.p256, ["kid": 1], .malformed),
        (Keys.p256, ["kid": .null], .malformed), (Keys.p256, ["alg": 1], .malformed),
        (Keys.p256, ["crv": 1], .malformed), (Keys.p256, ["crv": nil], .malformed),
        (Keys.p256, ["crv": "P-384"], .malformed), (Keys.ed25519, ["crv": "Ed448"], .malformed),
        // Not below the prime of the field.
        (Keys.p256, ["x": Keys.text([UInt8](repeating: 0xFF, count: 32))], .malformed),
        (Keys.p256, ["crv": "secp256k1", "y": Keys.text([UInt8](repeating: 0xFF, count: 32))], .malformed),
        (Keys.p256, ["x": nil], .malformed), (Keys.p256, ["y": nil], .malformed), (Keys.p256, ["x": ""], .malformed),
        (Keys.p256, ["x": 1], .malformed), (Keys.p256, ["d": ""], .malformed), (Keys.p256, ["d": 1], .malformed),
        (Keys.p256, ["x": Keys.text([0] + Keys.coordinate)], .malformed),
        (Keys.p256, ["x": Keys.text(Array(Keys.coordinate.dropFirst()))], .malformed),
        (Keys.p256, ["y": Keys.text([0] + Keys.coordinate)], .malformed),
        (Keys.p256, ["d": Keys.text([0] + Keys.coordinate)], .malformed),
        (Keys.p256, ["x": .string(ByteString(Base64URL.encode(Keys.coordinate) + "="))], .malformed),
        (Keys.p256, ["use": 1], .malformed), (Keys.p256, ["key_ops": "verify"], .malformed),
        (Keys.p256, ["key_ops": [1]], .malformed), (Keys.p256, ["key_ops": ["verify", "verify"]], .malformed),
        (Keys.p256, ["use": "enc", "key_ops": ["verify"]], .malformed),
        (Keys.p256, ["use": "sig", "key_ops": ["deriveKey"]], .malformed),
        (Keys.oct, ["kty": "AKP"], .malformed), (Keys.oct, ["kty": "AKP", "alg": "ML-DSA-65"], .malformed),
        (Keys.oct, ["kty": "AKP", "alg": "ML-DSA-65", "pub": "AAAA"], .malformed),
        (Keys.oct, ["kty": "AKP", "alg": "ML-DSA-87", "priv": "AAAA"], .malformed),
        (Keys.ed25519, ["x": Keys.text([0] + Keys.coordinate)], .malformed), (Keys.ed25519, ["x": nil], .malformed),
        (Keys.ed25519, ["d": Keys.text([1])], .malformed),
        (Keys.rsa, ["n": nil], .malformed), (Keys.rsa, ["e": nil], .malformed), (Keys.rsa, ["e": 65_537], .malformed),
        (Keys.rsa, ["n": Keys.text([0] + Keys.modulus)], .malformed), (Keys.rsa, ["e": "AAEAAQ"], .malformed),
        (Keys.rsa, ["d": "Aw"], .malformed), (Keys.rsa, ["d": "Aw", "p": "Aw"], .malformed),
        (Keys.oct, ["k": nil], .malformed), (Keys.oct, ["k": ""], .malformed), (Keys.oct, ["k": "AA=="], .malformed),
        // One key, one algorithm of its own kind.
        (Keys.rsa, ["alg": "ES256"], .usage), (Keys.rsa, ["alg": "HS256"], .usage),
        (Keys.p256, ["alg": "HS256"], .usage),
        (Keys.p256, ["alg": "Ed25519"], .usage), (Keys.ed25519, ["alg": "ES256"], .usage),
        (Keys.oct, ["alg": "RS256"], .usage), (Keys.oct, ["alg": "EdDSA"], .usage),
        (Keys.p256, ["alg": "ES256K"], .usage), (Keys.rsa, ["alg": "A128KW"], .usage),
        (Keys.rsa, ["alg": "A128GCM"], .usage), (Keys.oct, ["alg": "RSA-OAEP"], .usage),
        (Keys.ed25519, ["alg": "ECDH-ES"], .usage), (Keys.p256, ["crv": "secp256k1", "alg": "ECDH-ES"], .usage),
        (Keys.ed25519, ["crv": "X25519", "alg": "EdDSA"], .usage),
        // A secret for AES has the one length that its algorithm has.
        (Keys.oct, ["alg": "HS384"], .weak), (Keys.oct, ["alg": "HS512"], .weak),
        (Keys.oct, ["alg": "A512GCM", "k": ""], .malformed), (Keys.oct, ["alg": "A128KW"], .malformed),
        (Keys.oct, ["alg": "A192GCMKW"], .malformed), (Keys.oct, ["alg": "A192CBC-HS384"], .weak),
        (Keys.oct, ["alg": "dir", "k": Keys.text(Array(Keys.secret.dropLast()))], .malformed),
        (Keys.oct, ["use": "enc", "k": "AAAA"], .weak),
        // Too weak to protect anything.
        (Keys.oct, ["k": Keys.text(Array(Keys.secret.dropLast()))], .weak), (Keys.oct, ["k": "AA"], .weak),
        (Keys.rsa, ["n": Keys.text(Array(Keys.modulus.dropFirst(128)))], .weak),
        (Keys.rsa, ["n": Keys.text([0x7F] + Keys.modulus.dropFirst())], .weak),
        (Keys.rsa, ["n": Keys.text([1] + [UInt8](repeating: 1, count: 1_024))], .weak),
        (Keys.rsa, ["n": Keys.text(Keys.modulus.dropLast() + [2])], .weak),
        (Keys.rsa, ["e": "AQ"], .weak), (Keys.rsa, ["e": "AQAA"], .weak), (Keys.rsa, ["e": "Ag"], .weak),
        (Keys.rsa, ["e": Keys.text([2, 0, 0, 0, 1])], .weak),
    ]

    @Test(arguments: malformed) func `a JWK that is damaged, misbound or weak is refused`(
        jwk: JSONObject, changes: [ByteString: JSON?], wanted: KeyError.Code
    ) {
        #expect(code(Keys.json(jwk, changes)) == wanted)
        #expect(code(Keys.set([])) == nil)
        // In a set it is passed over for the same reason.
        var bad = jwk
        for (name, value) in changes { bad[name] = value }
        let read = try? KeyReader.read(Keys.set([bad["kty"] == "oct" ? Keys.oct : Keys.p256, bad]))
        #expect(read?.map { $0.complaint?.code } == [nil, wanted])
    }

    @Test(arguments: ["Aw", "AQAB", "AQAAAAE", "Af____8"]) func `odd exponents from 3 to below 2^33 are fine`(e: String)
    {
        #expect(code(Keys.json(Keys.rsa, ["e": .string(ByteString(e))])) == nil)
    }

    /// CVE-2017-15361: such a modulus is a power of 65537 modulo every small prime, as this number is altogether.
    @Test func `a modulus of the generator that could be broken is refused`() {
        var power: [UInt8] = [1]
        for _ in 0..<128 { power = Self.times65537(power) }
        #expect(code(Keys.json(Keys.rsa, ["n": Keys.text(power)])) == .weak)
        power[power.count - 1] ^= 2
        #expect(code(Keys.json(Keys.rsa, ["n": Keys.text(power)])) == nil)
    }

    /// n × 65537 = n × 65536 + n, big-endian.
    private static func times65537(_ number: [UInt8]) -> [UInt8] {
        var sum = number + [0, 0]
        var carry: UInt16 = 0
        for (offset, byte) in number.reversed().enumerated() {
            let place = sum.count - 1 - offset
            let total = UInt16(sum[place]) + UInt16(byte) + carry
            sum[place] = UInt8(total & 0xFF)
            carry = total >> 8
        }
        for place in stride(from: sum.count - 1 - number.count, through: 0, by: -1) where carry > 0 {
            let total = UInt16(sum[place]) + carry
            sum[place] = UInt8(total & 0xFF)
            carry = total >> 8
        }
        return carry > 0 ? [UInt8(carry)] + sum : sum
    }

    @Test(
        arguments: [
            ([:], true, true), (["use": "sig"], true, true), (["use": "enc"], false, false),
            (["key_ops": ["verify"]], true, false), (["key_ops": ["sign"]], false, true),
            (["key_ops": ["sign", "verify"]], true, true), (["key_ops": []], false, false),
            (["key_ops": ["sign, verify"]], false, false), (["key_ops": ["encrypt"]], false, false),
            (["use": "sig", "key_ops": ["verify", "audit"]], true, false), (["use": "tls"], false, false),
        ] as [([ByteString: JSON?], Bool, Bool)])
    func `a key says what it may be used for`(changes: [ByteString: JSON?], verify: Bool, sign: Bool) throws {
        let key = try #require(try KeyReader.read(Keys.json(Keys.oct, changes)).first)
        #expect(key.description.mayVerify == verify)
        #expect(key.description.maySign == sign)
    }

    @Test func `a set is refused as a whole`() {
        let named: (ByteString) -> JSONObject = { id in
            var key = Keys.p256
            key["kid"] = .string(id)
            return key
        }
        #expect(code(Keys.set([named("a"), named("b"), Keys.p256, Keys.rsa, Keys.ed25519])) == nil)
        #expect(code(Keys.set([Keys.oct, Keys.oct])) == nil)
        #expect(code(Keys.set([named("\u{E9}"), named("e\u{301}")])) == nil)
        #expect(code(Keys.set([Keys.oct, Keys.p256])) == .set)
        #expect(code(Keys.set([["kty": "oct"], Keys.p256])) == .set)
        #expect(code(Keys.set((0..<100).map { named(ByteString("\($0)")) })) == nil)
        #expect(code(Keys.set((0..<101).map { named(ByteString("\($0)")) })) == .set)
        #expect(code(Array(#"{"keys":{}}"#.utf8)) == .set)
        #expect(code(Array("{\"keys\":[]}".utf8) + [UInt8](repeating: 0x20, count: JWKReader.maximumSetSize)) == .set)
    }

    /// RFC 7517 §5, §4.5.
    @Test func `a bad key of a set is passed over, and names may repeat`() throws {
        var short = Keys.p256
        short["x"] = "AA"
        var rsa = Keys.rsa
        rsa["kid"] = "a"
        var curve = Keys.p256
        curve["kid"] = "a"
        let set: [JSON] = [.object(short), 7, .object(curve), .object(rsa), .object(curve)]
        let keys = try KeyReader.read(JSONWriter.write(["keys": .array(set)]))
        #expect(keys.map { $0.complaint?.code } == [.malformed, .set, nil, nil, .set])
        #expect(keys.map { $0.material != nil } == [false, false, true, true, false])
        #expect(keys[0].complaint?.detail.hasPrefix("key 0 of the set: ") == true)
        #expect(code(JSONWriter.write(.object(short))) == .malformed)
        short["d"] = "AA"
        #expect(try KeyReader.read(Keys.set([short, rsa])).map(\.description.isPrivate) == [true, false])
    }

    @Test(arguments: [
        "", "secret", "\u{FEFF}{\"kty\":\"oct\"}", "[]", "eyJrdHkiOiJvY3QifQ", "{", #"{"kty":"oct","kty":"RSA"}"#,
        "-----BEGIN PUBLIC KEY-----\nAAAA", "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----",
    ])
    func `a text that is no key document is not guessed at`(text: String) {
        #expect(code(Array(text.utf8)) == .unreadable)
    }

    @Test func `two PEM blocks are one too many`() {
        let pem = PEM.write(label: "PUBLIC KEY", der: Keys.DER.p256Info)
        #expect(code(Array(pem.utf8)) == nil)
        #expect(code(Array((pem + pem).utf8)) == .unreadable)
    }

    @Test func `PEM of every kind is read`() throws {
        let privatePart = Keys.privatePart
        let c = Keys.coordinate
        let rows: [(String, [UInt8], KeyMaterial)] = [
            ("PUBLIC KEY", Keys.DER.rsaInfo, .rsa(modulus: Keys.modulus, exponent: [1, 0, 1], privatePart: nil)),
            ("RSA PUBLIC KEY", Keys.DER.rsaPublic, .rsa(modulus: Keys.modulus, exponent: [1, 0, 1], privatePart: nil)),
            (
                "PRIVATE KEY", Keys.DER.rsaPKCS8,
                .rsa(modulus: Keys.modulus, exponent: [1, 0, 1], privatePart: privatePart)
            ),
            (
                "RSA PRIVATE KEY", Keys.DER.rsaPrivate,
                .rsa(modulus: Keys.modulus, exponent: [1, 0, 1], privatePart: privatePart)
            ),
            ("PUBLIC KEY", Keys.DER.p256Info, .elliptic(.p256, x: c, y: c, scalar: nil)),
            ("EC PRIVATE KEY", Keys.DER.p256SEC1, .elliptic(.p256, x: c, y: c, scalar: c)),
            ("EC PRIVATE KEY", Keys.DER.bareSEC1, .elliptic(.p256, x: [], y: [], scalar: c)),
            ("PRIVATE KEY", Keys.DER.p256PKCS8, .elliptic(.p256, x: [], y: [], scalar: c)),
            ("PUBLIC KEY", Keys.DER.p384Info, .elliptic(.p384, x: Keys.DER.nines, y: Keys.DER.nines, scalar: nil)),
            ("EC PRIVATE KEY", Keys.DER.p384SEC1, .elliptic(.p384, x: [], y: [], scalar: Keys.DER.nines)),
            ("PRIVATE KEY", Keys.DER.p384PKCS8, .elliptic(.p384, x: [], y: [], scalar: Keys.DER.nines)),
            (
                "PUBLIC KEY", Keys.DER.ed448Info,
                .octetPair(.ed448, publicKey: [UInt8](repeating: 9, count: 57), privateKey: nil)
            ),
            ("PUBLIC KEY", Keys.DER.ed25519Info, .octetPair(.ed25519, publicKey: c, privateKey: nil)),
            ("PRIVATE KEY", Keys.DER.ed25519PKCS8, .octetPair(.ed25519, publicKey: [], privateKey: c)),
        ]
        for (label, der, material) in rows {
            let keys = try KeyReader.read(Array(PEM.write(label: label, der: der).utf8))
            #expect(keys.map(\.material) == [material])
            // The same bytes without PEM around them.
            #expect(try KeyReader.read(der) == keys)
            #expect(KeyReader.isDocument(der))
            #expect(keys.first?.description.id == nil)
        }
    }

    @Test(arguments: [
        ("PUBLIC KEY", Keys.DER.p224Info, KeyError.Code.unsupported), ("PUBLIC KEY", Keys.DER.x448Info, .unsupported),
        ("PUBLIC KEY", Keys.DER.unnamedInfo, .unsupported), ("PRIVATE KEY", Keys.DER.p384SEC1, .malformed),
        ("CERTIFICATE", Keys.DER.certificate, .malformed), ("ENCRYPTED PRIVATE KEY", Keys.DER.rsaPKCS8, .unsupported),
        ("OPENSSH PRIVATE KEY", [1, 2, 3], .unsupported), ("PUBLIC KEY", Keys.DER.compressedInfo, .malformed),
        ("PUBLIC KEY", Keys.DER.rsaPublic, .malformed), ("PUBLIC KEY", Keys.DER.p256Info + [0], .malformed),
        ("PUBLIC KEY", Array(Keys.DER.p256Info.dropLast()), .malformed), ("PUBLIC KEY", [], .malformed),
        ("PRIVATE KEY", Keys.DER.p256Info, .malformed), ("RSA PRIVATE KEY", Keys.DER.rsaPublic, .malformed),
        ("RSA PUBLIC KEY", Keys.DER.rsaPrivate, .malformed), ("EC PRIVATE KEY", Keys.DER.p256PKCS8, .malformed),
    ])
    func `PEM of another kind is unsupported, damaged PEM is damaged`(
        label: String, der: [UInt8], wanted: KeyError.Code
    ) {
        #expect(code(Array(PEM.write(label: label, der: der).utf8)) == wanted)
    }

    @Test func `a secret is read in the form that is said, and in no other`() throws {
        let rows: [(KeyReader.Form, String)] = [
            (.utf8, String(decoding: Keys.secret, as: UTF8.self)), (.base64, Base64.encode(Keys.secret)),
            (.base64url, Base64URL.encode(Keys.secret)), (.hex, Hex.encode(Keys.secret)),
        ]
        for (form, text) in rows {
            let keys = try KeyReader.read(Array(text.utf8), as: form)
            #expect(keys.map(\.material) == [.secret(Keys.secret)])
            #expect(keys.map(\.description.algorithm) == [.hs256])
            #expect(code(Array(text.utf8), as: form, algorithm: .es256) == .usage)
        }
        #expect(code(Array((Hex.encode(Keys.secret) + "\n").utf8), as: .hex) == .unreadable)
        #expect(code(Array((Base64.encode(Keys.secret) + " ").utf8), as: .base64) == .unreadable)
        #expect(code(Array((Base64URL.encode(Keys.secret) + "=").utf8), as: .base64url) == .unreadable)
        #expect(code(Array("short".utf8), as: .utf8) == .weak)
        #expect(code([], as: .utf8) == .weak)
    }

    @Test func `a key document is told from a secret`() {
        #expect(KeyReader.isDocument(Keys.json(Keys.p256)))
        #expect(KeyReader.isDocument(Array(" \n{\"keys\":[]}".utf8)))
        #expect(KeyReader.isDocument(Array(PEM.write(label: "PUBLIC KEY", der: []).utf8)))
        #expect(!KeyReader.isDocument(Array("correct horse battery staple".utf8)))
    }

    /// J03 to J05: with a public key as the shared secret, everybody could sign (CVE-2016-10555, CVE-2023-48223).
    @Test func `what is really a key is no shared secret`() {
        let pem = Array(PEM.write(label: "PUBLIC KEY", der: Keys.DER.p256Info).utf8)
        let der: [[UInt8]] = [
            Keys.DER.rsaInfo, Keys.DER.rsaPublic, Keys.DER.rsaPKCS8, Keys.DER.rsaPrivate, Keys.DER.p256Info,
            Keys.DER.p256SEC1, Keys.DER.bareSEC1, Keys.DER.p384Info, Keys.DER.ed25519Info, Keys.DER.ed25519PKCS8,
            Keys.DER.ed448Info, Keys.DER.certificate,
        ]
        let texts: [[UInt8]] = [
            pem, [0x20] + pem, [0x0A] + pem, [0xEF, 0xBB, 0xBF] + pem, Array("my key:\n".utf8) + pem, pem + pem,
            Array(PEM.write(label: "CERTIFICATE", der: Keys.DER.certificate).replacing("\n", with: "\r\n").utf8),
            Array("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA".utf8),
            Array("-----BEGIN RSA PUBLIC KEY----- MIIBCgKCAQEA-----END RSA PUBLIC KEY-----".utf8),
            Keys.json(Keys.p256), [0x20, 0x0A] + Keys.json(Keys.rsa), [0xEF, 0xBB, 0xBF] + Keys.json(Keys.p256),
            Keys.set([Keys.p256]), JSONWriter.write(.object(Keys.ed25519), pretty: true),
            Array("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7".utf8), Array("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI".utf8),
            Array("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAy".utf8),
            Array("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1".utf8),
            Array("---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1yc2EAAAADAQ".utf8),
        ]
        for text in texts + der {
            #expect(code(text, as: .utf8) == .notSecret, "\(String(decoding: text.prefix(40), as: UTF8.self))")
            #expect(code(Keys.json(Keys.oct, ["k": Keys.text(text)])) == .notSecret)
            #expect(code(Array(Hex.encode(text).utf8), as: .hex) == .notSecret)
        }
    }

    @Test func `a secret that only resembles a key stays a secret`() {
        var generator = SeededGenerator(seed: 48_223)
        for text in ["{not json, but a fine long secret indeed}", #"{"password":"0123456789abcdef0123456789"}"#] {
            #expect(code(Array(text.utf8), as: .utf8) == nil)
        }
        for _ in 0..<2_000 {
            let bytes = [0x30, 0x1E] + generator.bytes(30)
            #expect(code(bytes, as: .utf8) == nil)
        }
    }

    @Test func `keys print nothing of themselves`() throws {
        let secret = try KeyReader.read(Keys.secret, as: .utf8)
        let pem = PEM.write(label: "RSA PRIVATE KEY", der: Keys.DER.rsaPrivate)
        let rsa = try KeyReader.read(Array(pem.utf8))
        for text in ["\(secret)", "\(rsa)", String(reflecting: secret), String(reflecting: rsa)] {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("12, 13, 14") && !text.contains("\(Keys.modulus[0]), \(Keys.modulus[1])"))
        }
    }

    @Test(arguments: KeyError.Code.allCases) func `every code is a stable name`(code: KeyError.Code) {
        #expect(code.rawValue.hasPrefix("key-"))
        #expect("\(KeyError(code, "why"))" == "\(code.rawValue): why")
    }
}
