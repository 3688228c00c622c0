import Codecs
import ControlPlane
import JOSE
import Logging
import OAuth
import Storage
import Tokens

/// What happens to sessions: a grant opens one, each refresh passes it on, reuse or a logout ends it.
struct Sessions: Sendable {
    let store: Store
    let issuer: TokenIssuer
    let configuration: AuthorizationConfiguration
    let notices: LogoutNotices
    let refusals: RefusalLog
    let successors: SealedColumn
    let clock: @Sendable () -> Int64
    let logger: Logger

    init(
        store: Store, issuer: TokenIssuer, configuration: AuthorizationConfiguration,
        notices: LogoutNotices, refusals: RefusalLog, clock: @escaping @Sendable () -> Int64, logger: Logger
    ) {
        self.store = store
        self.issuer = issuer
        self.configuration = configuration
        self.notices = notices
        self.refusals = refusals
        self.clock = clock
        self.logger = logger
        successors = .refreshSuccessors(store.masterKey)
    }

    /// What a new session, or the next step of one, has to give out.
    struct Tokens: Sendable {
        let family: FamilyRecord
        let user: UserRecord
        /// Who gets them; nil for the short way in.
        let client: Client?
        let access: TokenIssuer.Issued
        /// What the access token grants: the grant's scope, or less where a refresh asked for less.
        let scope: Scope
        /// Nil when the client may not refresh.
        let refresh: OpaqueToken?
        let now: Int64

        var response: TokenResponse {
            var response = TokenResponse(
                accessToken: access.token, expiresIn: access.expires - now, refreshToken: refresh?.text)
            if !family.grant.scope.isEmpty { response.scope = scope }
            if family.grant.keyThumbprint != nil { response.tokenType = "DPoP" }
            return response
        }

        /// The first answer of a grant: it always tells the scope, and has an ID token where one was asked for (OpenID
        /// Connect Core §3.1.3.3).
        func response(idTokens: IDTokenIssuer, nonce: ByteString?) throws -> TokenResponse {
            var response = response
            response.scope = scope
            if scope.contains("openid") {
                response.idToken = try idTokens.issue(
                    family.grant, user: user, client: client, session: family.session, nonce: nonce,
                    accessToken: access.token, now: now)
            }
            return response
        }
    }

    /// Opens a session for a user who proved who they are, in a transaction of its own.
    func open(for user: UserRecord, methods: [ByteString], by actor: AuditActor) async throws -> TokenResponse {
        let now = clock()
        let grant = Grant.firstParty(
            user, audiences: configuration.audiences, methods: methods, now: now)
        let tokens = try await store.write { transaction in
            try open(grant, for: user, client: nil, by: actor, now: now, in: transaction)
        }
        return tokens.response
    }

    /// Opens a session.
    /// - Parameters:
    ///   - client: who gets it; nil for the short way in.
    ///   - actor: who asks for it.
    func open(
        _ grant: Grant, for user: UserRecord, client: Client?, by actor: AuditActor, now: Int64,
        in transaction: Transaction
    ) throws -> Tokens {
        let id = FamilyRecord.makeID()
        let expires = now + configuration.sessionLifetime
        let access = try accessToken(
            grant, scope: grant.scope, user: user, client: client, session: id, latest: expires, now: now)
        let family = FamilyRecord(
            id: id, session: id, grant: grant, isLive: true, expires: expires, accessExpires: access.expires)
        try family.insert(now: now, in: transaction)
        let opened = AuditEvent(
            .sessionOpened, by: actor, user: user.id, client: grant.clientID,
            detail: Self.words(id, grant.methods, grant.scope.names))
        try opened.insert(now: now, in: transaction)
        let refresh = client?.grants.contains(.refreshToken) ?? true ? OpaqueToken(.refresh) : nil
        if let refresh {
            try RefreshTokenRecord.insert(
                refresh, family: id, expires: refreshExpiry(in: family, now: now), in: transaction)
        }
        transaction.afterCommit { [logger] in
            logger.info("session opened", metadata: ["session": "\(id)", "user": "\(user.id)"])
        }
        return Tokens(
            family: family, user: user, client: client, access: access, scope: grant.scope, refresh: refresh, now: now)
    }

    private enum Rotation: Sendable {
        case done(Tokens)
        case refused(RefreshRefusal)
        case reused([RevocationRecord])
    }

