import Codecs
import TestSupport
import Testing
import Tokens

/// J02 to J05: with a public key as the shared secret, everybody could sign (CVE-2016-10555, CVE-2023-48223).
@Suite struct DisguisedKeyTests {
    typealias Keys = SampleKeys

    /// The complaint about a secret, as text and in a JWK alike.
    private func code(_ bytes: [UInt8]) -> KeyError.Code? {
        let told = code(reading: bytes, as: .utf8)
        #expect(code(reading: Keys.json(Keys.oct, ["k": Keys.text(bytes)]), as: .document) == told)
        return told
    }

    private func code(reading text: [UInt8], as form: KeyReader.Form) -> KeyError.Code? {
        do throws(KeyError) {
            _ = try KeyReader.read(text, as: form)
            return nil
        } catch {
            return error.code
        }
    }

    private static let ders: [(String, [UInt8])] = [
        ("RSA", Keys.DER.rsaInfo), ("RSA, PKCS#1", Keys.DER.rsaPublic), ("RSA, private", Keys.DER.rsaPKCS8),
        ("RSA, private, PKCS#1", Keys.DER.rsaPrivate), ("P-256", Keys.DER.p256Info),
        ("P-256, compressed", Keys.DER.compressedInfo), ("P-256, private", Keys.DER.p256PKCS8),
        ("P-256, SEC1", Keys.DER.p256SEC1), ("bare SEC1", Keys.DER.bareSEC1), ("P-384", Keys.DER.p384Info),
        ("Ed25519", Keys.DER.ed25519Info), ("Ed25519, private", Keys.DER.ed25519PKCS8), ("Ed448", Keys.DER.ed448Info),
        ("X448", Keys.DER.x448Info),
    ]

    private static func pem(_ der: [UInt8], _ label: String = "PUBLIC KEY") -> [UInt8] {
        Array(PEM.write(label: label, der: der).utf8)
    }

    private static func body(_ der: [UInt8]) -> [UInt8] {
        Array(
            PEM.write(label: "X", der: der).split(separator: "\n").dropFirst().dropLast().joined(separator: "\n").utf8)
    }

    private static func utf16(_ text: [UInt8], isBig: Bool) -> [UInt8] { text.flatMap { isBig ? [0, $0] : [$0, 0] } }

    /// Every way to hand over bytes that are a text.
    private static func wrapped(_ text: [UInt8]) -> [(String, [UInt8])] {
        [
            ("as it is", text), ("a NUL before", [0] + text), ("a no-break space before", [0xC2, 0xA0] + text),
            ("a zero-width space before", [0xE2, 0x80, 0x8B] + text),
            ("a byte order mark before", [0xEF, 0xBB, 0xBF] + text),
            ("a letter before", Array("x".utf8) + text), ("two letters before", Array("ab".utf8) + text),
            ("three letters before", Array("abc".utf8) + text), ("quoted", Array("\"".utf8) + text + Array("\"".utf8)),
            ("in single quotes", Array("'".utf8) + text + Array("'".utf8)),
            ("behind a name", Array("KEY=".utf8) + text),
            ("in a list", Array("[\"".utf8) + text + Array("\"]".utf8)), ("text behind", text + Array(" (live)".utf8)),
            ("UTF-16LE", utf16(text, isBig: false)), ("UTF-16BE", utf16(text, isBig: true)),
            ("UTF-16LE with a mark", [0xFF, 0xFE] + utf16(text, isBig: false)),
            ("UTF-16BE with a mark", [0xFE, 0xFF] + utf16(text, isBig: true)),
            ("base64", Array(Base64.encode(text).utf8)), ("base64url", Base64URL.encodeBytes(text)),
            ("hexadecimal", Array(Hex.encode(text).utf8)),
            ("base64 twice", Array(Base64.encode(Array(Base64.encode(text).utf8)).utf8)),
        ]
    }

