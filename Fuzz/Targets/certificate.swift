import Codecs
import Tokens

/// An X.509 certificate in DER, and the key that it shows.
enum Target {
    static func run(_ input: [UInt8]) {
        guard let certificate = try? Certificate(der: input) else { return }
        expect(certificate.der == input, "another certificate than the one that was read")
        expect(input.count <= Certificate.maximumSize, "accepts a certificate that is too large")
        expect(holds(input, certificate.subjectPublicKeyInfo), "the key is not in the certificate")
        for year in [certificate.notBefore, certificate.notAfter] {
            expect(year >= -62_167_219_200 && year < 253_402_300_800, "a time outside of four digits of years")
        }
        guard let key = try? certificate.key() else { return }
        expect(!key.description.isPrivate, "a certificate shows a private key")
        KeyProperties.check(key)
        // What a JWK says of itself with this certificate beside it is about this key, and about no other.
        guard case .elliptic(let curve, let x, let y, _) = key.material else { return }
        var jwk: JSONObject = [
            "kty": "EC", "crv": .string(ByteString(curve.rawValue)),
            "x": .string(ByteString(Base64URL.encode(x))), "y": .string(ByteString(Base64URL.encode(y))),
            "x5c": .array([.string(ByteString(Base64.encode(input)))]),
        ]
        expect((try? JWKReader.key(jwk))?.certificates?.chain == [certificate], "its own certificate is refused")
        jwk["y"] = .string(ByteString(Base64URL.encode(y.map { $0 ^ 1 })))
        expect((try? JWKReader.key(jwk)) == nil, "another key's certificate is taken")
    }

    private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
