public import Codecs

extension ClaimPolicy {
    /// What a client asks of a logout token (OpenID Connect Back-Channel Logout §2.6): `typ` is `logout+jwt`; `iss`,
    /// `aud`, `iat`, `exp`, `jti` and the logout event are there, `sub` or `sid` too, and no `nonce`. Whoever accepts one
    /// remembers its `jti` until `exp`.
    /// - Parameters:
    ///   - issuer: the provider's identifier, byte for byte.
    ///   - clientID: the client that the token is for.
    ///   - leeway: in seconds; more than 120 counts as 120.
    public static func logoutToken(
        issuer: ByteString, clientID: ByteString, algorithms: [SignatureAlgorithm], leeway: Int64 = 30
    ) -> ClaimPolicy {
        ClaimPolicy(
            algorithms: algorithms, types: ["logout+jwt"], issuers: [issuer], audiences: [clientID],
            leeway: serverLeeway(leeway), requiredClaims: [ClaimRequirement("exp"), ClaimRequirement("iat")],
            claimRules: [
                ClaimRule("jti", .present), ClaimRule("sub", .present, alternative: "sid"),
                ClaimRule("nonce", .absent), ClaimRule(ClaimPath("events", logoutEvent), .isObject),
            ])
    }

    /// The member of `events` that makes a security event token a logout token (Back-Channel Logout §2.4).
    public static let logoutEvent: ByteString = "http://schemas.openid.net/event/backchannel-logout"
}
