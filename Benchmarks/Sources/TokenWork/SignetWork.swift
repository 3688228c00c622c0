import Codecs
import Foundation
import JOSE
import Tokens

/// The library's own work on one algorithm.
public enum SignetWork {
    /// Full verification and signing, and everything around the primitive.
    ///
    /// The clock is read for each token, as the peers do. Throws what the library says of a key that it does not support.
    public static func all(_ material: Material) throws -> [Work] {
        let key = try SigningKey(jwk: material.jwk)
        let verifier = TokenVerifier(keys: try KeySet([key.verificationKey]), policy: material.policy)
        let signer = TokenSigner(key: key)
        let judge = TokenJudge(policy: material.policy)
        let descriptions = [key.verificationKey.description]
        let token = material.token
        let claims = material.claims
        let name = material.algorithm.rawValue

        let holds: ([UInt8]) -> Bool = { (try? verifier.verify($0, now: clock())) != nil }
        guard holds(token) else { throw BrokenWork("a good token was refused") }
        guard !holds(material.forged) else { throw BrokenWork("a forged token passed") }
        guard holds(Array(try signer.sign(claims: claims).utf8)) else { throw BrokenWork("an own token was refused") }
        return [
            Work("signet", name, "verify") { for _ in 0..<$0 { _ = try verifier.verify(token, now: clock()) } },
            Work("signet", name, "sign") { for _ in 0..<$0 { _ = try signer.sign(claims: claims) } },
            Work("signet", name, "around") {
                // As a verifier does from its second token by the same issuer on.
                let known = try judge.plan(token, keys: descriptions).headerDecision
                for _ in 0..<$0 {
                    let plan = try judge.plan(token, keys: descriptions, known: known)
                    _ = try judge.judge(plan, signatureHolds: true, now: clock(), revocations: .empty)
                }
            },
        ]
    }

    /// The single steps of reading a token, and of reading a key set.
    public static func steps(_ material: Material) throws -> [Work] {
        let token = material.token
        let encoded = try EncodedToken(token)
        let payload = try encoded.decode(.payload)
        let text = Array(token[encoded.payload])
        let key = try SigningKey(jwk: material.jwk).verificationKey
        let set = JSONWriter.write(try KeySet([key]).publicJWKS)
        let name = material.algorithm.rawValue
        return [
            Work("signet", name, "decode") {
                for _ in 0..<$0 {
                    let decoded = try DecodedToken(try EncodedToken(token))
                    _ = try decoded.claims()
                }
            },
            Work("signet", name, "scan") {
                for _ in 0..<$0 {
                    _ = try JSONScanner.scan(payload, 0..<payload.count, depth: DecodedToken.claimsDepth) { _ in }
                }
            },
            Work("signet", name, "json") { for _ in 0..<$0 { _ = try JSONReader.read(payload) } },
            Work("signet", name, "base64url") { for _ in 0..<$0 { _ = try Base64URL.decode(text) } },
            Work("signet", name, "jwks") { for _ in 0..<$0 { _ = try KeySet(jwks: set) } },
        ]
    }

    /// Hits in a cache of 1,000 tokens, one after the other. Signing them takes a moment, so the algorithm should be fast.
    public static func cache(_ material: Material, entries: Int = 4_096) throws -> Work {
        let key = try SigningKey(jwk: material.jwk)
        let verifier = TokenVerifier(keys: try KeySet([key.verificationKey]), policy: material.policy)
        let signer = TokenSigner(key: key)
        let tokens = try (0..<1_000).map { index in
            var claims = material.claims
            claims["jti"] = .string(ByteString("benchmark-\(index)"))
            return Array(try signer.sign(claims: claims).utf8)
        }
        let verified = try tokens.map { try verifier.verify($0, now: clock()) }
        // Where a token goes is random; about one cache in ten has nine for the same eight places and loses one.
        var filled: VerdictCache<Int>?
        for _ in 0..<50 where filled == nil {
            let cache = VerdictCache<Int>(entries: entries)
            for index in tokens.indices {
                cache.remember(
                    index, for: tokens[index], policy: 1, keys: 1, claims: verified[index].claims,
                    keyID: verified[index].keyID, asked: material.policy)
            }
            if cache.count == tokens.count { filled = cache }
        }
        guard let cache = filled else { throw BrokenWork("the cache loses tokens") }
        return Work("signet", material.algorithm.rawValue, "cache") { count in
            var next = 0
            for _ in 0..<count {
                guard cache.verdict(for: tokens[next], policy: 1, keys: 1, now: clock(), revocations: .empty) == next
                else { throw BrokenWork("a miss") }
                next = next + 1 == tokens.count ? 0 : next + 1
            }
        }
    }

    /// Seconds since 1970.
    @inline(__always)
    static func clock() -> Int64 { Int64(time(nil)) }
}
