public import Codecs

extension ClaimPolicy {
    /// What a receiver asks of a security event token (RFC 8417 §2.2, §2.3): `typ` is `secevent+jwt`; `iss`, `iat`, `jti`
    /// and at least one event are there. It tells what happened and grants nothing, so it need not end: `exp` is not
    /// asked for, but counts where it is there.
    /// - Parameters:
    ///   - issuer: the transmitter's identifier, byte for byte.
    ///   - audience: the receiver; nil where the transmitter names none.
    ///   - events: of which events one must have happened; nil accepts any.
    ///   - leeway: in seconds; more than 120 counts as 120.
    public static func securityEventToken(
        issuer: ByteString, audience: ByteString?, events: [ByteString]? = nil, algorithms: [SignatureAlgorithm],
        leeway: Int64 = 30
    ) -> ClaimPolicy {
        var rules = [
            ClaimRule("jti", .present), ClaimRule("events", .present), ClaimRule("events", .isObject),
        ]
        if let events { rules.append(ClaimRule("events", .hasMember(events))) }
        return ClaimPolicy(
            algorithms: algorithms, types: ["secevent+jwt"], issuers: [issuer], audiences: audience.map { [$0] },
            leeway: serverLeeway(leeway), requiredClaims: [ClaimRequirement("iat")], claimRules: rules)
    }
}
