import Codecs
import JOSE
import Testing
import Tokens

@Suite struct DPoPProofVerifierTests {
    private func proof(
        _ key: SigningKey, jwk: JSONObject? = nil, claims: [ByteString: JSON] = [:], algorithm: ByteString? = nil
    ) throws -> [UInt8] {
        var jwk = jwk ?? key.verificationKey.publicJWK ?? [:]
        for name: ByteString in ["kid", "use", "alg"] { jwk[name] = nil }
        var payload: JSONObject = [
            "jti": "1", "htm": "GET", "htu": "https://api.example/", "iat": .number(.init(Keys.now)),
        ]
        for (name, value) in claims { payload[name] = value }
        let signer = JWSSigner([
            .init(
                key: key,
                protected: [
                    "typ": "dpop+jwt", "alg": .string(algorithm ?? ByteString(key.algorithm.rawValue)),
                    "jwk": .object(jwk),
                    "kid": "x",
                ])
        ])
        return try signer.compact(JSONWriter.write(.object(payload)))
    }

    @Test func `a proof shows whose key it is`() throws {
        let expected = DPoPExpectation(method: "GET", address: try #require(RequestAddress("https://api.example")))
        for algorithm: SignatureAlgorithm in [.es256, .ed25519] {
            let key = try SigningKey.generate(algorithm)
            let verified = try DPoPProofVerifier().verify(try proof(key), expecting: expected, now: Keys.now)
            #expect(verified.claims.tokenID == "1")
            #expect(verified.thumbprint == key.id)

            let issuer = try SigningKey.generate(.es256)
            var claims = Keys.claims
            claims["cnf"] = ["jkt": .string(try #require(key.id))]
            let verifier = TokenVerifier(keys: try KeySet([issuer.verificationKey]), policy: Keys.policy)
            let bound = try verifier.verify(
                Array(try TokenSigner(key: issuer).sign(claims: claims).utf8), now: Keys.now)
            #expect(verified.binds(bound))
            claims["cnf"] = ["jkt": "another"]
            let other = try verifier.verify(
                Array(try TokenSigner(key: issuer).sign(claims: claims).utf8), now: Keys.now)
            #expect(!verified.binds(other))
        }
    }

    @Test func `EdDSA is accepted where it is asked for`() throws {
        let expected = DPoPExpectation(method: "GET", address: try #require(RequestAddress("https://api.example")))
        let key = try SigningKey.generate(.ed25519)
        let old = try proof(key, algorithm: "EdDSA")
        let rejection = #expect(throws: TokenRejection.self) {
            try DPoPProofVerifier().verify(old, expecting: expected, now: Keys.now)
        }
        #expect(rejection?.code == .algorithmNotAllowed)
        let verifier = DPoPProofVerifier(acceptsEdDSA: true)
        #expect(try verifier.verify(old, expecting: expected, now: Keys.now).thumbprint == key.id)
        #expect(throws: TokenRejection.self) {
            try DPoPProofVerifier(algorithms: [.es256], acceptsEdDSA: true).verify(
                old, expecting: expected, now: Keys.now)
        }
    }

    @Test func `a proof with another's key is refused`() throws {
        let expected = DPoPExpectation(method: "GET", address: try #require(RequestAddress("https://api.example")))
        let key = try SigningKey.generate(.es256)
        let victim = try SigningKey.generate(.es256)
        let forged = try proof(key, jwk: victim.verificationKey.publicJWK)
        let rejection = #expect(throws: TokenRejection.self) {
            try DPoPProofVerifier().verify(forged, expecting: expected, now: Keys.now)
        }
        #expect(rejection?.code == .signatureMismatch)
        let offCurve = try proof(
            key,
            jwk: [
                "kty": "EC", "crv": "P-256", "x": victim.verificationKey.publicJWK?["x"] ?? "",
                "y": victim.verificationKey.publicJWK?["x"] ?? "",
            ])
        #expect(throws: TokenRejection.self) {
            try DPoPProofVerifier().verify(offCurve, expecting: expected, now: Keys.now)
        }
    }

    @Test func `ath is the access token's hash`() {
        // RFC 9449 §7.1.
        let token = Array("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU".utf8)
        #expect(DPoPProofVerifier.hash(ofAccessToken: token) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")
    }
}
