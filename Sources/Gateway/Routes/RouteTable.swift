import Codecs
import HTTPWire
import JOSE
import Tokens
import Upstreams

/// One route, understood: a request only looks things up in it.
final class Route: Sendable {
    let name: String
    /// The canonical path it serves.
    let path: [UInt8]
    /// Whether everything below the path is served too.
    let coversBelow: Bool
    /// The methods it serves, exact bytes; nil is all.
    let methods: [[UInt8]]?
    let upstream: UpstreamEndpoint
    let rewrite: RequestRewrite
    /// Who may pass; nil is everybody.
    let bearer: BearerTokenPolicy?

    init(
        name: String, path: [UInt8], coversBelow: Bool, methods: [[UInt8]]?, upstream: UpstreamEndpoint,
        rewrite: RequestRewrite, bearer: BearerTokenPolicy?
    ) {
        self.name = name
        self.path = path
        self.coversBelow = coversBelow
        self.methods = methods
        self.upstream = upstream
        self.rewrite = rewrite
        self.bearer = bearer
    }
}

/// Every route, in the order in which they are tried: exact paths first, then the longest prefix; at the same path a
/// route that names its methods before one that takes all. An immutable value, replaced whole.
struct RouteTable: Sendable {
    /// What a path and a method lead to.
    enum Match {
        case route(Route)
        /// The path is served, but not with this method; these are.
        case otherMethods([[UInt8]])
        case none
    }

    static let empty = RouteTable([])

    /// All of them, in the order of their document.
    let routes: [Route]
    private let exact: [[UInt8]: [Route]]
    private let prefixes: [Route]
    let upstreams: Set<UpstreamEndpoint>
    let count: Int
    /// Under which scheme and authority clients see these paths.
    let origin: RequestOrigin

    init(_ routes: [Route], origin: RequestOrigin = RequestOrigin(configured: nil)) {
        self.origin = origin
        self.routes = routes
        count = routes.count
        var exact: [[UInt8]: [Route]] = [:]
        for route in routes where !route.coversBelow { exact[route.path, default: []].append(route) }
        self.exact = exact.mapValues { $0.sorted(by: Self.goesFirst) }
        prefixes = routes.filter { $0.coversBelow }.sorted(by: Self.goesFirst)
        upstreams = Set(routes.map { $0.upstream })
    }

    func match(_ path: CanonicalPath, method: UnsafeRawBufferPointer) -> Match {
        var others: [[UInt8]] = []
        if let routes = exact[path.bytes] {
            for route in routes {
                if Self.serves(route, method) { return .route(route) }
                others += route.methods ?? []
            }
        }
        for route in prefixes where path.hasSegmentPrefix(route.path) {
            if Self.serves(route, method) { return .route(route) }
            others += route.methods ?? []
        }
        return others.isEmpty ? .none : .otherMethods(others)
    }

    private static func goesFirst(_ left: Route, _ right: Route) -> Bool {
        if left.path.count != right.path.count { return left.path.count > right.path.count }
        return left.methods != nil && right.methods == nil
    }

    /// HEAD is served wherever GET is (RFC 9110 §9.3.2).
    private static func serves(_ route: Route, _ method: UnsafeRawBufferPointer) -> Bool {
        guard let methods = route.methods else { return true }
        return methods.contains { listed in
            listed.elementsEqual(method) || (method.elementsEqual("HEAD".utf8) && listed.elementsEqual("GET".utf8))
        }
    }
}
