import Codecs
import JOSE
import Testing
import Tokens

@testable import Gateway

/// A remembered verdict is as strict as a fresh one.
struct VerdictCacheTests {
    private let issuer: ByteString = "https://issuer.example"
    private let policy: BearerTokenPolicy
    private let token: [UInt8]
    private let claims: Claims

    init() throws {
        let key = try SigningKey.generate(.es256, id: "k")
        policy = BearerTokenPolicy(
            verifier: TokenVerifier(
                keys: try KeySet([key.verificationKey]),
                policy: ClaimPolicy(algorithms: [.es256], issuers: [issuer], leeway: 10)))
        let text = try TokenSigner(key: key).sign(claims: [
            "iss": .string(issuer), "sub": "ada", "jti": "t1", "sid": "s1", "exp": 1_000,
        ])
        token = Array(text.utf8)
        claims = try policy.verifier.verify(token, now: 0).claims
    }

    private func ask(
        _ cache: VerdictCache, _ token: [UInt8]? = nil, policy: BearerTokenPolicy? = nil, now: Int64 = 0,
        revocations: RevocationSnapshot = .empty
    ) -> Claims? {
        (token ?? self.token).withUnsafeBytes {
            cache.claims(of: $0, policy: policy ?? self.policy, now: now, revocations: revocations)
        }
    }

    private func filled() -> VerdictCache {
        let cache = VerdictCache()
        token.withUnsafeBytes { cache.remember($0, policy: policy, claims: claims) }
        return cache
    }

    @Test func `a token that passed is known`() {
        #expect(ask(VerdictCache()) == nil)
        #expect(ask(filled())?.subject == "ada")
    }

    @Test func `expiry is looked at on every hit, to the second`() {
        let cache = filled()
        #expect(ask(cache, now: 1_009) != nil)
        #expect(ask(cache, now: 1_010) == nil)
        #expect(ask(cache, now: 0) == nil, "an entry that ended is gone")
    }

    @Test func `revocation of the token or its session is looked at on every hit`() {
        let token = RevocationSnapshot(tokens: [TokenIdentity(issuer: issuer, id: "t1")])
        let session = RevocationSnapshot(sessions: [TokenIdentity(issuer: issuer, id: "s1")])
        let foreign = RevocationSnapshot(tokens: [TokenIdentity(issuer: "https://other.example", id: "t1")])
        #expect(ask(filled(), revocations: foreign) != nil)
        #expect(ask(filled(), revocations: token) == nil)
        #expect(ask(filled(), revocations: session) == nil)
    }

    @Test func `another route's policy does not know it`() {
        let other = BearerTokenPolicy(verifier: policy.verifier)
        #expect(ask(filled(), policy: other) == nil)
    }

    @Test func `a forged token with a copied signature is not known`() {
        var forged = token
        forged[40] = forged[40] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        #expect(ask(filled(), forged) == nil)
        #expect(ask(filled(), Array(token.suffix(20))) == nil)
        #expect(ask(filled(), []) == nil)
    }
}
