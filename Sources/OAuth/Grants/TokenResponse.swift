public import Codecs

/// The answer that hands out tokens (RFC 6749 §5.1).
public struct TokenResponse: Sendable {
    /// The access token.
    public let accessToken: String
    /// How many seconds the access token lives from now.
    public let expiresIn: Int64
    /// `Bearer`, or `DPoP` for a token that is bound to a key (RFC 9449 §5).
    public var tokenType: ByteString = "Bearer"
    /// The refresh token, where there is one.
    public var refreshToken: String?
    /// The ID token, where one was asked for (OpenID Connect Core §3.1.3.3).
    public var idToken: String?
    /// What the access token grants; nil leaves it out.
    public var scope: Scope?
    /// What was made in an exchange (RFC 8693 §2.2.1).
    public var issuedTokenType: ByteString?

    /// An answer.
    public init(accessToken: String, expiresIn: Int64, refreshToken: String? = nil) {
        self.accessToken = accessToken
        self.expiresIn = expiresIn
        self.refreshToken = refreshToken
    }

    /// The JSON body.
    public var json: JSON {
        var json: JSONObject = [
            "access_token": .string(ByteString(accessToken)),
            "token_type": .string(tokenType),
            "expires_in": .number(JSONNumber(expiresIn)),
        ]
        if let refreshToken { json["refresh_token"] = .string(ByteString(refreshToken)) }
        if let idToken { json["id_token"] = .string(ByteString(idToken)) }
        if let scope { json["scope"] = .string(scope.text) }
        if let issuedTokenType { json["issued_token_type"] = .string(issuedTokenType) }
        return .object(json)
    }
}
