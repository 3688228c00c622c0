/// How much of a message head (and, for the body, how many bytes) is accepted from a peer.
public struct WireLimits: Hashable, Sendable {
    /// Longest request target in bytes; more is answered 414.
    public var target = 8 * 1024
    /// Longest single field line in bytes; more is answered 431.
    public var field = 8 * 1024
    /// Longest field section in bytes, all lines together; more is answered 431.
    public var fieldList = 32 * 1024
    /// Most field lines; more is answered 431.
    public var fieldCount = 100
    /// Longest request body in bytes; more is answered 413, while streaming if the length was not announced.
    public var body = Int64.max
    /// Whether a field name with `_` in it is refused. Many servers read `_` and `-` as the same letter, so such a name
    /// can impersonate a header that the gateway strips or adds.
    public var refusesUnderscores = true

    /// The limits of the product.
    public init() {}
}
