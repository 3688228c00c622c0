public import Codecs

extension ClaimPolicy {
    /// What an authorization server asks of the assertion with which a client proves who it is (RFC 7523 §3, OpenID
    /// Connect Core §9 `private_key_jwt`): `iss` and `sub` are the client, `aud` is this server and nobody else, `exp`
    /// and `jti` are there. Whoever accepts one remembers its `jti` until `exp`: it is for one use.
    ///
    /// `typ` is `client-authentication+jwt`, or, as older clients do, `JWT` or nothing.
    /// - Parameters:
    ///   - clientID: the client whose keys are trusted here.
    ///   - audiences: the server's issuer identifier, and its token endpoint where older clients name that.
    ///   - maximumLifetime: the most seconds between `iat`, where there is one, and `exp`.
    ///   - leeway: in seconds; more than 120 counts as 120.
    public static func clientAssertion(
        clientID: ByteString, audiences: [ByteString], algorithms: [SignatureAlgorithm],
        maximumLifetime: Int64? = nil, leeway: Int64 = 30
    ) -> ClaimPolicy {
        ClaimPolicy(
            algorithms: algorithms, types: ["client-authentication+jwt", "JWT"], issuers: [clientID],
            audiences: audiences, leeway: serverLeeway(leeway), requiredClaims: [ClaimRequirement("exp")],
            acceptsMissingType: true, audienceMatch: .only, maximumLifetime: maximumLifetime,
            claimRules: [
                ClaimRule("sub", .equals(.string(clientID))), ClaimRule("jti", .present),
                ClaimRule("events", .absent),
            ])
    }
}
