public import Codecs

/// What the names in headers and claims mean, in one sentence each, with the document that says so.
public enum Glossary {
    /// One name explained.
    public struct Entry: Sendable {
        /// The name as it stands in the token.
        public let name: String
        /// The name in words.
        public let title: String
        /// One sentence.
        public let about: String
        /// Where it is defined.
        public let source: String

        init(_ name: String, _ title: String, _ about: String, _ source: String) {
            self.name = name
            self.title = title
            self.about = about
            self.source = source
        }
    }

    /// The entry of a header parameter.
    public static func header(_ name: ByteString) -> Entry? { find(name, in: headerEntries) }

    /// The entry of a claim.
    public static func claim(_ name: ByteString) -> Entry? { find(name, in: claimEntries) }

    /// Whether a claim is a time in seconds since 1970.
    public static func isTime(_ name: ByteString) -> Bool {
        switch name {
        case "exp", "nbf", "iat", "auth_time", "updated_at", "toe": true
        default: false
        }
    }

    private static func find(_ name: ByteString, in entries: [Entry]) -> Entry? {
        for entry in entries where ByteString(entry.name) == name { return entry }
        return nil
    }

    private static let headerEntries: [Entry] = [
        Entry("alg", "Algorithm", "How the signature was made.", "RFC 7515 §4.1.1"),
        Entry(
            "typ", "Type", "What kind of token this is, so that one kind is not taken for another.", "RFC 7515 §4.1.9"),
        Entry("cty", "Content type", "What the payload is; \"JWT\" when a token lies inside.", "RFC 7515 §4.1.10"),
        Entry("kid", "Key ID", "Which key signed this. A hint for choosing among trusted keys.", "RFC 7515 §4.1.4"),
        Entry("jku", "JWK set URL", "Where the sender says its keys are. Never followed here.", "RFC 7515 §4.1.2"),
        Entry("jwk", "Embedded key", "A key sent along with the token. It vouches for nothing.", "RFC 7515 §4.1.3"),
        Entry(
            "x5u", "Certificate URL", "Where the sender says its certificate is. Never followed here.",
            "RFC 7515 §4.1.5"),
        Entry("x5c", "Certificate chain", "Certificates sent along with the token.", "RFC 7515 §4.1.6"),
        Entry("x5t", "Certificate SHA-1", "The SHA-1 thumbprint of the signing certificate.", "RFC 7515 §4.1.7"),
        Entry(
            "x5t#S256", "Certificate SHA-256", "The SHA-256 thumbprint of the signing certificate.", "RFC 7515 §4.1.8"),
        Entry("crit", "Critical", "Extensions that a reader must understand or refuse the token.", "RFC 7515 §4.1.11"),
        Entry("b64", "Unencoded payload", "Whether the payload is base64url; not for JWTs.", "RFC 7797 §3"),
        Entry("enc", "Content encryption", "How the payload is encrypted.", "RFC 7516 §4.1.2"),
        Entry("zip", "Compression", "How the payload was compressed before encryption.", "RFC 7516 §4.1.3"),
        Entry("epk", "Ephemeral key", "The sender's one-time key for key agreement.", "RFC 7518 §4.6.1.1"),
        Entry("apu", "Party U", "Who agrees on the key: the producer.", "RFC 7518 §4.6.1.2"),
        Entry("apv", "Party V", "Who agrees on the key: the recipient.", "RFC 7518 §4.6.1.3"),
        Entry("p2s", "PBES2 salt", "The salt of password-based encryption.", "RFC 7518 §4.8.1.1"),
        Entry("p2c", "PBES2 count", "The rounds of password-based encryption.", "RFC 7518 §4.8.1.2"),
        Entry("nonce", "Nonce", "A value that makes this token single.", "RFC 8555 §6.5"),
        Entry("iss", "Issuer", "A copy of the claim, readable before decryption.", "RFC 7519 §5.3"),
        Entry("sub", "Subject", "A copy of the claim, readable before decryption.", "RFC 7519 §5.3"),
        Entry("aud", "Audience", "A copy of the claim, readable before decryption.", "RFC 7519 §5.3"),
    ]

