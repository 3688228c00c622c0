public import Hummingbird
public import JOSE

/// A request context with room for the token that a request brought.
public protocol TokenRequestContext: RequestContext {
    /// The token, once a `BearerTokenMiddleware` has verified it; nil before, and where none stands in the way.
    var token: VerifiedToken? { get set }
}

/// A request context that holds the verified token and nothing more of its own.
public struct BasicTokenRequestContext: TokenRequestContext {
    /// What every context of Hummingbird holds.
    public var coreContext: CoreRequestContextStorage
    /// The verified token.
    public var token: VerifiedToken?

    /// A context for one request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}