    @Test(arguments: ders.map(\.0)) func `DER is no secret in any wrapping`(name: String) throws {
        let der = try #require(Self.ders.first { $0.0 == name }).1
        for text in [
            Array(Base64.encode(der).utf8), Base64URL.encodeBytes(der), Array(Hex.encode(der).utf8),
            Array(Hex.encode(der).uppercased().utf8), Self.body(der),
        ] {
            for (way, bytes) in Self.wrapped(text) { #expect(code(bytes) == .notSecret, "\(way)") }
        }
        let colons = stride(from: 0, to: der.count, by: 1).map { Hex.encode([der[$0]]) }.joined(separator: ":")
        let rows: [[UInt8]] = [
            der, [0] + der, Array("key".utf8) + der, der + [0], der + Array("\nmore".utf8),
            [0x30, 0x31] + der + [0x30],
            Array(colons.utf8),
        ]
        for bytes in rows { #expect(code(bytes) == .notSecret) }
    }

    @Test func `the start of a key is no secret`() {
        for der in [Keys.DER.rsaInfo, Keys.DER.p256Info] {
            #expect(code(Array(der.prefix(60))) == .notSecret)
            #expect(code(Array(Base64.encode(Array(der.prefix(60))).utf8)) == .notSecret)
        }
        #expect(code(Array(Keys.DER.ed25519Info.prefix(40))) == .notSecret)
        #expect(code(Array(Keys.DER.rsaPublic.dropFirst(4))) == .notSecret)
    }

    @Test(arguments: ["PUBLIC KEY", "RSA PRIVATE KEY", "CERTIFICATE"])
    func `PEM is no secret in any wrapping`(label: String) {
        let pem = Self.pem(Keys.DER.p256Info, label)
        for (way, bytes) in Self.wrapped(pem) { #expect(code(bytes) == .notSecret, "\(way)") }
        let text = String(decoding: pem, as: UTF8.self)
        let texts = [
            text.lowercased(), text.uppercased(), text.replacing("\n", with: "\\n"), text.replacing("\n", with: "\r\n"),
            text.replacing("\n", with: " "), text.replacing("-----", with: "----"), text.replacing("\n", with: ""),
            text.replacing("BEGIN ", with: "BEGIN\u{A0}"), String(text.dropFirst(20)),
        ]
        for text in texts { #expect(code(Array(text.utf8)) == .notSecret, "\(text.prefix(30))") }
    }

    @Test(arguments: [Keys.p256, Keys.rsa, Keys.ed25519, Keys.rsaPrivate])
    func `a JWK is no secret in any wrapping`(jwk: JSONObject) {
        let text = JSONWriter.write(.object(jwk))
        let set = Keys.set([jwk])
        let list = JSONWriter.write([.object(jwk)])
        let pretty = JSONWriter.write(.object(jwk), pretty: true)
        let inText = JSONWriter.write(["key": .string(ByteString(utf8: text))])
        let python = text.map { $0 == UInt8(ascii: "\"") ? UInt8(ascii: "'") : $0 }
        for form in [text, set, list, pretty, inText, python] {
            for (way, bytes) in Self.wrapped(form) { #expect(code(bytes) == .notSecret, "\(way)") }
        }
        let escaped = String(decoding: text, as: UTF8.self).replacing("\"kty\"", with: "\"\\u006bty\"")
        #expect(code(Array(escaped.utf8)) == .notSecret)
    }

    /// The base points of the curves (SEC 2 §2.4, §2.5, §2.6).
    private static let points = [
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
            + "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
        "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"
            + "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
        "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1"
            + "856a429bf97e7e31c2e5bd66"
            + "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086"
            + "a272c24088be94769fd16650",
    ]

    @Test(arguments: points) func `a bare point is no secret in any wrapping`(point: String) throws {
        let point = try Hex.decode(Array(point.utf8))
        for bytes in [point, [0x04] + point, [0] + point, Array("ab".utf8) + point, point + [0x0A]] {
            #expect(code(bytes) == .notSecret)
            #expect(code(Array(Base64.encode(bytes).utf8)) == .notSecret)
            #expect(code(Base64URL.encodeBytes(bytes)) == .notSecret)
            #expect(code(Array(Hex.encode(bytes).utf8)) == .notSecret)
        }
        for place in point.indices {
            var other = point
            other[place] ^= 1
            #expect(code(other) == nil, "off the curve, it is like any other secret")
        }
    }

    /// A modulus as bytes cannot be told from random ones (see `DisguisedKey`); with what programs write around it, it can.
    @Test func `a modulus is no secret where something says that it is one`() {
        let modulus = Keys.modulus
        #expect(code(modulus) == nil)
        #expect(code(DERWriter.unsignedInteger(modulus)) == .notSecret)
        #expect(code(Array("Modulus=\(Hex.encode(modulus).uppercased())".utf8)) == .notSecret)
        #expect(code(Array("<RSAKeyValue><Modulus>\(Base64.encode(modulus))</Modulus>".utf8)) == .notSecret)
    }

    @Test func `a key at hand is found bare too`() throws {
        let der: [[UInt8]] = [Keys.DER.rsaInfo, Keys.DER.p256Info, Keys.DER.ed25519Info]
        for der in der {
            let material = try #require(try KeyReader.read(der).first?.material)
            let number: [UInt8] = der == Keys.DER.rsaInfo ? Keys.modulus : Keys.coordinate
            for bytes in [
                number, [0] + number, Base64URL.encodeBytes(number), Array(Base64.encode(number).utf8),
                Array(Hex.encode(number).utf8), Array("x".utf8) + number,
            ] {
                #expect(material.isFound(in: bytes))
            }
            #expect(!material.isFound(in: Keys.secret))
        }
        #expect(!KeyMaterial.secret(Keys.secret).isFound(in: Keys.secret))
    }

    /// Of 12 000 secrets as people make them, none is taken for a key.
    @Test func `random secrets in every form stay secrets`() {
        var generator = SeededGenerator(seed: 11)
        let letters = Array((0x21..<0x7F).map { UInt8($0) })
        for _ in 0..<500 {
            for length in [32, 48, 64, 128] {
                let bytes = generator.bytes(length)
                let printable = bytes.map { letters[Int($0) % letters.count] }
                for secret in [
                    bytes, Array(Base64.encode(bytes).utf8), Base64URL.encodeBytes(bytes),
                    Array(Hex.encode(bytes).utf8),
                    Array(Hex.encode(bytes).uppercased().utf8), printable,
                ] {
                    guard code(secret) != nil else { continue }
                    Issue.record("\(Hex.encode(secret))")
                }
            }
        }
    }

    @Test func `long secrets stay secrets, and take no long time`() {
        var generator = SeededGenerator(seed: 12)
        for length in [256, 257, 384, 512, 1_024, 4_096] {
            for _ in 0..<20 { #expect(code(generator.bytes(length)) == nil) }
        }
        // Every offset starts an element that reaches far.
        let hostile = [UInt8]((0..<8_192).map { [0x30, 0x82, 0x10, 0x00, 0x02, 0x82, 0x0F, 0x00][$0 % 8] })
        let clock = ContinuousClock()
        #expect(clock.measure { _ = code(hostile) } < .seconds(20))
    }

    @Test(arguments: [
        "correct horse battery staple, said the key", "the public key of my heart is a secret you know",
        "ssh-tunnel-to-the-office-and-back-again-2024", "BEGIN at the beginning and go on till the END",
        "my kty is not your kty, and our crv is no curve", "-- a secret with dashes -- and more of them --",
        #"{"password":"0123456789abcdef0123456789","n":1}"#, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]",
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ", "postgres://user:password@localhost:5432/database?mode=ro",
    ])
    func `a passphrase that speaks of keys stays a secret`(text: String) {
        #expect(code(Array(text.utf8)) == (text.utf8.count < 32 ? .weak : nil))
    }
}
