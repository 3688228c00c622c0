public import Codecs

/// The answer that hands out tokens (RFC 6749 §5.1).
public struct TokenResponse: Sendable {
    /// The access token.
    public let accessToken: String
    /// How many seconds the access token lives from now.
    public let expiresIn: Int64
    /// The refresh token.
    public let refreshToken: String

    /// An answer.
    public init(accessToken: String, expiresIn: Int64, refreshToken: String) {
        self.accessToken = accessToken
        self.expiresIn = expiresIn
        self.refreshToken = refreshToken
    }

    /// The JSON body.
    public var json: JSON {
        [
            "access_token": .string(ByteString(accessToken)),
            "token_type": "Bearer",
            "expires_in": .number(JSONNumber(expiresIn)),
            "refresh_token": .string(ByteString(refreshToken)),
        ]
    }
}
