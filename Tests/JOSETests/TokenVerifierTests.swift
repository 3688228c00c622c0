import Codecs
import JOSE
import TestSupport
import Testing
import Tokens

@Suite struct TokenVerifierTests {
    @Test func `what a verifier remembers of headers changes no answer`() throws {
        let key = try SigningKey.generate(.es256, id: "k1")
        let keys = try KeySet([key.verificationKey])
        let signer = TokenSigner(key: key)
        let good = Array(try signer.sign(claims: Keys.claims).utf8)
        var expired = Keys.claims
        expired["exp"] = 1
        var tokens = [good, Array(try signer.sign(claims: expired).utf8)]
        tokens.append(
            Array(try TokenSigner(key: try SigningKey.generate(.es256, id: "k1")).sign(claims: Keys.claims).utf8))
        var generator = SeededGenerator(seed: 41)
        for _ in 0..<200 { tokens.append(Mutation.of(good, words: [".", "=", "e30", "AAAA"], using: &generator)) }
        for place in good.indices {
            var changed = good
            changed.remove(at: place)
            tokens.append(changed)
            changed.insert(UInt8(ascii: "."), at: place)
            tokens.append(changed)
            tokens.append(Array(good[..<place]) + [UInt8(ascii: ".")] + good[place...])
        }
        let practised = TokenVerifier(keys: keys, policy: Keys.policy)
        for _ in 0..<2 { _ = try practised.verify(good, now: Keys.now) }
        for token in tokens {
            let new = TokenVerifier(keys: keys, policy: Keys.policy)
            func answer(_ verifier: TokenVerifier) -> String {
                do throws(TokenRejection) {
                    let verified = try verifier.verify(token, now: Keys.now)
                    return JSONWriter.text(["h": .object(verified.header.json), "c": .object(verified.claims.json)])
                } catch {
                    return error.description
                }
            }
            #expect(answer(practised) == answer(new))
        }
    }

    @Test func `a rejection's steps can be told again, exactly as they were heard`() throws {
        let key = try SigningKey.generate(.es256, id: "k1")
        let verifier = TokenVerifier(keys: try KeySet([key.verificationKey]), policy: Keys.policy)
        let signer = TokenSigner(key: key)
        let good = Array(try signer.sign(claims: Keys.claims).utf8)
        var tokens: [[UInt8]] = [[], Array("a.b".utf8), Array("a.b.c.d.e".utf8)]
        for (name, value): (ByteString, JSON?) in [
            ("exp", 1), ("exp", "soon"), ("nbf", 1_800_000_000), ("iat", 1_800_000_000), ("iss", "joe"), ("aud", nil),
        ] {
            var claims = Keys.claims
            claims[name] = value
            tokens.append(Array(try signer.sign(claims: claims).utf8))
        }
        for header: JSONObject in [["crit": ["x"], "x": 1], ["b64": true], ["jwk": [:]]] {
            tokens.append(Array(try signer.sign(claims: Keys.claims, type: "JWT", header: header).utf8))
        }
        tokens.append(
            Array(try TokenSigner(key: try SigningKey.generate(.es256, id: "k1")).sign(claims: Keys.claims).utf8))
        tokens.append(
            Array(try TokenSigner(key: try SigningKey.generate(.es256, id: "k2")).sign(claims: Keys.claims).utf8))
        var generator = SeededGenerator(seed: 99)
        for _ in 0..<300 {
            tokens.append(Mutation.of(good, words: [".", "=", "e30", "AAAA"], using: &generator))
        }
        let revoked = RevocationSnapshot(tokens: [TokenIdentity(issuer: "https://issuer.example", id: "t1")])
        var checks: Set<VerificationStep.Check> = []
        for (index, token) in (tokens + [good]).enumerated() {
            let revocations = index == tokens.count ? revoked : .empty
            var heard: [VerificationStep] = []
            do throws(TokenRejection) {
                _ = try verifier.verify(token, now: Keys.now, revocations: revocations) { heard.append($0) }
                #expect(token == good)
            } catch {
                #expect(verifier.steps(to: error, of: token, now: Keys.now, revocations: revocations) == heard)
                #expect(heard.last?.code == error.code)
                checks.insert(error.check)
            }
        }
        #expect(
            checks.isSuperset(of: [
                .form, .header, .critical, .key, .signature, .claims, .issuer, .audience, .expiry, .notBefore,
                .issuedAt,
                .revocation,
            ]))
    }

    @Test func `a token of a revoked key is refused, named or not, and one of another key passes`() throws {
        let stolen = try SigningKey.generate(.es256, id: "stolen")
        let good = try SigningKey.generate(.es256, id: "good")
        var nameless = stolen.privateJWK
        nameless["kid"] = nil
        let verifier = TokenVerifier(
            keys: try KeySet([good.verificationKey, stolen.verificationKey]), policy: Keys.policy)
        let revocations = RevocationSnapshot(keys: [TokenIdentity(issuer: "https://issuer.example", id: "stolen")])
        for (key, isRefused) in [(stolen, true), (try SigningKey(jwk: nameless), true), (good, false)] {
            let token = Array(try TokenSigner(key: key).sign(claims: Keys.claims).utf8)
            #expect(try verifier.verify(token, now: Keys.now).keyID == (isRefused ? "stolen" : "good"))
            var heard: [VerificationStep] = []
            do throws(TokenRejection) {
                _ = try verifier.verify(token, now: Keys.now, revocations: revocations) { heard.append($0) }
                #expect(!isRefused)
            } catch {
                #expect(isRefused)
                #expect(error.code == .tokenRevoked)
                #expect(verifier.steps(to: error, of: token, now: Keys.now, revocations: revocations) == heard)
            }
        }
    }

    @Test func `nobody who knows what is revoked means a skipped step`() throws {
        let key = try #require(Keys.all[.ed25519])
        let token = try TokenSigner(key: key).sign(claims: Keys.claims)
        var steps: [VerificationStep] = []
        _ = try TokenVerifier(keys: try KeySet([key.verificationKey]), policy: Keys.policy)
            .verify(Array(token.utf8), now: Keys.now, revocations: nil) { steps.append($0) }
        #expect(steps.last?.check == .revocation)
        #expect(steps.last?.outcome == .skipped)
    }

    @Test(arguments: SigningKey.supported)
    func `an algorithm that the policy does not list is refused before any key`(
        algorithm: SignatureAlgorithm
    ) throws {
        let key = try #require(Keys.all[algorithm])
        let token = try TokenSigner(key: key).sign(claims: Keys.claims)
        var policy = Keys.policy
        policy.algorithms.removeAll { $0 == algorithm }
        #expect(Keys.code(token.utf8, try KeySet([key.verificationKey]), policy: policy) == .algorithmNotAllowed)
    }
}
