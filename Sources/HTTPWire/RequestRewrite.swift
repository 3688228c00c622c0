/// What a route changes in a request head on its way to the upstream, beyond what is always removed. Built once per
/// route.
public struct RequestRewrite: Sendable {
    /// Which authority the upstream reads in `Host`.
    public enum HostPolicy: Hashable, Sendable {
        /// The one the client sent: upstreams build links and pick virtual hosts from it.
        case client
        /// This one; it is the configuration's, and checked before it leaves.
        case upstream([UInt8])
    }

    /// Classified fields that are not passed on, for example `[.authorization]` when the token ends here.
    public var dropped: FieldNameSet = []
    /// Other fields that are not passed on: lower case, with `-`; a client's `_` counts as `-`.
    public var droppedNames: [[UInt8]] = []
    /// Field lines written in addition, after everything else. One with an illegal byte is left out.
    public var added: [(name: [UInt8], value: [UInt8])] = []
    /// Which `Host` the upstream reads.
    public var host = HostPolicy.client

    /// Changes nothing.
    public init(
        dropped: FieldNameSet = [], droppedNames: [[UInt8]] = [], added: [(name: [UInt8], value: [UInt8])] = [],
        host: HostPolicy = .client
    ) {
        self.dropped = dropped
        self.droppedNames = droppedNames
        self.added = added
        self.host = host
    }
}
