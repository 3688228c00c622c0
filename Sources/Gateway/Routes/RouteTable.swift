import Edge
import HTTPWire
import Upstreams

/// Every route, and how one is found: immutable, replaced whole. An object, so that a request that looks something up in it
/// holds one reference and not all of them.
final class RouteTable: Sendable {
    static let empty = RouteTable([])

    /// All of them, in the order of the document.
    let routes: [Route]
    /// Who answers, by name.
    let upstreams: [String: UpstreamGroup]
    /// Under which scheme and authority clients see these paths.
    let origin: RequestOrigin
    /// Whether any route wants encoded slashes and repeated ones kept.
    let keepsSlashes: Bool
    private let matcher: RouteMatcher<Route>
    /// Routes that want the same requests.
    var duplicates: [DuplicateRoutes] { matcher.duplicates }

    init(_ entries: [RouteEntry<Route>], origin: RequestOrigin = RequestOrigin(configured: nil)) {
        routes = entries.map(\.target)
        self.origin = origin
        keepsSlashes = routes.contains { $0.keepsSlashes }
        matcher = RouteMatcher(entries)
        upstreams = Dictionary(
            routes.compactMap {
                if case .upstream(let group) = $0.destination { (group.name, group) } else { nil }
            }
        ) { first, _ in first }
    }

    /// The route of a request. A preflight (the Fetch standard's CORS protocol) belongs to the route of the request that it
    /// asks about.
    func match(_ exchange: Exchange) -> RouteMatcher<Route>.Match {
        if exchange.head.method == .options, let asked = Self.requestedMethod(of: exchange) {
            let match = exchange.withBytes(of: asked) { find(exchange, method: $0) }
            if case .route(let route, _) = match, route.crossOrigin != nil { return match }
        }
        return exchange.withBytes(of: exchange.head.methodRange) { find(exchange, method: $0) }
    }

    /// The route of a request whose path may have slashes that only some routes keep. Where the route found so is not one
    /// of them, the path is read as usual and the route of that path is found: what a route judges and sends is one path.
    /// - Throws: what is wrong with the path, read as usual.
    func settle(_ exchange: Exchange) throws(WireDefect) -> RouteMatcher<Route>.Match {
        let match = match(exchange)
        if case .route(let route, _) = match, route.keepsSlashes { return match }
        try exchange.readPathStrictly()
        return self.match(exchange)
    }

    private func find(_ exchange: Exchange, method: UnsafeRawBufferPointer) -> RouteMatcher<Route>.Match {
        exchange.withBytes(of: exchange.head.hostRange) { host in
            matcher.match(path: exchange.path.bytes, method: method, host: host) { condition in
                exchange.has(condition)
            }
        }
    }

    private static func requestedMethod(of exchange: Exchange) -> ByteRange? {
        exchange.only("access-control-request-method")
    }
}

extension Exchange {
    /// Whether a field is there, and says what it must.
    func has(_ condition: HeaderCondition) -> Bool {
        withHeadBytes { bytes in
            head.fields.contains { line in
                line.nameRange.slice(of: bytes).isName(condition.name)
                    && (condition.value.map { line.valueRange.slice(of: bytes).elementsEqual($0) } ?? true)
            }
        }
    }

    /// How many fields have a name, and where the first one's value stands.
    /// - Parameter name: in lower case.
    func fields(named name: [UInt8]) -> (count: Int, first: ByteRange?) {
        withHeadBytes { bytes in
            var count = 0
            var first: ByteRange?
            for line in head.fields where line.nameRange.slice(of: bytes).isName(name) {
                count += 1
                if first == nil { first = line.valueRange }
            }
            return (count, first)
        }
    }

    /// Where the value of a field stands that is there once; nil when it is not, or twice.
    /// - Parameter name: in lower case.
    func only(_ name: StaticString) -> ByteRange? {
        let (count, first) = fields(named: name.withUTF8Buffer { Array($0) })
        return count == 1 ? first : nil
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these bytes are a name, whatever their case.
    /// - Parameter name: in lower case.
    func isName(_ name: [UInt8]) -> Bool {
        count == name.count && zip(self, name).allSatisfy { $0.asciiLowercased == $1 }
    }
}