    private static let claimEntries: [Entry] = [
        Entry("iss", "Issuer", "Who made the token.", "RFC 7519 §4.1.1"),
        Entry("sub", "Subject", "Who the token is about, by the issuer's own identifier.", "RFC 7519 §4.1.2"),
        Entry("aud", "Audience", "Who the token is meant for; anybody else must refuse it.", "RFC 7519 §4.1.3"),
        Entry("exp", "Expires", "From this moment on the token must be refused.", "RFC 7519 §4.1.4"),
        Entry("nbf", "Not before", "Until this moment the token must be refused.", "RFC 7519 §4.1.5"),
        Entry("iat", "Issued at", "When the token was made.", "RFC 7519 §4.1.6"),
        Entry("jti", "Token ID", "Names this one token; with the issuer, the way to revoke it.", "RFC 7519 §4.1.7"),
        Entry("scope", "Scope", "What the client may do, names separated by spaces.", "RFC 8693 §4.2"),
        Entry("scp", "Scope", "What the client may do; Microsoft Entra's name for scope.", "Microsoft Entra ID"),
        Entry("client_id", "Client", "The application the token was given to.", "RFC 8693 §4.3"),
        Entry("azp", "Authorized party", "The client an ID token was issued to.", "OpenID Connect Core §2"),
        Entry("nonce", "Nonce", "Ties an ID token to the browser that asked for it.", "OpenID Connect Core §2"),
        Entry("auth_time", "Signed in at", "When the person last proved who they are.", "OpenID Connect Core §2"),
        Entry("acr", "Assurance", "How strong the sign-in was.", "OpenID Connect Core §2"),
        Entry("amr", "Methods", "How the person signed in: pwd, otp, hwk and so on.", "RFC 8176"),
        Entry("at_hash", "Access token hash", "Ties the ID token to an access token.", "OpenID Connect Core §3.1.3.6"),
        Entry("c_hash", "Code hash", "Ties the ID token to an authorization code.", "OpenID Connect Core §3.3.2.11"),
        Entry("s_hash", "State hash", "Ties the ID token to the state value.", "FAPI 1.0 Part 2 §5.1"),
        Entry(
            "sid", "Session", "The sign-in session at the issuer; logout ends it.",
            "OpenID Connect Front-Channel Logout §3"),
        Entry("cnf", "Confirmation", "The key the sender must prove to hold.", "RFC 7800 §3.1"),
        Entry("act", "Actor", "Who acts on behalf of the subject.", "RFC 8693 §4.1"),
        Entry("may_act", "May act", "Who is allowed to act on behalf of the subject.", "RFC 8693 §4.4"),
        Entry(
            "authorization_details", "Authorization details", "What exactly was granted, in structure.", "RFC 9396 §9.1"
        ),
        Entry("roles", "Roles", "Roles the issuer gives the subject.", "RFC 7643 §4.1.2, RFC 9068 §2.2.3.1"),
        Entry("groups", "Groups", "Groups the subject belongs to.", "RFC 7643 §4.1.2, RFC 9068 §2.2.3.1"),
        Entry(
            "entitlements", "Entitlements", "Things the subject is entitled to.", "RFC 7643 §4.1.2, RFC 9068 §2.2.3.1"),
        Entry("events", "Events", "What happened, by event type.", "RFC 8417 §2.2"),
        Entry("toe", "Time of event", "When it happened.", "RFC 8417 §2.2"),
        Entry("txn", "Transaction", "Ties together events with one cause.", "RFC 8417 §2.2"),
        Entry("htm", "HTTP method", "The method of the request this proof is for.", "RFC 9449 §4.2"),
        Entry("htu", "HTTP address", "The address of the request this proof is for.", "RFC 9449 §4.2"),
        Entry("ath", "Access token hash", "The access token this proof goes with.", "RFC 9449 §4.2"),
        Entry("name", "Name", "The full name, as shown.", "OpenID Connect Core §5.1"),
        Entry("given_name", "Given name", "The first name or names.", "OpenID Connect Core §5.1"),
        Entry("family_name", "Family name", "The last name or names.", "OpenID Connect Core §5.1"),
        Entry("middle_name", "Middle name", "The middle name or names.", "OpenID Connect Core §5.1"),
        Entry("nickname", "Nickname", "A casual name.", "OpenID Connect Core §5.1"),
        Entry(
            "preferred_username", "User name", "What the person likes to be called by; not a stable identifier.",
            "OpenID Connect Core §5.1"),
        Entry("profile", "Profile page", "A page about the person.", "OpenID Connect Core §5.1"),
        Entry("picture", "Picture", "The address of a portrait.", "OpenID Connect Core §5.1"),
        Entry("website", "Website", "The person's own site.", "OpenID Connect Core §5.1"),
        Entry(
            "email", "Email", "An address; it may change hands, so it identifies nobody.", "OpenID Connect Core §5.1"),
        Entry(
            "email_verified", "Email verified", "Whether the issuer has checked the address.",
            "OpenID Connect Core §5.1"),
        Entry("gender", "Gender", "As the person stated it.", "OpenID Connect Core §5.1"),
        Entry("birthdate", "Date of birth", "As YYYY-MM-DD, or only the year.", "OpenID Connect Core §5.1"),
        Entry("zoneinfo", "Time zone", "A name such as Europe/Paris.", "OpenID Connect Core §5.1"),
        Entry("locale", "Language", "A tag such as en-US.", "OpenID Connect Core §5.1"),
        Entry("phone_number", "Phone", "A telephone number.", "OpenID Connect Core §5.1"),
        Entry(
            "phone_number_verified", "Phone verified", "Whether the issuer has checked it.", "OpenID Connect Core §5.1"),
        Entry("address", "Address", "The postal address.", "OpenID Connect Core §5.1"),
        Entry("updated_at", "Updated at", "When this information last changed.", "OpenID Connect Core §5.1"),
        Entry("oid", "Object ID", "The user or application, stable across a tenant.", "Microsoft Entra ID"),
        Entry("tid", "Tenant", "The directory the subject belongs to.", "Microsoft Entra ID"),
        Entry("upn", "User principal name", "A sign-in name; it can change.", "Microsoft Entra ID"),
        Entry("appid", "Application", "The client, in version 1 tokens.", "Microsoft Entra ID"),
        Entry("wids", "Directory roles", "Tenant-wide roles, as identifiers.", "Microsoft Entra ID"),
        Entry("ver", "Version", "The version of the token's format.", "Microsoft Entra ID"),
        Entry("uti", "Token ID", "Names this token in the sign-in logs.", "Microsoft Entra ID"),
        Entry("hd", "Hosted domain", "The organisation's domain of a Google account.", "Google Identity"),
        Entry("realm_access", "Realm roles", "Roles in the whole realm.", "Keycloak"),
        Entry("resource_access", "Client roles", "Roles by client.", "Keycloak"),
        Entry("session_state", "Session", "The session, in older Keycloak tokens.", "Keycloak"),
        Entry("allowed-origins", "Allowed origins", "Web origins of the client.", "Keycloak"),
        Entry("typ", "Type", "The kind of token, stated as a claim.", "Keycloak"),
        Entry("token_use", "Token use", "Whether this is an ID token or an access token.", "Amazon Cognito"),
        Entry("cognito:username", "User name", "The name in the user pool.", "Amazon Cognito"),
        Entry("cognito:groups", "Groups", "Groups of the user pool.", "Amazon Cognito"),
        Entry("origin_jti", "Origin", "Ties together tokens of one sign-in.", "Amazon Cognito"),
        Entry("event_id", "Event", "The sign-in this token came from.", "Amazon Cognito"),
    ]
}
