/// What a request must be for a route to serve it.
struct RouteCriteria: Sendable {
    /// Any of these; nil is every host, and also a request without one.
    let hosts: [HostPattern]?
    let pattern: PathPattern
    /// Any of these, exact bytes, and HEAD wherever GET is (RFC 9110, section 9.3.2); nil is every method.
    let methods: [[UInt8]]?
    /// All of these.
    let headers: [HeaderCondition]

    init(
        hosts: [HostPattern]? = nil, pattern: PathPattern, methods: [[UInt8]]? = nil, headers: [HeaderCondition] = []
    ) {
        self.hosts = hosts
        self.pattern = pattern
        self.methods = methods
        self.headers = headers
    }
}

/// A field that a request must have.
struct HeaderCondition: Hashable, Sendable {
    /// In lower case.
    let name: [UInt8]
    /// What a line of the field must be, exactly; nil when any value will do.
    let value: [UInt8]?
}

/// A route: what it serves, and where that leads.
struct RouteEntry<Target: Sendable>: Sendable {
    let criteria: RouteCriteria
    let target: Target
}

/// Two routes, by their places in the list, that want the same requests: the same host, path, header conditions and
/// method. The first gets them.
struct DuplicateRoutes: Hashable, Sendable {
    let first: Int
    let second: Int
}
