public import Codecs

/// What a client may say of itself when it registers itself (RFC 7591 §2), and no more: never that it is ours, whom its
/// tokens are for, what they say of people, or which addresses this server calls.
extension Client {
    private static let own: Set<ByteString> = [
        "client_name", "token_endpoint_auth_method", "grant_types", "response_types", "redirect_uris",
        "post_logout_redirect_uris", "scope", "jwks", "dpop_bound_access_tokens",
        "require_pushed_authorization_requests", "id_token_signed_response_alg",
    ]
    private static let ownGrants: Set<Grant> = [.authorizationCode, .refreshToken, .deviceCode]

    /// Reads a request to register.
    /// - Parameters:
    ///   - request: the metadata; members that mean nothing here are passed over (RFC 7591 §2).
    ///   - id: the id that the server chose.
    /// - Throws: `invalid_client_metadata` or `invalid_redirect_uri` that names the member.
    public init(registering request: JSONObject, id: ByteString) throws(OAuthError) {
        var document = JSONObject()
        for member in request.members where Self.own.contains(member.name) { document[member.name] = member.value }
        try self.init(document: document, id: id)
        guard grants.isSubset(of: Self.ownGrants) else {
            throw OAuthError(
                .invalidClientMetadata, "A client that registers itself may use codes, refresh tokens and device codes."
            )
        }
        guard scope.isSubset(of: Self.usualScope) else {
            throw OAuthError(
                .invalidClientMetadata, "A client that registers itself may ask for \(Self.usualScope.text) at most.")
        }
        // Addresses that nobody owns are for apps that the operator knows.
        guard redirectURIs.allSatisfy(\.isClaimed) else {
            throw OAuthError(.invalidRedirectURI, "A client that registers itself must have https addresses.")
        }
    }
}
