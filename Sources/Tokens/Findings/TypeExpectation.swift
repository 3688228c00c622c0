import Codecs

/// What a kind of token rightly does without, or rightly brings, by its explicit type (`typ`, RFC 8725 §3.11). Of what
/// the kind's own specification asks for or leaves out, nothing is said.
struct TypeExpectation {
    /// Whether such a token may go without `exp`.
    var needsNoExpiry = false
    /// Whether it may go without `aud`.
    var needsNoAudience = false
    /// Whether it may go without `iss`.
    var needsNoIssuer = false
    /// Whether it proves the possession of the key in its header (`jwk`), and so must bring it.
    var bringsKey = false

    /// What is expected of a token of this type; what every token should say, when the type is missing or not known here.
    init(type: ByteString?) {
        guard let type else { return }
        func isType(_ name: String) -> Bool {
            HeaderLinter.sameButCase(type, name) || HeaderLinter.sameButCase(type, "application/" + name)
        }
        if isType("dpop+jwt") {
            // RFC 9449 §4.2: jwk is asked for; jti, htm, htu and iat are the claims.
            (needsNoExpiry, needsNoAudience, needsNoIssuer, bringsKey) = (true, true, true, true)
        } else if isType("openid4vci-proof+jwt") {
            // OpenID for Verifiable Credential Issuance, appendix F.1: aud and iat, and the key in the header.
            (needsNoExpiry, needsNoIssuer, bringsKey) = (true, true, true)
        } else if isType("kb+jwt") {
            // RFC 9901 §4.3: aud, iat, nonce and sd_hash.
            (needsNoExpiry, needsNoIssuer) = (true, true)
        } else if isType("secevent+jwt") {
            // RFC 8417 §2.2: exp is not recommended, an event stays one; aud is for those that are addressed.
            (needsNoExpiry, needsNoAudience) = (true, true)
        } else if isType("logout+jwt") {
            // Earlier drafts of OpenID Connect Back-Channel Logout asked for no exp, and receivers go by iat.
            needsNoExpiry = true
        } else if isType("oauth-authz-req+jwt") || isType("token-introspection+jwt") {
            // RFC 9101 §4; RFC 9701 §5 keeps times of its own inside token_introspection.
            needsNoExpiry = true
        }
    }
}
