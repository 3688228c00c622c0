public import Codecs

/// What the registered header parameters and claims mean, in one sentence each, for the terminal and the Studio alike.
public enum ParameterGlossary {
    /// The meaning of one name.
    public struct Entry: Sendable {
        /// The name in words: "Expiration time".
        public let title: String
        /// One sentence.
        public let meaning: String
        /// Where it is defined.
        public let reference: String
    }

    /// The meaning of a header parameter, if it is known.
    public static func header(_ name: ByteString) -> Entry? { entry(name, in: headerEntries) }

    /// The meaning of a claim, if it is known.
    public static func claim(_ name: ByteString) -> Entry? { entry(name, in: claimEntries) }

    /// Whether the claim is a time in seconds since 1970.
    public static func isTime(_ name: ByteString) -> Bool {
        switch name {
        case "exp", "nbf", "iat", "auth_time", "updated_at": true
        default: false
        }
    }

    private static func entry(_ name: ByteString, in entries: [(ByteString, Entry)]) -> Entry? {
        for (key, entry) in entries where key == name { return entry }
        return nil
    }

    private static func define(
        _ name: ByteString, _ title: String, _ meaning: String, _ reference: String
    ) -> (ByteString, Entry) {
        (name, Entry(title: title, meaning: meaning, reference: reference))
    }

    private static let headerEntries: [(ByteString, Entry)] = [
        define(
            "alg", "Algorithm", "How the token was signed. A verifier decides which ones it accepts.", "RFC 7515 §4.1.1"
        ),
        define(
            "typ", "Type", "What kind of token this is, so that one kind cannot pass for another.", "RFC 7515 §4.1.9"),
        define(
            "cty", "Content type", "What the payload is; \"JWT\" when a token lies inside a token.", "RFC 7515 §4.1.10"),
        define("kid", "Key ID", "Which key of the issuer signed this. A hint, not a proof.", "RFC 7515 §4.1.4"),
        define(
            "jku", "JWK set URL", "Where the token says its keys are. Never followed: anybody can write it.",
            "RFC 7515 §4.1.2"),
        define(
            "jwk", "JSON Web Key", "A key inside the token. It proves nothing about who sent it.", "RFC 7515 §4.1.3"),
        define("x5u", "X.509 URL", "Where the token says its certificate is. Never followed.", "RFC 7515 §4.1.5"),
        define(
            "x5c", "X.509 chain", "A certificate chain inside the token; worth what its root is worth.",
            "RFC 7515 §4.1.6"),
        define("x5t", "X.509 thumbprint", "The SHA-1 hash of a certificate. A hint.", "RFC 7515 §4.1.7"),
        define("x5t#S256", "X.509 SHA-256 thumbprint", "The SHA-256 hash of a certificate. A hint.", "RFC 7515 §4.1.8"),
        define(
            "crit", "Critical", "Extensions a verifier must understand or else refuse the token.", "RFC 7515 §4.1.11"),
        define("b64", "Unencoded payload", "Whether the payload is base64url; has no place in a JWT.", "RFC 7797 §3"),
        define("enc", "Content encryption", "How the content of an encrypted token is encrypted.", "RFC 7516 §4.1.2"),
        define("zip", "Compression", "How the content was compressed before it was encrypted.", "RFC 7516 §4.1.3"),
    ]

    private static let claimEntries: [(ByteString, Entry)] = [
        define("iss", "Issuer", "Who made the token and vouches for it.", "RFC 7519 §4.1.1"),
        define("sub", "Subject", "Whom the token speaks of: usually the user.", "RFC 7519 §4.1.2"),
        define("aud", "Audience", "Whom the token is for. Everybody else must refuse it.", "RFC 7519 §4.1.3"),
        define("exp", "Expiration time", "From this moment on the token must be refused.", "RFC 7519 §4.1.4"),
        define("nbf", "Not before", "Until this moment the token must be refused.", "RFC 7519 §4.1.5"),
        define("iat", "Issued at", "When the token was made.", "RFC 7519 §4.1.6"),
        define("jti", "JWT ID", "The token's own name, by which it can be revoked.", "RFC 7519 §4.1.7"),
        define("scope", "Scope", "What the token allows, separated by spaces.", "RFC 8693 §4.2"),
        define("client_id", "Client", "The application that asked for the token.", "RFC 8693 §4.3"),
        define("azp", "Authorized party", "The client the ID token was issued to.", "OpenID Connect Core §2"),
        define(
            "sid", "Session ID", "The login session that the token belongs to.",
            "OpenID Connect Front-Channel Logout §3"),
        define("nonce", "Nonce", "Ties an ID token to the request that asked for it.", "OpenID Connect Core §2"),
        define("auth_time", "Authentication time", "When the person last logged in.", "OpenID Connect Core §2"),
        define("acr", "Authentication context", "How strong the login was.", "OpenID Connect Core §2"),
        define("amr", "Authentication methods", "How the person logged in: password, one-time code, …", "RFC 8176"),
        define("at_hash", "Access token hash", "Ties an ID token to an access token.", "OpenID Connect Core §3.1.3.6"),
        define("c_hash", "Code hash", "Ties an ID token to an authorization code.", "OpenID Connect Core §3.3.2.11"),
        define("name", "Full name", "The person's name, for display.", "OpenID Connect Core §5.1"),
        define(
            "preferred_username", "User name", "The name the person logs in with. It may change.",
            "OpenID Connect Core §5.1"),
        define("email", "E-mail", "The person's e-mail address.", "OpenID Connect Core §5.1"),
        define(
            "email_verified", "E-mail verified", "Whether the issuer has checked the address.",
            "OpenID Connect Core §5.1"),
        define("updated_at", "Updated at", "When the person's data last changed.", "OpenID Connect Core §5.1"),
        define("roles", "Roles", "The roles the person has.", "RFC 9068 §2.2.3.1"),
        define("groups", "Groups", "The groups the person belongs to.", "RFC 9068 §2.2.3.1"),
        define("entitlements", "Entitlements", "What the person may use.", "RFC 9068 §2.2.3.1"),
        define("cnf", "Confirmation", "The key that whoever shows this token must prove to have.", "RFC 7800 §3.1"),
        define("act", "Actor", "Who acts on behalf of the subject.", "RFC 8693 §4.1"),
        define("may_act", "May act", "Who may act on behalf of the subject.", "RFC 8693 §4.4"),
        define("events", "Events", "The security events this token reports.", "RFC 8417 §2.2"),
    ]
}
