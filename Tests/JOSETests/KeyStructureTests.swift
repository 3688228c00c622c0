import Codecs
import TestSupport
import Testing
import Tokens

@testable import JOSE

/// DER structures that OpenSSL of today does not write, or writes only when asked.
@Suite struct KeyStructureTests {
    private func key(_ der: [UInt8]) throws(KeyError) -> KeyDocument {
        guard let key = try KeyReader.read(der).first else { throw KeyError(.unreadable, "there is no key") }
        return try KeyDocument(key)
    }

    private func refusal(_ der: [UInt8]) -> KeyError.Code? {
        Keys.complaint { () throws(KeyError) in _ = try key(der) }
    }

    /// PKCS#8 with its algorithm, the contents of its private key, and the public key of version 1 (RFC 5958 §2).
    private func pkcs8(
        _ algorithm: [[UInt8]], _ privateKey: [UInt8], publicKey: [UInt8]? = nil, version: UInt8 = 1
    ) -> [UInt8] {
        var elements = [
            DERWriter.unsignedInteger([version]), DERWriter.sequence(algorithm),
            DERWriter.element(DERReader.Tag.octetString, privateKey),
        ]
        if let publicKey { elements.append(DERWriter.element(0x81, [0] + publicKey)) }
        return DERWriter.sequence(elements)
    }

    private func identifier(_ bytes: [UInt8]) -> [UInt8] { DERWriter.element(DERReader.Tag.objectIdentifier, bytes) }
    private func octets(_ bytes: [UInt8]) -> [UInt8] { DERWriter.element(DERReader.Tag.octetString, bytes) }
    private func changed(_ bytes: [UInt8]) -> [UInt8] { Array(bytes.dropLast()) + [(bytes.last ?? 0) ^ 1] }

