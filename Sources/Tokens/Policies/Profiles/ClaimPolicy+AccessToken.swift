public import Codecs

extension ClaimPolicy {
    /// What a resource server asks of an access token (RFC 9068 §4): `typ` is `at+jwt`, and `iss`, `exp`, `aud`, `sub`,
    /// `client_id`, `iat` and `jti` are there.
    /// - Parameters:
    ///   - issuer: the authorization server's identifier, byte for byte.
    ///   - audience: the resource server's own identifier.
    ///   - leeway: in seconds; more than 120 counts as 120.
    public static func accessToken(
        issuer: ByteString, audience: ByteString, algorithms: [SignatureAlgorithm], scopes: [ByteString] = [],
        leeway: Int64 = 30
    ) -> ClaimPolicy {
        ClaimPolicy(
            algorithms: algorithms, types: ["at+jwt"], issuers: [issuer], audiences: [audience],
            leeway: serverLeeway(leeway), requiredClaims: [ClaimRequirement("exp"), ClaimRequirement("iat")],
            scopes: scopes,
            claimRules: [
                ClaimRule("sub", .present), ClaimRule("client_id", .present), ClaimRule("jti", .present),
            ])
    }
}
