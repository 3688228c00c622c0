import Codecs
import Logging
import OAuth
import Storage
import Tokens

/// What happens to sessions: a login opens one, each refresh passes it on, reuse or a logout ends it.
struct Sessions: Sendable {
    let store: Store
    let issuer: TokenIssuer
    let revocations: RevocationFeed
    let configuration: AuthorizationConfiguration
    let clock: @Sendable () -> Int64
    let logger: Logger

    /// Opens a session for a user whose password was right.
    func open(for user: UserRecord) async throws -> TokenResponse {
        let now = clock()
        let id = FamilyRecord.makeID()
        let expires = now + configuration.sessionLifetime
        let access = try issuer.issue(for: user, session: id, latest: expires, now: now)
        let family = FamilyRecord(id: id, userID: user.id, expires: expires, accessExpires: access.expires)
        let refresh = RefreshToken()
        let refreshExpires = refreshExpiry(in: family, now: now)
        try await store.write { transaction in
            try family.insert(now: now, in: transaction)
            try RefreshTokenRecord.insert(refresh, family: id, expires: refreshExpires, in: transaction)
        }
        logger.info("session opened", metadata: ["session": "\(id)", "user": "\(user.id)"])
        return response(access, refresh, now: now)
    }

    private enum Rotation: Sendable {
        case done(TokenResponse)
        case refused
        case reused([RevocationRecord])
    }

    /// Passes a session on: the presented token is spent and its successor stored in one transaction. A token that was
    /// spent before ends the family (RFC 9700 §4.14.2).
    func refresh(_ presented: RefreshToken) async throws -> TokenResponse {
        let now = clock()
        let outcome = try await store.write { transaction -> Rotation in
            let isFirst = try RefreshTokenRecord.spend(presented, now: now, in: transaction)
            guard let (family, isSpent) = try RefreshTokenRecord.find(presented, in: transaction), isSpent else {
                return .refused
            }
            guard isFirst else { return .reused(try end(family, in: transaction)) }
            guard let user = try UserRecord.find(id: family.userID, in: transaction) else { return .refused }
            let successor = RefreshToken()
            let access = try issuer.issue(for: user, session: family.id, latest: family.expires, now: now)
            try family.noteAccessToken(expires: access.expires, in: transaction)
            try RefreshTokenRecord.insert(
                successor, family: family.id, expires: refreshExpiry(in: family, now: now), in: transaction)
            return .done(response(access, successor, now: now))
        }
        switch outcome {
        case .done(let response):
            return response
        case .refused:
            throw ProblemOf.refreshTokenInvalid
        case .reused(let revoked):
            await publish(revoked, reason: "a refresh token was used twice")
            throw ProblemOf.refreshTokenReused
        }
    }

    /// Who a refresh token belongs to; nil when nobody knows it.
    func owner(of token: RefreshToken) async throws -> String? {
        try await store.read { transaction in
            try RefreshTokenRecord.find(token, in: transaction)?.family.userID
        }
    }

    /// Ends the session of a refresh token, spent or not. Nothing happens when nobody knows the token. Returns when
    /// the end is on the disk and every judge of tokens knows it.
    func end(_ token: RefreshToken) async throws {
        let revoked = try await store.write { transaction -> [RevocationRecord] in
            guard let (family, _) = try RefreshTokenRecord.find(token, in: transaction) else { return [] }
            return try end(family, in: transaction)
        }
        await publish(revoked, reason: "its owner ended it")
    }

    private func publish(_ revoked: [RevocationRecord], reason: String) async {
        for record in revoked {
            logger.notice("session ended", metadata: ["session": "\(record.identity.id)", "reason": "\(reason)"])
        }
        await revocations.publish(revoked)
    }

    /// Ends a family and revokes its session, so that its access tokens are refused at once. The revocation is stored
    /// and returned also when the family had ended before: its first publication may have been cut off.
    private func end(_ family: FamilyRecord, in transaction: Transaction) throws -> [RevocationRecord] {
        _ = try family.end(in: transaction)
        let revocation = RevocationRecord(
            kind: .session,
            identity: TokenIdentity(issuer: configuration.issuer, id: ByteString(family.id)),
            expires: family.accessExpires + configuration.revocationMargin)
        try revocation.insert(in: transaction)
        return [revocation]
    }

    private func refreshExpiry(in family: FamilyRecord, now: Int64) -> Int64 {
        min(now + configuration.refreshTokenLifetime, family.expires)
    }

    private func response(_ access: TokenIssuer.Issued, _ refresh: RefreshToken, now: Int64) -> TokenResponse {
        TokenResponse(accessToken: access.token, expiresIn: access.expires - now, refreshToken: refresh.text)
    }
}
