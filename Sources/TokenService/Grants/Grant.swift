import Codecs
import OAuth

/// What somebody agreed to: which client may do what in whose name. Every token of a family says this and no more.
struct Grant: Sendable {
    /// Whom the tokens speak for.
    let userID: String
    /// Who holds them.
    let clientID: ByteString
    /// What they grant.
    let scope: Scope
    /// Whom they are for.
    let audiences: [ByteString]
    /// When the user proved who they are, in seconds since 1970.
    let authenticated: Int64
    /// How (`amr`, RFC 8176).
    let methods: [ByteString]
    /// The browser session it came from, until that ends; nil when it came from none.
    let browserSession: String?
    /// The key that the tokens are bound to (RFC 9449).
    let keyThumbprint: ByteString?

    /// Whether it goes on while nobody is there (OpenID Connect Core §11): of a session that ends it loses the tokens
    /// given out so far, and no more.
    var outlivesSessions: Bool { scope.contains("offline_access") }

    /// The same grant, its tokens bound to a key.
    func bound(to thumbprint: ByteString?) -> Grant {
        Grant(
            userID: userID, clientID: clientID, scope: scope, audiences: audiences, authenticated: authenticated,
            methods: methods, browserSession: browserSession, keyThumbprint: thumbprint)
    }

    /// What a login by the short form grants: everything the user may do, to our own front door.
    static func firstParty(_ user: UserRecord, audiences: [ByteString], methods: [ByteString], now: Int64) -> Grant {
        Grant(
            userID: user.id, clientID: TokenIssuer.firstParty, scope: .none, audiences: audiences,
            authenticated: now, methods: methods, browserSession: nil, keyThumbprint: nil)
    }
}
