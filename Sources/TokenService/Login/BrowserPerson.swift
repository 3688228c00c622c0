import Codecs
public import ControlPlane
public import Hummingbird
import OAuth
import Storage

/// Who is signed in at a browser, for the other pages of this server.
public struct BrowserPerson: Sendable {
    /// The name they sign in with.
    public let name: String
    /// What they may do with this server; nil is nothing.
    public let serverRole: Role?
}

extension AuthorizationService {
    /// Who is signed in at the browser that sent a request; nil when nobody is, or is any more.
    public func person(at request: Request) async throws -> BrowserPerson? {
        guard let session = try await browser.session(of: request),
            let user = try await store.read({ try UserRecord.find(id: session.userID, in: $0) }), user.isActive
        else { return nil }
        return BrowserPerson(name: user.name.text, serverRole: user.serverRole)
    }

    /// Leads a browser to signing in, and then to a page of this server.
    /// - Parameter path: the page, one of our own constants.
    public func signIn(_ request: Request, thenTo path: String) async throws -> Response {
        try await LoginTransactions(store: store, clock: clock)
            .begin(.page(path), earlierSession: nil, page: SignInEndpoint.path, request)
    }

    /// What refuses requests that other sites' pages send.
    public var sameOrigin: SameOrigin { SameOrigin(issuer: configuration.issuer) }
}

extension SameOrigin {
    /// Our own pages are at the issuer's origin.
    init(issuer: ByteString) {
        self.init(origin: RedirectURI.origin(of: issuer).text)
    }
}