    @Test func `the public key of a PKCS#8 structure of version 1 must belong to the private one`() throws {
        for (algorithm, curve) in [(SignatureAlgorithm.ed25519, OctetPairCurve.ed25519), (.ed448, .ed448)] {
            guard case .octetPair(_, let open, let secret?) = BackendTests.materials[algorithm] else { continue }
            let names = [identifier(curve.objectIdentifier)]
            let whole = try key(pkcs8(names, octets(secret), publicKey: open))
            #expect(try whole.matches(key(pkcs8(names, octets(secret), version: 0))))
            #expect(whole.publicJWK?["x"]?.string?.text == Base64URL.encode(open))
            #expect(refusal(pkcs8(names, octets(secret), publicKey: changed(open))) != nil)
            #expect(refusal(pkcs8(names, octets(secret), publicKey: Array(open.dropLast()))) == .malformed)
            // Version 0 has no place for a public key.
            #expect(refusal(pkcs8(names, octets(secret), publicKey: open, version: 0)) == .malformed)
            #expect(refusal(pkcs8(names, octets(secret), version: 2)) == .malformed)
        }
        for algorithm in [SignatureAlgorithm.es256, .es384, .es512] {
            guard case .elliptic(let curve, let x, let y, let secret?) = BackendTests.materials[algorithm] else {
                Issue.record("\(algorithm) has no key to test with")
                continue
            }
            let names = [
                identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]), identifier(curve.objectIdentifier),
            ]
            let bare = DERWriter.sequence([DERWriter.unsignedInteger([1]), octets(secret)])
            let whole = try key(pkcs8(names, bare, publicKey: [4] + x + y))
            #expect(try whole.matches(key(pkcs8(names, bare, version: 0))))
            #expect(refusal(pkcs8(names, bare, publicKey: [4] + x + changed(y))) != nil)
            #expect(refusal(pkcs8(names, bare, publicKey: [2] + x)) == .malformed)
        }
    }

    @Test func `an ML-DSA key is read from its seed, and from its seed beside the expanded key`() throws {
        for (algorithm, parameters) in [(SignatureAlgorithm.mlDSA65, MLDSAParameters.mlDSA65), (.mlDSA87, .mlDSA87)] {
            guard case .mlDSA(_, let open, let seed?) = BackendTests.materials[algorithm] else {
                Issue.record("\(algorithm) has no key to test with")
                continue
            }
            let names = [identifier(parameters.objectIdentifier)]
            let expanded = [UInt8](repeating: 7, count: 4_032)
            let alone = try key(pkcs8(names, DERWriter.element(0x80, seed), version: 0))
            #expect(alone.publicJWK?["pub"]?.string?.text == Base64URL.encode(open))
            let both = DERWriter.sequence([octets(seed), octets(expanded)])
            #expect(try key(pkcs8(names, both, version: 0)).matches(alone))
            #expect(try key(pkcs8(names, both, publicKey: open)).matches(alone))
            #expect(refusal(pkcs8(names, both, publicKey: changed(open))) != nil)
            #expect(refusal(pkcs8(names, octets(expanded), version: 0)) == .unsupported)
            #expect(refusal(pkcs8(names, DERWriter.element(0x80, Array(seed.dropLast())), version: 0)) == .malformed)
        }
    }

    @Test(
        .enabled(if: OpenSSL.path != nil, "\(OpenSSL.absence)"),
        arguments: [
            ("sha256", 32, SignatureAlgorithm.ps256), ("sha384", 48, .ps384), ("sha512", 64, .ps512),
            ("sha512", 20, .ps512),
        ])
    func `an RSASSA-PSS key is for its own algorithm and no other`(
        hash: String, salt: Int, algorithm: SignatureAlgorithm
    ) throws {
        let pem = try OpenSSL.run([
            "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt",
            "rsa_pss_keygen_md:\(hash)", "-pkeyopt", "rsa_pss_keygen_mgf1_md:\(hash)", "-pkeyopt",
            "rsa_pss_keygen_saltlen:\(salt)",
        ])
        let open = try OpenSSL.run(["pkey", "-in", "key.pem", "-pubout"], files: ["key.pem": pem])
        for text in [pem, open] {
            #expect(try KeyReader.read(text).first?.description.algorithm == algorithm)
            for other in [SignatureAlgorithm.rs256, .ps256, .ps384] where other != algorithm {
                let code = Keys.complaint { () throws(KeyError) in
                    _ = try KeyReader.read(text, algorithm: other).map { key throws(KeyError) in
                        try VerificationKey(key)
                    }
                }
                #expect(code == .usage, "\(other)")
            }
        }
        let signing = try SigningKey(try #require(try KeyReader.read(pem).first))
        let verifying = try VerificationKey(try #require(try KeyReader.read(open).first))
        let signature = try signing.sign([1, 2, 3])
        #expect(verifying.verifies(signature, over: [1, 2, 3]))
        #expect(!verifying.verifies(signature, over: [1, 2, 4]))
    }

    /// RFC 4055 §3.1: without parameters any hash, and no other padding.
    @Test(.enabled(if: OpenSSL.path != nil, "\(OpenSSL.absence)"))
    func `an RSASSA-PSS key without parameters is for its family`() throws {
        let pem = try OpenSSL.run(["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"])
        let open = try OpenSSL.run(["pkey", "-in", "key.pem", "-pubout"], files: ["key.pem": pem])
        for text in [pem, open] {
            #expect(try KeyReader.read(text).first?.description.algorithm == .ps256)
            for algorithm: SignatureAlgorithm in [.ps256, .ps384, .ps512] {
                #expect(try KeyReader.read(text, algorithm: algorithm).first?.description.algorithm == algorithm)
            }
            for other: KeyPurpose in [.signature(.rs256), .keyManagement(.rsaOAEP256), .encryption] {
                #expect(
                    Keys.complaint { () throws(KeyError) in _ = try KeyReader.read(text, purpose: other) } == .usage)
            }
        }
    }

    @Test(.enabled(if: OpenSSL.path != nil, "\(OpenSSL.absence)"), arguments: ["sha1", "sha224"])
    func `an RSASSA-PSS key for another hash is refused`(hash: String) throws {
        let pem = try OpenSSL.run([
            "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt",
            "rsa_pss_keygen_md:\(hash)", "-pkeyopt", "rsa_pss_keygen_mgf1_md:\(hash)",
        ])
        #expect(Keys.complaint { () throws(KeyError) in _ = try KeyReader.read(pem) } == .unsupported)
    }
}
