import Codecs
import ControlPlane
import Logging
import OAuth
import Storage

/// A code for its tokens, once (RFC 6749 §4.1.3, RFC 7636 §4.6).
///
/// The rightful client with a wrong verifier or address burns the code; a stranger's client does not touch it. Whoever
/// presents a spent code ends what came of it (RFC 6749 §4.1.2).
struct CodeGrant: Sendable {
    let store: Store
    let sessions: Sessions
    let idTokens: IDTokenIssuer
    let clock: @Sendable () -> Int64

    private enum Outcome: Sendable {
        case done(Sessions.Tokens, nonce: ByteString?)
        case refused(OAuthError)
        case replayed([RevocationRecord])
    }

    func exchange(_ exchange: TokenRequest.CodeExchange, for client: Client, proof: ByteString?, by actor: AuditActor)
        async throws -> TokenResponse
    {
        guard let code = OpaqueToken(.code, text: exchange.code) else { throw Self.unknown }
        guard let verifier = exchange.verifier else {
            throw OAuthError(.invalidRequest, "The parameter code_verifier is missing: PKCE is required.")
        }
        let now = clock()
        let outcome = try await store.write { transaction -> Outcome in
            let isFirst = try AuthorizationCodeRecord.spend(code, client: client.id, now: now, in: transaction)
            guard let (record, family) = try AuthorizationCodeRecord.find(code, in: transaction),
                record.grant.clientID == client.id
            else { return .refused(Self.unknown) }
            guard isFirst else {
                guard let family, let known = try FamilyRecord.find(id: family, in: transaction) else {
                    return .refused(Self.unknown)
                }
                try sessions.note(
                    AuditEvent(.codeReused, by: actor, user: record.grant.userID, client: client.id, detail: family),
                    of: known, now: now, in: transaction)
                return .replayed(try sessions.end(known, in: transaction))
            }
            // From here on the code is spent, whatever the answer.
            guard record.challenge.isMet(by: verifier) else {
                return .refused(OAuthError(.invalidGrant, "code_verifier does not belong to the code."))
            }
            guard exchange.redirectURI ?? record.redirectURI == record.redirectURI else {
                return .refused(OAuthError(.invalidGrant, "redirect_uri is not the one of the authorization request."))
            }
            guard record.grant.keyThumbprint ?? proof == proof else {
                return .refused(OAuthError(.invalidGrant, "The code is bound to another key."))
            }
            guard let user = try UserRecord.find(id: record.grant.userID, in: transaction), user.isActive,
                try BrowserSessionRecord.isLive(record.browserSession, now: now, in: transaction)
            else { return .refused(Self.unknown) }
            let tokens = try sessions.open(
                record.grant.bound(to: proof), for: user, client: client, by: actor, now: now, in: transaction)
            try AuthorizationCodeRecord.note(family: tokens.family.id, of: code, in: transaction)
            return .done(tokens, nonce: record.nonce)
        }
        switch outcome {
        case .done(let tokens, let nonce):
            return try tokens.response(idTokens: idTokens, nonce: nonce)
        case .refused(let error):
            throw error
        case .replayed(let revoked):
            await sessions.publish(revoked, reason: "an authorization code was used again")
            throw OAuthError(.invalidGrant, "The code was used before; what came of it has been ended.")
        }
    }

    private static let unknown = OAuthError(
        .invalidGrant, "The code is unknown, expired, used before or another client's.")
}
