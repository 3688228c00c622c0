import Codecs
import OAuth

/// Tokens for the client itself (RFC 6749 §4.4). Nothing is stored: the token ends by its `exp`, or is revoked by its
/// `jti`.
struct ClientCredentialsGrant: Sendable {
    let accessTokens: TokenIssuer
    let configuration: AuthorizationConfiguration
    let clock: @Sendable () -> Int64

    func issue(
        for client: Client, scope: Scope?, audiences: [ByteString], keyThumbprint: ByteString?
    ) throws -> TokenResponse {
        // What speaks of people has no meaning where there is nobody.
        let possible = Scope(client.scope.names.filter { !Client.usualScope.contains($0) })
        let granted = scope ?? possible
        guard granted.isSubset(of: possible) else {
            throw OAuthError(.invalidScope, "This client may not ask for all of this scope for itself.")
        }
        let allowed = client.audiences.isEmpty ? configuration.audiences : client.audiences
        guard audiences.allSatisfy({ allowed.contains($0) }) else {
            throw OAuthError(.invalidTarget, "This client gets no tokens for all of these audiences.")
        }
        let now = clock()
        var content = TokenIssuer.Content(subject: client.id, client: client.id)
        content.audiences = audiences.isEmpty ? allowed : audiences
        content.scope = granted
        content.keyThumbprint = keyThumbprint
        content.algorithm = client.accessTokenAlgorithm
        content.lifetime = client.accessTokenLifetime
        let access = try accessTokens.issue(content, now: now)
        var response = TokenResponse(accessToken: access.token, expiresIn: access.expires - now)
        response.scope = granted.isEmpty ? nil : granted
        if keyThumbprint != nil { response.tokenType = "DPoP" }
        return response
    }
}
