public import Codecs

/// Names a token, a session or a key for good: an identifier means something only together with who issued it.
///
/// The text of a token is no identity: an ECDSA signature, for one, has two valid spellings.
public struct TokenIdentity: Hashable, Sendable {
    /// `iss`.
    public let issuer: ByteString
    /// `jti` of a token, `sid` of a session, `kid` of a key.
    public let id: ByteString

    /// An identity.
    public init(issuer: ByteString, id: ByteString) {
        self.issuer = issuer
        self.id = id
    }
}

/// Everything that a token can be revoked by.
///
/// A token that was given in exchange for another (RFC 8693) ends with that one: its claim `exchanged_from` tells of it, and
/// of the one that was exchanged for that. Session and subject are the same for all of them.
public struct RevocationHandles: Sendable {
    /// The claim of a token that was given in exchange: the tokens before it, the first one first, each with the members
    /// `jti`, `client_id`, `iat` and `kid`.
    public static let exchangeClaim: ByteString = "exchanged_from"

    /// What one token alone can be revoked by.
    public struct Link: Sendable {
        /// The token itself, by `jti`.
        public let token: TokenIdentity?
        /// Who holds it, by `client_id`.
        public let client: TokenIdentity?
        /// The key that signed it, by `kid`.
        public let key: TokenIdentity?
        /// When it was issued, in seconds since 1970; a token that does not say was issued before everything.
        public let issued: Int64
    }

    /// Its session, by `sid`.
    public let session: TokenIdentity?
    /// Whom it speaks for, by `sub`.
    public let subject: TokenIdentity?
    /// The token itself.
    public let own: Link
    /// The tokens that it was given in exchange for.
    public let earlier: [Link]

    /// The handles of a token. Without an issuer there are none.
    /// - Parameter keyID: the identifier of the key that verified it; not what its header says, which may name none.
    public init(_ claims: Claims, keyID: ByteString?) {
        func identity(_ id: ByteString?) -> TokenIdentity? {
            claims.issuer.flatMap { issuer in id.map { TokenIdentity(issuer: issuer, id: $0) } }
        }
        session = identity(claims.sessionID)
        subject = identity(claims.subject)
        own = Link(
            token: identity(claims.tokenID), client: identity(claims.value(named: "client_id")?.string),
            key: identity(keyID), issued: claims.issuedAt?.seconds ?? .min)
        earlier = (claims.value(named: Self.exchangeClaim)?.array ?? []).map { entry in
            let members = entry.object
            return Link(
                token: identity(members?["jti"]?.string), client: identity(members?["client_id"]?.string),
                key: identity(members?["kid"]?.string), issued: members?["iat"]?.int64 ?? .min)
        }
    }
}

/// What has been revoked, as known at one moment: immutable, and replaced whole. An object, so that a request that asks
/// holds one reference and not one to each set.
public final class RevocationSnapshot: Sendable {
    /// Nothing is revoked.
    public static let empty = RevocationSnapshot()

    private let tokens: RevokedIdentities
    private let sessions: RevokedIdentities
    private let subjects: RevokedIdentities
    private let clients: RevokedIdentities
    private let keys: RevokedIdentities
    private let isEmpty: Bool

    /// Which snapshot of its source this is: one that differs has another number. Nil where nobody counts; then nothing
    /// that was concluded from one snapshot is taken to hold for the next.
    public let generation: UInt64?

    /// A snapshot.
    /// - Parameters:
    ///   - tokens: revoked tokens, by issuer and `jti`.
    ///   - sessions: revoked sessions, by issuer and `sid`.
    ///   - subjects: revoked up to a second, by issuer and `sub`.
    ///   - clients: the same by issuer and `client_id`.
    ///   - keys: keys whose every token is revoked, by issuer and `kid`.
    public init(
        tokens: RevokedIdentities, sessions: RevokedIdentities, subjects: RevokedIdentities,
        clients: RevokedIdentities, keys: RevokedIdentities, generation: UInt64?
    ) {
        self.tokens = tokens
        self.sessions = sessions
        self.subjects = subjects
        self.clients = clients
        self.keys = keys
        self.generation = generation
        isEmpty = tokens.isEmpty && sessions.isEmpty && subjects.isEmpty && clients.isEmpty && keys.isEmpty
    }

    /// A snapshot of a few.
    /// - Parameters:
    ///   - subjects: by issuer and `sub`, the last second (since 1970) whose tokens are revoked.
    ///   - clients: the same by issuer and `client_id`.
    public convenience init(
        tokens: Set<TokenIdentity> = [], sessions: Set<TokenIdentity> = [], subjects: [TokenIdentity: Int64] = [:],
        clients: [TokenIdentity: Int64] = [:], keys: Set<TokenIdentity> = [], generation: UInt64? = nil
    ) {
        self.init(
            tokens: RevokedIdentities(tokens), sessions: RevokedIdentities(sessions),
            subjects: RevokedIdentities(subjects), clients: RevokedIdentities(clients), keys: RevokedIdentities(keys),
            generation: generation)
    }

    /// Whether a token with these handles is revoked.
    public func revokes(_ handles: RevocationHandles) -> Bool {
        guard !isEmpty else { return false }
        if let session = handles.session, sessions[session] != nil { return true }
        let subjectUntil = handles.subject.flatMap { subjects[$0]?.issuedUntil }
        return revokes(handles.own, subjectUntil) || handles.earlier.contains { revokes($0, subjectUntil) }
    }

    /// Whether these claims belong to something that is revoked. Without an issuer nothing can be revoked.
    /// - Parameter keyID: the identifier of the key that verified them.
    public func revokes(_ claims: Claims, keyID: ByteString? = nil) -> Bool {
        guard !isEmpty else { return false }
        return revokes(RevocationHandles(claims, keyID: keyID))
    }

    /// - Parameter subjectUntil: the last second whose tokens for this subject are revoked.
    private func revokes(_ link: RevocationHandles.Link, _ subjectUntil: Int64?) -> Bool {
        if let token = link.token, tokens[token] != nil { return true }
        if let last = subjectUntil, link.issued <= last { return true }
        if let client = link.client, let last = clients[client]?.issuedUntil, link.issued <= last { return true }
        if let key = link.key, keys[key] != nil { return true }
        return false
    }
}

extension RevokedIdentities {
    fileprivate init(_ identities: Set<TokenIdentity>) {
        self.init()
        for identity in identities { insert(identity, Terms()) }
    }

    fileprivate init(_ lastSeconds: [TokenIdentity: Int64]) {
        self.init()
        for (identity, last) in lastSeconds { insert(identity, Terms(issuedUntil: last)) }
    }
}
