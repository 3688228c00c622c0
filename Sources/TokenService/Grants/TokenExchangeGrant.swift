import Codecs
import JOSE
import OAuth
import Tokens

/// A lesser access token for a greater one (RFC 8693): a service that was called passes less on to the next.
///
/// The new token says no more than the old one, lives no longer, belongs to the same session, and tells who acts
/// (`act`, RFC 8693 §4.1). Nothing is stored: it tells what it was exchanged for (`exchanged_from`), and whatever ends the
/// old one, before or after, ends the new one.
struct TokenExchangeGrant: Sendable {
    /// How many may have acted one after the other.
    static let longestChain = 4

    let keyring: SigningKeyring
    let accessTokens: TokenIssuer
    let revocations: RevocationFeed
    let clock: @Sendable () -> Int64

    func exchange(
        _ exchange: TokenRequest.TokenExchange, for client: Client, keyThumbprint: ByteString?
    ) throws -> TokenResponse {
        guard client.isConfidential else {
            throw OAuthError(.unauthorizedClient, "Only a client that authenticates may exchange tokens.")
        }
        guard exchange.requestedTokenType ?? TokenRequest.accessTokenType == TokenRequest.accessTokenType else {
            throw OAuthError(.invalidRequest, "The only requested_token_type is an access token.")
        }
        let now = clock()
        let token = try verified(exchange.subjectToken, exchange.subjectTokenType, "subject_token", keyThumbprint, now)
        let subject = token.claims
        var content = TokenIssuer.Content(subject: subject.subject ?? "", client: client.id)
        content.audiences = try audiences(exchange.audiences, of: subject)
        content.scope = try scope(exchange.scope, of: subject, client)
        content.session = subject.sessionID?.text
        content.authenticated = subject.value(named: "auth_time")?.int64
        content.keyThumbprint = keyThumbprint
        content.actor = try actor(exchange, of: subject, client, keyThumbprint, now)
        content.exchangedFrom = Self.chain(token)
        content.algorithm = client.accessTokenAlgorithm
        content.lifetime =
            exchange.limits.lifetime.map {
                min($0, client.accessTokenLifetime ?? accessTokens.configuration.accessTokenLifetime)
            } ?? client.accessTokenLifetime
        content.latest = subject.expiry?.ceiling ?? now
        content.claimsOfUser = ["preferred_username", "roles", "groups"].compactMap { name in
            subject.value(named: name).map { (name, $0) }
        }
        if let models = try models(exchange.limits.models, of: subject) {
            content.claimsOfUser.append(("models", models))
        }
        content.budgets = try budgets(of: subject)
        content.budget = exchange.limits.budget
        let access = try accessTokens.issue(content, now: now)
        var response = TokenResponse(accessToken: access.token, expiresIn: access.expires - now)
        response.scope = content.scope
        response.issuedTokenType = TokenRequest.accessTokenType
        if keyThumbprint != nil { response.tokenType = "DPoP" }
        return response
    }

    /// The tokens that a token was exchanged for, and then itself: what each alone can be revoked by
    /// (`RevocationHandles`).
    private static func chain(_ token: VerifiedToken) -> [JSON] {
        var link = JSONObject()
        for name: ByteString in ["jti", "client_id", "iat"] { link[name] = token.claims.value(named: name) }
        link["kid"] = token.keyID.map { .string($0) }
        return (token.claims.value(named: RevocationHandles.exchangeClaim)?.array ?? []) + [.object(link)]
    }

    /// One of our own access tokens, good now; a bound one only from whoever holds its key.
    private func verified(
        _ text: ByteString, _ type: ByteString?, _ name: String, _ keyThumbprint: ByteString?, _ now: Int64
    ) throws(OAuthError) -> VerifiedToken {
        guard type == TokenRequest.accessTokenType else {
            throw OAuthError(.invalidRequest, "\(name)_type must be \(TokenRequest.accessTokenType).")
        }
        let proven = keyThumbprint.map { Confirmation.key(thumbprint: $0) } ?? .none
        do throws(TokenRejection) {
            return try keyring.keys.verifiers.exchanged.verify(
                text.bytes, now: now, confirmation: proven, revocations: revocations.snapshot)
        } catch {
            throw OAuthError(
                .invalidRequest,
                error.code == .tokenBound
                    ? "The \(name) is bound to a key; prove that you hold it."
                    : "The \(name) is not a good access token of this server.")
        }
    }

    private func audiences(_ wanted: [ByteString], of subject: Claims) throws(OAuthError) -> [ByteString] {
        let known = subject.audience ?? []
        guard wanted.allSatisfy({ known.contains($0) }) else {
            throw OAuthError(.invalidTarget, "The subject_token is not for all of these audiences.")
        }
        return wanted.isEmpty ? known : wanted
    }

    private func scope(_ wanted: Scope?, of subject: Claims, _ client: Client) throws(OAuthError) -> Scope {
        let possible = Scope(subject.scopes).intersection(client.scope)
        guard let wanted else { return possible }
        guard wanted.isSubset(of: possible) else {
            throw OAuthError(.invalidScope, "The subject_token, or this client, has not all of this scope.")
        }
        return wanted
    }

    /// The claim `models`: what is asked for, within what the old token opens, or the same as there; nil for all.
    private func models(_ wanted: [ByteString]?, of subject: Claims) throws(OAuthError) -> JSON? {
        let claim = subject.value(named: "models")
        guard let wanted else { return claim }
        if let claim {
            let known = claim.names ?? []
            guard wanted.allSatisfy({ known.contains($0) }) else {
                throw OAuthError(.invalidRequest, "The subject_token does not open all of these models.")
            }
        }
        return .array(wanted.map { .string($0) })
    }

    /// The claim `budgets` as it was: all that is spent with the new token is spent with the old one, too.
    private func budgets(of subject: Claims) throws(OAuthError) -> [JSON] {
        guard let claim = subject.value(named: "budgets") else { return [] }
        guard let budgets = claim.array else {
            throw OAuthError(.invalidRequest, "The claim budgets of the subject_token is no list.")
        }
        return budgets
    }

    /// Who acts now, and before it whoever acted already.
    private func actor(
        _ exchange: TokenRequest.TokenExchange, of subject: Claims, _ client: Client, _ keyThumbprint: ByteString?,
        _ now: Int64
    ) throws(OAuthError) -> JSON {
        var actor: JSONObject = ["sub": .string(client.id)]
        if let token = exchange.actorToken {
            let claims = try verified(token, exchange.actorTokenType, "actor_token", keyThumbprint, now).claims
            actor = ["sub": .string(claims.subject ?? "")]
        }
        let earlier = subject.value(named: "act")
        var chain = earlier?.object
        var length = 1
        while let link = chain {
            length += 1
            chain = link["act"]?.object
        }
        guard length <= Self.longestChain else {
            throw OAuthError(.invalidRequest, "At most \(Self.longestChain) may act one after the other.")
        }
        if let earlier { actor["act"] = earlier }
        return .object(actor)
    }
}
