import Telemetry
import Upstreams

/// One route, understood: a request only looks things up in it.
final class Route: Sendable {
    /// Who answers a request that may pass.
    enum Destination: Sendable {
        /// A service behind the gateway.
        case upstream(UpstreamGroup)
        /// The caller is sent elsewhere: what stands behind the route's own path is put behind this.
        case redirect(to: [UInt8], behind: Int)
        /// Code of this process that waits.
        case asynchronous(AsyncDestination)
    }

    /// The API's name.
    let api: String
    /// The route's name within it; nil where the API says everything.
    let name: String?
    /// The version's name.
    let version: String?
    /// What it serves, as people write it.
    let pattern: String
    /// The methods it serves, exact bytes; nil is all.
    let methods: [[UInt8]]?
    /// What is asked of a request, in the order of the phases.
    let policies: [RoutePolicy]
    let destination: Destination
    /// How requests are passed on and answers taken back.
    let forwarding: ForwardingRule
    /// How the upstream's path differs from the client's; nil where it does not.
    let pathChange: PathChange?
    /// Whether encoded slashes and repeated ones belong to its paths.
    let keepsSlashes: Bool
    /// The cookies that bring tokens and end here.
    let strippedCookies: [[UInt8]]
    /// Its names in logs and metrics.
    let labels: RouteLabels

    init(
        api: String, name: String?, version: String?, pattern: String, methods: [[UInt8]]?, policies: [RoutePolicy],
        destination: Destination, forwarding: ForwardingRule, pathChange: PathChange?,
        keepsSlashes: Bool, strippedCookies: [[UInt8]]
    ) {
        self.api = api
        self.name = name
        self.version = version
        self.pattern = pattern
        self.methods = methods
        self.policies = policies
        self.destination = destination
        self.forwarding = forwarding
        self.pathChange = pathChange
        self.keepsSlashes = keepsSlashes
        self.strippedCookies = strippedCookies
        labels = RouteLabels(api: api, route: name ?? api, version: version)
    }

    /// `orders`, or `orders/write`, or `orders/write@v1`: what logs and explanations call it.
    var title: String {
        api + (name.map { "/\($0)" } ?? "") + (version.map { "@\($0)" } ?? "")
    }

    /// What it asks of callers; nil asks for nothing.
    var access: AccessRequirement? {
        for case .access(let policy) in policies { return policy.requirement }
        return nil
    }

    var crossOrigin: CrossOriginPolicy? {
        for case .crossOrigin(let policy) in policies { return policy }
        return nil
    }
}

/// What the upstream sees in the place of a path's beginning.
struct PathChange: Sendable {
    /// Bytes of the client's path that it does not see.
    let length: Int
    /// What it sees instead; empty for nothing.
    let prefix: [UInt8]
}
