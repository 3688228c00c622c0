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
            let bound = try TokenSigner(key: issuer).sign(claims: claims)
            #expect(throws: Never.self) {
                try verifier.verify(bound, now: Keys.now, confirmation: verified.confirmation)
            }
            let bearer = #expect(throws: TokenRejection.self) { try verifier.verify(bound, now: Keys.now) }
            #expect(bearer?.code == .tokenBound)
            claims["cnf"] = ["jkt": "another"]
            let other = try TokenSigner(key: issuer).sign(claims: claims)
            let rejection = #expect(throws: TokenRejection.self) {
                try verifier.verify(other, now: Keys.now, confirmation: verified.confirmation)
            }
            #expect(rejection?.code == .tokenBound)
        }
    }

    @Test func `a proof is good once, until it is too old, and room that is full takes no more`() throws {
        let expected = DPoPExpectation(method: "GET", address: try #require(RequestAddress("https://api.example")))
        func verified() throws -> VerifiedDPoPProof {
            try DPoPProofVerifier().verify(
                try proof(try SigningKey.generate(.es256)), expecting: expected, now: Keys.now)
        }
        let (first, second) = (try verified(), try verified())
        let used = UsedProofs(lifetime: DPoPProofVerifier().lifetime, capacity: 2)
        #expect(DPoPProofVerifier().lifetime == 121)
        #expect(used.use(first, now: Keys.now) == .first)
        // The same jti under another key is another proof.
        #expect(used.use(second, now: Keys.now + 120) == .first)
        for time: Int64 in [0, 1, 120, 121, 122, 240] {
            #expect(used.use(second, now: Keys.now + time) == .again, "\(time)")
        }
        #expect(used.use(try verified(), now: Keys.now + 240) == .first)
        #expect(used.use(try verified(), now: Keys.now + 240) == .first)
        #expect(used.use(try verified(), now: Keys.now + 240) == .unknown)
        #expect(used.use(second, now: Keys.now + 240) == .again)
        #expect(used.use(second, now: Keys.now + 600) == .first)
        #expect(UsedProofs(lifetime: 10).use(first, now: .max) == .first)
        #expect(UsedProofs(lifetime: .max).use(first, now: .min) == .first)
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