    /// Passes a session on: the presented token is spent and its one successor stored in one transaction.
    ///
    /// Whoever presents the token again within ten seconds gets that same successor; after that, a token that was spent
    /// before ends the family (RFC 9700 §4.14.2).
    /// - Parameters:
    ///   - client: who presents it, nil for the short way in; another client's token is as good as unknown (RFC 6749
    ///     §6).
    ///   - scope: what the access token is to grant; at most the grant's scope.
    ///   - keyThumbprint: the key that the request proved to hold.
    ///   - actor: who presents it.
    /// - Throws: `RefreshRefusal`, or what the store throws.
    func refresh(
        _ presented: OpaqueToken, client: Client?, scope: Scope? = nil, keyThumbprint: ByteString? = nil,
        by actor: AuditActor
    ) async throws -> Tokens {
        let now = clock()
        let clientID = client?.id ?? TokenIssuer.firstParty
        let row = Base64URL.encode(presented.hash)
        let outcome = try await store.write { transaction -> Rotation in
            guard let known = try RefreshTokenRecord.find(presented, in: transaction),
                known.family.grant.clientID == clientID, known.family.grant.keyThumbprint == keyThumbprint
            else { return .refused(.unknown) }
            let family = known.family
            let wanted = scope ?? family.grant.scope
            guard wanted.isSubset(of: family.grant.scope) else { return .refused(.scopeTooWide) }
            let successor = OpaqueToken(.refresh)
            let isFirst = try RefreshTokenRecord.spend(
                presented, client: clientID,
                sealedSuccessor: try successors.seal(Array(successor.text.utf8), row: row), now: now, in: transaction)
            if !isFirst, known.spent == nil { return .refused(.unknown) }
            guard isFirst || isInGrace(known, now: now) else {
                return .reused(try endReused(family, by: actor, now, transaction))
            }
            guard let user = try UserRecord.find(id: family.grant.userID, in: transaction), user.isActive else {
                return .refused(.unknown)
            }
            let access = try accessToken(
                family.grant, scope: wanted, user: user, client: client, session: family.session,
                latest: family.expires, now: now)
            try family.noteAccessToken(expires: access.expires, in: transaction)
            guard isFirst else {
                guard let again = try openSuccessor(of: known, row: row) else {
                    return .reused(try endReused(family, by: actor, now, transaction))
                }
                return .done(
                    Tokens(
                        family: family, user: user, client: client, access: access, scope: wanted, refresh: again,
                        now: now))
            }
            try RefreshTokenRecord.insert(
                successor, family: family.id, expires: refreshExpiry(in: family, now: now), in: transaction)
            return .done(
                Tokens(
                    family: family, user: user, client: client, access: access, scope: wanted, refresh: successor,
                    now: now))
        }
        switch outcome {
        case .done(let tokens):
            return tokens
        case .refused(let refusal):
            throw refusal
        case .reused(let revoked):
            await publish(revoked, reason: "a refresh token was used again")
            throw RefreshRefusal.reused
        }
    }

    /// What is known of a refresh token; nil when nobody knows it.
    func find(_ token: OpaqueToken) async throws -> RefreshTokenRecord? {
        try await store.read { try RefreshTokenRecord.find(token, in: $0) }
    }

    /// Ends the session of a refresh token, spent or not. Nothing happens when nobody knows the token. Returns when
    /// the end is on the disk and every judge of tokens knows it.
    func end(_ token: OpaqueToken, by actor: AuditActor) async throws {
        let now = clock()
        let revoked = try await store.write { transaction -> [RevocationRecord] in
            guard let known = try RefreshTokenRecord.find(token, in: transaction) else { return [] }
            let ended = AuditEvent(
                .sessionEnded, by: actor, user: known.family.grant.userID, client: known.family.grant.clientID,
                detail: known.family.id)
            // Once: whoever sends a token again and again must not fill the log.
            if known.family.isLive { try ended.insert(now: now, in: transaction) }
            return try end(known.family, in: transaction)
        }
        await publish(revoked, reason: "its owner ended it")
    }

    private func endReused(
        _ family: FamilyRecord, by actor: AuditActor, _ now: Int64, _ transaction: Transaction
    ) throws -> [RevocationRecord] {
        let reused = AuditEvent(
            .refreshTokenReused, by: actor, user: family.grant.userID, client: family.grant.clientID,
            detail: family.id)
        try note(reused, of: family, now: now, in: transaction)
        return try end(family, in: transaction)
    }

    /// Tells of what ends a family. What comes after its end is a refusal like others.
    func note(_ event: AuditEvent, of family: FamilyRecord, now: Int64, in transaction: Transaction) throws(StoreError)
    {
        if family.isLive {
            try event.insert(now: now, in: transaction)
        } else {
            try refusals.insert(event, now: now, in: transaction)
        }
    }

    private static func words(_ id: String, _ methods: [ByteString], _ scope: [ByteString]) -> String {
        ([ByteString(id)] + methods + scope).map(\.text).joined(separator: " ")
    }

    /// Ends a family and revokes its session, so that its access tokens are refused at once. The revocation is stored
    /// and returned also when the family had ended before: its first publication may have been cut off. The caller
    /// publishes it after the transaction.
    func end(_ family: FamilyRecord, in transaction: Transaction) throws -> [RevocationRecord] {
        _ = try family.end(in: transaction)
        return [try revokeSession(of: family, in: transaction)]
    }

