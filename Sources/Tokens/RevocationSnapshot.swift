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

/// What has been revoked, as known at one moment: an immutable value that is replaced whole.
public struct RevocationSnapshot: Sendable {
    /// Nothing is revoked.
    public static let empty = RevocationSnapshot()

    private let tokens: Set<TokenIdentity>
    private let sessions: Set<TokenIdentity>

    /// Which snapshot of its source this is: one that differs has another number. Nil where nobody counts; then nothing
    /// that was concluded from one snapshot is taken to hold for the next.
    public let generation: UInt64?

    /// A snapshot of revoked tokens, by issuer and `jti`, and revoked sessions, by issuer and `sid`.
    public init(
        tokens: Set<TokenIdentity> = [], sessions: Set<TokenIdentity> = [], generation: UInt64? = nil
    ) {
        self.tokens = tokens
        self.sessions = sessions
        self.generation = generation
    }

    /// Whether a token of these identities is revoked.
    public func revokes(token: TokenIdentity?, session: TokenIdentity?) -> Bool {
        if let token, !tokens.isEmpty, tokens.contains(token) { return true }
        if let session, !sessions.isEmpty, sessions.contains(session) { return true }
        return false
    }

    /// Whether these claims belong to a revoked token or session. Without an issuer nothing can be revoked.
    public func revokes(_ claims: Claims) -> Bool {
        guard !tokens.isEmpty || !sessions.isEmpty, let issuer = claims.issuer else { return false }
        if !tokens.isEmpty, let id = claims.tokenID, tokens.contains(TokenIdentity(issuer: issuer, id: id)) {
            return true
        }
        if !sessions.isEmpty, let id = claims.sessionID, sessions.contains(TokenIdentity(issuer: issuer, id: id)) {
            return true
        }
        return false
    }
}
