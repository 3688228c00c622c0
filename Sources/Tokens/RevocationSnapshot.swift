public import Codecs

/// Names a token or a session for good: an identifier means something only together with who issued it.
///
/// The text of a token is no identity: an ECDSA signature, for one, has two valid spellings.
public struct TokenIdentity: Hashable, Sendable {
    /// `iss`.
    public let issuer: ByteString
    /// `jti` of a token, or `sid` of a session.
    public let id: ByteString

    /// An identity.
    public init(issuer: ByteString, id: ByteString) {
        self.issuer = issuer
        self.id = id
    }
}

/// Everything that a token can be revoked by.
public struct RevocationHandles: Sendable {
    /// The token itself, by `jti`.
    public let token: TokenIdentity?
    /// Its session, by `sid`.
    public let session: TokenIdentity?
    /// Whom it speaks for, by `sub`.
    public let subject: TokenIdentity?
    /// Who holds it, by `client_id`.
    public let client: TokenIdentity?
    /// When it was issued, in seconds since 1970; a token that does not say was issued before everything.
    public let issued: Int64

    /// The handles of a token. Without an issuer there are none.
    public init(_ claims: Claims) {
        func identity(_ id: ByteString?) -> TokenIdentity? {
            claims.issuer.flatMap { issuer in id.map { TokenIdentity(issuer: issuer, id: $0) } }
        }
        token = identity(claims.tokenID)
        session = identity(claims.sessionID)
        subject = identity(claims.subject)
        client = identity(claims.value(named: "client_id")?.string)
        issued = claims.issuedAt?.seconds ?? .min
    }
}

/// What has been revoked, as known at one moment: an immutable value that is replaced whole.
public struct RevocationSnapshot: Sendable {
    /// Nothing is revoked.
    public static let empty = RevocationSnapshot()

    private let tokens: Set<TokenIdentity>
    private let sessions: Set<TokenIdentity>
    private let subjects: [TokenIdentity: Int64]
    private let clients: [TokenIdentity: Int64]
    private let isEmpty: Bool

    /// Which snapshot of its source this is: one that differs has another number. Nil where nobody counts; then nothing
    /// that was concluded from one snapshot is taken to hold for the next.
    public let generation: UInt64?

    /// A snapshot.
    /// - Parameters:
    ///   - tokens: revoked tokens, by issuer and `jti`.
    ///   - sessions: revoked sessions, by issuer and `sid`.
    ///   - subjects: by issuer and `sub`, the last second (since 1970) whose tokens are revoked.
    ///   - clients: the same by issuer and `client_id`.
    public init(
        tokens: Set<TokenIdentity> = [], sessions: Set<TokenIdentity> = [], subjects: [TokenIdentity: Int64] = [:],
        clients: [TokenIdentity: Int64] = [:], generation: UInt64? = nil
    ) {
        self.tokens = tokens
        self.sessions = sessions
        self.subjects = subjects
        self.clients = clients
        self.generation = generation
        isEmpty = tokens.isEmpty && sessions.isEmpty && subjects.isEmpty && clients.isEmpty
    }

    /// Whether a token with these handles is revoked.
    public func revokes(_ handles: RevocationHandles) -> Bool {
        guard !isEmpty else { return false }
        if let token = handles.token, tokens.contains(token) { return true }
        if let session = handles.session, sessions.contains(session) { return true }
        if let subject = handles.subject, let last = subjects[subject], handles.issued <= last { return true }
        if let client = handles.client, let last = clients[client], handles.issued <= last { return true }
        return false
    }

    /// Whether these claims belong to something that is revoked. Without an issuer nothing can be revoked.
    public func revokes(_ claims: Claims) -> Bool {
        guard !isEmpty else { return false }
        return revokes(RevocationHandles(claims))
    }
}
