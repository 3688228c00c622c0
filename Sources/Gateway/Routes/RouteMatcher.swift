import HTTPWire

/// Finds the route of a request among any number of them; an immutable value that event loops share.
///
/// The most specific route that serves the request gets it. Of two routes, the first of these that tells them apart
/// decides:
/// 1. Host: its own name or address, then a wildcard, the longest first, then every host.
/// 2. Path, segment by segment from the left: a literal, then `{name}`, then the `/*` that ends there; where the path
///    ends, the pattern that ends with it before its `/*`. So `/a/*` gets `/a/b` before `/{x}/b` does.
/// 3. More header conditions; then more of them with a value.
/// 4. Naming methods, before serving all; naming HEAD, before lending GET to it (RFC 9110, section 9.3.2).
/// 5. The order of the list.
///
/// A route whose header conditions do not hold counts as not there. One that serves other methods only is passed over:
/// less specific routes are tried, of less specific hosts too. By this order no route can wholly hide another
/// one, apart from duplicates.
struct RouteMatcher<Target: Sendable>: Sendable {
    /// What a request leads to.
    enum Match {
        /// The target, and the place of the route in the list.
        case route(Target, entry: Int)
        /// The path is served, but not with this method; these are, sorted, HEAD among them where GET is: `Allow`.
        case otherMethods([[UInt8]])
        case none
    }

    private let entries: [RouteEntry<Target>]
    let index: RouteIndex
    /// Routes of which one gets all, or some, of the requests of both; each with the first such route. For the
    /// configuration to be complained about: here the order of the list decides.
    let duplicates: [DuplicateRoutes]

    init(_ entries: [RouteEntry<Target>]) {
        self.entries = entries
        (index, duplicates) = RouteIndexBuilder.build(entries.map { $0.criteria })
    }

    /// The most nodes and candidates that one search can look at, whatever the request. It grows with the number of
    /// ways in which patterns mix literals and names, and with the routes that share one pattern; not with the routes.
    /// A request that no route serves with its method is searched for twice.
    var mostSteps: Int { index.mostSteps }

    /// Finds the route of a request.
    ///
    /// - Parameters:
    ///   - path: `CanonicalPath.bytes`.
    ///   - method: The method token.
    ///   - host: The host as it was sent, perhaps with a port; empty when there is none.
    ///   - holds: Whether the request has a line of that field, with that value if there is one. Asked only about
    ///     candidates that have conditions.
    func match(
        path: [UInt8], method: UnsafeRawBufferPointer, host: UnsafeRawBufferPointer,
        holds: (HeaderCondition) -> Bool
    ) -> Match {
        let found = index.search(path: path, method: method, host: host, holds: holds)
        if let entry = found.entry { return .route(entries[entry].target, entry: entry) }
        return found.otherMethods.isEmpty ? .none : .otherMethods(allowed(found.otherMethods))
    }

    /// Where the values of the names in a route's pattern are in the path that led to it, from left to right; empty
    /// without names, at no cost.
    func values(ofEntry entry: Int, in path: [UInt8]) -> [ByteRange] {
        guard entries.indices.contains(entry) else { return [] }
        return entries[entry].criteria.pattern.values(in: path)
    }

    private func allowed(_ numbers: [Int]) -> [[UInt8]] {
        var methods = Set(numbers.map { index.methods[$0] })
        if methods.contains(Array("GET".utf8)) { methods.insert(Array("HEAD".utf8)) }
        return methods.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
