import Codecs
import JOSE
import TestSupport
import Testing
import Tokens

@Suite struct SigningKeyTests {
    @Test(arguments: SigningKey.supported) func `what is signed is verified`(algorithm: SignatureAlgorithm)
        throws
    {
        let key = try #require(Keys.all[algorithm])
        let token = try TokenSigner(key: key).sign(claims: Keys.claims, type: "at+jwt")
        let verified = try TokenVerifier(keys: try KeySet([key.verificationKey]), policy: Keys.policy)
            .verify(Array(token.utf8), now: Keys.now)
        #expect(verified.claims.json == Keys.claims)
        #expect(
            verified.header.json
                == [
                    "alg": .string(ByteString(algorithm.rawValue)), "typ": "at+jwt",
                    "kid": key.id.map(JSON.string) ?? .null,
                ])
        // Another key of the same kind does not vouch for it, whatever its name.
        let other = try SigningKey.generate(algorithm, id: key.id)
        #expect(Keys.code(token.utf8, try KeySet([other.verificationKey])) == .signatureMismatch)
    }

    @Test(arguments: SigningKey.supported) func `any flipped bit is refused`(algorithm: SignatureAlgorithm)
        throws
    {
        let key = try #require(Keys.all[algorithm])
        let keys = try KeySet([key.verificationKey])
        let token = Array(try TokenSigner(key: key).sign(claims: Keys.claims).utf8)
        var generator = SeededGenerator(seed: 1)
        var bits = Set((0..<60).map { _ in Int.random(in: 0..<(token.count * 8), using: &generator) })
        // Always the last characters of each part, where stray bits hide.
        for place in token.indices where place + 1 == token.count || token[place + 1] == UInt8(ascii: ".") {
            bits.formUnion((0..<8).map { place * 8 + $0 })
        }
        for bit in bits {
            var flipped = token
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Keys.code(flipped, keys) != nil, "bit \(bit)")
        }
        #expect(Keys.code(token, keys) == nil)
    }

    @Test(arguments: SigningKey.supported) func `a signature with any flipped bit does not verify`(
        algorithm: SignatureAlgorithm
    ) throws {
        let key = try #require(Keys.all[algorithm])
        let input = Array("some bytes".utf8)
        let signature = try key.sign(input)
        #expect(key.verificationKey.verifies(signature, over: input[...]))
        #expect(!key.verificationKey.verifies(signature, over: input.dropLast()))
        #expect(!key.verificationKey.verifies([], over: input[...]))
        #expect(!key.verificationKey.verifies(signature + [0], over: input[...]))
        #expect(!key.verificationKey.verifies(Array(signature.dropLast()), over: input[...]))
        #expect(!key.verificationKey.verifies([0] + signature, over: input[...]))
        for bit in stride(from: 0, to: signature.count * 8, by: max(3, signature.count / 20)) {
            var flipped = signature
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.verificationKey.verifies(flipped, over: input[...]), "bit \(bit)")
        }
    }

    @Test(arguments: SigningKey.supported) func `a key goes out as JWK and PEM, and comes back`(
        algorithm: SignatureAlgorithm
    ) throws {
        let key = try #require(Keys.all[algorithm])
        let input = Array("some bytes".utf8)
        var copies = [try SigningKey(jwk: key.privateJWK)]
        if let pem = key.privatePEM {
            copies += try KeyReader.read(Array(pem.utf8), algorithm: algorithm).map { key throws(KeyError) in
                try SigningKey(key)
            }
        }
        #expect(copies.count == (algorithm.family == .hmac ? 1 : 2))
        #expect(copies.first?.privateJWK == key.privateJWK)
        #expect(copies.first?.id == key.id)
        for copy in copies {
            #expect(copy.algorithm == algorithm)
            #expect(copy.verificationKey.publicPEM == key.verificationKey.publicPEM)
            #expect(key.verificationKey.verifies(try copy.sign(input), over: input[...]))
        }
        guard let publicJWK = key.verificationKey.publicJWK, let publicPEM = key.verificationKey.publicPEM else {
            #expect(algorithm.family == .hmac)
            return
        }
        #expect(try VerificationKey(try JWKReader.key(publicJWK)).publicJWK == publicJWK)
        let read = try #require(try KeyReader.read(Array(publicPEM.utf8), algorithm: algorithm).first)
        #expect(try VerificationKey(read).publicPEM == publicPEM)
        #expect(Keys.complaint { () throws(KeyError) in _ = try SigningKey(jwk: publicJWK) } == .notPrivate)
        #expect(Keys.complaint { () throws(KeyError) in _ = try SigningKey(read) } == .notPrivate)
    }

    /// RFC 7518 §6.3.2: with `p` and `q` go `dp`, `dq` and `qi`; WebCrypto refuses a key without them.
    @Test func `a private RSA key names all its numbers`() throws {
        let jwk = try #require(Keys.all[.rs256]).privateJWK
        #expect(
            jwk.members.map(\.name)
                == ["e", "kty", "n", "alg", "use", "kid", "d", "p", "q", "dp", "dq", "qi"])
        #expect(
            try SigningKey(jwk: WorkedExampleTests.rsa).privateJWK["dp"]
                == .string(
                    "BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0"
                ))
    }

    @Test func `a generated key is named by its thumbprint, or as told`() throws {
        #expect(try SigningKey.generate(.es256, id: "mine").id == "mine")
        #expect(try SigningKey.generate(.hs256).id != (try SigningKey.generate(.hs256).id))
        let id = try SigningKey.generate(.ed25519).id
        #expect(try Base64URL.decode(id?.bytes ?? []).count == 32)
    }

    /// J18: a signature made with one key's secret and another's public part betrays the secret.
    @Test func `a private key with a foreign public part is refused`() throws {
        for algorithm in SigningKey.supported where algorithm.family != .hmac {
            let foreign = try SigningKey.generate(algorithm).privateJWK
            let own = try #require(Keys.all[algorithm]).privateJWK
            for name: ByteString in ["n", "x", "y", "d", "p", "q", "pub", "priv"] where own[name] != nil {
                var mixed = own
                mixed[name] = foreign[name]
                #expect(
                    Keys.complaint { () throws(KeyError) in _ = try SigningKey(jwk: mixed) } == .malformed,
                    "\(algorithm.rawValue) with a foreign \(name)")
            }
        }
    }

    @Test func `a private scalar of zero or too large is refused`() throws {
        let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
        for scalar in [String(repeating: "0", count: 64), order, String(repeating: "f", count: 64)] {
            var jwk = try #require(Keys.all[.es256]).privateJWK
            jwk["d"] = .string(ByteString(Base64URL.encode(try Hex.decode(Array(scalar.utf8)))))
            #expect(Keys.complaint { () throws(KeyError) in _ = try SigningKey(jwk: jwk) } == .malformed)
        }
    }

    @Test(arguments: SigningKey.supported) func `key_ops and use bind the signer too`(
        algorithm: SignatureAlgorithm
    ) throws {
        for (name, value): (ByteString, JSON) in [("key_ops", ["verify"]), ("use", "enc")] {
            var jwk = try #require(Keys.all[algorithm]).privateJWK
            jwk["use"] = nil
            jwk[name] = value
            #expect(Keys.complaint { () throws(KeyError) in _ = try SigningKey(jwk: jwk) } == .notPrivate)
        }
    }

    @Test func `extra header parameters do not overrule the signer`() throws {
        let key = try SigningKey.generate(.es256, id: "k1")
        let token = try TokenSigner(key: key).sign(
            claims: [:], type: nil, header: ["alg": "none", "kid": "other", "typ": "x", "jku": "u"])
        let header = try #require(token.split(separator: ".").first)
        #expect(
            String(decoding: try Base64URL.decode(Array(header.utf8)), as: UTF8.self)
                == #"{"alg":"ES256","kid":"k1","typ":"x","jku":"u"}"#)
    }

    @Test(arguments: SigningKey.supported) func `no key prints its secret`(algorithm: SignatureAlgorithm) throws {
        let key = try #require(Keys.all[algorithm])
        let keys = try KeySet([key.verificationKey])
        let texts = [
            "\(key)", "\(key.verificationKey)", "\(keys)", "\(TokenSigner(key: key))", String(reflecting: key),
            "\(TokenVerifier(keys: keys, policy: Keys.policy))", String(reflecting: keys),
        ]
        let jwk = key.privateJWK
        for name: ByteString in ["k", "d", "p", "q", "priv"] {
            guard let text = jwk[name]?.string else { continue }
            let decimal = try Base64URL.decode(text.bytes).prefix(4).map { "\($0)" }.joined(separator: ", ")
            for printed in texts { #expect(!printed.contains(text.text) && !printed.contains(decimal)) }
        }
        for printed in texts { #expect(printed.contains("<redacted>")) }
    }
}
