import Codecs
import JOSE

/// Makes access tokens: JWTs of type `at+jwt` (RFC 9068 §2).
struct TokenIssuer: Sendable {
    /// The `client_id` of logins without an OAuth client: our own front door.
    static let firstParty: ByteString = "first-party"

    private static let type: ByteString = "at+jwt"

    private let signer: TokenSigner
    private let configuration: AuthorizationConfiguration

    init(key: SigningKey, configuration: AuthorizationConfiguration) {
        signer = TokenSigner(key: key, type: Self.type)
        self.configuration = configuration
    }

    /// An access token and when it ends.
    struct Issued: Sendable {
        let token: String
        /// `exp`, in seconds since 1970.
        let expires: Int64
    }

    /// Makes an access token.
    /// - Parameters:
    ///   - user: whom it speaks for.
    ///   - session: `sid`, the id of the refresh family.
    ///   - latest: no token of the session lives longer than this.
    ///   - further: claims to add; none of them can replace or precede one that is set here.
    func issue(
        for user: UserRecord, session: String, latest: Int64, now: Int64, further: JSONObject = JSONObject()
    ) throws(SigningError) -> Issued {
        let expires = min(now + configuration.accessTokenLifetime, latest)
        var claims: JSONObject = [
            "iss": .string(configuration.issuer),
            "sub": .string(ByteString(user.id)),
            "preferred_username": .string(user.name),
            "roles": .array(user.roles.map { .string($0) }),
            "aud": audience,
            "client_id": .string(Self.firstParty),
            "sid": .string(ByteString(session)),
            "exp": .number(JSONNumber(expires)),
            "iat": .number(JSONNumber(now)),
            "jti": .string(ByteString(Base64URL.encode(RandomBytes.make(count: 16)))),
        ]
        for member in further.members where claims[member.name] == nil && !Self.reserved.contains(member.name) {
            claims[member.name] = member.value
        }
        return Issued(token: try signer.sign(claims: claims), expires: expires)
    }

    /// Claims with a meaning to verifiers that are not set above (RFC 7519 §4.1, RFC 8693 §4, RFC 7800, RFC 9068 §2.2).
    private static let reserved: Set<ByteString> = [
        "nbf", "scope", "scp", "act", "may_act", "cnf", "auth_time", "acr", "amr", "groups", "entitlements",
    ]

    private var audience: JSON {
        guard configuration.audiences.count == 1, let only = configuration.audiences.first else {
            return .array(configuration.audiences.map { .string($0) })
        }
        return .string(only)
    }
}