    /// Ends a session at a browser and with it what was given out during it, so that its tokens are refused at once and
    /// its clients are told. A grant with `offline_access` goes on, under another `sid` (OpenID Connect Back-Channel
    /// Logout §2.7). The caller publishes the answer after the transaction.
    func endBrowserSession(_ id: String, in transaction: Transaction) throws -> [RevocationRecord] {
        _ = try BrowserSessionRecord.delete(id: id, in: transaction)
        return try FamilyRecord.live(ofBrowserSession: id, in: transaction).flatMap { family in
            guard family.grant.outlivesSessions else { return try end(family, in: transaction) }
            try family.leaveSession(in: transaction)
            return [try revokeSession(of: family, in: transaction)]
        }
    }

    /// Ends the sessions at browsers that are over by themselves.
    func endExpiredBrowserSessions(now: Int64, in transaction: Transaction) throws -> [RevocationRecord] {
        try BrowserSessionRecord.expired(now: now, in: transaction).flatMap { session in
            try AuditEvent(.sessionEnded, by: .server, user: session.userID, detail: "\(session.id) by itself")
                .insert(now: now, in: transaction)
            return try endBrowserSession(session.id, in: transaction)
        }
    }

    private func revokeSession(
        of family: FamilyRecord, in transaction: Transaction
    ) throws(StoreError) -> RevocationRecord {
        let revocation = RevocationRecord(
            kind: .session,
            identity: TokenIdentity(issuer: configuration.issuer, id: ByteString(family.session)),
            expires: family.accessExpires + configuration.revocationMargin, family: family)
        try revocation.insert(in: transaction)
        return revocation
    }

    /// Ends every session of a user, at browsers and of applications, and revokes every token that speaks for them.
    func endAll(ofUser id: String, now: Int64, in transaction: Transaction) throws -> [RevocationRecord] {
        try BrowserSessionRecord.deleteAll(ofUser: id, in: transaction)
        let ended = try FamilyRecord.live(ofUser: id, now: now, in: transaction)
            .flatMap { try end($0, in: transaction) }
        // Up to the second before: a login of this very second is not to be refused, and what was given out in it before
        // belongs to a session that was just ended.
        return ended + [try revokeAll(.subject, ByteString(id), until: now - 1, now: now, in: transaction)]
    }

    /// Revokes every token that speaks for somebody, or that a client holds, issued up to a second: also those of no
    /// session. The caller publishes it after the transaction.
    func revokeAll(
        _ kind: RevocationRecord.Kind, _ id: ByteString, until: Int64, now: Int64, in transaction: Transaction
    ) throws -> RevocationRecord {
        let revocation = RevocationRecord(
            kind: kind, identity: TokenIdentity(issuer: configuration.issuer, id: id), issuedUntil: until,
            expires: now + configuration.longestTokenLifetime)
        try revocation.insert(in: transaction)
        return revocation
    }

    /// Tells the log and the clients about ends that are stored and, by that, known to every judge of tokens.
    func publish(_ revoked: [RevocationRecord], reason: String) async {
        for record in revoked {
            logger.notice(
                "\(record.kind.rawValue) revoked",
                metadata: ["id": "\(record.identity.id)", "reason": "\(reason)"])
        }
        for family in revoked.compactMap(\.family) { notices.add(family) }
    }

    /// Whether a spent token may still lead to its successor. A clock that was set back opens nothing again.
    private func isInGrace(_ known: RefreshTokenRecord, now: Int64) -> Bool {
        guard let spent = known.spent, known.sealedSuccessor != nil, known.family.isLive,
            known.family.expires > now
        else { return false }
        return (0...RefreshTokenRecord.grace).contains(now - spent)
    }

    private func openSuccessor(of known: RefreshTokenRecord, row: String) throws -> OpaqueToken? {
        guard let sealed = known.sealedSuccessor else { return nil }
        return OpaqueToken(.refresh, text: ByteString(utf8: try successors.open(sealed, row: row)))
    }

    private func accessToken(
        _ grant: Grant, scope: Scope, user: UserRecord, client: Client?, session: String, latest: Int64, now: Int64
    ) throws -> TokenIssuer.Issued {
        var content = TokenIssuer.Content(subject: ByteString(user.id), client: grant.clientID)
        content.audiences = client?.isManagement ?? false ? [configuration.managementAudience] : grant.audiences
        content.scope = scope
        content.session = session
        content.authenticated = grant.authenticated > 0 ? grant.authenticated : nil
        content.claimsOfUser =
            grant.clientID == TokenIssuer.firstParty ? user.accessClaims : user.accessClaims(for: scope)
        content.claimsByRule = client?.claimRules.claims(in: .accessToken, for: user.attributes) ?? JSONObject()
        content.keyThumbprint = grant.keyThumbprint
        content.algorithm = client?.accessTokenAlgorithm
        content.lifetime = client?.accessTokenLifetime
        content.latest = latest
        return try issuer.issue(content, now: now)
    }

    private func refreshExpiry(in family: FamilyRecord, now: Int64) -> Int64 {
        min(now + configuration.refreshTokenLifetime, family.expires)
    }
}
