public import Codecs
public import Tokens

/// An application that asks for tokens, as it was registered.
public struct Client: Hashable, Sendable {
    /// How it proves at the token endpoint that it is the one (RFC 7591 §2, `token_endpoint_auth_method`).
    public enum Authentication: String, Sendable, CaseIterable {
        /// Not at all: an app that cannot keep a secret. PKCE binds its codes, rotation its refresh tokens.
        case none
        /// A secret in HTTP Basic.
        case secretBasic = "client_secret_basic"
        /// A secret in the body.
        case secretPost = "client_secret_post"
        /// An assertion signed with a key of its own (RFC 7523).
        case privateKeyJWT = "private_key_jwt"

        /// Whether there is a secret to be kept (hashed) by the server.
        public var hasSecret: Bool { self == .secretBasic || self == .secretPost }
    }

    /// The grants there are (RFC 7591 §2, `grant_types`). The implicit and the password grant do not exist here.
    public enum Grant: String, Sendable, CaseIterable {
        case authorizationCode = "authorization_code"
        case refreshToken = "refresh_token"
        case clientCredentials = "client_credentials"
        case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
        case tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    }

    /// Its public name in requests and tokens.
    public let id: ByteString
    /// What people are shown.
    public var name: ByteString
    /// How it proves that it is the one.
    public var authentication: Authentication = .secretBasic
    /// What it may do at the token endpoint.
    public var grants: Set<Grant> = [.authorizationCode, .refreshToken]
    /// Where authorization answers may go.
    public var redirectURIs: [RedirectURI] = []
    /// Where people may be sent after logging out.
    public var postLogoutRedirectURIs: [RedirectURI] = []
    /// What it may ask for.
    public var scope: Scope = Client.usualScope
    /// Whom its access tokens are for (`aud`); empty means whatever the server gives by default.
    public var audiences: [ByteString] = []
    /// Whether it is ours, so that people are not asked for their consent.
    public var isFirstParty = false
    /// Whether it manages this server for admins: its tokens are for that alone. Only a client of our own can be told so.
    public var isManagement = false
    /// Its public keys as a JWK set, for `private_key_jwt`.
    public var keys: JSON?
    /// Where a logout is told to it from behind (OpenID Connect Back-Channel Logout §2.2).
    public var backChannelLogoutURI: ByteString?
    /// Whether authorization requests must be pushed first (RFC 9126 §6).
    public var requiresPushedRequests = false
    /// Whether its access tokens must be bound to a key (RFC 9449 §5.2).
    public var requiresDPoP = false
    /// What its ID tokens are signed with (OpenID Connect Registration §2); nil means the server's usual algorithm.
    public var idTokenAlgorithm: SignatureAlgorithm?
    /// What its access tokens are signed with; nil means the server's usual algorithm.
    public var accessTokenAlgorithm: SignatureAlgorithm?
    /// What its tokens say of users beside the usual.
    public var claimRules: [ClaimRule] = []
    /// How long its access tokens live, in seconds; nil means the server's usual time.
    public var accessTokenLifetime: Int64?

    /// The algorithms that a client may ask for: one of each kind.
    public static let signingAlgorithms: [SignatureAlgorithm] = [.es256, .ed25519, .rs256, .ps256, .mlDSA65]

    /// The scopes of OpenID Connect that a client may ask for unless told otherwise.
    public static let usualScope = Scope(["openid", "profile", "email", "offline_access"])

    /// The scope of a token that manages this server. Management clients have it, and no other client can.
    public static let managementScope: ByteString = "signet:manage"

    /// The grants of a management client: each begins with a person who signs in.
    static let managementGrants: Set<Grant> = [.authorizationCode, .refreshToken, .deviceCode]

    /// A client with the usual settings.
    public init(id: ByteString, name: ByteString) {
        self.id = id
        self.name = name
    }

    /// What it asks its tokens to be signed with.
    public var algorithms: [SignatureAlgorithm] { [idTokenAlgorithm, accessTokenAlgorithm].compactMap { $0 } }

    /// Whether it can keep a secret (RFC 6749 §2.1).
    public var isConfidential: Bool { authentication != .none }

    /// The registered address that a request's address is; nil when it is none of them.
    public func redirectURI(matching asked: ByteString) -> RedirectURI? {
        redirectURIs.first { $0.matches(asked) }
    }

    /// Whether a text can be a client's id: 1 to 128 printable ASCII characters without space, quotes, `\` and `:`
    /// (a colon would end the name in HTTP Basic).
    public static func isID(_ text: ByteString) -> Bool {
        (1...128).contains(text.count) && text.bytes.allSatisfy { Scope.isNameByte($0) && $0 != UInt8(ascii: ":") }
    }
}
