import Codecs
import Crypto
import JOSE
import Testing
import Tokens

/// `x5c`, `x5t` and `x5t#S256` of a JWK (RFC 7517 §4.7 to §4.9).
@Suite struct KeyCertificateTests {
    private static let keys: [SigningKey] = [SignatureAlgorithm.es256, .rs256, .ed25519].compactMap { Keys.all[$0] }

    /// A certificate that says what is needed and that nobody has signed.
    private func certificate(
        of key: SigningKey, name values: [String] = [], until: String = "260101000000Z"
    ) throws -> [UInt8] {
        let pem = try #require(key.verificationKey.publicPEM)
        let info = try #require(try PEM.read(Array(pem.utf8)).first).der
        let algorithm = DERWriter.sequence([DERWriter.element(DERReader.Tag.objectIdentifier, [0x2B, 0x65, 0x70])])
        let name = DERWriter.sequence(
            values.map { value in
                let type = DERWriter.element(DERReader.Tag.objectIdentifier, [0x55, 0x04, 0x03])
                return DERWriter.element(
                    0x31, DERWriter.sequence([type, DERWriter.element(0x0C, Array(value.utf8))]))
            })
        let time = DERWriter.element(0x17, Array("260101000000Z".utf8))
        let end = DERWriter.element(0x17, Array(until.utf8))
        let body = DERWriter.sequence([
            DERWriter.unsignedInteger([7]), algorithm, name, DERWriter.sequence([time, end]), name, info,
        ])
        return DERWriter.sequence([body, algorithm, DERWriter.bitString([0])])
    }

    private func code(_ jwk: JSONObject) -> KeyError.Code? {
        do throws(KeyError) {
            _ = try VerificationKey(try JWKReader.key(jwk))
            return nil
        } catch {
            return error.code
        }
    }

    private func with(_ members: JSONObject, in jwk: JSONObject) -> JSONObject {
        var jwk = jwk
        for member in members.members { jwk[member.name] = member.value }
        return jwk
    }

    private func text(_ bytes: some Sequence<UInt8>) -> JSON { .string(ByteString(Base64URL.encode(Array(bytes)))) }

    @Test(arguments: keys) func `a key's own certificate is taken, another key's is not`(key: SigningKey) throws {
        let jwk = try #require(key.verificationKey.publicJWK)
        let own = try certificate(of: key)
        let other = try certificate(of: try SigningKey.generate(.es256))
        let chain = [own, other].map { JSON.string(ByteString(Base64.encode($0))) }
        let good = with(["x5c": .array(chain), "x5t#S256": text(SHA256.hash(data: own))], in: jwk)
        #expect(try JWKReader.key(good).certificates?.chain.map(\.der) == [own, other])
        #expect(code(good) == nil)
        #expect(code(with(["x5t": text(Insecure.SHA1.hash(data: own))], in: good)) == nil)
        let digits = Hex.encode(Array(Insecure.SHA1.hash(data: own))).utf8
        #expect(code(with(["x5t": text(digits)], in: good)) == nil)
        #expect(code(with(["x5t": text(digits.reversed())], in: good)) == .certificate)

        #expect(code(with(["x5c": .array(chain.reversed())], in: jwk)) == .certificate)
        #expect(code(with(["x5t#S256": text(SHA256.hash(data: other))], in: good)) == .certificate)
        #expect(code(with(["x5t": text(Insecure.SHA1.hash(data: other))], in: good)) == .certificate)
    }

    @Test func `what is no chain of certificates refuses the key`() throws {
        let key = try #require(Self.keys.first)
        let jwk = try #require(key.verificationKey.publicJWK)
        let own = JSON.string(ByteString(Base64.encode(try certificate(of: key))))
        let bad: [JSON] = [
            [], "", .null, own, .array([own, 7]), .array([own, "AAAA"]), .array([own, "not base64"]),
            .array(Array(repeating: own, count: KeyCertificates.maximumCount + 1)),
        ]
        for chain in bad { #expect(code(with(["x5c": chain], in: jwk)) == .malformed, "\(chain)") }
        for hash: JSON in ["", "AAAA", 7, "=="] {
            #expect(code(with(["x5t#S256": hash], in: jwk)) == .malformed)
            #expect(code(with(["x5t": hash], in: jwk)) == .malformed)
        }
        // Without a chain there is nothing to compare a hash with.
        #expect(code(with(["x5t#S256": text([UInt8](repeating: 1, count: 32))], in: jwk)) == nil)
    }

    @Test(arguments: [
        (["ada"], "CN=ada"), (["a", "b"], "CN=a, CN=b"), (["a, CN=b"], #"CN=a\, CN\=b"#), ([" "], #"CN=\ "#),
        ([#"say "hi"; <\>"#], #"CN=say \"hi\"\; \<\\\>"#), ([""], "CN="), (["#04"], "CN=\\#04"),
        // A mark that combines with the comma makes another character of it, and no other end of the name.
        (["a,\u{301}CN=b"], "CN=a\\,\u{301}CN\\=b"), ([String(repeating: " ", count: 3)], #"CN=\  \ "#),
    ])
    func `no name can be taken for two`(values: [String], wanted: String) throws {
        let der = try certificate(of: try #require(Self.keys.first), name: values)
        #expect(try Certificate(der: der).subject == wanted)
    }

    @Test func `a name is read up to 1 KiB, and what is longer is refused however it is made`() throws {
        let key = try #require(Self.keys.first)
        let longest = String(repeating: "a", count: Certificate.maximumNameSize - 3)
        #expect(try Certificate(der: certificate(of: key, name: [longest])).subject == "CN=" + longest)
        for name in [longest + "a", String(repeating: " ", count: 30_000), String(repeating: "e\u{301}", count: 9_000)]
        {
            let der = try certificate(of: key, name: [name])
            let error = #expect(throws: KeyError.self) { try Certificate(der: der) }
            #expect(error?.code == .malformed)
            #expect(error?.detail.contains("a name in the certificate") == true)
        }
    }

    @Test func `a day that is in no calendar is refused`() throws {
        let key = try #require(Self.keys.first)
        #expect(try Certificate(der: certificate(of: key, until: "280229000000Z")).notAfter == 1_835_395_200)
        for day in ["260229000000Z", "260431000000Z", "261301000000Z", "260100000000Z", "260101240000Z"] {
            let der = try certificate(of: key, until: day)
            #expect(throws: KeyError.self) { try Certificate(der: der) }
        }
    }

    @Test func `a secret has no certificate`() throws {
        let key = try #require(Self.keys.first)
        let chain: JSON = .array([.string(ByteString(Base64.encode(try certificate(of: key))))])
        let secret: JSONObject = ["kty": "oct", "k": text([UInt8](repeating: 9, count: 40)), "alg": "HS256"]
        #expect(code(secret) == nil)
        #expect(code(with(["x5c": chain], in: secret)) == .certificate)
    }
}
