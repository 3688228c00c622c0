import Codecs
import JOSE
import Testing
import Tokens

@Suite(.enabled(if: OpenSSL.path != nil, "\(OpenSSL.absence)")) struct OpenSSLTests {
    static let asymmetric = SigningKey.supported.filter { algorithm in
        // PSS needs further options, and the command of OpenSSL 3.0 has no ML-DSA.
        algorithm.family == .ecdsa || algorithm.family == .edDSA || algorithm == .rs256
    }

    private func read(_ pem: [UInt8]) throws -> SigningKey {
        try SigningKey(try #require(try KeyReader.read(pem).first))
    }

    /// An ECDSA signature as OpenSSL has it: a SEQUENCE of two integers.
    private func signature(_ bytes: [UInt8], for algorithm: SignatureAlgorithm) -> [UInt8] {
        guard algorithm.family == .ecdsa else { return bytes }
        let half = bytes.count / 2
        return DERWriter.sequence([
            DERWriter.unsignedInteger(Array(bytes[..<half])), DERWriter.unsignedInteger(Array(bytes[half...])),
        ])
    }

    @Test(arguments: asymmetric) func `our PEM is OpenSSL's PEM`(algorithm: SignatureAlgorithm) throws {
        let key = try #require(Keys.all[algorithm])
        let pem = Array(try #require(key.privatePEM).utf8)
        let publicPEM = Array(try #require(key.verificationKey.publicPEM).utf8)
        let files = ["key.pem": pem, "public.pem": publicPEM]
        #expect(try OpenSSL.run(["pkey", "-in", "key.pem", "-pubout"], files: files) == publicPEM)
        #expect(try OpenSSL.run(["pkey", "-pubin", "-in", "public.pem", "-pubout"], files: files) == publicPEM)
        #expect(throws: Never.self) { try OpenSSL.run(["pkey", "-in", "key.pem", "-check", "-noout"], files: files) }
        let again = try OpenSSL.run(["pkey", "-in", "key.pem"], files: files)
        #expect(try read(again).verificationKey.publicPEM == key.verificationKey.publicPEM)
        if algorithm.family != .ecdsa {
            // Of EC keys OpenSSL writes what it would; the others come out as they went in.
            #expect(again == pem)
        }
    }

    @Test(arguments: [
        (SignatureAlgorithm.rs256, ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
        (.es256, ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]), (.ed25519, ["-algorithm", "ED25519"]),
    ])
    func `OpenSSL's keys are read in each of their forms`(algorithm: SignatureAlgorithm, options: [String]) throws {
        let pem = try OpenSSL.run(["genpkey"] + options)
        let key = try read(pem)
        #expect(key.algorithm == algorithm)
        let publicPEM = try OpenSSL.run(["pkey", "-in", "key.pem", "-pubout"], files: ["key.pem": pem])
        #expect(try #require(key.verificationKey.publicPEM) == String(decoding: publicPEM, as: UTF8.self))
        #expect(try #require(KeyReader.read(publicPEM).first).description.algorithm == algorithm)
        if algorithm != .ed25519 {
            let old = try OpenSSL.run(["pkey", "-in", "key.pem", "-traditional"], files: ["key.pem": pem])
            #expect(old != pem)
            #expect(try read(old).privateJWK.members.filter { $0.name != "kid" } == key.privateJWK.members)
        }
        if algorithm == .rs256 {
            let old = try OpenSSL.run(["rsa", "-in", "key.pem", "-RSAPublicKey_out"], files: ["key.pem": pem])
            #expect(String(decoding: old, as: UTF8.self).hasPrefix("-----BEGIN RSA PUBLIC KEY-----"))
            #expect(
                try VerificationKey(try #require(KeyReader.read(old).first)).publicPEM == key.verificationKey.publicPEM)
        }
    }

    @Test func `all eight numbers of a private RSA JWK are OpenSSL's`() throws {
        let key = try #require(Keys.all[.rs256])
        let pem = Array(try #require(key.privatePEM).utf8)
        let old = try OpenSSL.run(["pkey", "-in", "key.pem", "-traditional"], files: ["key.pem": pem])
        var outer = DERReader(try #require(try PEM.read(old).first).der)
        var numbers = try outer.enter(DERReader.Tag.sequence)
        #expect(try numbers.readUnsignedInteger() == [])
        let jwk = key.privateJWK
        for name: ByteString in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
            #expect(try Base64URL.decode(jwk[name]?.string?.bytes ?? []) == numbers.readUnsignedInteger(), "\(name)")
        }
        try numbers.finish()
    }

    @Test(arguments: asymmetric) func `OpenSSL verifies our signatures, and we its`(algorithm: SignatureAlgorithm)
        throws
    {
        let key = try #require(Keys.all[algorithm])
        let input = Array("some bytes that are signed".utf8)
        let raw = ["-rawin"] + (algorithm.hashLength.map { ["-digest", "sha\($0 * 8)"] } ?? [])
        var files = [
            "key.pem": Array(try #require(key.privatePEM).utf8), "input": input,
            "public.pem": Array(try #require(key.verificationKey.publicPEM).utf8),
            "signature": signature(try key.sign(input), for: algorithm),
        ]
        let verify = ["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-in", "input", "-sigfile", "signature"]
        #expect(throws: Never.self) { try OpenSSL.run(verify + raw, files: files) }
        files["input"] = input + [0]
        #expect(throws: OpenSSL.Failure.self) { try OpenSSL.run(verify + raw, files: files) }
        files["input"] = input
        var theirs = try OpenSSL.run(["pkeyutl", "-sign", "-inkey", "key.pem", "-in", "input"] + raw, files: files)
        if algorithm.family == .ecdsa {
            let half = (algorithm.signatureLength ?? 0) / 2
            var reader = DERReader(theirs)
            var numbers = try reader.enter(DERReader.Tag.sequence)
            let halves = [try numbers.readUnsignedInteger(), try numbers.readUnsignedInteger()]
            theirs = halves.flatMap { [UInt8](repeating: 0, count: max(0, half - $0.count)) + $0 }
        }
        #expect(key.verificationKey.verifies(theirs, over: input[...]))
    }

    @Test(arguments: [
        ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-224"],
        ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"], ["-algorithm", "X448"],
    ])
    func `a key of another kind is unsupported, not damaged`(options: [String]) throws {
        let pem = try OpenSSL.run(["genpkey"] + options)
        let publicPEM = try OpenSSL.run(["pkey", "-in", "key.pem", "-pubout"], files: ["key.pem": pem])
        for text in [pem, publicPEM] {
            #expect(Keys.complaint { () throws(KeyError) in _ = try KeyReader.read(text) } == .unsupported)
            let der = try #require(try PEM.read(text).first).der
            #expect(
                Keys.complaint { () throws(KeyError) in _ = try KeyReader.read(der, as: .utf8) } == .notSecret)
        }
    }

    @Test func `a certificate holds a public key, and is no secret`() throws {
        let options = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=test", "-keyout", "key.pem"]
        let pem = try OpenSSL.run(options)
        let key = try VerificationKey(try #require(try KeyReader.read(pem).first))
        #expect(key.algorithm == .ed25519)
        let der = try #require(try PEM.read(pem).first).der
        #expect(Keys.complaint { () throws(KeyError) in _ = try KeyReader.read(der, as: .utf8) } == .notSecret)
    }
}
