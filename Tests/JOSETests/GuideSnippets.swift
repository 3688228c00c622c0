import Codecs
import JOSE
import Testing
import Tokens

/// The code of the guides in Sources/JOSE/JOSE.docc, compiled and run. `dev/check-documentation` holds each code block
/// there against the marked lines here.
@Suite struct GuideSnippets {
    // snippet: verify
    func subject(of text: String, document: String, now: Int64) throws -> String? {
        let keys = try KeySet(publicJWKS: Array(document.utf8))
        let policy = ClaimPolicy(
            algorithms: [.es256], issuers: ["https://issuer.example"], audiences: ["orders"],
            requiredClaims: [ClaimRequirement("exp")])
        let verifier = TokenVerifier(keys: keys, policy: policy)
        let token = try verifier.verify(text, now: now)
        return token.claims.subject?.text
    }
    // end

    // snippet: remote
    func verifier(fetch: @escaping RemoteKeySet.Fetch) -> RemoteTokenVerifier {
        let start = ContinuousClock.now
        let keys = RemoteKeySet(
            address: "https://issuer.example/jwks.json", clock: { (ContinuousClock.now - start).components.seconds },
            fetch: fetch)
        let policy = ClaimPolicy(
            algorithms: [.es256], issuers: ["https://issuer.example"], audiences: ["orders"],
            requiredClaims: [ClaimRequirement("exp")])
        return RemoteTokenVerifier(keys: keys, policy: policy)
    }
    // end

    // snippet: reason
    func reason(against text: String, verifier: TokenVerifier, now: Int64) -> String? {
        do throws(TokenRejection) {
            _ = try verifier.verify(text, now: now)
            return nil
        } catch {
            return error.code.rawValue
        }
    }
    // end

    // snippet: sign
    func sign(with key: SigningKey, now: Int64) throws -> String {
        try TokenSigner(key: key).sign(claims: [
            "iss": "https://issuer.example", "sub": "ada", "aud": "orders",
            "exp": .number(JSONNumber(now + 300)),
        ])
    }
    // end

    // snippet: policy
    func policy() -> ClaimPolicy {
        ClaimPolicy(
            algorithms: [.es256, .ed25519],
            types: ["JWT"],
            issuers: ["https://issuer.example"],
            audiences: ["orders"],
            requiredClaims: [ClaimRequirement("exp")],
            maximumAge: 3_600,
            maximumLifetime: 600,
            claimRules: [
                ClaimRule(ClaimPath("realm_access", "roles"), .containsAny(["clerk", "admin"])),
                ClaimRule("tenant", .oneOf(["north", "south"]), presence: .optional),
            ])
    }
    // end

    // snippet: profile
    func accessTokenPolicy() -> ClaimPolicy {
        .accessToken(
            issuer: "https://issuer.example", audience: "orders", algorithms: [.es256], scopes: ["orders:read"])
    }
    // end

    private let now: Int64 = 1_700_000_000

    @Test func `the guide's token verifies, and an old one is refused with the guide's code`() async throws {
        let key = try SigningKey.generate(.es256)
        let keys = try KeySet([key.verificationKey])
        let text = try sign(with: key, now: now)
        let document = ByteString(utf8: JSONWriter.write(keys.publicJWKS)).text
        #expect(try subject(of: text, document: document, now: now) == "ada")
        let published = JSONWriter.write(keys.publicJWKS)
        let remote = verifier { _ in FetchedKeySet(body: published, maximumAge: nil) }
        #expect(try await remote.verify(Array(text.utf8), now: now).claims.subject == "ada")
        let verifier = TokenVerifier(keys: keys, policy: ClaimPolicy(algorithms: [.es256]))
        #expect(reason(against: text, verifier: verifier, now: now) == nil)
        #expect(reason(against: text, verifier: verifier, now: now + 331) == "token-expired")
    }

    @Test func `the guide's policies accept what they describe, and nothing less`() throws {
        let key = try SigningKey.generate(.es256)
        let keys = try KeySet([key.verificationKey])
        var claims: JSONObject = [
            "iss": "https://issuer.example", "aud": "orders", "sub": "ada", "client_id": "shop", "jti": "t1",
            "iat": .number(JSONNumber(now)), "exp": .number(JSONNumber(now + 300)), "scope": "orders:read",
            "realm_access": ["roles": ["clerk"]],
        ]
        let own = TokenVerifier(keys: keys, policy: policy())
        let access = TokenVerifier(keys: keys, policy: accessTokenPolicy())
        let signer = TokenSigner(key: key)
        #expect(reason(against: try signer.sign(claims: claims), verifier: own, now: now) == nil)
        let typed = try signer.sign(claims: claims, type: "at+jwt")
        #expect(reason(against: typed, verifier: access, now: now) == nil)
        #expect(reason(against: typed, verifier: own, now: now) == "type-mismatch")
        claims["tenant"] = "west"
        #expect(reason(against: try signer.sign(claims: claims), verifier: own, now: now) == "claim-mismatch")
    }
}
