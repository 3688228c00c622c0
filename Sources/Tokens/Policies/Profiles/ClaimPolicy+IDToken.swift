public import Codecs

extension ClaimPolicy {
    /// What a client asks of an ID token (OpenID Connect Core §3.1.3.7): `iss`, `sub`, `aud`, `exp` and `iat` are there,
    /// the audience is the client and nobody it does not trust, `azp` is the client where it is there or needed.
    ///
    /// ID tokens have no `typ` of their own, so what else could pass for one is kept out by what it says: an issuer that
    /// speaks of itself (a client assertion), and `events` (a logout token or another security event token).
    /// - Parameters:
    ///   - issuer: the provider's identifier, byte for byte.
    ///   - clientID: the client that the token is for.
    ///   - trustedAudiences: others that may stand in `aud` beside the client.
    ///   - nonce: what the client sent in its request; nil if it sent none.
    ///   - maximumAuthenticationAge: `max_age` of the request, in seconds.
    ///   - leeway: in seconds; more than 120 counts as 120.
    public static func idToken(
        issuer: ByteString, clientID: ByteString, trustedAudiences: [ByteString] = [], nonce: ByteString? = nil,
        algorithms: [SignatureAlgorithm], maximumAuthenticationAge: Int64? = nil, leeway: Int64 = 30
    ) -> ClaimPolicy {
        var rules = [
            ClaimRule("sub", .present), ClaimRule("sub", .differsFromClaim("iss")), ClaimRule("events", .absent),
            ClaimRule("aud", .containsAll([.string(clientID)])),
            ClaimRule("azp", .equals(.string(clientID)), presence: .requiredForSeveralAudiences),
        ]
        if let nonce { rules.append(ClaimRule("nonce", .equals(.string(nonce)))) }
        return ClaimPolicy(
            algorithms: algorithms, types: ["JWT"], issuers: [issuer], audiences: [clientID] + trustedAudiences,
            leeway: serverLeeway(leeway), requiredClaims: [ClaimRequirement("exp"), ClaimRequirement("iat")],
            acceptsMissingType: true, audienceMatch: .only, maximumAuthenticationAge: maximumAuthenticationAge,
            claimRules: rules)
    }
}
